// The client's side of interfaces: asking for one and waiting until it is ready.
#include <parley/interface.h>

enum status interface_await_ready(const void *pages, uint32_t id, uint64_t deadline) {
    const struct interface_page *page = pages;
    uint32_t word;
    while ((word = interface_word(page)) == INTERFACE_NOT_READY) {
        enum status status = futex_wait(&page->ready, INTERFACE_NOT_READY, deadline);
        if (status < 0)
            return status;
    }
    if (word == INTERFACE_DEAD)
        return STATUS_PEER_DIED;
    return (word & UINT16_MAX) == id ? STATUS_OK : STATUS_CORRUPT;
}

static bool version_will_do(const void *pages, uint32_t version, uint32_t flags) {
    uint32_t got = interface_version(pages);
    return flags & INTERFACE_AT_LEAST ? got >= version : got == version;
}

enum status interface_open(uint32_t id, uint32_t version, uint32_t flags, uint64_t deadline, void **pages) {
    uint64_t base;
    enum status status = interface_request(id, version, flags, &base);
    if (status != STATUS_OK)
        return status;
    status = interface_await_ready((const void *)base, id, deadline);
    if (status == STATUS_OK && !version_will_do((const void *)base, version, flags))
        status = STATUS_CORRUPT;
    if (status != STATUS_OK) {
        interface_release(base);
        return status;
    }
    *pages = (void *)base;
    return STATUS_OK;
}

void interface_close(void *pages) {
    interface_release((uint64_t)pages);
}
