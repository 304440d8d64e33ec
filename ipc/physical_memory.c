// Ranges of device memory and ports: minted, mapped, and taken back.
#include "ipc/physical_memory.h"

#include "kernel/base/assert.h"
#include "kernel/base/writer.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/heap.h"
#include "kernel/memory/space.h"
#include "kernel/process/io_ports.h"
#include "kernel/process/subsystem.h"
#include "kernel/thread/scheduler.h"

// One process's use of one range. Letter: all fields under the ranges' lock.
struct range_use {
    LIST_ENTRY(range_use) link;         // of the range
    LIST_ENTRY(range_use) process_link; // of the process
    struct range *range;
    struct process *process;
    bool opened; // ports
    bool ending; // a thread takes back what the process has
};

static struct {
    struct lock lock;
    LIST_HEAD(, range)
    all;
} ranges = {.lock = LOCK_INITIAL(RANK_OBJECT)};

// ---- uses; the lock is held ----

static struct range_use_list *uses_of(struct process *process) {
    return (struct range_use_list *)&process->attachments[ATTACHMENT_RANGES];
}

_Static_assert(sizeof(struct range_use_list) == sizeof(void *), "the head of a process's uses is its attachment");

static struct range_use *use_find(const struct range *range, const struct process *process) {
    struct range_use *use;
    LIST_FOREACH(use, &range->uses, link) {
        if (use->process == process)
            return use;
    }
    return 0;
}

// The process's address space and ports are still there: it lets go of its uses before it loses them. Without the lock, as much memory takes
// its time.
static void use_take_back(const struct range_use *use) {
    const struct range *range = use->range;
    if (range->kind == RANGE_MEMORY)
        space_unmap_owner(use->process->space, &use->range->object);
    else if (use->opened)
        io_ports_close(use->process, (uint16_t)range->base, (uint32_t)range->size);
}

// The clock goes on meanwhile, so that who waits like this sinks below the one that it waits for. (It cannot sleep: its process ends.)
static void let_others_run(void) {
    scheduler_preemption_point();
    scheduler_yield();
}

// Ends a use, or lets the thread go on that does; the lock is let go meanwhile. Both its lists are looked at again until it is gone, so that
// neither the range nor the process goes before.
static void use_end(struct range_use *use) {
    bool is_ours = !use->ending;
    use->ending = true;
    lock_release(&ranges.lock);
    if (is_ours)
        use_take_back(use);
    else
        let_others_run();
    lock_acquire(&ranges.lock);
    if (!is_ours)
        return;
    LIST_REMOVE(use, link);
    LIST_REMOVE(use, process_link);
    heap_free(use);
}

// Enters `spare` as the process's use, unless it has one: then that, and the spare is left to the caller.
static struct range_use *use_enter(struct range *range, struct process *process, struct range_use **spare) {
    struct range_use *use = use_find(range, process);
    if (use != 0)
        return use;
    use = *spare;
    *spare = 0;
    *use = (struct range_use){.range = range, .process = process};
    LIST_INSERT_HEAD(&range->uses, use, link);
    LIST_INSERT_HEAD(uses_of(process), use, process_link);
    return use;
}

// ---- the object ----

static void range_last_number_closed(struct object *object) {
    struct range *range = (struct range *)object;
    lock_acquire(&ranges.lock);
    if (!range->closed) {
        range->closed = true;
        // A mapping holds a reference; ours, the closing number's, is still there. Nobody mints it anew before all is taken back.
        while (!LIST_EMPTY(&range->uses))
            use_end(LIST_FIRST(&range->uses));
        LIST_REMOVE(range, link);
    }
    lock_release(&ranges.lock);
}

// It may be that it never had a number.
static void range_destroy(struct object *object) {
    struct range *range = (struct range *)object;
    if (range->size != 0)
        range_last_number_closed(object);
}

static void range_describe(struct object *object, struct writer *out) {
    struct range *range = (struct range *)object;
    uint32_t users = 0;
    struct range_use *use;
    lock_acquire(&ranges.lock);
    LIST_FOREACH(use, &range->uses, link) {
        users++;
    }
    bool closed = range->closed;
    lock_release(&ranges.lock);
    writer_format(out, "covers: %s\nbase: %#llx\nsize: %#llx\n", range->kind == RANGE_PORTS ? "ports" : "device memory",
                  (unsigned long long)range->base, (unsigned long long)range->size);
    writer_format(out, "used by processes: %u\nclosed: %s\n", users, closed ? "yes" : "no");
}

const struct object_type range_type = {
    .name = "range",
    .kind = OBJECT_RANGE,
    .size = sizeof(struct range),
    .lock_rank = RANK_OBJECT_INNER,
    .rights = RIGHT_READ | RIGHT_WRITE | RIGHT_COPY | RIGHT_SEND,
    .last_number_closed = range_last_number_closed,
    .destroy = range_destroy,
    .describe = range_describe,
};

// ---- minting ----

static enum status ports_check(uint64_t base, uint64_t size) {
    if (base >= IO_PORT_COUNT || size > IO_PORT_COUNT - base)
        return STATUS_INVALID_ARGUMENT;
    return io_ports_are_managed((uint32_t)base, (uint32_t)size) ? STATUS_DENIED : STATUS_OK;
}

// Beyond it an address has bits that mean something else in a page table.
#define PHYSICAL_END (UINT64_C(1) << 52)

static enum status memory_check(uint64_t base, uint64_t size) {
    uint64_t end;
    if (base % PAGE_SIZE != 0 || size % PAGE_SIZE != 0 || __builtin_add_overflow(base, size, &end))
        return STATUS_INVALID_ARGUMENT;
    if (end > PHYSICAL_END)
        return STATUS_INVALID_ARGUMENT;
    return frame_range_is_managed(base, size) ? STATUS_DENIED : STATUS_OK;
}

static bool range_is_taken(uint32_t kind, uint64_t base, uint64_t size) {
    struct range *range;
    LIST_FOREACH(range, &ranges.all, link) {
        if (range->kind == kind && base < range->base + range->size && range->base < base + size)
            return true;
    }
    return false;
}

static enum status range_enter(struct range *range, uint32_t kind, uint64_t base, uint64_t size) {
    lock_acquire(&ranges.lock);
    bool taken = range_is_taken(kind, base, size);
    if (!taken) {
        LIST_INIT(&range->uses);
        range->kind = kind;
        range->base = base;
        range->size = size;
        LIST_INSERT_HEAD(&ranges.all, range, link);
    }
    lock_release(&ranges.lock);
    return taken ? STATUS_BUSY : STATUS_OK;
}

enum status range_create(struct account *account, uint32_t kind, uint64_t base, uint64_t size, struct range **range) {
    if (size == 0 || (kind != RANGE_MEMORY && kind != RANGE_PORTS))
        return STATUS_INVALID_ARGUMENT;
    enum status status = kind == RANGE_PORTS ? ports_check(base, size) : memory_check(base, size);
    if (status != STATUS_OK)
        return status;
    struct object *object;
    status = object_create(&range_type, account, kind == RANGE_PORTS ? "ports" : "device memory", &object);
    if (status != STATUS_OK)
        return status;
    status = range_enter((struct range *)object, kind, base, size);
    if (status == STATUS_OK)
        *range = (struct range *)object;
    else
        object_release(object);
    return status;
}

// ---- mapping and opening ----

static enum status part_check(const struct range *range, uint64_t offset, uint64_t size, uint32_t caching) {
    if (range->kind != RANGE_MEMORY || caching > RANGE_CACHED || size == 0 || offset % PAGE_SIZE != 0)
        return STATUS_INVALID_ARGUMENT;
    return offset > range->size || size > range->size - offset ? STATUS_INVALID_ARGUMENT : STATUS_OK;
}

// The mapping is made without the lock; was the range closed meanwhile, it is taken back. `space_map_physical` retains the
// range, and the caller has a reference, so it is still there.
static enum status use_add(struct range *range, struct process *process, struct range_use *spare) {
    lock_acquire(&ranges.lock);
    enum status status = range->closed ? STATUS_BAD_NUMBER : STATUS_OK;
    if (status == STATUS_OK)
        use_enter(range, process, &spare);
    lock_release(&ranges.lock);
    if (status != STATUS_OK)
        space_unmap_owner(process->space, &range->object);
    heap_free(spare);
    return status;
}

enum status range_map(struct range *range, struct process *process, uint64_t offset, uint64_t size, uint32_t caching,
                      uint64_t *base) {
    enum status status = part_check(range, offset, size, caching);
    if (status != STATUS_OK)
        return status;
    struct range_use *spare = heap_allocate(sizeof(struct range_use));
    if (spare == 0)
        return STATUS_NO_MEMORY;
    status = space_map_physical(process->space, range->base + offset, size, caching, &range->object, base);
    if (status == STATUS_OK)
        return use_add(range, process, spare);
    heap_free(spare);
    return status;
}

// Opens under the lock, so that closing the range finds it opened or not at all.
static enum status ports_open_locked(struct range *range, struct process *process, struct range_use **spare) {
    if (range->closed)
        return STATUS_BAD_NUMBER;
    struct range_use *use = use_find(range, process);
    if (use != 0)
        return STATUS_OK; // it is open
    enum status status = io_ports_open(process, (uint16_t)range->base, (uint32_t)range->size);
    if (status == STATUS_OK)
        use_enter(range, process, spare)->opened = true;
    return status;
}

enum status range_open(struct range *range, struct process *process) {
    if (range->kind != RANGE_PORTS)
        return STATUS_INVALID_ARGUMENT;
    struct range_use *spare = heap_allocate(sizeof(struct range_use));
    if (spare == 0)
        return STATUS_NO_MEMORY;
    lock_acquire(&ranges.lock);
    enum status status = ports_open_locked(range, process, &spare);
    lock_release(&ranges.lock);
    heap_free(spare);
    return status;
}

// ---- the end of a driver ----

static void range_process_ended(struct process *process) {
    lock_acquire(&ranges.lock);
    while (!LIST_EMPTY(uses_of(process)))
        use_end(LIST_FIRST(uses_of(process)));
    lock_release(&ranges.lock);
}

SUBSYSTEM(range_subsystem) = {.name = "ranges", .process_ended = range_process_ended};
