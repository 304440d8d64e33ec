// Interrupt lines: delivered as notices, masked until acknowledged, looked after by a timer.
#include "ipc/interrupt.h"

#include "kernel/base/clock.h"
#include "kernel/base/log.h"
#include "kernel/base/writer.h"
#include "kernel/process/subsystem.h"
#include "kernel/thread/line.h"
#include "kernel/thread/timer.h"

#define SERVICE_TIME UINT64_C(1000000000) // in which a driver should have acknowledged

static struct {
    struct lock lock;
    struct interrupt *lines[INTERRUPT_LINE_COUNT];
    struct timer watch; // looks for lines that nobody acknowledges
    bool watching;      // it is armed
} lines = {.lock = LOCK_INITIAL(RANK_OBJECT)};

// ---- delivery, in interrupt context ----

// A link's lock may be taken under the lines'. The driver that has closed its end gets no more: the line stays masked.
static void deliver_by_link(const struct interrupt *interrupt) {
    union {
        struct link_interrupt told;
        struct link_bytes bytes;
    } content = {.told = {.line = interrupt->line, .count = interrupt->count, .time = interrupt->arrived}};
    link_write_bytes(interrupt->link, &content.bytes, LINK_SIGNAL);
}

// The line's lock is held; the controller has masked it.
static void deliver(struct interrupt *interrupt, uint64_t now) {
    EVENT event = {
        .Type = EVENT_INTERRUPT,
        .Data1 = (uint32_t)interrupt->number,
        .Data2 = 1,
        .Data3 = interrupt->line,
    };
    interrupt->masked = true;
    interrupt->reported = false;
    interrupt->count++;
    interrupt->arrived = now;
    if (interrupt->link != 0)
        deliver_by_link(interrupt);
    else
        notice_raise(&interrupt->notice, &event);
}

static void line_arrived(uint32_t line) {
    uint64_t now = clock_now();
    lock_acquire(&lines.lock);
    struct interrupt *interrupt = line < INTERRUPT_LINE_COUNT ? lines.lines[line] : 0;
    bool bound = interrupt != 0 && interrupt->process != 0;
    if (bound)
        deliver(interrupt, now);
    bool watch = bound && !lines.watching;
    if (watch)
        lines.watching = true;
    lock_release(&lines.lock);
    if (watch)
        timer_arm(&lines.watch, now + SERVICE_TIME);
}

// ---- lines that wait for their driver ----

// Marks those that are overdue; says which, as bits, and whether there are younger ones to look after.
static uint32_t overdue_find(uint64_t now, bool *younger) {
    uint32_t overdue = 0;
    *younger = false;
    for (uint32_t i = 0; i < INTERRUPT_LINE_COUNT; i++) {
        struct interrupt *interrupt = lines.lines[i];
        if (interrupt == 0 || interrupt->arrived == 0 || interrupt->reported)
            continue;
        interrupt->reported = now - interrupt->arrived >= SERVICE_TIME;
        if (interrupt->reported)
            overdue |= 1u << i;
        else
            *younger = true;
    }
    return overdue;
}

static void watch_expired(struct timer *timer) {
    uint64_t now = clock_now();
    bool younger;
    lock_acquire(&lines.lock);
    uint32_t overdue = overdue_find(now, &younger);
    lines.watching = younger;
    lock_release(&lines.lock);
    for (uint32_t i = 0; i < INTERRUPT_LINE_COUNT; i++)
        if (overdue & 1u << i)
            log_line("interrupt line %u: not acknowledged for a second, it stays masked", i);
    if (younger)
        timer_arm(timer, now + SERVICE_TIME);
}

// ---- binding; the lines' lock is held ----

// Says the link that it had, to be let go without the lock; null: none.
static struct link_end *unbind_locked(struct interrupt *interrupt) {
    struct link_end *link = interrupt->link;
    interrupt_line_mask(interrupt->line);
    interrupt->masked = true;
    interrupt->process = 0;
    interrupt->link = 0;
    interrupt->arrived = 0;
    notice_end(&interrupt->notice);
    return link;
}

static void link_let_go(struct link_end *link) {
    if (link == 0)
        return;
    object_number_removed(&link->object);
    object_release(&link->object);
}

// The link's reference and count are the interrupt's from here on.
static struct link_end *bind_locked(struct interrupt *interrupt, const struct interrupt_binding *binding) {
    struct link_end *before = unbind_locked(interrupt);
    notice_start(&interrupt->notice, binding->process->notice_target, &interrupt->object, interrupt->object.id);
    interrupt->number = binding->number;
    interrupt->process = binding->process;
    interrupt->link = binding->link;
    interrupt->masked = false;
    interrupt_line_unmask(interrupt->line);
    return before;
}

enum status interrupt_bind(struct interrupt *interrupt, const struct interrupt_binding *binding) {
    struct link_end *unused = binding->link;
    if (unused != 0) {
        object_retain(&unused->object);
        object_number_added(&unused->object);
    }
    lock_acquire(&lines.lock);
    bool live = interrupt->live;
    if (live)
        unused = bind_locked(interrupt, binding);
    lock_release(&lines.lock);
    link_let_go(unused);
    return live ? STATUS_OK : STATUS_BAD_NUMBER;
}

enum status interrupt_acknowledge(struct interrupt *interrupt) {
    lock_acquire(&lines.lock);
    bool bound = interrupt->process != 0;
    if (bound && interrupt->masked) {
        interrupt->masked = false;
        interrupt->arrived = 0;
        interrupt_line_unmask(interrupt->line);
    }
    lock_release(&lines.lock);
    return bound ? STATUS_OK : STATUS_INVALID_ARGUMENT;
}

// ---- the object ----

static void interrupt_last_number_closed(struct object *object) {
    struct interrupt *interrupt = (struct interrupt *)object;
    struct link_end *link = 0;
    lock_acquire(&lines.lock);
    if (interrupt->live) {
        link = unbind_locked(interrupt);
        interrupt->live = false;
        lines.lines[interrupt->line] = 0;
    }
    lock_release(&lines.lock);
    link_let_go(link);
}

static void interrupt_describe(struct object *object, struct writer *out) {
    struct interrupt *interrupt = (struct interrupt *)object;
    uint64_t now = clock_now();
    lock_acquire(&lines.lock);
    uint32_t driver = interrupt->process != 0 ? interrupt->process->id : 0;
    uint64_t count = interrupt->count, arrived = interrupt->arrived;
    bool masked = interrupt->masked;
    uint64_t link = interrupt->link != 0 ? interrupt->link->object.id : 0;
    lock_release(&lines.lock);
    writer_format(out, "line: %u\ndriver: %u\ncount: %llu\nmasked: %s\n", interrupt->line, driver,
                  (unsigned long long)count, masked ? "yes" : "no");
    writer_format(out, "not acknowledged for: %llu ns\n", (unsigned long long)(arrived != 0 ? now - arrived : 0));
    writer_format(out, "link: %llu\n", (unsigned long long)link);
}

const struct object_type interrupt_type = {
    .name = "interrupt",
    .kind = OBJECT_INTERRUPT,
    .size = sizeof(struct interrupt),
    .lock_rank = RANK_OBJECT_INNER,
    .rights = RIGHT_MANAGE | RIGHT_COPY | RIGHT_SEND,
    .last_number_closed = interrupt_last_number_closed,
    .destroy = interrupt_last_number_closed, // it may be that it never had a number
    .describe = interrupt_describe,
};

enum status interrupt_create(struct account *account, uint32_t line, struct interrupt **interrupt) {
    if (line >= INTERRUPT_LINE_COUNT)
        return STATUS_INVALID_ARGUMENT;
    struct object *object;
    enum status status = object_create(&interrupt_type, account, "interrupt", &object);
    if (status != STATUS_OK)
        return status;
    struct interrupt *made = (struct interrupt *)object;
    made->line = line;
    made->masked = true;
    lock_acquire(&lines.lock);
    made->live = lines.lines[line] == 0;
    if (made->live)
        lines.lines[line] = made;
    lock_release(&lines.lock);
    if (!made->live) {
        object_release(object);
        return STATUS_BUSY;
    }
    *interrupt = made;
    return STATUS_OK;
}

// ---- the kernel's side ----

static void interrupt_process_ended(struct process *process) {
    for (uint32_t i = 0; i < INTERRUPT_LINE_COUNT; i++) {
        struct link_end *link = 0;
        lock_acquire(&lines.lock);
        if (lines.lines[i] != 0 && lines.lines[i]->process == process)
            link = unbind_locked(lines.lines[i]);
        lock_release(&lines.lock);
        link_let_go(link);
    }
}

static enum status interrupt_start(void) {
    timer_start(&lines.watch, watch_expired);
    interrupt_line_handler = line_arrived;
    return STATUS_OK;
}

SUBSYSTEM(interrupt_subsystem) = {
    .name = "interrupts",
    .start = interrupt_start,
    .process_ended = interrupt_process_ended,
};
