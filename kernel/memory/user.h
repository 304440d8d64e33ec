// Copying between the kernel and the calling program's memory: the only code that touches a user address.
//
// Rules: may sleep (a page may have to be made), so no lock may be held. Every range is checked against wrap-around and the
// user half; a fault inside the copy ends it with BAD_ADDRESS, and some bytes may have been copied then.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/abi/status.h"
#include "kernel/abi/types.h"

// A user pointer has a type of its own, so that nothing but these functions follows it. In kernel/abi/calls.h: ADDRESS.
struct user_address {
    uint64_t value;
};

static inline struct user_address user_address_add(struct user_address address, uint64_t offset) {
    return (struct user_address){address.value + offset};
}

enum status user_copy_in(void *to, struct user_address from, size_t size);
enum status user_copy_out(struct user_address to, const void *from, size_t size);

// The same for a multiple of 8 bytes, at most a page.
enum status user_copy_in_words(void *to, struct user_address from, size_t size);
enum status user_copy_out_words(struct user_address to, const void *from, size_t size);

// The same for who has something that others wait for: where a page has to be brought by another program, it ends with WOULD_WAIT, some
// bytes copied. Then let go of what is held, user_touch, and begin anew. WOULD_WAIT also where a page cannot be touched at all.
enum status user_copy_in_at_once(void *to, struct user_address from, size_t size);
enum status user_copy_out_at_once(struct user_address to, const void *from, size_t size);

// Touches the pages of a range as a program would, and waits for those that other programs bring. BAD_ADDRESS.
enum status user_touch(struct user_address address, size_t size, bool write);

// The same as user_copy_in and user_copy_out for 32 bytes.
enum status user_copy_in_32(void *to, struct user_address from);
enum status user_copy_out_32(struct user_address to, const void *from);

// As user_copy_out for a few bytes, a multiple of 4, that must be there already: never sleeps and makes no page, so it may be
// called with a lock held. BAD_ADDRESS also where the page is only not there yet: then let go of the lock, use user_copy_out
// and begin anew.
enum status user_copy_out_resident(struct user_address to, const void *from, size_t size);

// Whether the whole range lies in the user half (says nothing about what is mapped).
enum status user_range_check(struct user_address address, size_t size);

// One aligned 32-bit word, read atomically. A page that is not there is not made: it may be called with a lock held.
enum status user_read_word(struct user_address address, uint32_t *word);
enum status user_write_word(struct user_address address, uint32_t word);
