// The server's side of interfaces: registering, taking clients in, letting them go.
#include <parley/interface.h>
#include <parley/start.h>

enum status interface_publish(const struct interface_plan *plan, int32_t *number) {
    struct interface_register wish = {
        .id = plan->id,
        .version = plan->version,
        .data_size = plan->data_size,
        .clients = plan->clients,
        .code = plan->code,
        .name = plan->grant ? start_grant_number(plan->grant) : NUMBER_NONE,
    };
    strncpy(wish.text, plan->name, NAME_SIZE - 1);
    return interface_register(&wish, number);
}

static enum status fill_code(int32_t number, const void *start, size_t size) {
    uint64_t base;
    enum status status = shared_map(number, 0, size, PROTECTION_READ | PROTECTION_WRITE, 0, 0, &base);
    if (status != STATUS_OK)
        return status;
    memcpy((void *)base, start, size);
    memory_unmap(base, size);
    return shared_seal(number);
}

enum status interface_make_code(const void *start, const void *end, int32_t *number) {
    size_t size = (size_t)((uint64_t)end - (uint64_t)start);
    enum status status = shared_create(size, number);
    if (status != STATUS_OK)
        return status;
    status = fill_code(*number, start, size);
    if (status != STATUS_OK)
        number_close(*number);
    return status;
}

enum status interface_accept(int32_t number, struct interface_peer *peer) {
    uint64_t base = 0;
    peer->number = number;
    enum status status = interface_map(number, &peer->about, &base);
    peer->pages = (uint8_t *)base;
    if (status != STATUS_OK)
        number_close(number);
    return status;
}

void interface_set_ready(const struct interface_peer *peer) {
    struct interface_page *page = (struct interface_page *)peer->pages;
    uint32_t expected = INTERFACE_NOT_READY;
    // Only from not ready: the client may have died, and its pages stay dead then.
    if (__atomic_compare_exchange_n(&page->ready, &expected, INTERFACE_READY(peer->about.id, peer->about.version),
                                    false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        futex_wake(&page->ready, UINT32_MAX, NULL);
}

void interface_drop(struct interface_peer *peer) {
    number_close(peer->number);
    memory_unmap((uint64_t)peer->pages, peer->about.data_size + peer->about.code_size);
    *peer = (struct interface_peer){0};
}
