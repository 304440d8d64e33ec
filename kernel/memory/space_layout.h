// The inside of an address space, for the files of kernel/memory and for the switch of page tables.
#pragma once

#include <arch/page_table.h>
#include <bsd/sys/queue.h>

#include "kernel/memory/area.h"
#include "kernel/memory/space.h"
#include "kernel/sync/lock.h"

// Small mappings that the kernel places lie at random in one large page's span, the *cluster*, so that they share a page table;
// clusters and larger mappings lie at random in one GiB, the *region*, so that these share the tables above.
#define CLUSTER_SIZE (UINT64_C(2) << 20)
#define REGION_SIZE (UINT64_C(1) << 30)

struct space {
    struct page_table table;
    TAILQ_ENTRY(space) in_list; // [list's lock]
    uint64_t id;                // [I] counts up
    struct lock lock;           // RANK_SPACE
    uint32_t area_count;        // [a]
    struct account *account;    // [I] pays for pages of its own, tables and areas
    struct area_tree areas;     // [lock]
    struct area *last;          // [lock] where the last fault was
    uint64_t resident;          // [a] pages with a frame
    uint64_t random;            // [lock] state of the choice of places
    uint64_t cluster;           // [lock] 0: none yet
    uint64_t region;            // [lock]
    struct memory *absent;      // [lock] where a fault answers WOULD_WAIT: whose page is to be waited for
    uint64_t absent_page;       // [lock]
};

// As area_find, looking at the last one first.
static inline struct area *space_find_area(struct space *space, uint64_t address) {
    struct area *area = space->last;
    if (__builtin_expect(area == 0 || address < area->base || address >= area->end, 0))
        space->last = area = area_find(&space->areas, address);
    return area;
}

// The protection that the processor gives when it gives this one.
static inline uint32_t space_protection_full(uint32_t protection) {
    return protection & (PROTECTION_WRITE | PROTECTION_EXECUTE) ? protection | PROTECTION_READ : protection;
}

// The page of its memory object that an area shows at an address.
static inline uint64_t space_memory_index(const struct area *area, uint64_t address) {
    return (area->offset + (address - area->base)) >> PAGE_SHIFT;
}

// No unknown bits, and not both WRITE and EXECUTE.
static inline bool space_protection_is_sound(uint32_t protection) {
    const uint32_t both = PROTECTION_WRITE | PROTECTION_EXECUTE;
    return (protection & ~(both | PROTECTION_READ)) == 0 && (protection & both) != both;
}

// Whether the area counts as a writer of its memory object.
static inline bool space_area_is_writer(const struct area *area) {
    return area->kind == AREA_SHARED && (area->protection & PROTECTION_WRITE);
}

// Page flags of an area's pages (but OF_MEMORY).
uint32_t space_page_flags(const struct area *area);

// Puts an area of the size that its bounds have at a place of chance. False: there is no such gap.
bool space_place(struct space *space, struct area *area);

// An area of its own, charged to the space; LIMIT_REACHED, NO_MEMORY. And its end: lets go of what it refers to; without lock.
enum status space_area_create(struct space *space, struct area **area);
void space_area_destroy(struct space *space, struct area *area);

// Makes an area of what lies from `address` on in `area`. LIMIT_REACHED, NO_MEMORY.
enum status space_area_split(struct space *space, struct area *area, uint64_t address, struct area **upper);

// Gives the frames of a batch back; `memory`: whose pages those OF_MEMORY are, or null. After the flush, without lock.
void space_release_pages(struct space *space, struct memory *memory, const struct page_batch *batch);

// Serves a fault with the lock held; says the slot. WOULD_WAIT: `absent` says for what.
enum status space_fault_locked(struct space *space, uint64_t address, enum fault_access access, uint64_t **slot);

// Puts the area at `address`, or where that is 0, at a place of chance, and says where: it may be unmapped at once. NO_MEMORY,
// ADDRESS_IN_USE.
enum status space_area_place(struct space *space, struct area *area, uint64_t address, uint64_t size, uint64_t *base);

// A fault on a page that was sent, or that its holder sent on.
enum status space_fault_marked(struct space *space, struct area *area, uint64_t address, bool write, uint64_t *slot);

// ---- all spaces (kernel/memory/space_list.c) ----

void space_list_enter(struct space *space);
void space_list_leave(struct space *space); // afterwards nobody works on it

// Calls `work` for the first space with an id above `after`, and says that id; 0: there is none. The list's lock is held meanwhile, so the
// space stays, and the work should be short.
uint64_t space_list_visit(uint64_t after, void (*work)(struct space *space, void *argument), void *argument);

// Waits until each space's lock was free once: what was read under one before is not used under it any more.
void space_list_settle(void);

// ---- the swap area (kernel/memory/space_swap.c) ----

// A fault on a page that is away. WOULD_WAIT: it has to come first.
enum status space_fault_away(struct space *space, const struct area *area, uint64_t *slot);

// A page that is away was unmapped.
void space_forget_away(struct space *space, uint64_t place);

// What a fault answers that got no frame: WOULD_WAIT where it can wait for room, else the status.
enum status space_note_room(struct space *space, enum status status);

// A fault that must wait: the space's lock is held, and let go for it. OK: try again, without the lock.
enum status space_absent_await(struct space *space, enum fault_access access);

// What a page-aligned range of the user half is: *end. INVALID_ARGUMENT.
enum status space_range_check(uint64_t address, uint64_t size, uint64_t *end);
