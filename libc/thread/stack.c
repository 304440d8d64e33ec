// Taking and giving back the memory of threads.
#include "libc/thread/stack.h"

#include <parley/calls.h>
#include <stdbool.h>

#include "libc/thread/lock.h"

enum { KEPT_MAX = 4, KEPT_SIZE_MAX = 1 << 20 };

struct kept_stack {
    uint64_t base;
    uint64_t size;
};

static struct kept_stack kept[KEPT_MAX];
static unsigned int kept_count;
static _LOCK_T kept_lock;

static uint64_t take_kept(uint64_t size) {
    uint64_t base = 0;
    __lock_acquire(kept_lock);
    for (unsigned int i = 0; i < kept_count && !base; i++)
        if (kept[i].size == size) {
            base = kept[i].base;
            kept[i] = kept[--kept_count];
        }
    __lock_release(kept_lock);
    return base;
}

enum status stack_take(uint64_t size, uint64_t *base) {
    *base = take_kept(size);
    return *base ? STATUS_OK : memory_map(0, size, PROTECTION_WRITE, MAP_GUARD, base);
}

void stack_give_back(uint64_t base, uint64_t size) {
    bool is_kept = false;
    __lock_acquire(kept_lock);
    if (kept_count < KEPT_MAX && size <= KEPT_SIZE_MAX) {
        kept[kept_count++] = (struct kept_stack){.base = base, .size = size};
        is_kept = true;
    }
    __lock_release(kept_lock);
    if (!is_kept)
        memory_unmap(base, size);
}
