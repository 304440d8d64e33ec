// Ports: a call for what comes back, a message for what does not. What is larger than a message lies in memory that both share.
#include <parley/object.h>
#include <parley/port.h>
#include <string.h>

#include "apps/compare/design.h"

enum { HEAD = sizeof(uint64_t), INSIDE_MAX = PORT_MESSAGE_MAX - HEAD };

// What goes through a port: whose place in the shared memory it is about, and the block where that is small.
struct parcel {
    uint32_t client; // its place among the server's clients
    uint32_t size;
    uint8_t block[INSIDE_MAX];
};

static bool is_inside(size_t size) {
    return size <= INSIDE_MAX;
}

static uint32_t message_size(void) {
    uint32_t size = HEAD + (is_inside(job->size) ? job->size : 0);
    size = (size + PORT_MESSAGE_STEP - 1) / PORT_MESSAGE_STEP * PORT_MESSAGE_STEP;
    return size < PORT_MESSAGE_MIN ? PORT_MESSAGE_MIN : size;
}

// ---- the server ----

static int32_t port;
static uint32_t own_place;
static uint8_t taken[BLOCK_MAX];

static enum status serve_start(uint32_t self) {
    struct port_create plan = {.message_size = message_size(), .scope = PORT_OF_PROCESS};
    own_place = self;
    return port_create(&plan, &port);
}

// The block is the server's own while it works on it, wherever it came from.
static void work(const struct parcel *parcel, uint32_t client) {
    bool inside = is_inside(parcel->size) || parcel->size > job->size || parcel->client >= job->clients;
    uint8_t *place = inside ? NULL : job_field(own_place, parcel->client);
    if (!inside)
        job_copy(taken, place, parcel->size);
    if (job_took(client) == ANSWER_BLOCK && !inside)
        job_copy(place, taken, parcel->size);
}

static enum status serve(void) {
    struct parcel parcel;
    struct port_information from;
    uint64_t id;
    enum status status = port_receive(port, &parcel, &from, DEADLINE_NEVER, &id);
    while (status == STATUS_OK) {
        if (from.kind != PORT_CANCELLED && parcel.size != UINT32_MAX)
            work(&parcel, from.process);
        if (from.kind == PORT_CALLED)
            status = port_reply_receive(port, id, &parcel, &from, DEADLINE_NEVER, &id);
        else
            status = port_receive(port, &parcel, &from, DEADLINE_NEVER, &id);
        if (status == STATUS_NOT_FOUND) // the caller has given up
            status = port_receive(port, &parcel, &from, DEADLINE_NEVER, &id);
    }
    return status;
}

// ---- the client ----

static struct {
    int32_t entry;
    uint32_t self;
} servers[CLIENTS_MAX];

static enum status connect(uint32_t place, uint32_t process, uint32_t self) {
    servers[place].self = self;
    return port_open(process, 0, job_deadline(), &servers[place].entry);
}

static void pack(struct parcel *parcel, uint32_t place, const void *block, size_t size) {
    parcel->client = servers[place].self;
    parcel->size = (uint32_t)size;
    if (is_inside(size))
        memcpy(parcel->block, block, size);
    else
        job_copy(job_field(place, servers[place].self), block, size);
}

static enum status echo(uint32_t place, void *block, size_t size) {
    struct parcel parcel;
    pack(&parcel, place, block, size);
    enum status status = port_call(servers[place].entry, &parcel, NULL, job_deadline());
    if (status != STATUS_OK)
        return status;
    if (is_inside(size))
        memcpy(block, parcel.block, size);
    else
        job_copy(block, job_field(place, servers[place].self), size);
    return STATUS_OK;
}

// A large block has one place: its taking is waited for by a call.
static enum status send(uint32_t place, const void *block, size_t size, uint64_t deadline) {
    struct parcel parcel;
    enum status status;
    pack(&parcel, place, block, size);
    if (!is_inside(size))
        return port_call(servers[place].entry, &parcel, NULL, deadline);
    job_send_patiently(status, deadline, port_send(servers[place].entry, &parcel, NULL, deadline, NULL));
    return status;
}

// A call comes behind all that was sent.
static enum status acknowledged(uint32_t place) {
    struct parcel parcel = {.size = UINT32_MAX};
    return port_call(servers[place].entry, &parcel, NULL, job_deadline());
}

static void disconnect(uint32_t place) {
    number_close(servers[place].entry);
}

const struct design design_port = {
    .name = "port",
    .source = "seeds/004",
    .serve_start = serve_start,
    .serve = serve,
    .connect = connect,
    .echo = echo,
    .send = send,
    .acknowledged = acknowledged,
    .disconnect = disconnect,
};
