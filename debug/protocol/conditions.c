// The table of conditions: lists of expressions, one behind the other.
#include "debug/protocol/conditions.h"

#include "kernel/base/string.h"

enum { LENGTH_SIZE = sizeof(uint16_t) };

void conditions_clear(struct conditions *conditions) {
    conditions->count = conditions->used = conditions->taken = 0;
}

// ---- taking ----

// "length,bytecode", behind the X.
static enum status take_expression(struct conditions *conditions, struct text_cursor *packet) {
    uint8_t *to = conditions->code + conditions->used + conditions->taken;
    size_t room = CONDITION_BYTES - conditions->used - conditions->taken;
    uint64_t size;
    if (!text_take_number(packet, &size) || !text_take(packet, ',') || size > AGENT_CODE_MAX)
        return STATUS_INVALID_ARGUMENT;
    if (conditions->count == CONDITIONS_MAX || room < size + LENGTH_SIZE)
        return STATUS_LIMIT_REACHED;
    uint16_t length = (uint16_t)size;
    memcpy(to, &length, LENGTH_SIZE);
    if (text_take_bytes(packet, to + LENGTH_SIZE, length) != length)
        return STATUS_INVALID_ARGUMENT;
    conditions->taken += LENGTH_SIZE + length;
    return agent_check(to + LENGTH_SIZE, length);
}

enum status conditions_take(struct conditions *conditions, struct text_cursor *packet) {
    conditions->taken = 0;
    if (text_left(packet) == 0)
        return STATUS_OK;
    if (!text_take(packet, ';'))
        return STATUS_INVALID_ARGUMENT;
    enum status status = STATUS_OK;
    do
        status = text_take(packet, 'X') ? take_expression(conditions, packet) : STATUS_INVALID_ARGUMENT;
    while (status == STATUS_OK && text_left(packet) > 0);
    return status;
}

// ---- the lists ----

static bool is_same(const struct break_place *one, const struct break_place *other) {
    return one->kind == other->kind && one->process == other->process && one->address == other->address;
}

// What lies behind it moves up, what was taken too.
static void remove_at(struct conditions *conditions, uint32_t index) {
    struct condition_list gone = conditions->lists[index];
    uint32_t end = conditions->used + conditions->taken, behind = gone.start + gone.size;
    memmove(conditions->code + gone.start, conditions->code + behind, end - behind);
    conditions->used -= gone.size;
    conditions->count--;
    for (uint32_t i = index; i < conditions->count; i++) {
        conditions->lists[i] = conditions->lists[i + 1];
        conditions->lists[i].start -= gone.size;
    }
}

void conditions_remove(struct conditions *conditions, const struct break_place *place) {
    for (uint32_t i = 0; i < conditions->count; i++) {
        if (!is_same(&conditions->lists[i].place, place))
            continue;
        remove_at(conditions, i);
        return;
    }
}

void conditions_remove_process(struct conditions *conditions, uint32_t process) {
    for (uint32_t i = conditions->count; i > 0; i--)
        if (process == 0 || conditions->lists[i - 1].place.process == process)
            remove_at(conditions, i - 1);
}

void conditions_commit(struct conditions *conditions, const struct break_place *place) {
    conditions_remove(conditions, place);
    if (conditions->taken == 0)
        return;
    conditions->lists[conditions->count++] =
        (struct condition_list){.place = *place, .start = conditions->used, .size = conditions->taken};
    conditions->used += conditions->taken;
    conditions->taken = 0;
}

// ---- evaluating ----

static bool list_holds(const struct conditions *conditions, const struct condition_list *list,
                       const struct debug_target *target, const struct debug_thread *thread) {
    uint16_t length;
    for (uint32_t at = 0; at < list->size; at += LENGTH_SIZE + length) {
        const uint8_t *expression = conditions->code + list->start + at;
        uint64_t value = 1;
        memcpy(&length, expression, LENGTH_SIZE);
        if (agent_run(expression + LENGTH_SIZE, length, target, thread, &value) != STATUS_OK || value != 0)
            return true;
    }
    return false;
}

bool conditions_hold(const struct conditions *conditions, const struct break_place *place,
                     const struct debug_target *target, const struct debug_thread *thread) {
    for (uint32_t i = 0; i < conditions->count; i++)
        if (is_same(&conditions->lists[i].place, place))
            return list_holds(conditions, &conditions->lists[i], target, thread);
    return true;
}
