// The kernel's half of all address spaces: its image without a page both writable and executable, and the alias of memory.
#include "kernel/arch/x86_64/kernel_map.h"

#include "kernel/arch/x86_64/features.h"
#include "kernel/arch/x86_64/page_entry.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/arch/x86_64/smap.h"
#include "kernel/base/assert.h"
#include "kernel/boot/boot.h"
#include "kernel/memory/frame.h"
#include "kernel/sync/lock.h"

enum { LARGE_SIZE = 2 << 20 };

// Entry 1 (ENTRY_WRITE_COMBINING alone) is write combining, the others are as after reset.
#define CACHING_KINDS UINT64_C(0x0007040600070106)

// Low memory beside RAM: the legacy video window is left out, the firmware's ROM is read for its tables.
enum { LOW_RAM_END = 0xa0000, ROM_START = 0xc0000, ROM_END = 0x100000 };

extern char kernel_physical_start[], kernel_text_start[], kernel_text_end[], kernel_rodata_start[], kernel_rodata_end[],
    kernel_data_start[], kernel_data_end[];

static uint64_t root;
static struct lock map_lock = LOCK_INITIAL(RANK_HEAP);

uint64_t kernel_map_root(void) {
    return root;
}

// The entry of `level` (0: a page, 1: a large page) for an address of the kernel's half. BUSY: a large page covers it.
static enum status kernel_entry(uint64_t address, uint32_t level, uint64_t **entry) {
    uint64_t *entries = alias_pointer(root);
    for (uint32_t at = TABLE_LEVELS - 1; at > level; at--) {
        uint64_t *step = &entries[entry_index(address, at)];
        if (*step == 0) {
            uint64_t frame;
            enum status status = frame_allocate(0, FRAME_ZEROED, &frame);
            if (status != STATUS_OK)
                return status;
            __atomic_store_n(step, frame | ENTRY_PRESENT | ENTRY_WRITABLE, __ATOMIC_RELEASE);
        }
        if (*step & ENTRY_LARGE)
            return STATUS_BUSY;
        entries = entry_table(*step);
    }
    *entry = &entries[entry_index(address, level)];
    return STATUS_OK;
}

// At boot: no memory for tables is the end.
static uint64_t *boot_entry_make(uint64_t address, uint32_t level) {
    uint64_t *entry = 0;
    enum status status = kernel_entry(address, level, &entry);
    if (status == STATUS_NO_MEMORY)
        panic("no memory for the kernel's page tables");
    return entry;
}

static uint64_t image_physical(const char *address) {
    return (uint64_t)address - KERNEL_IMAGE_BASE;
}

static void image_map(const char *start, const char *end, uint64_t bits) {
    for (uint64_t address = (uint64_t)start; address < (uint64_t)end; address += PAGE_SIZE)
        *boot_entry_make(address, 0) = (address - KERNEL_IMAGE_BASE) | ENTRY_PRESENT | bits;
}

// What of the image must not be written through the alias either: all up to the end of the constants.
bool kernel_map_is_constant(uint64_t physical, uint64_t size) {
    return physical < image_physical(kernel_rodata_end) && (uint64_t)kernel_physical_start < physical + size;
}

static void alias_map_page(uint64_t physical) {
    uint64_t *entry = boot_entry_make(ALIAS_BASE + physical, 0);
    if (entry == 0)
        return;
    uint64_t bits = ENTRY_PRESENT | page_no_execute;
    *entry = physical | bits | (kernel_map_is_constant(physical, PAGE_SIZE) ? 0 : ENTRY_WRITABLE);
}

// Whether one large page did it: its block must be whole, and all writable.
static bool alias_map_large(uint64_t physical, uint64_t end) {
    if (physical % LARGE_SIZE != 0 || end - physical < LARGE_SIZE || kernel_map_is_constant(physical, LARGE_SIZE))
        return false;
    uint64_t *entry = boot_entry_make(ALIAS_BASE + physical, 1);
    if (*entry == 0)
        *entry = physical | ENTRY_PRESENT | ENTRY_WRITABLE | ENTRY_LARGE | page_no_execute;
    return (*entry & ENTRY_LARGE) != 0;
}

static void alias_map(uint64_t base, uint64_t end) {
    uint64_t physical = base & ~(uint64_t)(PAGE_SIZE - 1);
    while (physical < end) {
        if (alias_map_large(physical, end)) {
            physical += LARGE_SIZE;
        } else {
            alias_map_page(physical);
            physical += PAGE_SIZE;
        }
    }
}

// The firmware keeps its tables in the rest of the large page that RAM ends in, whatever the map calls that.
static void alias_map_ranges(void) {
    alias_map(0, LOW_RAM_END);
    alias_map(ROM_START, ROM_END);
    for (uint32_t i = 0; i < boot_information.memory_count; i++) {
        const struct boot_range *range = &boot_information.memory[i];
        uint64_t base = range->base < ROM_END ? ROM_END : range->base;
        uint64_t end = (range->base + range->size + LARGE_SIZE - 1) & ~(uint64_t)(LARGE_SIZE - 1);
        if (range->base + range->size > ROM_END)
            alias_map(base, end);
    }
}

void kernel_map_enable(void) {
    msr_write(MSR_PAGE_ATTRIBUTES, CACHING_KINDS);
    __asm__ volatile("movq %0, %%cr3" : : "r"(root) : "memory");
}

void kernel_map_start(void) {
    smap_patch();
    page_no_execute = features.no_execute ? ENTRY_NO_EXECUTE : 0;
    if (frame_allocate(0, FRAME_ZEROED, &root) != STATUS_OK)
        panic("no memory for the kernel's page tables");
    image_map(kernel_text_start, kernel_text_end, 0);
    image_map(kernel_rodata_start, kernel_rodata_end, page_no_execute);
    image_map(kernel_data_start, kernel_data_end, ENTRY_WRITABLE | page_no_execute);
    alias_map_ranges();
    boot_entry_make(KERNEL_STACK_REGION, TABLE_LEVELS - 2);
    boot_entry_make(KERNEL_DEVICE_REGION, TABLE_LEVELS - 2);
    kernel_map_enable();
}

enum status kernel_map_page(uint64_t address, uint64_t physical, uint32_t flags) {
    uint64_t *entry;
    lock_acquire(&map_lock);
    enum status status = kernel_entry(address, 0, &entry);
    if (status == STATUS_OK) {
        assert(*entry == 0);
        *entry = physical | page_bits(flags & ~(uint32_t)PAGE_EXECUTABLE);
    }
    lock_release(&map_lock);
    return status;
}

uint64_t kernel_unmap_page(uint64_t address) {
    uint64_t *entry;
    lock_acquire(&map_lock);
    assert(kernel_entry(address, 0, &entry) == STATUS_OK && *entry != 0);
    uint64_t physical = *entry & ENTRY_ADDRESS;
    __atomic_store_n(entry, 0, __ATOMIC_RELEASE);
    lock_release(&map_lock);
    return physical;
}

volatile void *kernel_map_shared_device(uint64_t physical, uint64_t size) {
    static uint64_t next = KERNEL_DEVICE_REGION; // by the first CPU alone, at boot
    uint64_t first = physical & ~(uint64_t)(PAGE_SIZE - 1);
    uint64_t base = next;
    for (uint64_t page = first; page < physical + size; page += PAGE_SIZE) {
        if (kernel_map_page(next, page, PAGE_WRITABLE | PAGE_UNCACHED | PAGE_NO_FRAME) != STATUS_OK)
            return 0;
        next += PAGE_SIZE;
    }
    return (volatile void *)(base + (physical - first));
}

volatile void *kernel_map_device(uint64_t physical, uint64_t size) {
    volatile void *mapped = kernel_map_shared_device(physical, size);
    if (mapped != 0)
        frame_exclude(physical, size);
    return mapped;
}
