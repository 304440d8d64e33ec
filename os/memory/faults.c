// Faults on mapped files: told by link, answered with pages from the file server. What is read on brings ever more pages at once.
#include <parley/calls.h>
#include <parley/link.h>
#include <parley/log.h>
#include <string.h>

#include "libc/files/client.h"
#include "os/memory/list.h"
#include "os/memory/swap.h"

enum { READY_MAX = 16 };

_Static_assert(MAPPED_AHEAD_MAX *PAGE_SIZE <= FILES_DATA_MAX, "one read of the file server brings them");

static _Alignas(PAGE_SIZE) uint8_t bytes[MAPPED_AHEAD_MAX * PAGE_SIZE];

static struct mapped *take(int32_t number) {
    struct mapped *mapped;
    mutex_lock(&mapped_lock);
    TAILQ_FOREACH(mapped, &mapped_list, link)
        if (mapped->faults == number)
            break;
    if (mapped)
        mapped->uses++;
    mutex_unlock(&mapped_lock);
    return mapped;
}

static void give_back(struct mapped *mapped) {
    mutex_lock(&mapped_lock);
    mapped->uses--;
    mutex_unlock(&mapped_lock);
}

// How many pages from this one on are brought: one at a random place, twice as many as last time where it is read on.
static uint32_t plan(struct mapped *mapped, uint64_t page) {
    bool reads_on = page == mapped->expected;
    mapped->ahead = !reads_on ? 1 : mapped->ahead * 2 < MAPPED_AHEAD_MAX ? mapped->ahead * 2 : MAPPED_AHEAD_MAX;
    uint64_t left = mapped->pages - page;
    uint32_t count = left < mapped->ahead ? (uint32_t)left : mapped->ahead;
    mapped->expected = page + count;
    return count;
}

// Bytes of the file from the page on; what is missing in the last page that it has is zeros.
static enum status bring(const struct mapped *mapped, uint64_t page, uint32_t count, size_t *size) {
    size_t part = 1;
    *size = 0;
    while (*size < count * PAGE_SIZE && part > 0) {
        enum status status =
            files_read(mapped->handle, page * PAGE_SIZE + *size, bytes + *size, count * PAGE_SIZE - *size, &part);
        if (status < 0)
            return status;
        *size += part;
    }
    size_t end = (*size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
    memset(bytes + *size, 0, end - *size);
    return STATUS_OK;
}

static void serve(struct mapped *mapped, const struct link_fault *fault) {
    size_t size;
    uint32_t count = plan(mapped, fault->page);
    enum status status = bring(mapped, fault->page, count, &size);
    if (status >= 0 && size == 0)
        status = STATUS_STREAM_END;
    for (size_t at = 0; status >= 0 && at < size; at += PAGE_SIZE) {
        enum status one = pager_supply(mapped->memory, fault->page + at / PAGE_SIZE, bytes + at);
        if (at == 0 && one != STATUS_EXISTS)
            status = one;
    }
    if (status == STATUS_OK || status == STATUS_EXISTS)
        return;
    if (status != STATUS_STREAM_END)
        log_line("no page %llu of file %llu: status %d", (unsigned long long)fault->page,
                 (unsigned long long)mapped->file.id, status);
    pager_refuse(mapped->memory, fault->page);
}

static void serve_link(const struct link_ready *ready) {
    struct link_fault fault;
    struct mapped *mapped = ready->status == STATUS_OK ? take(ready->number) : NULL;
    if (!mapped)
        return;
    if (link_read(ready->number, &fault) == STATUS_OK && fault.page < mapped->pages)
        serve(mapped, &fault);
    give_back(mapped);
}

void *mapped_serve_faults(void *unused) {
    struct link_ready ready[READY_MAX];
    enum status status = STATUS_OK;
    while (status == STATUS_OK) {
        size_t count = 0;
        status = link_poll_all(LINK_POLL_TASK, ready, READY_MAX, DEADLINE_NEVER, &count);
        for (size_t i = 0; i < count; i++)
            if (!swap_serve(&ready[i]))
                serve_link(&ready[i]);
    }
    log_line("no more faults are served: status %d", status);
    return unused;
}
