// The transfers that go through the kernel's queues and buffers, one row each (tests/guest/killing.h): messages, events, pipes, ports, links.
#include <parley/link.h>

#include "tests/guest/killing.h"

enum { BLOCK = 64 << 10, RECORD = 1024, CAPACITY = 4 * PAGE_SIZE, WORDS = 64, DATAGRAM = WORDS * 8 };

static _Alignas(PAGE_SIZE) uint8_t block[BLOCK];
static uint64_t words[WORDS];

static bool told_of_the_end(enum status status) {
    return status == STATUS_PEER_DIED || status == STATUS_NOT_FOUND;
}

// ---- messages of many pages, each with a number ----

static bool messages_give(uint32_t taker) {
    struct message_options options = {.number_count = 1, .rights = {RIGHT_READ}};
    enum status status = shared_create(PAGE_SIZE, &options.numbers[0]);
    for (uint64_t i = 0; status == STATUS_OK; i++) {
        killing_fill(block, sizeof(block), i);
        while ((status = message_send(taker, block, sizeof(block), &options, guest_soon(), NULL)) ==
               STATUS_LIMIT_REACHED)
            thread_yield(); // as much as it may have on its way
    }
    return told_of_the_end(status);
}

static bool messages_take(uint32_t giver) {
    struct message_filter filter = {.sender = giver};
    struct message_information information;
    enum status status;
    uint64_t next = 0;
    size_t size;
    killing_ready();
    while ((status = message_wait(&filter, &information, guest_soon())) == STATUS_OK) {
        if (message_receive(information.id, block, sizeof(block), &information, &size) != STATUS_OK)
            return false;
        if (size != BLOCK || !killing_is_whole(block, BLOCK, next++) || information.number_count != 1 ||
            number_close(information.numbers[0]) != STATUS_OK)
            return false;
        killing_count_transfer();
    }
    return status == STATUS_PEER_DIED;
}

KILLED_TRANSFER(messages) = {.name = "messages", .give = messages_give, .take = messages_take};

// ---- events ----

static bool events_give(uint32_t taker) {
    EVENT event = {.Type = EVENT_USER};
    enum status status = STATUS_OK;
    for (; status == STATUS_OK; event.Data1++)
        status = event_send(taker, &event, NUMBER_NONE, guest_soon());
    return told_of_the_end(status);
}

static bool events_take(uint32_t giver) {
    EVENT event;
    int32_t number;
    uint32_t next = 0;
    if (gate_set(GATE_EVENT, GATE_ALL_USERS, NULL) != STATUS_OK || process_open(giver, &number) != STATUS_OK ||
        event_watch(number, WATCH_CLOSED, 0) != STATUS_OK)
        return false;
    killing_ready();
    while (event_wait(guest_soon()) == STATUS_OK)
        while (event_get(&event, NULL) == STATUS_OK) {
            if (event.Type == EVENT_READY)
                return event.Action == WATCH_CLOSED;
            if (event.Type == EVENT_USER && event.Data1 != next++)
                return false;
            killing_count_transfer();
        }
    return false;
}

KILLED_TRANSFER(events) = {.name = "events", .give = events_give, .take = events_take};

// ---- a stream ----

static void make_stream(int32_t *givers, int32_t *takers) {
    struct pipe_create plan = {.mode = PIPE_SEND, .capacity = CAPACITY};
    EXPECT_OK(pipe_create(&plan, givers));
    *takers = plan.other;
}

static uint8_t byte_at(uint64_t place) {
    return (uint8_t)(place * 31 >> 3);
}

static bool stream_give(uint32_t taker) {
    enum status status = STATUS_OK;
    size_t written;
    for (uint64_t at = 0, size = 1; status == STATUS_OK; at += written, size = (size * 5 + 1) % BLOCK) {
        for (size_t i = 0; i <= size; i++)
            block[i % BLOCK] = byte_at(at + i);
        status = pipe_write(killing_number(), block, size, guest_soon(), &written);
    }
    return status == STATUS_PEER_DIED;
}

static bool stream_take(uint32_t giver) {
    enum status status;
    size_t size;
    uint64_t at = 0;
    killing_ready();
    while ((status = pipe_read(killing_number(), block, 1 + at % BLOCK, guest_soon(), &size)) == STATUS_OK) {
        for (size_t i = 0; i < size; i++)
            if (block[i] != byte_at(at + i))
                return false;
        at += size;
        killing_count_transfer();
    }
    return status == STATUS_STREAM_END;
}

KILLED_TRANSFER(stream) = {.name = "a pipe's stream", .make = make_stream, .give = stream_give, .take = stream_take};

// ---- records in a pool, of which the test holds both ends ----

static int32_t pool, pool_other;

static void make_pool(int32_t *givers, int32_t *takers) {
    struct pipe_create plan = {.mode = PIPE_POOL, .capacity = CAPACITY};
    EXPECT_OK(pipe_create(&plan, givers));
    *takers = plan.other;
    EXPECT_OK(number_copy(*givers, RIGHTS_ALL, &pool));
    EXPECT_OK(number_copy(*takers, RIGHTS_ALL, &pool_other));
}

static bool is_late(enum status status) {
    return status == STATUS_TIMED_OUT || status == STATUS_WOULD_WAIT;
}

static bool records_give(uint32_t taker) {
    enum status status = STATUS_OK;
    for (uint64_t i = 0; (status == STATUS_OK || is_late(status)) && !killing_is_over(); i++) {
        killing_fill(block, RECORD, i);
        status = pipe_write(killing_number(), block, RECORD, guest_shortly(), NULL);
    }
    return status == STATUS_OK || is_late(status);
}

static bool records_take(uint32_t giver) {
    enum status status = STATUS_OK;
    killing_ready();
    while ((status == STATUS_OK || is_late(status)) && !killing_is_over()) {
        size_t size;
        status = pipe_read(killing_number(), block, RECORD, guest_shortly(), &size);
        if (status == STATUS_OK && (size != RECORD || !killing_is_marked(block, RECORD)))
            return false;
        if (status == STATUS_OK)
            killing_count_transfer();
    }
    return status == STATUS_OK || is_late(status);
}

// What is left are whole records, and both ends work.
static bool records_rest(void) {
    size_t size;
    while (pipe_read(pool_other, block, RECORD, DEADLINE_NOW, &size) == STATUS_OK)
        if (size != RECORD || !killing_is_marked(block, RECORD))
            return false;
    return pipe_write(pool, "free", 4, DEADLINE_NOW, NULL) == STATUS_OK &&
           pipe_read(pool_other, block, sizeof(block), DEADLINE_NOW, &size) == STATUS_OK && size == 4 &&
           number_close(pool) == STATUS_OK && number_close(pool_other) == STATUS_OK;
}

KILLED_TRANSFER(records) = {
    .name = "a pool's records", .make = make_pool, .give = records_give, .take = records_take, .rest = records_rest};

// ---- ports: what is sent, and calls, in turn ----

static void make_port(int32_t *givers, int32_t *takers) {
    struct port_create plan = {.message_size = DATAGRAM, .capacity = 16};
    EXPECT_OK(port_create(&plan, takers));
    *givers = plan.entry;
}

static enum status call_once(uint64_t mark) {
    struct port_cargo cargo = {.number = killing_number(), .rights = RIGHTS_ALL};
    killing_fill(words, sizeof(words), mark);
    enum status status = port_call(killing_number(), words, &cargo, guest_soon());
    return status != STATUS_OK || killing_is_whole(words, sizeof(words), ~mark) ? status : STATUS_CORRUPT;
}

static enum status send_once(uint64_t mark) {
    enum status status;
    killing_fill(words, sizeof(words), mark);
    while ((status = port_send(killing_number(), words, NULL, guest_soon(), NULL)) == STATUS_LIMIT_REACHED)
        thread_yield();
    return status;
}

static bool port_give(uint32_t taker) {
    enum status status = STATUS_OK;
    for (uint64_t i = 0; status == STATUS_OK; i++)
        status = i % 3 == 0 ? call_once(i) : send_once(i);
    return status == STATUS_PEER_DIED;
}

// The entry that came with a call would keep the port from hearing that nobody can send any more.
static bool port_answer(const struct port_information *information) {
    uint64_t mark = words[0];
    killing_fill(words, sizeof(words), ~mark);
    if (information->cargo.number != NUMBER_NONE && number_close(information->cargo.number) != STATUS_OK)
        return false;
    enum status status = port_reply(killing_number(), information->id, words, NULL);
    return status == STATUS_OK || status == STATUS_NOT_FOUND;
}

static bool port_take(uint32_t giver) {
    struct port_information information;
    enum status status;
    uint64_t next = 0;
    killing_ready();
    while ((status = port_receive(killing_number(), words, &information, guest_soon(), NULL)) == STATUS_OK) {
        if (information.kind == PORT_CANCELLED)
            continue;
        if (!killing_is_whole(words, sizeof(words), next++))
            return false;
        if (information.kind == PORT_CALLED && !port_answer(&information))
            return false;
        killing_count_transfer();
    }
    return status == STATUS_PEER_DIED;
}

KILLED_TRANSFER(port) = {.name = "a port", .make = make_port, .give = port_give, .take = port_take};

// ---- links ----

static void make_link(int32_t *givers, int32_t *takers) {
    struct link_create plan = {0};
    EXPECT_OK(link_create(&plan, givers));
    *takers = plan.other;
}

static bool link_give(uint32_t taker) {
    enum status status = STATUS_OK;
    for (uint64_t i = 0; status == STATUS_OK; i++) {
        killing_fill(words, LINK_SIZE, i);
        status = link_call(killing_number(), words, guest_soon(), NULL);
        if (status == STATUS_OK && !killing_is_whole(words, LINK_SIZE, ~i))
            return false;
    }
    return status == STATUS_PEER_DIED;
}

static bool link_take(uint32_t giver) {
    enum status status;
    killing_ready();
    while ((status = link_poll(killing_number(), guest_soon(), NULL)) == STATUS_OK) {
        if (link_read(killing_number(), words) != STATUS_OK || !killing_is_marked(words, LINK_SIZE))
            return false;
        killing_fill(words, LINK_SIZE, ~words[0]);
        status = link_write(killing_number(), words, LINK_SIGNAL);
        if (status != STATUS_OK)
            break;
        killing_count_transfer();
    }
    return status == STATUS_PEER_DIED;
}

KILLED_TRANSFER(link) = {.name = "a link", .make = make_link, .give = link_give, .take = link_take};

// ---- listeners: one link after the other ----

static bool connections_give(uint32_t taker) {
    enum status status = STATUS_OK;
    while (status == STATUS_OK) {
        int32_t link;
        status = link_meet(taker, 0, guest_soon(), &link);
        if (status != STATUS_OK)
            break;
        killing_fill(words, LINK_SIZE, 7);
        status = link_write(link, words, LINK_SIGNAL);
        if (number_close(link) != STATUS_OK)
            return false;
    }
    return told_of_the_end(status);
}

// The first signal says that somebody connected; then comes what that one wrote, or its end.
static bool serve_link(int32_t link) {
    enum status status = STATUS_TIMED_OUT;
    while (status != STATUS_PEER_DIED && !killing_is_over())
        status = link_poll(link, guest_shortly(), NULL);
    if (link_read(link, words) != STATUS_OK || (words[0] != 0 && !killing_is_whole(words, LINK_SIZE, 7)))
        return false;
    killing_count_transfer();
    return number_close(link) == STATUS_OK;
}

static bool connections_take(uint32_t giver) {
    int32_t listener, link;
    if (listener_create(LISTENER_OF_PROCESS, &listener) != STATUS_OK)
        return false;
    killing_ready();
    while (!killing_is_over())
        if (link_listen(listener, &link) != STATUS_OK || !serve_link(link))
            return false;
    return true;
}

KILLED_TRANSFER(connections) = {.name = "connecting", .give = connections_give, .take = connections_take};
