// Links: up to 32 bytes in the link itself; more lies in memory that both share, and the link says so (seeds/003: its main use).
#include <parley/link.h>
#include <parley/object.h>
#include <string.h>

#include "apps/compare/design.h"

static bool is_inside(size_t size) {
    return size <= LINK_SIZE;
}

// ---- the server ----

static uint32_t own_place;
static int32_t links[CLIENTS_MAX]; // the ends that it keeps; one is offered to each client
static uint8_t taken[BLOCK_MAX];

static enum status offer(int32_t listener, uint32_t place) {
    struct link_create wish = {0};
    enum status status = link_create(&wish, &links[place]);
    return status == STATUS_OK ? listener_push(listener, wish.other) : status;
}

static enum status serve_start(uint32_t self) {
    int32_t listener;
    own_place = self;
    enum status status = listener_create(LISTENER_OF_PROCESS, &listener);
    for (uint32_t i = 0; status == STATUS_OK && i < job->clients; i++)
        status = offer(listener, i);
    return status;
}

// The first word says whose place in the shared memory it is; with a small block that is all there is.
static void work(uint8_t *bytes, uint32_t client) {
    uint32_t place;
    memcpy(&place, bytes, sizeof(place));
    bool inside = is_inside(job->size) || place >= job->clients;
    if (!inside)
        job_copy(taken, job_field(own_place, place), job->size);
    if (job_took(client) == ANSWER_BLOCK && !inside)
        job_copy(job_field(own_place, place), taken, job->size);
}

// One client alone: the answer and the wait for the next question are one call.
static enum status serve_one(void) {
    uint8_t bytes[LINK_SIZE];
    uint32_t signals;
    enum status status = link_poll(links[0], DEADLINE_NEVER, &signals);
    if (status == STATUS_OK && signals == 1) // it has connected, no more
        status = link_poll(links[0], DEADLINE_NEVER, &signals);
    if (status == STATUS_OK)
        status = link_read(links[0], bytes);
    while (status == STATUS_OK) {
        work(bytes, 1);
        status = link_call(links[0], bytes, DEADLINE_NEVER, &signals);
    }
    return status;
}

static void answer(const struct link_ready *ready) {
    static uint32_t connected[CLIENTS_MAX]; // by the place of the link: who connects signals once
    uint8_t bytes[LINK_SIZE];
    uint32_t place = 0;
    while (place < job->clients - 1 && links[place] != ready->number)
        place++;
    uint32_t news = ready->signals - (connected[place] == 0 && ready->signals > 0);
    connected[place] = 1;
    if (news == 0 || link_read(ready->number, bytes) != STATUS_OK)
        return;
    work(bytes, ready->process);
    link_write(ready->number, bytes, LINK_SIGNAL);
}

static enum status serve(void) {
    struct link_ready ready[16];
    enum status status = STATUS_OK;
    if (job->clients == 1)
        return serve_one();
    while (status == STATUS_OK) {
        size_t count = 0;
        status = link_poll_all(LINK_POLL_TASK, ready, sizeof(ready) / sizeof(ready[0]), DEADLINE_NEVER, &count);
        for (size_t i = 0; i < count; i++)
            if (ready[i].status == STATUS_OK)
                answer(&ready[i]);
            else
                number_close(ready[i].number);
    }
    return status;
}

// ---- the client ----

static struct {
    int32_t link;
    uint32_t self;
} servers[CLIENTS_MAX];

static enum status connect(uint32_t place, uint32_t process, uint32_t self) {
    struct link_connect wish = {.process = process};
    servers[place].self = self;
    return link_connect(&wish, DEADLINE_NEVER, &servers[place].link);
}

// A link has one place, so whatever is sent is waited for until it is taken.
static enum status exchange(uint32_t place, uint8_t bytes[LINK_SIZE], const void *block, size_t size,
                            uint64_t deadline) {
    memset(bytes, 0, LINK_SIZE);
    if (is_inside(size)) {
        memcpy(bytes, block, size);
    } else {
        memcpy(bytes, &servers[place].self, sizeof(servers[place].self));
        job_copy(job_field(place, servers[place].self), block, size);
    }
    return link_call(servers[place].link, bytes, deadline, NULL);
}

static enum status send(uint32_t place, const void *block, size_t size, uint64_t deadline) {
    uint8_t bytes[LINK_SIZE];
    return exchange(place, bytes, block, size, deadline);
}

static enum status echo(uint32_t place, void *block, size_t size) {
    uint8_t bytes[LINK_SIZE];
    enum status status = exchange(place, bytes, block, size, job_deadline());
    if (status != STATUS_OK)
        return status;
    if (is_inside(size))
        memcpy(block, bytes, size);
    else
        job_copy(block, job_field(place, servers[place].self), size);
    return STATUS_OK;
}

static enum status acknowledged(uint32_t place) {
    (void)place;
    return STATUS_OK;
}

static void disconnect(uint32_t place) {
    number_close(servers[place].link);
}

const struct design design_link = {
    .name = "link",
    .source = "seeds/003",
    .serve_start = serve_start,
    .serve = serve,
    .connect = connect,
    .echo = echo,
    .send = send,
    .acknowledged = acknowledged,
    .disconnect = disconnect,
};
