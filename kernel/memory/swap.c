// The swap area's places, and who they are for; the wait for room.
#include "kernel/memory/swap.h"

#include "kernel/memory/frame.h"
#include "kernel/memory/heap.h"
#include "kernel/memory/swap_place.h"

enum { MARGIN_SHARE = 32, WORD_BITS = 64 };

static struct {
    struct lock lock;
    struct memory *memory; // [a] a reference, for good; null: none yet
    uint64_t *used;        // [l] a bit per place
    uint64_t next;         // [l] the word in which a free place is looked for first
} swap = {.lock = LOCK_INITIAL(RANK_REGISTRY)};

static uint64_t word_count(const struct memory *memory) {
    return (memory->pages + WORD_BITS - 1) / WORD_BITS;
}

struct memory *swap_memory(void) {
    return __atomic_load_n(&swap.memory, __ATOMIC_ACQUIRE);
}

// What lies behind the last place is in use for ever.
static void places_start(struct memory *memory, uint64_t *used) {
    uint64_t rest = memory->pages % WORD_BITS;
    if (rest != 0)
        used[word_count(memory) - 1] = ~UINT64_C(0) << rest;
}

enum status swap_begin(struct memory *memory) {
    uint64_t *used = heap_allocate(word_count(memory) * sizeof(uint64_t));
    if (used == 0)
        return STATUS_NO_MEMORY;
    places_start(memory, used);
    lock_acquire(&swap.lock);
    bool is_first = swap.memory == 0;
    if (is_first) {
        swap.used = used;
        object_retain(&memory->object);
        __atomic_store_n(&swap.memory, memory, __ATOMIC_RELEASE);
        frame_set_margin(frame_total() / MARGIN_SHARE);
    }
    lock_release(&swap.lock);
    if (!is_first)
        heap_free(used);
    return is_first ? STATUS_OK : STATUS_EXISTS;
}

enum status swap_room_answer(enum status waited) {
    if (waited == STATUS_PEER_DIED) {
        frame_set_margin(0);
        memory_mark_dead(swap_memory());
        return STATUS_OK;
    }
    return waited == STATUS_OK || waited == STATUS_INTERRUPTED ? waited : STATUS_NO_MEMORY;
}

static bool place_find(const struct memory *memory, uint64_t *place) {
    uint64_t words = word_count(memory);
    for (uint64_t i = 0; i < words; i++) {
        uint64_t word = (swap.next + i) % words;
        if (swap.used[word] == ~UINT64_C(0))
            continue;
        uint64_t bit = (uint64_t)__builtin_ctzll(~swap.used[word]);
        swap.used[word] |= UINT64_C(1) << bit;
        swap.next = word;
        *place = word * WORD_BITS + bit;
        return true;
    }
    return false;
}

enum status swap_place_take(uint64_t *place) {
    lock_acquire(&swap.lock);
    bool found = place_find(swap.memory, place);
    lock_release(&swap.lock);
    return found ? STATUS_OK : STATUS_PEER_FULL;
}

void swap_place_free(uint64_t place) {
    lock_acquire(&swap.lock);
    swap.used[place / WORD_BITS] &= ~(UINT64_C(1) << place % WORD_BITS);
    lock_release(&swap.lock);
}
