// Exchanges with the file server as calls of its port.
//
// What is short travels in the message. What is longer lies in a heap that the server shares with this process alone, and of which
// the message says the offsets; it is asked for when it is first needed. Without it, data goes in short pieces.
//
// A server that ends is started again, and knows what the one before it knew: the way to it is looked for in the directory, the heap is
// brought along, and the call is made again.
#include "libc/files/transport.h"

#include <parley/calls.h>
#include <parley/clock.h>
#include <parley/directory.h>
#include <parley/mapping.h>
#include <parley/shared_heap.h>
#include <parley/start.h>
#include <string.h>

static int32_t server_entry;            // [a] NUMBER_NONE: not opened yet
static uint32_t server_process;         // [a]
static struct shared_heap *server_heap; // [a] null: not there yet
static int32_t heap_entry;              // [a] the entry through which the server knows of the heap
static uint64_t last_tag;               // [a]

enum { LIVES_MAX = 64 }; // of the server, that one call sees ended
enum { ROOMS_MAX = 8 };  // made for one call: others may be faster to use it
#define RETURN_PAUSE NANOSECONDS_PER_MILLISECOND
#define RETURN_PATIENCE (10 * NANOSECONDS_PER_SECOND)

// ---- the way to the server ----

static enum status entry_open(uint32_t server, int32_t *entry) {
    enum status status = port_open(server, 0, DEADLINE_NEVER, entry);
    return status == STATUS_NOT_FOUND ? STATUS_PEER_DIED : status; // there is no such process any more
}

// Puts the entry in the place of `before`. Two threads may both open one: the second keeps the first one's.
static void entry_publish(int32_t before, uint32_t server, int32_t *entry) {
    __atomic_store_n(&server_process, server, __ATOMIC_RELEASE);
    if (!__atomic_compare_exchange_n(&server_entry, &before, *entry, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        number_close(*entry);
        *entry = before;
    } else if (before != NUMBER_NONE) {
        number_close(before);
    }
}

// A server whose process id this program was told may have ended long ago.
__attribute__((noinline)) static enum status entry_find_first(int32_t *entry) {
    uint32_t server = start_service("files");
    enum status status = server == 0 ? STATUS_NOT_FOUND : entry_open(server, entry);
    if (status >= 0)
        entry_publish(NUMBER_NONE, server, entry);
    return status;
}

static inline enum status entry_find(int32_t *entry) {
    *entry = __atomic_load_n(&server_entry, __ATOMIC_ACQUIRE);
    return __builtin_expect(*entry != NUMBER_NONE, 1) ? STATUS_OK : entry_find_first(entry);
}

// Waits until the server has been started again, and opens the way to it. False: it does not come back.
static bool server_await_return(int32_t dead) {
    uint64_t give_up = deadline_after(RETURN_PATIENCE);
    while (__atomic_load_n(&server_entry, __ATOMIC_ACQUIRE) == dead && clock_now() < give_up) {
        int32_t entry = NUMBER_NONE;
        uint32_t server = directory_find("files");
        if (server != 0 && entry_open(server, &entry) >= 0) {
            start_grant_move("files", server);
            entry_publish(dead, server, &entry);
            return true;
        }
        thread_sleep(deadline_after(RETURN_PAUSE));
    }
    return __atomic_load_n(&server_entry, __ATOMIC_ACQUIRE) != dead;
}

uint32_t files_server(void) {
    return __atomic_load_n(&server_process, __ATOMIC_ACQUIRE);
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
    else
        __atomic_store_n(&heap_entry, exchange.entry, __ATOMIC_RELEASE);
    return status;
}

// Tells a server that was started anew of the heap that this program has from the one before it.
static enum status heap_bring(const struct shared_heap *heap, int32_t entry) {
    struct files_call call = {.request.operation = FILES_HEAP};
    struct port_cargo cargo = {.number = shared_heap_number(heap), .rights = RIGHT_READ | RIGHT_WRITE};
    union files_message message = {.call = call};
    enum status status = port_call(entry, &message, &cargo, DEADLINE_NEVER);
    if (status < 0)
        return status;
    status = (enum status)message.answer.reply.status;
    if (status < 0 && status != STATUS_EXISTS) // another thread was before
        return status;
    __atomic_store_n(&heap_entry, entry, __ATOMIC_RELEASE);
    return STATUS_OK;
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

// The way there: the answer's status stands in the message.
static inline enum status call_once(struct files_exchange *exchange, union files_message *message,
                                    const struct places *places) {
    struct port_cargo cargo = {.number = NUMBER_NONE};
    enum status status = entry_find(&exchange->entry);
    if (status >= 0 && places->heap && __atomic_load_n(&heap_entry, __ATOMIC_ACQUIRE) != exchange->entry)
        status = heap_bring(places->heap, exchange->entry);
    if (status >= 0)
        status = port_call(exchange->entry, message, exchange->wants_number ? &cargo : NULL, DEADLINE_NEVER);
    exchange->number = cargo.number;
    return status;
}

// BAD_NUMBER: another thread has found the server's next life before, and closed the entry.
static bool server_is_gone(enum status status) {
    return status == STATUS_PEER_DIED || status == STATUS_RESTARTED || status == STATUS_BAD_NUMBER;
}

// A call that got no answer is made again at the server's next life, with the same tag: it is carried out once.
__attribute__((noinline)) static enum status call_again(struct files_exchange *exchange, union files_message *message,
                                                        const struct places *places, enum status status) {
    for (uint32_t lives = 0; server_is_gone(status); lives++) {
        if (lives == LIVES_MAX || !server_await_return(exchange->entry))
            return STATUS_PEER_DIED;
        status = call_once(exchange, message, places);
    }
    return status;
}

static enum status call_and_take(struct files_exchange *exchange, union files_message *message,
                                 const struct places *places) {
    enum status status = call_once(exchange, message, places);
    if (__builtin_expect(status < 0, 0))
        status = call_again(exchange, message, places, status);
    if (status < 0)
        return status;
    answer_take(exchange, &message->answer, places);
    return (enum status)message->answer.reply.status;
}

__attribute__((always_inline)) static inline enum status exchange_once(struct files_exchange *exchange) {
    union files_message message;
    struct places places = {0};
    if (exchange->payload_size[0] + exchange->payload_size[1] > FILES_DATA_MAX || exchange->capacity > FILES_DATA_MAX)
        return STATUS_TOO_LARGE;
    enum status status = call_fill(exchange, &message.call, &places);
    message.call.tag = __atomic_add_fetch(&last_tag, 1, __ATOMIC_RELAXED);
    if (status >= 0)
        status = call_and_take(exchange, &message, &places);
    places_free(&places);
    return status;
}

static bool is_short_of_memory(const struct files_exchange *exchange, enum status status) {
    return status == STATUS_NO_MEMORY && exchange->reply.value > 0;
}

// The server does not wait for memory, as who makes room waits for the server.
__attribute__((noinline)) static enum status exchange_with_room(struct files_exchange *exchange, enum status status) {
    for (uint32_t rooms = 0; rooms < ROOMS_MAX && is_short_of_memory(exchange, status); rooms++) {
        if (mapping_make_room((uint64_t)exchange->reply.value) < 0)
            break;
        status = exchange_once(exchange);
    }
    return is_short_of_memory(exchange, status) ? STATUS_LIMIT_REACHED : status;
}

enum status files_exchange(struct files_exchange *exchange) {
    enum status status = exchange_once(exchange);
    return __builtin_expect(is_short_of_memory(exchange, status), 0) ? exchange_with_room(exchange, status) : status;
}
