// The ring of a pipe: positions, pages on demand, and copying piece by piece.
#include "ipc/pipe_ring.h"

#include "kernel/base/assert.h"
#include "kernel/memory/frame.h"

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static uint32_t advance(const struct pipe_ring *ring, uint32_t position, uint32_t size) {
    uint64_t moved = (uint64_t)position + size;
    return (uint32_t)(moved < ring->capacity ? moved : moved - ring->capacity);
}

// Pages fill up from the first one, and the ring starts over when it is empty, so those that are there are the first ones.
__attribute__((noinline)) static enum status pages_make(struct pipe_ring *ring, struct account *account, uint64_t end) {
    uint32_t needed = smaller((uint32_t)((end + PAGE_SIZE - 1) / PAGE_SIZE), ring->capacity / PAGE_SIZE);
    while (ring->made < needed) {
        void *page;
        enum status status = page_allocate(account, 0, &page);
        if (status != STATUS_OK)
            return status;
        ring->pages[ring->made++] = page;
    }
    if (ring->peak < needed)
        ring->peak = needed;
    return STATUS_OK;
}

enum status pipe_ring_prepare(struct pipe_ring *ring, struct account *account, uint32_t size) {
    uint64_t end = (uint64_t)ring->tail + size;
    return end <= (uint64_t)ring->peak * PAGE_SIZE ? STATUS_OK : pages_make(ring, account, end);
}

static bool fits_page(uint32_t at, uint32_t size) {
    return size <= PAGE_SIZE - at % PAGE_SIZE;
}

static uint8_t *place(const struct pipe_ring *ring, uint32_t at) {
    return ring->pages[at / PAGE_SIZE] + at % PAGE_SIZE;
}

__attribute__((noinline)) static enum status pieces_copy_in(struct pipe_ring *ring, struct user_address from,
                                                            uint32_t size) {
    uint32_t at = ring->tail;
    while (size > 0) {
        uint32_t part = smaller(PAGE_SIZE - at % PAGE_SIZE, size);
        enum status status = user_copy_in_at_once(place(ring, at), from, part);
        if (status != STATUS_OK)
            return status;
        from.value += part;
        size -= part;
        at = advance(ring, at, part);
    }
    return STATUS_OK;
}

enum status pipe_ring_copy_in(struct pipe_ring *ring, struct user_address from, uint32_t size) {
    if (fits_page(ring->tail, size))
        return user_copy_in_at_once(place(ring, ring->tail), from, size);
    return pieces_copy_in(ring, from, size);
}

__attribute__((noinline)) static enum status pieces_copy_out(const struct pipe_ring *ring, struct user_address to,
                                                             uint32_t size) {
    uint32_t at = ring->head;
    while (size > 0) {
        uint32_t part = smaller(PAGE_SIZE - at % PAGE_SIZE, size);
        enum status status = user_copy_out_at_once(to, place(ring, at), part);
        if (status != STATUS_OK)
            return status;
        to.value += part;
        size -= part;
        at = advance(ring, at, part);
    }
    return STATUS_OK;
}

enum status pipe_ring_copy_out(const struct pipe_ring *ring, struct user_address to, uint32_t size) {
    if (fits_page(ring->head, size))
        return user_copy_out_at_once(to, place(ring, ring->head), size);
    return pieces_copy_out(ring, to, size);
}

void pipe_ring_added(struct pipe_ring *ring, uint32_t size) {
    assert_debug(size <= pipe_ring_room(ring));
    ring->tail = advance(ring, ring->tail, size);
    ring->used += size;
}

void pipe_ring_taken(struct pipe_ring *ring, uint32_t size, bool busy) {
    assert_debug(size <= ring->used);
    ring->head = advance(ring, ring->head, size);
    ring->used -= size;
    if (ring->used == 0 && !busy)
        ring->head = ring->tail = 0;
}

// Pages that are on their way out are chained through their first word.
static void *pages_take_from(struct pipe_ring *ring, uint32_t keep) {
    void *chain = 0;
    while (ring->made > keep) {
        void **page = (void **)ring->pages[--ring->made];
        ring->pages[ring->made] = 0;
        *page = chain;
        chain = page;
    }
    return chain;
}

void *pipe_ring_trim(struct pipe_ring *ring) {
    assert_debug(ring->used == 0);
    uint32_t keep = ring->peak > 1 ? ring->peak : 1;
    ring->peak = smaller(ring->made, 1); // the first page stays, so small traffic finds it prepared
    if (ring->made <= keep)
        return 0;
    ring->head = ring->tail = 0;
    return pages_take_from(ring, keep);
}

void *pipe_ring_take_all(struct pipe_ring *ring) {
    return pages_take_from(ring, 0);
}

void pipe_ring_free(struct account *account, void *pages) {
    while (pages != 0) {
        void *next = *(void **)pages;
        page_free(account, pages);
        pages = next;
    }
}
