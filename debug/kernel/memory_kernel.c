// Memory of the stopped machine: page tables are walked by hand and bytes go through the alias, so that nothing can fault.
//
// What a program has mapped but not touched yet is shown as it would be found: the pages of its memory object, or zeros.
#include "debug/kernel/private.h"
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/page_entry.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/string.h"
#include "kernel/boot/boot.h"
#include "kernel/memory/memory.h"
#include "kernel/memory/space_layout.h"
#include "kernel/process/process.h"

#define PAGE_MASK ((uint64_t)PAGE_SIZE - 1)

static uint64_t kernel_root(void) {
    return kernel_map_root() != 0 ? kernel_map_root() : cr3_read() & ENTRY_ADDRESS;
}

uint64_t thread_root(const struct debug_thread *thread) {
    struct process *process = thread->process != KERNEL_PROCESS ? process_peek(thread->process) : 0;
    if (process != 0 && process->space != 0)
        return process->space->table.root;
    int cpu = thread_cpu(thread);
    return cpu >= 0 ? stopped_cpus[cpu].root & ENTRY_ADDRESS : kernel_root();
}

uint64_t *memory_entry(uint64_t root, uint64_t address, uint64_t *physical) {
    if (!address_is_canonical(address))
        return 0;
    uint64_t *entries = alias_pointer(root);
    for (uint32_t level = TABLE_LEVELS - 1;; level--) {
        uint64_t *entry = &entries[entry_index(address, level)];
        uint64_t span = UINT64_C(1) << (PAGE_SHIFT + 9 * level);
        if (!(*entry & ENTRY_PRESENT))
            return 0;
        if (level == 0 || (*entry & ENTRY_LARGE)) {
            *physical = (*entry & ENTRY_ADDRESS & ~(span - 1)) | (address & (span - 1));
            return entry;
        }
        entries = entry_table(*entry);
    }
}

// Whether the alias shows it: RAM, not a device's registers, which must not be read for fun.
static bool is_aliased(uint64_t physical) {
    uint64_t found;
    return physical < (UINT64_C(1) << 46) && memory_entry(kernel_root(), ALIAS_BASE + physical, &found) != 0;
}

// ---- what is not there yet ----

// As area_find, but in the tree of a stopped machine: with bounds, and not where it is being changed.
static struct area *area_peek(struct space *space, uint64_t address) {
    enum { DEPTH_MAX = 64 };
    struct area *area = space->lock.held ? 0 : space->areas.rbh_root;
    for (int depth = 0; area != 0 && depth < DEPTH_MAX; depth++) {
        if (address >= area->base && address < area->end)
            return area;
        area = address < area->base ? area->link.rbe_left : area->link.rbe_right;
    }
    return 0;
}

static uint64_t memory_frame(const struct memory *memory, uint64_t page) {
    if (page >= memory->pages || memory->leaves == 0 || memory->leaves[page / MEMORY_LEAF_PAGES] == 0)
        return 0;
    return memory->leaves[page / MEMORY_LEAF_PAGES][page % MEMORY_LEAF_PAGES];
}

// True: the program would find something there; *physical 0: zeros.
static bool find_untouched(const struct debug_thread *thread, uint64_t address, uint64_t *physical) {
    struct process *process = thread->process != KERNEL_PROCESS ? process_peek(thread->process) : 0;
    struct area *area = process != 0 && process->space != 0 ? area_peek(process->space, address) : 0;
    if (area == 0 || area->kind == AREA_DEVICE)
        return false;
    *physical = 0;
    if (area->kind == AREA_ANONYMOUS || area->memory == 0)
        return true;
    uint64_t offset = area->offset + (address - area->base);
    *physical = memory_frame(area->memory, offset / PAGE_SIZE);
    if (*physical != 0)
        *physical = (*physical & ~PAGE_MASK) | (address & PAGE_MASK);
    return true;
}

// ---- reading ----

// `compare-sections` asks at the physical addresses where the kernel was loaded: it is shown there where nothing else is.
static bool find_image(uint64_t address, uint64_t *physical) {
    struct boot_range image = boot_kernel_image();
    *physical = address;
    return address >= image.base && address - image.base < image.size;
}

static size_t part_of_page(uint64_t address, size_t size) {
    size_t left = PAGE_SIZE - (address & PAGE_MASK);
    return size < left ? size : left;
}

size_t target_memory_read(const struct debug_thread *thread, uint64_t address, void *to, size_t size) {
    uint64_t root = address_is_user(address) ? thread_root(thread) : kernel_root();
    size_t done = 0;
    while (done < size && address + done >= address) {
        uint64_t at = address + done, physical;
        size_t part = part_of_page(at, size - done);
        if (memory_entry(root, at, &physical) == 0 && !find_untouched(thread, at, &physical) &&
            !find_image(at, &physical))
            break;
        if (physical == 0)
            memset((char *)to + done, 0, part);
        else if (is_aliased(physical))
            memcpy((char *)to + done, alias_pointer(physical), part);
        else
            break;
        done += part;
    }
    return done;
}

bool memory_peek(uint64_t address, void *to, size_t size) {
    struct debug_thread kernel = {KERNEL_PROCESS, 0};
    return target_memory_read(&kernel, address, to, size) == size;
}

// ---- writing ----

// The image's text is read-only in the alias too: for these few instructions this CPU does not look at that.
bool physical_write(uint64_t physical, const void *from, size_t size) {
    if (!is_aliased(physical))
        return false;
    uint64_t control = cr0_read();
    cr0_write(control & ~(uint64_t)CR0_WRITE_PROTECT);
    memcpy(alias_pointer(physical), from, size);
    cr0_write(control);
    return true;
}

// A page that other processes see too, or that a memory object gave and may give again, is not written here.
static bool may_write(uint64_t address, const uint64_t *entry) {
    if (!address_is_user(address) || (*entry & ENTRY_WRITABLE))
        return true;
    return !(*entry & PAGE_OF_MEMORY);
}

size_t target_memory_write(const struct debug_thread *thread, uint64_t address, const void *from, size_t size) {
    uint64_t root = address_is_user(address) ? thread_root(thread) : kernel_root();
    size_t done = 0;
    while (done < size && address + done >= address) {
        uint64_t at = address + done, physical;
        size_t part = part_of_page(at, size - done);
        uint64_t *entry = memory_entry(root, at, &physical);
        if (entry == 0 || !may_write(at, entry) || !physical_write(physical, (const char *)from + done, part))
            break;
        done += part;
    }
    return done;
}
