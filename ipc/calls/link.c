// The calls of links: making, reading, writing, polling.
#include "ipc/link.h"
#include "ipc/link_set.h"
#include "kernel/base/call.h"

_Static_assert(sizeof(struct link_bytes) == 32, "copied by user_copy_in_32 and user_copy_out_32");

// ---- making ----

static void ends_hand_out(struct link_end *ends[LINK_ENDS], const int32_t numbers[LINK_ENDS]) {
    for (uint32_t i = 0; i < LINK_ENDS; i++) {
        link_number_take(numbers[i], ends[i]);
        object_release(&ends[i]->object);
    }
}

static void ends_abandon(struct link_end *ends[LINK_ENDS]) {
    for (uint32_t i = 0; i < LINK_ENDS; i++)
        object_release(&ends[i]->object);
}

// The places are reserved.
static enum status create_at(struct link_create *wish, struct user_address address, const int32_t numbers[LINK_ENDS]) {
    struct link_end *ends[LINK_ENDS];
    enum status status = link_make(process_current(), ends);
    if (status != STATUS_OK)
        return status;
    wish->other = numbers[1];
    status = user_copy_out(address, wish, sizeof(*wish));
    if (status == STATUS_OK)
        ends_hand_out(ends, numbers);
    else
        ends_abandon(ends);
    return status;
}

static enum status places_reserve(uint32_t flags, int32_t numbers[LINK_ENDS]) {
    enum status status = link_number_reserve(flags, &numbers[0]);
    if (status != STATUS_OK)
        return status;
    status = link_number_reserve(0, &numbers[1]);
    if (status != STATUS_OK)
        link_number_unreserve(numbers[0]);
    return status;
}

struct result call_link_create(struct user_address address) {
    struct link_create wish;
    int32_t numbers[LINK_ENDS] = {0};
    enum status status = user_copy_in(&wish, address, sizeof(wish));
    if (status == STATUS_OK && (wish.flags & ~(uint32_t)LINK_OF_THREAD) != 0)
        status = STATUS_INVALID_ARGUMENT;
    if (status == STATUS_OK)
        status = places_reserve(wish.flags, numbers);
    if (status != STATUS_OK)
        return result_status(status);
    status = create_at(&wish, address, numbers);
    for (uint32_t i = 0; i < LINK_ENDS && status != STATUS_OK; i++)
        link_number_unreserve(numbers[i]);
    return result_make(status, (uint64_t)(int64_t)numbers[0]);
}

// ---- reading and writing ----

struct result call_link_read(int32_t number, struct user_address buffer) {
    struct link_end *end;
    enum status status = link_find(number, RIGHT_READ, &end);
    if (status != STATUS_OK)
        return result_status(status);
    struct link_bytes bytes;
    link_read_bytes(end, &bytes);
    object_release(&end->object);
    return result_status(user_copy_out_32(buffer, &bytes));
}

struct result call_link_write(int32_t number, struct user_address data, uint32_t flags) {
    struct link_bytes bytes;
    struct link_end *end;
    if ((flags & ~(uint32_t)(LINK_SIGNAL | LINK_NO_WAKE)) != 0 || flags == LINK_NO_WAKE)
        return result_status(STATUS_INVALID_ARGUMENT);
    enum status status = user_copy_in_32(&bytes, data);
    if (status == STATUS_OK)
        status = link_find(number, RIGHT_WRITE, &end);
    if (status != STATUS_OK)
        return result_status(status);
    status = link_write_bytes(end, &bytes, flags);
    object_release(&end->object);
    return result_status(status);
}

struct result call_link_signal(int32_t number) {
    struct link_end *end;
    enum status status = link_find(number, RIGHT_WRITE, &end);
    if (status != STATUS_OK)
        return result_status(status);
    status = link_write_bytes(end, 0, LINK_SIGNAL);
    object_release(&end->object);
    return result_status(status);
}

struct result call_link_call(int32_t number, struct user_address buffer, uint64_t deadline) {
    struct link_bytes bytes;
    struct link_end *end;
    uint32_t signals = 0;
    enum status status = user_copy_in_32(&bytes, buffer);
    if (status == STATUS_OK)
        status = link_find(number, RIGHT_READ | RIGHT_WRITE | RIGHT_WAIT, &end);
    if (status != STATUS_OK)
        return result_status(status);
    status = link_call_end(end, &bytes, deadline, &signals);
    object_release(&end->object);
    if (status == STATUS_OK)
        status = user_copy_out_32(buffer, &bytes);
    return result_make(status, signals);
}

// ---- polling ----

struct result call_link_poll(int32_t number, uint64_t deadline) {
    struct link_end *end;
    uint32_t signals = 0;
    enum status status = link_find(number, RIGHT_WAIT, &end);
    if (status != STATUS_OK)
        return result_status(status);
    status = link_poll_end(end, deadline, &signals);
    object_release(&end->object);
    return result_make(status, signals);
}

struct several_call {
    struct link_ready ready[LINK_POLL_MAX];
    struct link_end *ends[LINK_POLL_MAX];
    uint32_t count, found;
};

static void several_release(struct several_call *call, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        object_release(&call->ends[i]->object);
}

static enum status several_find(struct several_call *call) {
    for (uint32_t i = 0; i < call->count; i++) {
        enum status status = link_find(call->ready[i].number, RIGHT_WAIT, &call->ends[i]);
        if (status == STATUS_OK)
            continue;
        several_release(call, i);
        return status;
    }
    return STATUS_OK;
}

// What was taken and cannot be told is put back.
static enum status several_tell(const struct several_call *call, struct user_address address) {
    enum status status = user_copy_out(address, call->ready, call->count * sizeof(struct link_ready));
    for (uint32_t i = 0; i < call->count && status != STATUS_OK; i++)
        link_signals_return(call->ends[i], call->ready[i].signals);
    return status;
}

static enum status several_poll(struct several_call *call, struct user_address address, uint64_t deadline) {
    enum status status = user_copy_in(call->ready, address, call->count * sizeof(struct link_ready));
    if (status == STATUS_OK)
        status = several_find(call);
    if (status != STATUS_OK)
        return status;
    status = link_poll_ends(call->ends, call->ready, call->count, deadline, &call->found);
    if (status == STATUS_OK)
        status = several_tell(call, address);
    several_release(call, call->count);
    return status;
}

struct result call_link_poll_several(struct user_address address, size_t count, uint64_t deadline) {
    if (count == 0 || count > LINK_POLL_MAX)
        return result_status(STATUS_INVALID_ARGUMENT);
    struct several_call call;
    call.count = (uint32_t)count;
    call.found = 0;
    enum status status = several_poll(&call, address, deadline);
    return result_make(status, call.found);
}

static void all_return(const struct link_ready *ready, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        struct link_end *end;
        if (link_find(ready[i].number, 0, &end) != STATUS_OK)
            continue; // closed meanwhile
        link_signals_return(end, ready[i].signals);
        object_release(&end->object);
    }
}

struct result call_link_poll_all(uint32_t flags, struct user_address address, size_t capacity, uint64_t deadline) {
    struct link_ready ready[LINK_POLL_MAX];
    uint32_t found = 0;
    if (flags == 0 || (flags & ~(uint32_t)(LINK_POLL_TASK | LINK_POLL_THREAD)) != 0 || capacity == 0)
        return result_status(STATUS_INVALID_ARGUMENT);
    uint32_t limit = capacity < LINK_POLL_MAX ? (uint32_t)capacity : LINK_POLL_MAX;
    enum status status = link_set_poll(flags, deadline, ready, limit, &found);
    if (status != STATUS_OK)
        return result_status(status);
    status = user_copy_out(address, ready, found * sizeof(struct link_ready));
    if (status != STATUS_OK)
        all_return(ready, found);
    return result_make(status, found);
}
