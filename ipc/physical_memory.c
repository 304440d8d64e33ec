// Physical ranges: who may be given which part of the machine, and that no two get the same.
#include "ipc/physical_memory.h"

#include "kernel/base/writer.h"
#include "kernel/memory/frame.h"
#include "kernel/process/ports.h"
#include "kernel/process/process.h"

#define PHYSICAL_END (UINT64_C(1) << 52)

LIST_HEAD(range_list, range);

static struct lock ranges_lock = {.rank = RANK_OBJECT_INNER};
static struct range_list live_ranges = LIST_HEAD_INITIALIZER(live_ranges);

static const char *kind_name(uint32_t kind) {
    return kind == RANGE_PORTS ? "ports" : "memory";
}

// Whoever opened the ports loses them with the last number, whichever process it was.
static void range_last_closed(struct object *object) {
    struct range *range = (struct range *)object;
    if (range->kind != RANGE_PORTS)
        return;
    struct process *process;
    for (uint32_t id = 0; (process = process_next(id)) != 0; process_release(process)) {
        id = process->id;
        (void)ports_close(process, (uint16_t)range->base, (uint32_t)range->size); // most have not opened it
    }
}

static void range_destroy(struct object *object) {
    lock_acquire(&ranges_lock);
    LIST_REMOVE((struct range *)object, live_link);
    lock_release(&ranges_lock);
}

static void range_describe(struct object *object, struct writer *out) {
    struct range *range = (struct range *)object;
    writer_format(out, "covers: %s %#llx to %#llx\n", kind_name(range->kind), (unsigned long long)range->base,
                  (unsigned long long)range_end(range) - 1);
}

const struct object_type range_type = {
    .name = "range",
    .kind = OBJECT_RANGE,
    .size = sizeof(struct range),
    .lock_rank = RANK_OBJECT,
    .rights = RIGHT_READ | RIGHT_WRITE | RIGHT_COPY | RIGHT_SEND | RIGHT_MANAGE,
    .last_number_closed = range_last_closed,
    .destroy = range_destroy,
    .describe = range_describe,
};

static enum status plan_check(const struct range_plan *plan) {
    uint64_t end;
    if (plan->size == 0 || __builtin_add_overflow(plan->base, plan->size, &end))
        return STATUS_INVALID_ARGUMENT;
    if (plan->kind == RANGE_PORTS) {
        if (end > PORT_COUNT)
            return STATUS_INVALID_ARGUMENT;
        return ports_are_managed((uint32_t)plan->base, (uint32_t)plan->size) ? STATUS_DENIED : STATUS_OK;
    }
    if (plan->kind != RANGE_MEMORY || plan->base % PAGE_SIZE != 0 || plan->size % PAGE_SIZE != 0 || end > PHYSICAL_END)
        return STATUS_INVALID_ARGUMENT;
    return frame_range_is_managed(plan->base, plan->size) ? STATUS_DENIED : STATUS_OK;
}

static bool overlaps_live(const struct range_plan *plan) {
    struct range *range;
    LIST_FOREACH(range, &live_ranges, live_link) {
        if (range->kind == plan->kind && plan->base < range_end(range) && range->base < plan->base + plan->size)
            return true;
    }
    return false;
}

// Fills it in and enters it, unless another covers a part. It is in the list from here on, in any case: destroy takes it off.
static enum status range_enter(struct range *range, const struct range_plan *plan) {
    lock_acquire(&ranges_lock);
    bool busy = overlaps_live(plan);
    range->kind = plan->kind;
    range->base = busy ? 0 : plan->base;
    range->size = busy ? 0 : plan->size;
    LIST_INSERT_HEAD(&live_ranges, range, live_link);
    lock_release(&ranges_lock);
    return busy ? STATUS_BUSY : STATUS_OK;
}

enum status range_make(struct account *account, const struct range_plan *plan, struct range **range) {
    enum status status = plan_check(plan);
    if (status != STATUS_OK)
        return status;
    struct object *object;
    status = object_create(&range_type, account, kind_name(plan->kind), &object);
    if (status != STATUS_OK)
        return status;
    status = range_enter((struct range *)object, plan);
    if (status != STATUS_OK) {
        object_release(object);
        return status;
    }
    *range = (struct range *)object;
    return STATUS_OK;
}
