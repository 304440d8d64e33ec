// Looks at live page tables for pages that break the rules, in either half.
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/page_entry.h"

#define ALIAS_END KERNEL_STACK_REGION // the alias has all that lies before the next region

static bool is_alias(uint64_t address) {
    return address >= ALIAS_BASE && address < ALIAS_END;
}

// No page is both; the alias is never executable, and never writable where the kernel's text and constants lie.
static bool page_is_sound(uint64_t address, uint64_t size, uint64_t physical, bool writable, bool executable) {
    if (writable && executable)
        return false;
    return !is_alias(address) || (!executable && !(writable && kernel_map_is_constant(physical, size)));
}

static uint64_t sign_extend(uint64_t address) {
    return (uint64_t)((int64_t)(address << 16) >> 16);
}

// `writable` and `executable`: what the tables above allow; a page has what all levels allow.
static uint64_t count_below(const uint64_t *entries, uint32_t level, uint64_t base, bool writable, bool executable) {
    uint64_t count = 0, span = UINT64_C(1) << (PAGE_SHIFT + 9 * level);
    for (uint32_t i = 0; i < TABLE_ENTRIES; i++) {
        if (!(entries[i] & ENTRY_PRESENT))
            continue;
        uint64_t address = sign_extend(base + i * span);
        bool entry_writable = writable && (entries[i] & ENTRY_WRITABLE);
        bool entry_executable = executable && !(entries[i] & ENTRY_NO_EXECUTE);
        if (level == 0 || (entries[i] & ENTRY_LARGE))
            count += !page_is_sound(address, span, entries[i] & ENTRY_ADDRESS, entry_writable, entry_executable);
        else
            count += count_below(entry_table(entries[i]), level - 1, address, entry_writable, entry_executable);
    }
    return count;
}

uint64_t kernel_map_count_unsound(uint64_t root) {
    return count_below(alias_pointer(root), TABLE_LEVELS - 1, 0, true, true);
}
