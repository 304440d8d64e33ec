// Interrupt lines as objects: masked from the interrupt to its acknowledgement.
#include "ipc/interrupt.h"

#include "kernel/abi/event.h"
#include "kernel/abi/machine.h"
#include "kernel/base/clock.h"
#include "kernel/base/writer.h"
#include "kernel/process/subsystem.h"
#include "kernel/thread/line.h"

struct interrupt {
    struct object object;
    uint32_t line;           // [I]
    int32_t number;          // [lines_lock] of the driver
    struct process *process; // [lines_lock] the driver, not referenced: its end unbinds it
    bool unacknowledged;     // [lines_lock] it interrupted, and the driver has not served it yet
    uint64_t raised;         // [lines_lock] when
    struct notice notice;
};

static struct lock lines_lock = {.rank = RANK_OBJECT_INNER};
static struct interrupt *lines[INTERRUPT_LINE_COUNT]; // [lines_lock] not referenced: destruction takes them off

static void line_raise(struct interrupt *interrupt) {
    EVENT event = {
        .Type = EVENT_INTERRUPT,
        .Data1 = (uint32_t)interrupt->number,
        .Data2 = 1, // the queue counts
        .Data3 = interrupt->line,
    };
    interrupt->unacknowledged = true;
    interrupt->raised = clock_now();
    interrupt->object.operations++;
    notice_raise(&interrupt->notice, &event);
}

// In interrupt context; the line is masked by now.
static void line_interrupted(uint32_t line) {
    lock_acquire(&lines_lock);
    struct interrupt *interrupt = line < INTERRUPT_LINE_COUNT ? lines[line] : 0;
    if (interrupt != 0 && interrupt->process != 0)
        line_raise(interrupt);
    lock_release(&lines_lock);
}

static void unbind_locked(struct interrupt *interrupt) {
    interrupt_line_mask(interrupt->line);
    interrupt->process = 0;
    interrupt->unacknowledged = false;
}

static void interrupt_last_closed(struct object *object) {
    struct interrupt *interrupt = (struct interrupt *)object;
    lock_acquire(&lines_lock);
    unbind_locked(interrupt);
    lock_release(&lines_lock);
    notice_end(&interrupt->notice);
}

static void interrupt_destroy(struct object *object) {
    struct interrupt *interrupt = (struct interrupt *)object;
    lock_acquire(&lines_lock);
    if (lines[interrupt->line] == interrupt)
        lines[interrupt->line] = 0;
    lock_release(&lines_lock);
    notice_end(&interrupt->notice);
}

static void interrupt_describe(struct object *object, struct writer *out) {
    struct interrupt *interrupt = (struct interrupt *)object;
    lock_acquire(&lines_lock);
    uint32_t driver = interrupt->process != 0 ? interrupt->process->id : 0;
    bool waiting = interrupt->unacknowledged;
    uint64_t since = clock_now() - interrupt->raised;
    lock_release(&lines_lock);
    writer_format(out, "line: %u\ndriver: %u\n", interrupt->line, driver);
    if (waiting)
        writer_format(out, "unacknowledged: since %llu us\n", (unsigned long long)(since / 1000));
}

static void interrupt_edges(struct object *object, enum wait_reason reason, struct wait_edges *edges) {
    (void)object, (void)reason;
    edges->count = 0; // hardware ends it
}

const struct object_type interrupt_type = {
    .name = "interrupt",
    .kind = OBJECT_INTERRUPT,
    .size = sizeof(struct interrupt),
    .lock_rank = RANK_OBJECT,
    .rights = RIGHT_COPY | RIGHT_SEND | RIGHT_MANAGE,
    .last_number_closed = interrupt_last_closed,
    .destroy = interrupt_destroy,
    .describe = interrupt_describe,
    .wait_edges = interrupt_edges,
};

static enum status line_take(struct interrupt *interrupt, uint32_t line) {
    lock_acquire(&lines_lock);
    interrupt->line = line;
    bool taken = lines[line] != 0;
    if (!taken)
        lines[line] = interrupt;
    lock_release(&lines_lock);
    return taken ? STATUS_BUSY : STATUS_OK;
}

enum status interrupt_make(struct account *account, uint32_t line, struct object **object) {
    if (line >= INTERRUPT_LINE_COUNT)
        return STATUS_INVALID_ARGUMENT;
    struct object *made;
    enum status status = object_create(&interrupt_type, account, "interrupt", &made);
    if (status != STATUS_OK)
        return status;
    status = line_take((struct interrupt *)made, line);
    if (status != STATUS_OK) {
        object_release(made);
        return status;
    }
    *object = made;
    return STATUS_OK;
}

// The line is masked while the notice changes its target: no interrupt comes in between.
void interrupt_bind(struct object *object, struct process *process, int32_t number) {
    struct interrupt *interrupt = (struct interrupt *)object;
    lock_acquire(&lines_lock);
    unbind_locked(interrupt);
    lock_release(&lines_lock);
    notice_end(&interrupt->notice);
    notice_start(&interrupt->notice, process->notice_target, object, object->id);
    lock_acquire(&lines_lock);
    interrupt->process = process;
    interrupt->number = number;
    interrupt_line_unmask(interrupt->line);
    lock_release(&lines_lock);
}

void interrupt_acknowledge(struct object *object) {
    struct interrupt *interrupt = (struct interrupt *)object;
    lock_acquire(&lines_lock);
    if (interrupt->process != 0 && interrupt->unacknowledged) {
        interrupt->unacknowledged = false;
        interrupt_line_unmask(interrupt->line);
    }
    lock_release(&lines_lock);
}

static enum status interrupts_start(void) {
    interrupt_line_handler = line_interrupted;
    return STATUS_OK;
}

// The driver is gone: its device keeps quiet, even while somebody else (init) still has a number of the line.
static void interrupts_ended(struct process *process) {
    lock_acquire(&lines_lock);
    for (uint32_t line = 0; line < INTERRUPT_LINE_COUNT; line++)
        if (lines[line] != 0 && lines[line]->process == process)
            unbind_locked(lines[line]);
    lock_release(&lines_lock);
}

SUBSYSTEM(interrupts_subsystem) = {
    .name = "interrupts",
    .start = interrupts_start,
    .process_ended = interrupts_ended,
};
