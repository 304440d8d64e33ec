// Pages: a block is sent as the pages that it lies in, duplicated and not copied; each side is interrupted by them (seeds/000).
#include <parley/page.h>

#include "apps/compare/design.h"

enum { TYPE = 100, QUEUE = 2 * CLIENTS_MAX };

static uint32_t pages_for(size_t size) {
    return size > 0 ? (uint32_t)((size + PAGE_SIZE - 1) / PAGE_SIZE) : 1;
}

// What has come and was not looked at yet. The handler puts it in, the program takes it out, masked.
static struct parcel {
    uint32_t from;
    uint64_t address;
} parcels[QUEUE];

static volatile uint32_t parcel_first, parcel_count;

static size_t take(size_t pid, size_t type, void *address, size_t pages, size_t flags, size_t bytes) {
    (void)type;
    (void)pages;
    (void)flags;
    (void)bytes;
    if (parcel_count == QUEUE)
        return PAGE_ABANDON;
    parcels[(parcel_first + parcel_count) % QUEUE] = (struct parcel){(uint32_t)pid, (uint64_t)address};
    parcel_count = parcel_count + 1;
    return PAGE_ACCEPT;
}

static int32_t handler; // of this job; the coordinator has one after the other

static enum status handle(uint32_t blocks) {
    if (handler != NUMBER_NONE)
        page_handler_remove(handler, DEADLINE_NEVER);
    parcel_first = parcel_count = 0;
    return page_handle(TYPE, take, (uint64_t)blocks * pages_for(job->size), PAGE_HANDLER_RESTART, &handler);
}

static enum status next_parcel(struct parcel *parcel, uint64_t deadline) {
    enum status status = STATUS_OK;
    upcall_mask(UPCALL_MASK_PAGES, NULL);
    while (parcel_count == 0 && status == STATUS_OK)
        status = upcall_wait(0, 0, deadline);
    if (status == STATUS_OK) {
        *parcel = parcels[parcel_first];
        parcel_first = (parcel_first + 1) % QUEUE;
        parcel_count = parcel_count - 1;
    }
    upcall_mask(0, NULL);
    return status;
}

// One that just sends is not interrupted before its answer has come.
static enum status send_pages(uint32_t process, uint64_t address, uint64_t deadline) {
    enum status status;
    do
        status =
            page_send(process, TYPE, address, pages_for(job->size), PAGE_DUPLICATE | PAGE_SENDER_KEEPS, deadline, NULL);
    while (status == STATUS_INTERRUPTED && deadline != DEADLINE_NOW);
    return status;
}

// ---- the server ----

static enum status serve_start(uint32_t self) {
    (void)self;
    return handle(2 * job->clients);
}

// A client whose window has no room for its answer does not look at what came before: the server goes on to the others.
static enum status serve(void) {
    struct parcel parcel;
    enum status status;
    while ((status = next_parcel(&parcel, DEADLINE_NEVER)) == STATUS_OK) {
        if (job_took(parcel.from) == ANSWER_BLOCK)
            send_pages(parcel.from, parcel.address, job_deadline());
        page_free(parcel.address, pages_for(job->size));
    }
    return status;
}

// ---- the client ----

static uint32_t servers[CLIENTS_MAX];

static enum status connect(uint32_t place, uint32_t process, uint32_t self) {
    (void)self;
    servers[place] = process;
    return job->one_way == 0 ? handle(2) : STATUS_OK;
}

// The server's window may be full for a moment.
static enum status send(uint32_t place, const void *block, size_t size, uint64_t deadline) {
    enum status status;
    (void)size;
    do
        status = send_pages(servers[place], (uint64_t)block, deadline);
    while (status == STATUS_PEER_FULL && deadline != DEADLINE_NOW);
    return status;
}

// The block that came back stays where it came to; it is not copied.
static enum status echo(uint32_t place, void *block, size_t size) {
    struct parcel parcel;
    enum status status = send(place, block, size, job_deadline());
    if (status == STATUS_OK)
        status = next_parcel(&parcel, job_deadline());
    if (status == STATUS_OK)
        page_free(parcel.address, pages_for(size));
    return status;
}

// Whoever sends pages waits for the handler's answer: there is nothing left to wait for.
static enum status acknowledged(uint32_t place) {
    (void)place;
    return STATUS_OK;
}

const struct design design_page = {
    .name = "page",
    .source = "seeds/000",
    .serve_start = serve_start,
    .serve = serve,
    .connect = connect,
    .echo = echo,
    .send = send,
    .acknowledged = acknowledged,
};
