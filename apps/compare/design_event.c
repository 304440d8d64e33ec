// Events: twelve bytes at a time, in the three words that an EVENT carries for its sender. A block is so many events.
#include <parley/event.h>
#include <string.h>

#include "apps/compare/design.h"

enum { EVENT_BYTES = 12, BLOCK_EVENT = EVENT_USER + 1 };

static uint32_t servers[CLIENTS_MAX];
static uint8_t taken[BLOCK_MAX + EVENT_BYTES];

// What has come of each client's block: events of several clients come mixed.
static struct arriving {
    uint32_t client;
    size_t size;
    uint8_t block[64]; // of a client among others; one alone uses `taken`
} arriving[CLIENTS_MAX];

static enum status serve_start(uint32_t self) {
    (void)self;
    return gate_set(GATE_EVENT, GATE_ALL_USERS, NULL);
}

static enum status send_events(uint32_t process, const uint8_t *bytes, size_t size, uint64_t deadline) {
    enum status status = STATUS_OK;
    size_t done = 0;
    do {
        EVENT event = {.Type = BLOCK_EVENT};
        size_t part = size - done < EVENT_BYTES ? size - done : EVENT_BYTES;
        job_copy(&event.Data1, bytes + done, part);
        job_send_patiently(status, deadline, event_send(process, &event, NUMBER_NONE, deadline));
        done += part;
    } while (status == STATUS_OK && done < size);
    return status;
}

static enum status take_event(EVENT *event, struct event_source *source, uint64_t deadline) {
    enum status status = event_get(event, source);
    while (status == STATUS_NOTHING || (status == STATUS_OK && event->Type != BLOCK_EVENT)) {
        if (status == STATUS_NOTHING)
            status = event_wait(deadline);
        if (status == STATUS_OK)
            status = event_get(event, source);
    }
    return status;
}

static struct arriving *arriving_of(uint32_t client) {
    size_t i = 0;
    while (i < CLIENTS_MAX - 1 && arriving[i].client != 0 && arriving[i].client != client)
        i++;
    arriving[i].client = client;
    return &arriving[i];
}

// A client that waits for its answer has room for the beginning of it. One that has none does not read: the server goes on to the others.
static void answer(uint32_t client, const uint8_t *block) {
    enum job_answer wanted = job_took(client);
    size_t size = wanted == ANSWER_BLOCK ? job->size : 1, first = size < EVENT_BYTES ? size : EVENT_BYTES;
    if (wanted != ANSWER_NOTHING && send_events(client, block, first, DEADLINE_NOW) == STATUS_OK && size > first)
        send_events(client, block + first, size - first, job_deadline());
}

static enum status serve(void) {
    enum status status;
    EVENT event;
    struct event_source source;
    while ((status = take_event(&event, &source, DEADLINE_NEVER)) == STATUS_OK) {
        struct arriving *from = arriving_of(source.process);
        uint8_t *block = job->clients == 1 ? taken : from->block;
        size_t left = job->size - from->size;
        job_copy(block + from->size, &event.Data1, left < EVENT_BYTES ? left : EVENT_BYTES);
        from->size += EVENT_BYTES;
        if (from->size < job->size)
            continue;
        from->size = 0;
        answer(source.process, block);
    }
    return status;
}

static enum status connect(uint32_t place, uint32_t process, uint32_t self) {
    (void)self;
    servers[place] = process;
    return gate_set(GATE_EVENT, GATE_ALL_USERS, NULL);
}

static enum status take_block(uint8_t *block, size_t size) {
    uint64_t deadline = job_deadline();
    enum status status = STATUS_OK;
    size_t done = 0;
    do {
        EVENT event;
        size_t part = size - done < EVENT_BYTES ? size - done : EVENT_BYTES;
        status = take_event(&event, NULL, deadline);
        if (status == STATUS_OK)
            job_copy(block + done, &event.Data1, part);
        done += part;
    } while (status == STATUS_OK && done < size);
    return status;
}

static enum status send(uint32_t place, const void *block, size_t size, uint64_t deadline) {
    return send_events(servers[place], block, size, deadline);
}

static enum status echo(uint32_t place, void *block, size_t size) {
    enum status status = send(place, block, size, DEADLINE_NEVER);
    return status == STATUS_OK ? take_block(block, size) : status;
}

static enum status acknowledged(uint32_t place) {
    uint8_t byte;
    (void)place;
    return take_block(&byte, 1);
}

const struct design design_event = {
    .name = "event",
    .source = "seeds/002",
    .serve_start = serve_start,
    .serve = serve,
    .connect = connect,
    .echo = echo,
    .send = send,
    .acknowledged = acknowledged,
};
