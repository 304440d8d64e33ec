// An address space: what is mapped where in the user half, and what a touch of each page does.
//
// Rules: takes RANK_SPACE itself. Freed pages are gone from every CPU's TLB before their frames are used again. No page is ever
// writable and executable.
#pragma once

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
void space_destroy(struct space *space); // no thread uses it any more

struct space_request {
    uint64_t address;      // with MAP_FIXED; else a hint of 0
    uint64_t size;         // rounded up to pages; 0: INVALID_ARGUMENT
    uint32_t protection;   // enum protection
    uint32_t flags;        // enum map_flag
    struct memory *memory; // null: anonymous memory
    uint64_t offset;       // into the memory, page-aligned
};

// Maps anonymous memory or a part of a memory object; says where. INVALID_ARGUMENT, ADDRESS_IN_USE, NO_MEMORY, LIMIT_REACHED, BUSY.
enum status space_map(struct space *space, const struct space_request *request, uint64_t *base);

// Maps device memory; `owner` (a range object) is retained while it is mapped.
enum status space_map_physical(struct space *space, uint64_t physical, uint64_t size, enum range_caching caching,
                               struct object *owner, uint64_t *base);

enum status space_unmap(struct space *space, uint64_t address, uint64_t size);
enum status space_protect(struct space *space, uint64_t address, uint64_t size, uint32_t protection);

// Removes every mapping that `owner` keeps alive.
void space_unmap_owner(struct space *space, struct object *owner);

enum fault_access { FAULT_READ, FAULT_WRITE, FAULT_EXECUTE };

// Serves a page fault: OK, BAD_ADDRESS (not mapped so), NO_MEMORY, LIMIT_REACHED.
enum status space_fault(struct space *space, uint64_t address, enum fault_access access);

// What a futex is known by: the memory object (retained; null: anonymous memory, then `key` is the address) and the offset.
enum status space_futex_key(struct space *space, uint64_t address, struct object **object, uint64_t *key);

// Copies into a space that is not the current one (a new program's stack). Makes pages.
enum status space_write(struct space *space, uint64_t address, const void *from, size_t size);

// Pages resident, for instruments.
uint64_t space_resident(struct space *space);

// A line per area: range, protection, what.
struct writer;
void space_describe(struct space *space, struct writer *out);
