// Looks at live page tables for pages that are both writable and executable, in either half.
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/page_entry.h"

// `allowed`: ENTRY_WRITABLE and ENTRY_NO_EXECUTE as the tables above allow them; a page has what all levels allow.
static uint64_t count_below(const uint64_t *entries, uint32_t level, bool writable, bool executable) {
    uint64_t count = 0;
    for (uint32_t i = 0; i < TABLE_ENTRIES; i++) {
        if (!(entries[i] & ENTRY_PRESENT))
            continue;
        bool entry_writable = writable && (entries[i] & ENTRY_WRITABLE);
        bool entry_executable = executable && !(entries[i] & ENTRY_NO_EXECUTE);
        if (level == 0 || (entries[i] & ENTRY_LARGE))
            count += entry_writable && entry_executable;
        else
            count += count_below(entry_table(entries[i]), level - 1, entry_writable, entry_executable);
    }
    return count;
}

uint64_t kernel_map_count_unsound(uint64_t root) {
    return count_below(alias_pointer(root), TABLE_LEVELS - 1, true, true);
}
