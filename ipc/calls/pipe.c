// The calls of pipes.
#include "ipc/pipe.h"

#include "kernel/base/call.h"

enum { ENDS = 2 };

// Places for the caller's numbers: for one end, or for both.
static enum status places_reserve(struct number_table *table, uint32_t count, int32_t numbers[ENDS]) {
    enum status status = number_reserve(table, &numbers[0]);
    if (status != STATUS_OK || count < ENDS)
        return status;
    status = number_reserve(table, &numbers[1]);
    if (status != STATUS_OK)
        number_unreserve(table, numbers[0]);
    return status;
}

static void places_give_back(struct number_table *table, uint32_t count, const int32_t numbers[ENDS]) {
    for (uint32_t i = 0; i < count; i++)
        number_unreserve(table, numbers[i]);
}

// Everything that can fail was done.
static void ends_hand_out(struct process *creator, struct pipe_end *ends[ENDS], uint32_t count,
                          const int32_t numbers[ENDS]) {
    for (uint32_t i = 0; i < ENDS; i++) {
        if (i < count) {
            pipe_end_set_number(ends[i], numbers[i]);
            number_insert_reserved(&creator->numbers, numbers[i], &ends[i]->object, pipe_end_rights(ends[i]));
        } else {
            pipe_announce(ends[i]);
        }
        object_release(&ends[i]->object);
    }
}

static enum status pipe_create_planned(const struct pipe_plan *plan, struct pipe_create *wish,
                                       struct user_address parameters, int32_t *number) {
    struct process *creator = plan->creator;
    uint32_t count = plan->other == 0 ? ENDS : 1;
    int32_t numbers[ENDS] = {0};
    enum status status = places_reserve(&creator->numbers, count, numbers);
    if (status != STATUS_OK)
        return status;
    wish->other = numbers[1];
    struct pipe_end *ends[ENDS];
    status = pipe_make(plan, ends);
    if (status == STATUS_OK) {
        status = user_copy_out(parameters, wish, sizeof(*wish));
        if (status != STATUS_OK)
            pipe_abandon(ends);
    }
    if (status != STATUS_OK) {
        places_give_back(&creator->numbers, count, numbers);
        return status;
    }
    ends_hand_out(creator, ends, count, numbers);
    *number = numbers[0];
    return STATUS_OK;
}

struct result call_pipe_create(struct user_address parameters) {
    struct pipe_create wish;
    struct pipe_plan plan;
    int32_t number = 0;
    enum status status = user_copy_in(&wish, parameters, sizeof(wish));
    if (status == STATUS_OK)
        status = pipe_plan_make(process_current(), &wish, &plan);
    if (status != STATUS_OK)
        return result_status(status);
    status = pipe_create_planned(&plan, &wish, parameters, &number);
    if (plan.other != 0)
        process_release(plan.other);
    return result_make(status, (uint64_t)number);
}

static enum status end_find(int32_t number, uint32_t rights, struct object **object) {
    return number_find(&process_current()->numbers, number, OBJECT_PIPE_END, rights, object);
}

// For a transfer: no range that cannot be the program's gets as far as the pipe.
static enum status end_find_for(int32_t number, uint32_t rights, struct user_address bytes, size_t size,
                                struct object **object) {
    if (user_range_check(bytes, size) != STATUS_OK)
        return STATUS_BAD_ADDRESS;
    return end_find(number, rights, object);
}

struct result call_pipe_write(int32_t number, struct user_address data, size_t size, uint64_t deadline) {
    struct object *object;
    enum status status = end_find_for(number, RIGHT_WRITE, data, size, &object);
    if (status != STATUS_OK)
        return result_status(status);
    size_t written;
    status = pipe_write((struct pipe_end *)object, data, size, deadline, &written);
    object_release(object);
    return result_make(status, written);
}

struct result call_pipe_read(int32_t number, struct user_address buffer, size_t size, uint64_t deadline) {
    struct object *object;
    enum status status = end_find_for(number, RIGHT_READ, buffer, size, &object);
    if (status != STATUS_OK)
        return result_status(status);
    size_t taken;
    status = pipe_read((struct pipe_end *)object, buffer, size, deadline, &taken);
    object_release(object);
    return result_make(status, taken);
}

struct result call_pipe_pending(int32_t number) {
    struct object *object;
    enum status status = end_find(number, 0, &object);
    if (status != STATUS_OK)
        return result_status(status);
    size_t pending = pipe_pending((struct pipe_end *)object);
    object_release(object);
    return result_ok(pending);
}
