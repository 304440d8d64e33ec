// Messages: a block to a process id; the answer names the message that it answers.
#include <parley/message.h>

#include "apps/compare/design.h"

static uint32_t servers[CLIENTS_MAX];
static uint32_t awaited[CLIENTS_MAX]; // per server: the last message sent to it
static uint8_t taken[BLOCK_MAX];

static enum status serve_start(uint32_t self) {
    (void)self;
    return STATUS_OK;
}

// A client that has ended is its own affair.
static void answer(const struct message_information *from, size_t size) {
    struct message_options options = {.in_reply_to = from->id};
    enum job_answer wanted = job_took(from->sender);
    if (wanted != ANSWER_NOTHING)
        message_send(from->sender, taken, wanted == ANSWER_BLOCK ? size : 1, &options, DEADLINE_NEVER, NULL);
}

static enum status serve(void) {
    struct message_information from;
    enum status status;
    size_t size;
    while ((status = message_next(taken, sizeof(taken), &from, DEADLINE_NEVER, &size)) == STATUS_OK)
        answer(&from, size);
    return status;
}

static enum status connect(uint32_t place, uint32_t process, uint32_t self) {
    (void)self;
    servers[place] = process;
    return STATUS_OK;
}

static enum status send(uint32_t place, const void *block, size_t size, uint64_t deadline) {
    enum status status;
    job_send_patiently(status, deadline, message_send(servers[place], block, size, NULL, deadline, &awaited[place]));
    return status;
}

static enum status take_answer(uint32_t place, void *block, size_t size) {
    struct message_filter filter = {.sender = servers[place], .in_reply_to = awaited[place]};
    struct message_information information;
    enum status status = message_wait(&filter, &information, job_deadline());
    return status == STATUS_OK ? message_receive(information.id, block, size, NULL, NULL) : status;
}

static enum status echo(uint32_t place, void *block, size_t size) {
    enum status status = send(place, block, size, DEADLINE_NEVER);
    return status == STATUS_OK ? take_answer(place, block, size) : status;
}

static enum status acknowledged(uint32_t place) {
    uint8_t byte;
    return take_answer(place, &byte, 1);
}

const struct design design_message = {
    .name = "message",
    .source = "seeds/002",
    .serve_start = serve_start,
    .serve = serve,
    .connect = connect,
    .echo = echo,
    .send = send,
    .acknowledged = acknowledged,
};
