// Pages that travel from one address space to another: taken from the sender, held on the way, put into the receiver's window.
//
// While they are on their way a *load* holds them: a reference to each frame, and the sender's charge for each. A *window* is an area
// into which received pages are put; its pages are paid for when it is made, so receiving allocates nothing and cannot fail for
// memory. A page sent away is *gone*: a touch faults until the range is unmapped, or the page comes back.
//
// A frame that several hold unwritten is copied by whoever writes first (MARK_COPY); one that several write is marked MARK_SHARED, and
// is copied at once where a duplicate is asked for. A page of a memory object that only its sender writes to is lent (kernel/memory/memory.h)
// for a duplicate. Each who holds a frame is charged for it.
//
// Rules: each function takes RANK_SPACE itself, for at most PAGES_LOAD_MAX pages; only pages_take allocates. Addresses are
// page-aligned. The caller sees to it that the space lives.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/abi/status.h"

struct account;
struct space;

enum {
    PAGES_LOAD_MAX = 256,
    PAGES_WINDOW_MAX = 4096,
    PAGE_LOAD_SHARED = 1 << 2, // in a load's word: others write to the frame (MARK_SHARED)
};

struct page_load {
    uint32_t count;
    uint32_t charged;        // pages that `account` is charged for
    bool left;               // the sender's own pages are gone
    bool from_window;        // some of them came from a window
    struct account *account; // the sender's; a reference
    uint64_t address;        // where they were at the sender
    uint64_t pages[];        // physical address and enum page_mark; 0: not taken
};

enum pages_way {
    PAGES_MOVE = 0,           // the sender's pages themselves
    PAGES_KEEP = 1 << 0,      // the sender keeps them
    PAGES_DUPLICATE = 1 << 1, // as they are now, whoever writes later; without KEEP the sender's are gone all the same
    PAGES_WRITE = 1 << 2,     // the receiver may write
};

// Bytes of a load of so many pages. Its holder gives it memory with zeroed `pages`, and calls page_load_finish before that goes.
static inline size_t page_load_size(uint32_t count) {
    return sizeof(struct page_load) + count * sizeof(uint64_t);
}

// Sets an empty load up: `count` pages from `address` on.
void page_load_start(struct page_load *load, struct account *account, uint64_t address, uint32_t count);
void page_load_finish(struct page_load *load); // the frames go, and the charge

// Takes the load's pages, all or none (R-A2): `bytes` bytes from address + `offset` on. Where these fill a page only in part, which only
// may be with DUPLICATE and KEEP, a fresh page with zeros around them is loaded (R-A3). When it returns no CPU can reach pages that
// are gone (R-A5).
// BAD_ADDRESS: a page is not there, or not readable (KEEP without DUPLICATE: or not writable). NO_RIGHT: a page that is fixed
// read-only would become writable. INVALID_ARGUMENT: device memory; or memory of an object, unless duplicated and kept. NO_MEMORY,
// LIMIT_REACHED.
struct pages_part {
    uint32_t offset;
    uint64_t bytes;
};
enum status pages_take(struct space *space, struct page_load *load, uint32_t way, const struct pages_part *part);

// Gives gone pages back to where they were taken, and no others; `shared`: the receiver may still hold them.
void pages_return(struct space *space, struct page_load *load, bool shared);

// The pages are the receiver's for good: places in windows that they left are free again.
void pages_settle(struct space *space, struct page_load *load);

// Makes a window at `address` (0: at a place of chance), charged. INVALID_ARGUMENT, ADDRESS_IN_USE, NO_MEMORY, LIMIT_REACHED.
enum status pages_window_create(struct space *space, uint64_t address, uint64_t pages, uint64_t *base);

struct page_window {
    uint64_t base;
    uint32_t pages;
    uint32_t next; // where room is looked for first
};

// Puts a load into a window. PEER_FULL: there are not so many free places in a row.
enum status pages_put(struct space *space, struct page_window *window, const struct page_load *load, bool writable,
                      uint64_t *address);

// Takes away what of the load is still where it was put.
void pages_remove(struct space *space, uint64_t address, const struct page_load *load);

// The same, but leaves it there to be copied when written: the frames get another holder.
void pages_loosen(struct space *space, uint64_t address, const struct page_load *load);

// Makes received pages the space's own, at `to`, where anonymous memory that it may write to is; what lay there is freed, and their places
// in the window are free again (kernel/memory/pages_place.c). All or none. NOT_FOUND: one of them is no received page. NO_RIGHT: one is
// fixed read-only. BAD_ADDRESS: there is no such memory at `to`. INVALID_ARGUMENT, NO_MEMORY, LIMIT_REACHED.
enum status pages_place(struct space *space, uint64_t from, uint64_t to, uint32_t count);

// Frees received pages; their places in the window are free again. NOT_FOUND: one of them is no received page.
enum status pages_free(struct space *space, uint64_t address, uint32_t count);
