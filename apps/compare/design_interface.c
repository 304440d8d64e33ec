// Interfaces: a page with bells and the block behind it per channel; no call while both are awake.
#include <parley/event.h>
#include <parley/interface.h>
#include <parley/object.h>

#include "apps/compare/design.h"

enum { FIRST_ID = INTERFACE_ID_SYSTEM + 0x100, VERSION = 1 };

// What the data pages hold; the block stands in the next page.
struct channel {
    struct interface_page head;
    struct doorbell sent, answered;
    uint32_t size; // of the block that stands there
};

static uint8_t *block_of(struct channel *channel) {
    return (uint8_t *)channel + PAGE_SIZE;
}

// ---- the server ----

static struct interface_peer peers[CLIENTS_MAX];
static uint32_t seen[CLIENTS_MAX], peer_count;
static uint8_t taken[BLOCK_MAX];

static enum status serve_start(uint32_t self) {
    const struct interface_plan plan = {
        .id = FIRST_ID + self,
        .version = VERSION,
        .data_size = PAGE_SIZE + job->size,
        .clients = job->clients,
        .name = "comparison",
    };
    int32_t number;
    return interface_publish(&plan, &number);
}

static struct channel *channel_of(uint32_t peer) {
    return (struct channel *)peers[peer].pages;
}

static bool serve_one(uint32_t peer) {
    struct channel *channel = channel_of(peer);
    uint32_t sent = doorbell_read(&channel->sent);
    if (sent == seen[peer])
        return false;
    seen[peer] = sent;
    uint32_t size = channel->size;
    job_copy(taken, block_of(channel), size < job->size ? size : job->size);
    if (job_took(peers[peer].about.process) == ANSWER_BLOCK)
        job_copy(block_of(channel), taken, job->size);
    doorbell_ring(&channel->answered); // the place is free again, which a one-way sender waits for, too
    return true;
}

static bool serve_all(void) {
    bool found = false;
    for (uint32_t i = 0; i < peer_count; i++)
        found |= serve_one(i);
    return found;
}

static void take_event(void) {
    EVENT event;
    if (event_get(&event, NULL) != STATUS_OK || event.Type != EVENT_INTERFACE || event.Action != INTERFACE_REQUESTED)
        return;
    if (interface_accept((int32_t)event.Data1, &peers[peer_count]) == STATUS_OK)
        interface_set_ready(&peers[peer_count++]);
}

// Of several clients' bells it can sleep on none: each is told to ring by event, and looked at once more.
static void sleep_for_all(void) {
    for (uint32_t i = 0; i < peer_count; i++)
        __atomic_store_n(&channel_of(i)->sent.sleeps, 1, __ATOMIC_SEQ_CST);
    if (serve_all())
        return;
    event_wait(DEADLINE_NEVER);
    take_event();
}

static enum status serve(void) {
    while (peer_count < job->clients) {
        if (event_wait(DEADLINE_NEVER) == STATUS_OK)
            take_event();
        serve_all();
    }
    for (;;) {
        if (serve_all())
            continue;
        if (job->clients > 1)
            sleep_for_all();
        else if (doorbell_wait(&channel_of(0)->sent, seen[0], DEADLINE_NEVER) != STATUS_OK)
            return STATUS_PEER_DIED;
    }
}

// ---- the client ----

static struct { struct channel *channel; } servers[CLIENTS_MAX];

static enum status connect(uint32_t place, uint32_t process, uint32_t self) {
    (void)process;
    (void)self;
    return interface_open(FIRST_ID + place, VERSION, INTERFACE_DATA_ONLY, DEADLINE_NEVER,
                          (void **)&servers[place].channel);
}

static void ring(struct channel *channel) {
    if (job->clients == 1) {
        doorbell_ring(&channel->sent);
        return;
    }
    __atomic_add_fetch(&channel->sent.rung, 1, __ATOMIC_SEQ_CST);
    if (__atomic_exchange_n(&channel->sent.sleeps, 0, __ATOMIC_SEQ_CST) != 0)
        interface_ring((uint64_t)channel);
}

// Until the server has taken what was sent.
static enum status await_taken(uint32_t place, uint64_t deadline) {
    struct channel *channel = servers[place].channel;
    enum status status = STATUS_OK;
    uint32_t answered;
    while ((answered = doorbell_read(&channel->answered)) != doorbell_read(&channel->sent) && status == STATUS_OK)
        status = doorbell_wait(&channel->answered, answered, deadline);
    return status;
}

static enum status send(uint32_t place, const void *block, size_t size, uint64_t deadline) {
    struct channel *channel = servers[place].channel;
    enum status status = await_taken(place, deadline);
    if (status != STATUS_OK)
        return status == STATUS_WOULD_WAIT ? STATUS_PEER_FULL : status;
    job_copy(block_of(channel), block, size);
    channel->size = (uint32_t)size;
    ring(channel);
    return STATUS_OK;
}

static enum status acknowledged(uint32_t place) {
    return await_taken(place, job_deadline());
}

static enum status echo(uint32_t place, void *block, size_t size) {
    enum status status = send(place, block, size, DEADLINE_NEVER);
    if (status == STATUS_OK)
        status = acknowledged(place);
    if (status == STATUS_OK)
        job_copy(block, block_of(servers[place].channel), size);
    return status;
}

static void disconnect(uint32_t place) {
    interface_close(servers[place].channel);
}

const struct design design_interface = {
    .name = "interface",
    .source = "seeds/001",
    .serve_start = serve_start,
    .serve = serve,
    .connect = connect,
    .echo = echo,
    .send = send,
    .acknowledged = acknowledged,
    .disconnect = disconnect,
};
