// A debugger's view of another process's address space: any page can be read, and written without anybody else's seeing it.
//
// Rules: never waits: where a page has to be brought by another program it says whose, and the caller waits without a lock and
// begins anew (space_debug_await). The caller sees to it that the space stays. At most up to the end of a page at once.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/abi/status.h"

struct memory;
struct space;

struct space_absence {
    struct memory *memory; // a reference
    uint64_t page;
};

// BAD_ADDRESS: nothing is mapped there, or a device, or without any access. WOULD_WAIT: *absence says for what. NO_MEMORY, LIMIT_REACHED.
enum status space_peek(struct space *space, uint64_t address, void *to, size_t size, struct space_absence *absence);

// The same; a page that the process may not write becomes its own. NO_RIGHT: it is memory that others can write to, or a page that was sent.
enum status space_poke(struct space *space, uint64_t address, const void *from, size_t size,
                       struct space_absence *absence);

// Waits for what an absence says and gives its reference back. OK: begin anew.
enum status space_debug_await(struct space_absence *absence);
