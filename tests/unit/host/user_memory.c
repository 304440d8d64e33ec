// Copying between the tested sources and the memory of programs, byte by byte up to what may not be touched.
#include "tests/unit/host/user_memory.h"

#include <string.h>

#include "kernel/base/assert.h"
#include "kernel/memory/space.h"
#include "kernel/thread/processor.h"
#include "tests/unit/host/fiber.h"

static struct { uint64_t start, end; } forbidden;

void user_memory_forbid(const void *start, size_t size) {
    forbidden.start = (uint64_t)start;
    forbidden.end = (uint64_t)start + size;
}

// ---- pages that come and go ----

enum { PAGES_MADE = 4 };

static struct {
    bool on;
    uint64_t made[PAGES_MADE]; // addresses copied to lately
    uint32_t next;
} paging;

void user_memory_set_paging(bool on) {
    paging.on = on;
}

static void page_make(uint64_t address) {
    paging.made[paging.next++ % PAGES_MADE] = address;
}

// Whether the page is there; it is not any more then.
static bool page_use(uint64_t address) {
    for (uint32_t i = 0; i < PAGES_MADE && paging.on; i++) {
        if (paging.made[i] != address)
            continue;
        paging.made[i] = 0;
        return true;
    }
    return !paging.on;
}

// ---- copying ----

// How many bytes from `address` on may be touched.
static size_t reachable(uint64_t address, size_t size) {
    uint64_t end = address + size;
    if (address < USER_LOWEST)
        return 0;
    if (forbidden.start == forbidden.end || end <= forbidden.start || address >= forbidden.end)
        return size;
    return address < forbidden.start ? forbidden.start - address : 0;
}

// Says how much of the copy can be done; a real one stops at the byte that faults, too.
static enum status copy_begin(struct user_address address, size_t size, size_t *part) {
    if (processor_current()->lock_count != 0)
        panic("copying user memory with a lock held");
    *part = 0;
    enum status status = user_range_check(address, size);
    if (status != STATUS_OK || size == 0)
        return status;
    fiber_pause(PAUSE_COPY);
    *part = reachable(address.value, size);
    return *part == size ? STATUS_OK : STATUS_BAD_ADDRESS;
}

enum status user_copy_in(void *to, struct user_address from, size_t size) {
    size_t part;
    enum status status = copy_begin(from, size, &part);
    if (part > 0)
        memcpy(to, (const void *)from.value, part);
    return status;
}

enum status user_copy_out(struct user_address to, const void *from, size_t size) {
    size_t part;
    enum status status = copy_begin(to, size, &part);
    if (part > 0)
        memcpy((void *)to.value, from, part);
    page_make(to.value);
    return status;
}

enum status user_copy_in_words(void *to, struct user_address from, size_t size) {
    assert(size % 8 == 0 && size <= PAGE_SIZE);
    return user_copy_in(to, from, size);
}

enum status user_copy_out_words(struct user_address to, const void *from, size_t size) {
    assert(size % 8 == 0 && size <= PAGE_SIZE);
    return user_copy_out(to, from, size);
}

// Whatever keeps it from copying: user_touch says what.
enum status user_copy_in_at_once(void *to, struct user_address from, size_t size) {
    enum status status = user_copy_in(to, from, size);
    return status == STATUS_OK ? status : STATUS_WOULD_WAIT;
}

enum status user_copy_out_at_once(struct user_address to, const void *from, size_t size) {
    enum status status = user_copy_out(to, from, size);
    return status == STATUS_OK ? status : STATUS_WOULD_WAIT;
}

enum status user_touch(struct user_address address, size_t size, bool write) {
    size_t part;
    (void)write;
    return copy_begin(address, size, &part);
}

enum status user_copy_in_32(void *to, struct user_address from) {
    return user_copy_in(to, from, 32);
}

enum status user_copy_out_32(struct user_address to, const void *from) {
    return user_copy_out(to, from, 32);
}

enum status user_copy_out_resident(struct user_address to, const void *from, size_t size) {
    assert(size % 4 == 0);
    enum status status = user_range_check(to, size);
    if (status != STATUS_OK || reachable(to.value, size) != size || !page_use(to.value))
        return STATUS_BAD_ADDRESS;
    memcpy((void *)to.value, from, size);
    return STATUS_OK;
}

enum status user_read_word(struct user_address address, uint32_t *word) {
    if (address.value % sizeof(*word) != 0)
        return STATUS_INVALID_ARGUMENT;
    return user_copy_in(word, address, sizeof(*word));
}

enum status user_write_word(struct user_address address, uint32_t word) {
    if (address.value % sizeof(word) != 0)
        return STATUS_INVALID_ARGUMENT;
    return user_copy_out(address, &word, sizeof(word));
}
