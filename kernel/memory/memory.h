// Memory as an object: pages that processes can share, made when first touched. Shared memory, program images and files are it.
#pragma once

#include "kernel/object/object.h"

enum {
    MEMORY_LEAF_PAGES = 512,
    MEMORY_LEAVES_MAX = 8192, // 16 GiB
    MEMORY_WRITTEN = 1 << 0,  // of a page that came from a source: somebody could write to it
    MEMORY_LENT =
        1 << 1, // of a page whose frame others may hold as it is now: nobody writes to it before it is owned again
};

// Where the absent pages of a memory object come from, if they are not just zeros (ipc/pager.h).
struct memory_source {
    // Waits until a page is there; `access`: enum fault_access. No lock is held. OK: look again. DENIED, PEER_DIED, TIMED_OUT, INTERRUPTED.
    enum status (*await)(struct memory_source *source, uint64_t page, uint32_t access);
    // Ends the waits for a page.
    void (*answer)(struct memory_source *source, uint64_t page, enum status answer);
    void (*release)(struct memory_source *source); // the memory goes
    bool (*is_gone)(struct memory_source *source); // nobody answers any more
};

struct memory {
    struct object object;         // OBJECT_SHARED_MEMORY
    uint64_t pages;               // [I]
    uint64_t resident;            // [l]
    uint32_t writable_mappings;   // [l] areas that map it writable
    bool sealed;                  // [l] nobody can write any more
    bool has_lent;                // [a] some page was ever lent; stays so
    bool dead;                    // [a] what it was part of has lost a side: nobody sleeps on its words any more
    uint64_t part_of;             // [I] id of the object whose type knows who wakes sleepers on its words; 0: none
    uint64_t **leaves;            // [l] frames by 512, with MEMORY_WRITTEN and MEMORY_LENT; 0: not there yet
    struct memory_source *source; // [I] once somebody has it; null: absent pages are zeros
};

extern const struct object_type memory_type;

static inline struct memory *object_as_memory(struct object *object) {
    return object->type == &memory_type ? (struct memory *)object : 0;
}

// TOO_LARGE, LIMIT_REACHED, NO_MEMORY. Pages are charged to `account` as they are made.
enum status memory_create(struct account *account, uint64_t size, const char *name, struct memory **memory);

// Makes an object of frames that boot filled (the ramdisk); what follows `size` in the last one is zeroed.
enum status memory_adopt(uint64_t physical, uint64_t size, const char *name, struct memory **memory);

// The frame of a page, made (zeroed) where it is not there yet; with a reference of the caller's.
// INVALID_ARGUMENT: no such page. NO_MEMORY, LIMIT_REACHED. WOULD_WAIT: it comes from the memory's source (memory_await).
enum status memory_page(struct memory *memory, uint64_t page, uint64_t *physical);

// Waits until the source has given the page; one that is lent is made the memory's own instead (memory_page_own). No lock may be held.
// OK: look again; else as the source's await.
enum status memory_await(struct memory *memory, uint64_t page, uint32_t access);

// As memory_page, waiting where it must.
enum status memory_page_wait(struct memory *memory, uint64_t page, uint64_t *physical);

// Gives an absent page this frame, with its reference; charged to the memory's account already. EXISTS, INVALID_ARGUMENT, NO_MEMORY,
// LIMIT_REACHED.
enum status memory_page_put(struct memory *memory, uint64_t page, uint64_t physical);

// Takes a page that is there away from it, with its reference and the charge for it. NOT_FOUND.
enum status memory_page_take(struct memory *memory, uint64_t page, uint64_t *physical);

// Gives the frames of `count` pages back, also where they are mapped (kernel/memory/memory_drop.c). BUSY: it is sealed.
// INVALID_ARGUMENT: no such pages, or such as come from a source or must stay.
enum status memory_drop_pages(struct memory *memory, uint64_t page, uint64_t count);

// Somebody is about to write to a page that came from a source.
void memory_note_written(struct memory *memory, uint64_t page);

// The frame of a page that is there, with a reference of the caller's, and whether it was written to since this was asked last: the caller
// sees to it that the next write is noted, before it looks at the bytes. NOT_FOUND, INVALID_ARGUMENT.
enum status memory_page_fetch(struct memory *memory, uint64_t page, uint64_t *physical, bool *written);

// As memory_page, but 0 where it is not there yet; else with a reference of the caller's.
uint64_t memory_page_if_there(struct memory *memory, uint64_t page);

// The first page from `page` on that can be there (at the end: `pages`, or more): what was never touched by the 2 MiB is passed over.
uint64_t memory_next_page(struct memory *memory, uint64_t page);

// ---- duplicates of pages that stay writable here (kernel/memory/memory_lend.c) ----

// From now on the frame of a page that is there may have holders who are to see it as it is: it is not written to until the page has
// another. `writers`: areas that map it writable and that the caller sees to. False: others can write to it, or it cannot be lent.
bool memory_page_lend(struct memory *memory, uint64_t page, uint32_t writers);

// Whether a page may be written to at once. One that is lent may where nobody holds its frame but the memory, and the caller, who maps
// `mapped` (0: nothing); then it is lent no more. One that is mapped is that frame.
bool memory_page_claim(struct memory *memory, uint64_t page, uint64_t mapped);

// Gives a page that is lent a frame of its own with the same bytes, and has everybody look for it anew. No lock may be held.
// NO_MEMORY, LIMIT_REACHED.
enum status memory_page_own(struct memory *memory, uint64_t page);

// The entry of a page that there is; null: it was never made. The object's lock is held.
static inline uint64_t *memory_slot_look(struct memory *memory, uint64_t page) {
    uint64_t *frames = memory->leaves[page / MEMORY_LEAF_PAGES];
    uint64_t *slot = frames != 0 ? &frames[page % MEMORY_LEAF_PAGES] : 0;
    return slot != 0 && *slot != 0 ? slot : 0;
}

// Copies for the kernel's own use (headers of an image, the ramdisk). INVALID_ARGUMENT outside; BUSY: writing, sealed.
enum status memory_read(struct memory *memory, uint64_t offset, void *to, size_t size);
enum status memory_write(struct memory *memory, uint64_t offset, const void *from, size_t size);

enum status memory_seal(struct memory *memory); // BUSY: somebody maps it writable

// `size` bytes of sealed memory from `offset` on, a page's start, as an object of its own with the same frames (kernel/memory/memory_slice.c).
// INVALID_ARGUMENT: no such part, or memory with a source or of an interface. BUSY: not sealed. LIMIT_REACHED, NO_MEMORY.
enum status memory_slice(struct account *account, struct memory *whole, uint64_t offset, uint64_t size,
                         struct memory **slice);

// Counts areas that map it writable. BUSY: it is sealed.
enum status memory_add_writer(struct memory *memory);
void memory_remove_writer(struct memory *memory);

// ---- memory that two sides talk through (kernel/memory/memory_word.c) ----

// Makes all its pages; they stay. LIMIT_REACHED, NO_MEMORY: some may be there, and go with it.
enum status memory_make_resident(struct memory *memory);

// An aligned word of a page that is there.
void memory_store_word(struct memory *memory, uint64_t offset, uint32_t word);
uint32_t memory_load_word(struct memory *memory, uint64_t offset);

bool memory_is_sealed(struct memory *memory);

// From now on no thread sleeps on its words: who does is woken, and who wants to is told PEER_DIED.
void memory_mark_dead(struct memory *memory);

// The type's wait edges: those of what it is part of.
void memory_wait_edges(struct object *object, enum wait_reason reason, struct wait_edges *edges);
