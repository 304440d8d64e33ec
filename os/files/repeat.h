// Calls that are made again, because the service ended before it had answered them: each is carried out once.
//
// The service answers one call after the other, so there is at most one that was carried out and not answered: the last. Its answer is kept
// in the store, and holds from the same moment as what it changed. A client gives each of its calls a tag of its own; a call with
// the tag of the last one gets its answer. A read only moves an offset, and is carried out again from where it began.
//
// Rules: pure; one thread.
#pragma once

#include "os/files/store.h"

enum { REPEAT_NEVER = 1 << 30 }; // a size of payload that cannot be kept

struct repeat_call {
    struct store *store;
    uint64_t tag; // 0: it is never made again
    uint32_t process;
};

static inline bool repeat_was_last(const struct repeat_call *call) {
    const struct store_answer *last = &call->store->header->answer;
    return call->tag == last->tag && call->tag && call->process == last->process;
}

// Gives the kept answer. False: the call was not the last one.
bool repeat_take(const struct repeat_call *call, struct files_reply *reply, void *room, size_t room_size, size_t *size);

static inline bool repeat_answer(const struct repeat_call *call, struct files_reply *reply, void *room,
                                 size_t room_size, size_t *size) {
    return repeat_was_last(call) && repeat_take(call, reply, room, room_size, size);
}

// Keeps the answer, before the change is finished. One with a number, or a long payload, cannot be: such calls can be carried out twice.
void repeat_note(const struct repeat_call *call, const struct files_reply *reply, const void *payload, size_t size);

// Where a read at the offset of what is open begins. Whoever made the call before this one has its answer, so its note may be spoilt.
static inline uint64_t repeat_begin_read(const struct repeat_call *call, const struct store_opened *opened) {
    struct store_read *last = &call->store->header->read;
    if (last->tag == call->tag && call->tag && last->process == call->process) {
        return last->offset;
    }
    last->offset = opened->offset;
    last->process = call->process;
    store_order();
    last->tag = call->tag;
    store_order();
    return last->offset;
}
