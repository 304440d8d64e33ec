// The swap area's places, and who they are for; the wait for room.
#include "kernel/memory/swap.h"

#include "kernel/memory/frame.h"
#include "kernel/memory/heap.h"
#include "kernel/memory/space_layout.h"
#include "kernel/memory/swap_place.h"

enum { MARGIN_SHARE = 32, WORD_BITS = 64 };

static struct {
    struct lock lock;
    struct memory *memory; // [a] a reference, until another daemon's takes its place; null: none yet
    uint64_t *used;        // [l] a bit per place
    uint64_t *lost;        // [l] places whose pages went with the daemon before; null: none did
    uint64_t next;         // [l] the word in which a free place is looked for first
} swap = {.lock = LOCK_INITIAL(RANK_REGISTRY)};

static uint64_t word_count(const struct memory *memory) {
    return (memory->pages + WORD_BITS - 1) / WORD_BITS;
}

struct memory *swap_memory(void) {
    return __atomic_load_n(&swap.memory, __ATOMIC_ACQUIRE);
}

struct memory *swap_hold(void) {
    lock_acquire(&swap.lock);
    struct memory *memory = swap.memory;
    if (memory != 0)
        object_retain(&memory->object);
    lock_release(&swap.lock);
    return memory;
}

// What lies behind the last place is in use for ever.
static void places_start(struct memory *memory, uint64_t *used) {
    uint64_t rest = memory->pages % WORD_BITS;
    if (rest != 0)
        used[word_count(memory) - 1] = ~UINT64_C(0) << rest;
}

static enum status begin_first(struct memory *memory) {
    uint64_t *used = heap_allocate(word_count(memory) * sizeof(uint64_t));
    if (used == 0)
        return STATUS_NO_MEMORY;
    places_start(memory, used);
    lock_acquire(&swap.lock);
    bool is_first = swap.memory == 0;
    if (is_first) {
        swap.used = used;
        __atomic_store_n(&swap.memory, memory, __ATOMIC_RELEASE);
    }
    lock_release(&swap.lock);
    if (!is_first)
        heap_free(used);
    return is_first ? STATUS_OK : STATUS_EXISTS;
}

// What is in use now is lost: those places are free again when their programs let go of them.
static void all_lose(uint64_t *lost) {
    for (uint64_t i = 0; i < word_count(swap.memory); i++)
        lost[i] = swap.used[i];
    swap.lost = lost;
}

// Nobody uses the old area behind this but who has a reference: it is read under a space's lock, and each was free once since.
static enum status begin_again(struct memory *memory, struct memory *old) {
    uint64_t *lost = heap_allocate(word_count(memory) * sizeof(uint64_t));
    if (lost == 0)
        return STATUS_NO_MEMORY;
    lock_acquire(&swap.lock);
    bool is_next = swap.memory == old;
    uint64_t *unused = is_next ? swap.lost : lost;
    if (is_next) {
        all_lose(lost);
        __atomic_store_n(&swap.memory, memory, __ATOMIC_RELEASE);
    }
    lock_release(&swap.lock);
    heap_free(unused);
    if (!is_next)
        return STATUS_EXISTS;
    space_list_settle();
    object_release(&old->object);
    return STATUS_OK;
}

enum status swap_begin(struct memory *memory) {
    struct memory *old = swap_hold();
    enum status status = STATUS_EXISTS;
    object_retain(&memory->object);
    if (old == 0)
        status = begin_first(memory);
    else if (old->source->is_gone(old->source))
        status = old->pages == memory->pages ? begin_again(memory, old) : STATUS_INVALID_ARGUMENT;
    if (status == STATUS_OK)
        frame_set_margin(frame_total() / MARGIN_SHARE);
    else
        object_release(&memory->object);
    if (old != 0)
        object_release(&old->object);
    return status;
}

enum status swap_room_answer(struct memory *memory, enum status waited) {
    if (waited == STATUS_PEER_DIED) {
        if (memory == swap_memory())
            frame_set_margin(0);
        memory_mark_dead(memory);
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

static bool bit_is_set(const uint64_t *words, uint64_t place) {
    return words != 0 && (words[place / WORD_BITS] & UINT64_C(1) << place % WORD_BITS);
}

bool swap_place_is_lost(uint64_t place) {
    lock_acquire(&swap.lock);
    bool lost = bit_is_set(swap.lost, place);
    lock_release(&swap.lock);
    return lost;
}

void swap_place_free(uint64_t place) {
    uint64_t keep = ~(UINT64_C(1) << place % WORD_BITS);
    lock_acquire(&swap.lock);
    swap.used[place / WORD_BITS] &= keep;
    if (swap.lost != 0)
        swap.lost[place / WORD_BITS] &= keep;
    lock_release(&swap.lock);
}
