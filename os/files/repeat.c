// The answer that is kept: written while the change that it belongs to can still be undone, which makes it void.
#include "os/files/repeat.h"

#include <string.h>

bool repeat_take(const struct repeat_call *call, struct files_reply *reply, void *room, size_t room_size,
                 size_t *size) {
    const struct store_answer *last = &call->store->header->answer;
    if (last->payload_size > STORE_PAYLOAD_MAX || last->payload_size > room_size) {
        return false;
    }
    memcpy(room, last->payload, last->payload_size);
    *reply = last->reply;
    *size = last->payload_size;
    return true;
}

void repeat_note(const struct repeat_call *call, const struct files_reply *reply, const void *payload, size_t size) {
    struct store_answer *last = &call->store->header->answer;
    last->tag = 0;
    store_order();
    if (size > STORE_PAYLOAD_MAX) {
        return;
    }
    last->process = call->process;
    last->payload_size = (uint32_t)size;
    last->reply = *reply;
    memcpy(last->payload, payload, size);
    store_order();
    last->tag = call->tag;
}
