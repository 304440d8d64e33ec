// An address space: what is mapped where in the user half, and what a touch of each page does.
//
// Rules: takes RANK_SPACE itself. Freed pages are gone from every CPU's TLB before their frames are used again. No page is ever
// writable and executable.
#pragma once

#include <stdbool.h>

#include "kernel/abi/memory.h"
#include "kernel/abi/status.h"
#include "kernel/memory/user.h"

struct account;
struct memory;
struct object;
struct space;

enum {
    USER_LOWEST = 0x10000,
};
#define USER_HIGHEST UINT64_C(0x00007ffffffff000)

enum status space_create(struct account *account, struct space **space);

// From now on the layouts of spaces do not come by chance, and the next boot's are the same: for measuring alone (`layout=repeat`).
void space_layouts_repeat(void);

void space_destroy(struct space *space); // no thread uses it any more

// Walks the live page tables, the kernel's half too: no page is both writable and executable. Long: for debug builds.
bool space_is_sound(struct space *space);

struct space_request {
    uint64_t address;      // with MAP_FIXED; else a hint of 0
    uint64_t size;         // rounded up to pages; 0: INVALID_ARGUMENT
    uint32_t protection;   // enum protection
    uint32_t flags;        // enum map_flag
    struct memory *memory; // null: anonymous memory
    uint64_t offset;       // into the memory, page-aligned
    uint32_t allowed;      // what space_protect may make of a mapping of a memory object; 0: no more than `protection`
};

// Maps anonymous memory or a part of a memory object; says where. Pages are made when touched.
// INVALID_ARGUMENT: a zero or too large size, a part outside the memory or the user half, unknown bits, WRITE with EXECUTE,
// EXECUTE of anything but a memory object that is sealed. ADDRESS_IN_USE. BUSY: writable, of a sealed memory object.
// NO_MEMORY (also: no such gap), LIMIT_REACHED.
enum status space_map(struct space *space, const struct space_request *request, uint64_t *base);

// Maps device memory; `owner` (a range object) is retained while it is mapped.
enum status space_map_physical(struct space *space, uint64_t physical, uint64_t size, enum range_caching caching,
                               struct object *owner, uint64_t *base);

// A place for `size` bytes, by chance, as space_map would pick it: for an image whose parts are then mapped with MAP_FIXED.
// NO_MEMORY: no such gap.
enum status space_find_gap(struct space *space, uint64_t size, uint64_t *base);

// INVALID_ARGUMENT: no page-aligned range of the user half. NO_MEMORY, LIMIT_REACHED: only where an area must be split.
enum status space_unmap(struct space *space, uint64_t address, uint64_t size);

// NOT_FOUND: a part is not mapped. NO_RIGHT: more than the mapping allows. BUSY: writable, of a sealed memory object.
// INVALID_ARGUMENT as space_map. NO_MEMORY, LIMIT_REACHED: for splitting.
enum status space_protect(struct space *space, uint64_t address, uint64_t size, uint32_t protection);

// Removes every mapping that `owner` keeps alive.
void space_unmap_owner(struct space *space, struct object *owner);

enum fault_access { FAULT_READ, FAULT_WRITE, FAULT_EXECUTE };

// Serves a page fault: OK, BAD_ADDRESS (not mapped so), NO_MEMORY, LIMIT_REACHED.
enum status space_fault(struct space *space, uint64_t address, enum fault_access access);

// The same, but waits for no other program: WOULD_WAIT.
enum status space_fault_at_once(struct space *space, uint64_t address, enum fault_access access);

// What a futex is known by: the memory object (retained; null: anonymous memory, then `key` is the address) and the offset.
// Makes the page present, unless another program has to bring it. BAD_ADDRESS, NO_MEMORY, LIMIT_REACHED.
enum status space_futex_key(struct space *space, uint64_t address, struct object **object, uint64_t *key);

// Copies into a space that is not the current one (a new program's stack). Makes pages.
enum status space_write(struct space *space, uint64_t address, const void *from, size_t size);

// Makes a page of paged memory read-only wherever it is mapped, so that the next write to it is noted.
void space_write_protect_everywhere(struct memory *memory, uint64_t page);

// Unmaps pages of a memory object wherever they are mapped; the mappings stay. At most PAGE_BATCH (arch/page_table.h) of them.
void space_forget_everywhere(struct memory *memory, uint64_t page, uint64_t count);

// Pages resident, for instruments.
uint64_t space_resident(struct space *space);

// A line per area: range, protection, what.
struct writer;
void space_describe(struct space *space, struct writer *out);
