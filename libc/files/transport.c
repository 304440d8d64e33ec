// Exchanges with the file server as calls of its port.
//
// What is short travels in the message. What is longer lies in a heap that the server shares with this process alone, and of which
// the message says the offsets; it is asked for when it is first needed. Without it, data goes in short pieces.
#include "libc/files/transport.h"

#include <parley/calls.h>
#include <parley/shared_heap.h>
#include <parley/start.h>
#include <string.h>

static int32_t server_entry;            // [a] NUMBER_NONE: not opened yet
static struct shared_heap *server_heap; // [a] null: not there yet

// ---- the way to the server ----

// Two threads may both open it; one keeps its own.
static enum status entry_open(uint32_t server, int32_t *entry) {
    int32_t none = NUMBER_NONE;
    enum status status = port_open(server, 0, DEADLINE_NEVER, entry);
    if (status == STATUS_NOT_FOUND)
        return STATUS_PEER_DIED; // there is no such process any more
    if (status < 0)
        return status;
    if (!__atomic_compare_exchange_n(&server_entry, &none, *entry, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        number_close(*entry);
        *entry = none;
    }
    return STATUS_OK;
}

static enum status entry_find(int32_t *entry) {
    *entry = __atomic_load_n(&server_entry, __ATOMIC_ACQUIRE);
    if (*entry != NUMBER_NONE)
        return STATUS_OK;
    uint32_t server = start_service("files");
    return server == 0 ? STATUS_NOT_FOUND : entry_open(server, entry);
}

// ---- the heap ----

static enum status heap_ask(struct shared_heap **heap) {
    struct files_exchange exchange = {.request = {.operation = FILES_HEAP}, .wants_number = true};
    enum status status = files_exchange(&exchange);
    if (status < 0)
        return status;
    if (exchange.number == NUMBER_NONE)
        return STATUS_CORRUPT;
    status = shared_heap_adopt(exchange.number, heap);
    if (status < 0)
        number_close(exchange.number);
    return status;
}

// Null: there is none to be had. The server gives a process one heap: of two threads that ask, one gets it.
static struct shared_heap *heap_find(void) {
    struct shared_heap *heap = __atomic_load_n(&server_heap, __ATOMIC_ACQUIRE);
    if (heap)
        return heap;
    if (heap_ask(&heap) < 0)
        return __atomic_load_n(&server_heap, __ATOMIC_ACQUIRE);
    __atomic_store_n(&server_heap, heap, __ATOMIC_RELEASE);
    return heap;
}

size_t files_piece(size_t size) {
    if (size <= FILES_SHORT_MAX)
        return size;
    if (!heap_find())
        return FILES_SHORT_MAX;
    return size < FILES_DATA_MAX ? size : FILES_DATA_MAX;
}

// ---- one exchange ----

// The blocks of one exchange in the heap; 0: none.
struct places {
    struct shared_heap *heap;
    uint32_t payload, room;
};

static void places_free(const struct places *places) {
    if (places->payload)
        shared_heap_free(places->heap, places->payload);
    if (places->room)
        shared_heap_free(places->heap, places->room);
}

static enum status place(struct places *places, size_t size, uint32_t *offset) {
    if (!places->heap)
        places->heap = heap_find();
    return places->heap ? shared_heap_allocate(places->heap, size, false, offset) : STATUS_NO_MEMORY;
}

static void payload_put(const struct files_exchange *exchange, uint8_t *to) {
    for (unsigned int i = 0; i < 2; i++) {
        if (exchange->payload_size[i])
            memcpy(to, exchange->payload[i], exchange->payload_size[i]);
        to += exchange->payload_size[i];
    }
}

static enum status call_fill(const struct files_exchange *exchange, struct files_call *call, struct places *places) {
    size_t size = exchange->payload_size[0] + exchange->payload_size[1];
    enum status status = STATUS_OK;
    call->request = exchange->request;
    call->payload_size = (uint32_t)size;
    call->payload = call->room = call->room_size = 0;
    if (size > FILES_CALL_BYTES)
        status = place(places, size, &places->payload);
    if (status >= 0 && exchange->capacity > FILES_SHORT_MAX) {
        status = place(places, exchange->capacity, &places->room);
        call->room = places->room;
        call->room_size = (uint32_t)exchange->capacity;
    }
    if (status < 0)
        return status;
    call->payload = places->payload;
    payload_put(exchange, places->payload ? shared_heap_pointer(places->heap, places->payload, size) : call->bytes);
    return STATUS_OK;
}

// Nothing that the server says is taken for more than there is room.
static void answer_take(struct files_exchange *exchange, const struct files_answer *answer,
                        const struct places *places) {
    size_t limit = places->room ? exchange->capacity : FILES_SHORT_MAX;
    limit = limit < exchange->capacity ? limit : exchange->capacity;
    exchange->reply = answer->reply;
    exchange->received = answer->payload_size < limit ? answer->payload_size : limit;
    const void *from =
        places->room ? shared_heap_pointer(places->heap, places->room, exchange->capacity) : answer->bytes;
    if (exchange->received)
        memcpy(exchange->into, from, exchange->received);
}

static enum status call_and_take(struct files_exchange *exchange, union files_message *message,
                                 const struct places *places) {
    struct port_cargo cargo = {.number = NUMBER_NONE};
    int32_t entry;
    enum status status = entry_find(&entry);
    if (status >= 0)
        status = port_call(entry, message, exchange->wants_number ? &cargo : NULL, DEADLINE_NEVER);
    if (status < 0)
        return status;
    exchange->number = cargo.number;
    answer_take(exchange, &message->answer, places);
    return (enum status)message->answer.reply.status;
}

enum status files_exchange(struct files_exchange *exchange) {
    union files_message message;
    struct places places = {0};
    if (exchange->payload_size[0] + exchange->payload_size[1] > FILES_DATA_MAX || exchange->capacity > FILES_DATA_MAX)
        return STATUS_TOO_LARGE;
    enum status status = call_fill(exchange, &message.call, &places);
    if (status >= 0)
        status = call_and_take(exchange, &message, &places);
    places_free(&places);
    return status;
}
