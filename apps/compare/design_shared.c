// Shared memory: a place for a block per channel; each side writes it, counts a word up, and wakes who sleeps on the word.
#include <parley/memory.h>
#include <parley/sync.h>

#include "apps/compare/design.h"

// At the start of a channel's part of the field; the block stands in the next page.
struct channel {
    uint32_t sent, answered; // blocks so far; slept on
    uint32_t client;         // process id
    uint32_t size;           // of the block that stands there
};

static struct channel *channels[CLIENTS_MAX];
static uint32_t seen[CLIENTS_MAX];
static uint32_t *bell; // of the server: counted up for each block, slept on by it
static uint32_t *bells[CLIENTS_MAX];

static uint8_t *block_of(struct channel *channel) {
    return (uint8_t *)channel + PAGE_SIZE;
}

// The bell stands in the first channel's page, behind the channel.
static uint32_t *bell_of(uint32_t server) {
    return (uint32_t *)(job_field(server, 0) + PAGE_SIZE / 2);
}

static enum status serve_start(uint32_t self) {
    bell = bell_of(self);
    for (uint32_t i = 0; i < job->clients; i++)
        channels[i] = (struct channel *)job_field(self, i);
    return STATUS_OK;
}

static void count_up(uint32_t *word) {
    __atomic_fetch_add(word, 1, __ATOMIC_RELEASE);
    futex_wake(word, 1, NULL);
}

static uint8_t taken[BLOCK_MAX];

static bool serve_one(uint32_t place) {
    struct channel *channel = channels[place];
    if (__atomic_load_n(&channel->sent, __ATOMIC_ACQUIRE) == seen[place])
        return false;
    seen[place]++;
    uint32_t size = channel->size;
    job_copy(taken, block_of(channel), size);
    enum job_answer answer = job_took(channel->client);
    if (answer == ANSWER_BLOCK)
        job_copy(block_of(channel), taken, size);
    count_up(&channel->answered); // the place is free again, which a one-way sender waits for, too
    return true;
}

static enum status serve(void) {
    for (;;) {
        uint32_t rung = __atomic_load_n(bell, __ATOMIC_ACQUIRE);
        bool found = false;
        for (uint32_t i = 0; i < job->clients; i++)
            found |= serve_one(i);
        if (!found)
            futex_wait(bell, rung, DEADLINE_NEVER);
    }
}

static enum status connect(uint32_t place, uint32_t process, uint32_t self) {
    (void)process;
    channels[place] = (struct channel *)job_field(place, self);
    channels[place]->client = job_self();
    bells[place] = bell_of(place);
    return STATUS_OK;
}

// Until the server has taken what was sent.
static enum status await_answer(struct channel *channel, uint64_t deadline) {
    enum status status = STATUS_OK;
    uint32_t answered;
    while ((answered = __atomic_load_n(&channel->answered, __ATOMIC_ACQUIRE)) != channel->sent &&
           (status == STATUS_OK || status == STATUS_NOTHING))
        status = futex_wait(&channel->answered, answered, deadline);
    return answered == channel->sent ? STATUS_OK : status;
}

static enum status send(uint32_t place, const void *block, size_t size, uint64_t deadline) {
    struct channel *channel = channels[place];
    enum status status = await_answer(channel, deadline);
    if (status != STATUS_OK)
        return status == STATUS_WOULD_WAIT ? STATUS_PEER_FULL : status;
    job_copy(block_of(channel), block, size);
    channel->size = (uint32_t)size;
    __atomic_fetch_add(&channel->sent, 1, __ATOMIC_RELEASE);
    count_up(bells[place]);
    return STATUS_OK;
}

static enum status acknowledged(uint32_t place) {
    return await_answer(channels[place], job_deadline());
}

static enum status echo(uint32_t place, void *block, size_t size) {
    enum status status = send(place, block, size, DEADLINE_NEVER);
    if (status == STATUS_OK)
        status = acknowledged(place);
    if (status == STATUS_OK)
        job_copy(block, block_of(channels[place]), size);
    return status;
}

const struct design design_shared = {
    .name = "shared memory",
    .source = "seeds/002",
    .serve_start = serve_start,
    .serve = serve,
    .connect = connect,
    .echo = echo,
    .send = send,
    .acknowledged = acknowledged,
};
