// The heap: slabs of one page per size class below 2 KiB, whole pages above, and before the slabs a list per CPU and class.
//
// A slab's page starts with its header, so a block inside a page leads to its class by its address; a block that starts a page is
// one of whole pages. The lists per CPU need no lock: the kernel runs with interrupts off.
#include "kernel/memory/heap.h"

#include <arch/alias.h>
#include <bsd/sys/queue.h>
#include <stdbool.h>
#include <stdint.h>

#include "kernel/base/assert.h"
#include "kernel/base/string.h"
#include "kernel/memory/frame.h"
#include "kernel/thread/processor.h"

enum {
    CLASS_COUNT = 15,
    SLAB_HEADER = 64,
    SLAB_BLOCK_MAX = 1984,
    GRANULE = 16,
    HELD_BYTES = 4096, // at most so many bytes of one class wait on a CPU's list
    FREED_BYTE = 0xdf,
    DIRTY_BYTE = 0xa5,
};

#define SLAB_MAGIC UINT32_C(0x51ab51ab)

// Multiples of 64 from 64 on; each fills a page but for a rest too small for another block.
static const uint16_t class_sizes[CLASS_COUNT] = {
    16, 32, 48, 64, 128, 192, 256, 320, 448, 576, 640, 768, 960, 1344, SLAB_BLOCK_MAX,
};

struct block {
    struct block *next;
};

struct slab {
    uint32_t magic;
    uint16_t class;
    uint16_t used; // blocks that are not in `free`
    struct block *free;
    LIST_ENTRY(slab) link; // in its class's list while it has free blocks
};

_Static_assert(sizeof(struct slab) <= SLAB_HEADER, "the header's place");

static struct slab_class {
    struct lock lock; // RANK_HEAP
    LIST_HEAD(slab_list, slab)
    partial;        // [lock] slabs with free blocks
    uint32_t empty; // [lock] of these, slabs without a used block
} classes[CLASS_COUNT];

// A CPU's own blocks, and how many blocks it gave out less those it got back (blocks wander between CPUs).
static struct heap_cpu {
    struct {
        struct block *first;
        uint32_t count, limit;
    } held[CLASS_COUNT];
    int64_t alive;
} __attribute__((aligned(64))) cpus[PROCESSOR_MAX];

static uint8_t class_of_granules[SLAB_BLOCK_MAX / GRANULE + 1];
static bool is_started;

// At the first allocation, when there is no second CPU yet.
static void heap_start(void) {
    for (uint32_t granules = 0, class = 0; granules <= SLAB_BLOCK_MAX / GRANULE; granules++) {
        if (granules * GRANULE > class_sizes[class])
            class = class + 1;
        class_of_granules[granules] = (uint8_t) class;
    }
    for (uint32_t class = 0; class < CLASS_COUNT; class ++) {
        classes[class].lock = LOCK_INITIAL(RANK_HEAP);
        for (uint32_t i = 0; i < PROCESSOR_MAX; i++)
            cpus[i].held[class].limit = HELD_BYTES / class_sizes[class];
    }
    is_started = true;
}

static struct slab *slab_of(const void *block) {
    return (struct slab *)((uintptr_t)block & ~(uintptr_t)(PAGE_SIZE - 1));
}

static struct slab *slab_make(uint32_t class) {
    void *page;
    if (page_allocate(0, 0, &page) != STATUS_OK)
        return 0;
    struct slab *slab = page;
    *slab = (struct slab){.magic = SLAB_MAGIC, .class = (uint16_t) class};
    uint32_t size = class_sizes[class];
    for (uint32_t offset = SLAB_HEADER; offset + size <= PAGE_SIZE; offset += size) {
        struct block *block = (struct block *)((char *)page + offset);
        if (BUILD_CHECKS)
            memset(block, FREED_BYTE, size);
        block->next = slab->free;
        slab->free = block;
    }
    return slab;
}

// Fills a CPU's empty list with half of what it may hold. False: no memory.
static bool held_refill(struct heap_cpu *cpu, uint32_t class) {
    struct slab_class *from = &classes[class];
    lock_acquire(&from->lock);
    for (uint32_t wanted = cpu->held[class].limit / 2 + 1; wanted > 0; wanted--) {
        struct slab *slab = LIST_FIRST(&from->partial);
        if (slab == 0) {
            slab = slab_make(class);
            if (slab == 0)
                break;
            LIST_INSERT_HEAD(&from->partial, slab, link);
            from->empty++;
        }
        struct block *block = slab->free;
        assert(block != 0); // a slab in `partial` has one
        slab->free = block->next;
        if (slab->used++ == 0)
            from->empty--;
        if (slab->free == 0)
            LIST_REMOVE(slab, link);
        block->next = cpu->held[class].first;
        cpu->held[class].first = block;
        cpu->held[class].count++;
    }
    lock_release(&from->lock);
    return cpu->held[class].first != 0;
}

// The class's lock is held. One empty slab is kept for the next.
static void slab_give(struct slab_class *to, struct block *block) {
    struct slab *slab = slab_of(block);
    if (slab->free == 0)
        LIST_INSERT_HEAD(&to->partial, slab, link);
    block->next = slab->free;
    slab->free = block;
    if (--slab->used > 0)
        return;
    if (to->empty > 0) {
        LIST_REMOVE(slab, link);
        slab->magic = 0;
        page_free(0, slab);
    } else {
        to->empty++;
    }
}

static void held_flush(struct heap_cpu *cpu, uint32_t class) {
    lock_acquire(&classes[class].lock);
    while (cpu->held[class].count > cpu->held[class].limit / 2) {
        struct block *block = cpu->held[class].first;
        cpu->held[class].first = block->next;
        cpu->held[class].count--;
        slab_give(&classes[class], block);
    }
    lock_release(&classes[class].lock);
}

static bool is_pattern(const void *block, size_t size) {
    const uint8_t *bytes = block;
    for (size_t i = sizeof(struct block); i < size; i++)
        if (bytes[i] != FREED_BYTE)
            return false;
    return size > sizeof(struct block);
}

// Blocks above the largest class: 2^order pages.
static uint32_t pages_order(size_t size) {
    uint32_t order = 0;
    while ((size_t)PAGE_SIZE << order < size)
        order++;
    return order;
}

static void *pages_take(size_t size) {
    uint64_t physical;
    if (size > HEAP_SIZE_MAX || frames_allocate(pages_order(size), &physical) != STATUS_OK)
        return 0;
    cpus[processor_index()].alive++;
    return alias_pointer(physical);
}

void *heap_allocate_dirty(size_t size) {
    if (__builtin_expect(size > SLAB_BLOCK_MAX, 0))
        return pages_take(size);
    struct heap_cpu *cpu = &cpus[processor_index()];
    uint32_t class = class_of_granules[(size + GRANULE - 1) / GRANULE];
    struct block *block = cpu->held[class].first;
    if (__builtin_expect(block == 0, 0)) {
        if (!is_started) {
            heap_start();
            class = class_of_granules[(size + GRANULE - 1) / GRANULE];
        }
        if (!held_refill(cpu, class))
            return 0;
        block = cpu->held[class].first;
    }
    cpu->held[class].first = block->next;
    cpu->held[class].count--;
    cpu->alive++;
    if (BUILD_CHECKS) {
        assert(is_pattern(block, class_sizes[class]));
        memset(block, DIRTY_BYTE, class_sizes[class]);
    }
    return block;
}

void *heap_allocate(size_t size) {
    void *block = heap_allocate_dirty(size);
    if (block != 0) {
        void *end = block;
        uint64_t words = (size + 7) / 8;
        __asm__ volatile("rep stosq" : "+D"(end), "+c"(words) : "a"(0) : "memory");
    }
    return block;
}

// What a free in debug builds looks at first, and the pattern it leaves.
static void check_freed(struct slab *slab, void *block) {
    size_t size = class_sizes[slab->class % CLASS_COUNT];
    size_t offset = (uintptr_t)block - (uintptr_t)slab;
    assert(slab->magic == SLAB_MAGIC && offset >= SLAB_HEADER && (offset - SLAB_HEADER) % size == 0);
    assert(!is_pattern(block, size)); // else it was freed before
    memset(block, FREED_BYTE, size);
}

static void pages_give(void *block) {
    uint64_t physical = alias_physical(block);
    cpus[processor_index()].alive--;
    frames_release(frames_order(physical), physical);
}

void heap_free(void *pointer) {
    if (((uintptr_t)pointer & (PAGE_SIZE - 1)) == 0) {
        if (pointer != 0)
            pages_give(pointer);
        return;
    }
    struct slab *slab = slab_of(pointer);
    if (BUILD_CHECKS)
        check_freed(slab, pointer);
    struct block *block = pointer;
    struct heap_cpu *cpu = &cpus[processor_index()];
    uint32_t class = slab->class;
    block->next = cpu->held[class].first;
    cpu->held[class].first = block;
    cpu->alive--;
    if (__builtin_expect(++cpu->held[class].count > cpu->held[class].limit, 0))
        held_flush(cpu, class);
}

size_t heap_blocks(void) {
    int64_t alive = 0;
    for (uint32_t i = 0; i < PROCESSOR_MAX; i++)
        alive += __atomic_load_n(&cpus[i].alive, __ATOMIC_RELAXED);
    return (size_t)alive;
}
