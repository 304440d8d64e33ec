// Pipes: a pair for each channel, made by the client; the server learns of them by event and watches them.
#include <parley/event.h>
#include <parley/object.h>
#include <parley/pipe.h>

#include "apps/compare/design.h"

static struct { int32_t to, from; } channels[CLIENTS_MAX];

static uint8_t taken[BLOCK_MAX];

static enum status serve_start(uint32_t self) {
    (void)self;
    return STATUS_OK;
}

// Nothing but a wake-up is a byte: a pipe has no smaller news.
static size_t bytes_for(size_t size) {
    return size > 0 ? size : 1;
}

static enum status read_whole(int32_t number, uint8_t *bytes, size_t size, uint64_t deadline) {
    enum status status = STATUS_OK;
    for (size_t done = 0, got; status == STATUS_OK && done < size; done += got) {
        status = pipe_read(number, bytes + done, size - done, deadline, &got);
        got = status == STATUS_OK ? got : 0;
    }
    return status;
}

static enum status write_whole(int32_t number, const uint8_t *bytes, size_t size, uint64_t deadline) {
    enum status status = STATUS_OK;
    for (size_t done = 0, got; status == STATUS_OK && done < size; done += got) {
        status = pipe_write(number, bytes + done, size - done, deadline, &got);
        got = status == STATUS_OK ? got : 0;
    }
    return status;
}

// ---- the server ----

static uint32_t channel_count;
static uint32_t channel_clients[CLIENTS_MAX];

// A client makes the pipe that it writes first, then the one that it reads.
static void take_pipe(const EVENT *event) {
    uint32_t i = 0;
    if (event->Action != PIPE_CREATED)
        return;
    while (i < channel_count && channel_clients[i] != event->Data2)
        i++;
    if (i == channel_count)
        channel_clients[channel_count++] = event->Data2;
    if (event->Data3 == PIPE_RECEIVE)
        channels[i].from = (int32_t)event->Data1;
    else
        channels[i].to = (int32_t)event->Data1;
    if (job->clients > 1 && event->Data3 == PIPE_RECEIVE)
        event_watch(channels[i].from, WATCH_READABLE, i);
}

// A client that waits for its answer has room for the beginning of it, which is written whole or not at all. One that has none does not
// read: the server goes on to the others.
static enum status answer(int32_t number, size_t size) {
    size_t first = size < PIPE_ATOMIC ? size : PIPE_ATOMIC;
    enum status status = write_whole(number, taken, first, DEADLINE_NOW);
    if (status == STATUS_WOULD_WAIT)
        return STATUS_OK;
    if (status == STATUS_OK && size > first)
        status = write_whole(number, taken + first, size - first, job_deadline());
    return status;
}

static enum status serve_one(uint32_t channel) {
    size_t size = bytes_for(job->size);
    enum status status = read_whole(channels[channel].from, taken, size, DEADLINE_NEVER);
    if (status != STATUS_OK)
        return status;
    enum job_answer wanted = job_took(channel_clients[channel]);
    if (wanted == ANSWER_NOTHING)
        return STATUS_OK;
    return answer(channels[channel].to, wanted == ANSWER_BLOCK ? size : 1);
}

// A client that has ended is no more watched; that is all.
static enum status serve(void) {
    enum status status = STATUS_OK;
    while (status == STATUS_OK) {
        EVENT event;
        status = event_get(&event, NULL);
        if (status == STATUS_NOTHING)
            status = event_wait(DEADLINE_NEVER);
        else if (event.Type == EVENT_PIPE)
            take_pipe(&event);
        else if (event.Type == EVENT_READY && serve_one(event.Data2) == STATUS_OK)
            event_watch((int32_t)event.Data1, WATCH_READABLE, event.Data2);
        while (job->clients == 1 && channels[0].to != NUMBER_NONE && channels[0].from != NUMBER_NONE)
            if (serve_one(0) != STATUS_OK)
                return STATUS_PEER_DIED;
    }
    return status;
}

// ---- the client ----

static enum status connect(uint32_t place, uint32_t process, uint32_t self) {
    struct pipe_create forth = {.process = process, .mode = PIPE_SEND},
                       back = {.process = process, .mode = PIPE_RECEIVE};
    (void)self;
    enum status status;
    job_send_patiently(status, DEADLINE_NEVER, pipe_create(&forth, &channels[place].to)); // until servers took some
    if (status == STATUS_OK)
        job_send_patiently(status, DEADLINE_NEVER, pipe_create(&back, &channels[place].from));
    return status;
}

static enum status send(uint32_t place, const void *block, size_t size, uint64_t deadline) {
    return write_whole(channels[place].to, block, bytes_for(size), deadline);
}

static enum status echo(uint32_t place, void *block, size_t size) {
    enum status status = send(place, block, size, DEADLINE_NEVER);
    return status == STATUS_OK ? read_whole(channels[place].from, block, bytes_for(size), job_deadline()) : status;
}

static enum status acknowledged(uint32_t place) {
    uint8_t byte;
    return read_whole(channels[place].from, &byte, 1, job_deadline());
}

static void disconnect(uint32_t place) {
    number_close(channels[place].to);
    number_close(channels[place].from);
}

const struct design design_pipe = {
    .name = "pipe",
    .source = "seeds/002",
    .serve_start = serve_start,
    .serve = serve,
    .connect = connect,
    .echo = echo,
    .send = send,
    .acknowledged = acknowledged,
    .disconnect = disconnect,
};
