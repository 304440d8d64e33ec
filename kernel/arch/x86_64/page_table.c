// Page tables: making them on the way to a page, clearing and tightening ranges, and freeing tables that became empty.
#include <arch/page_table.h>

#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/page_entry.h"
#include "kernel/base/assert.h"
#include "kernel/base/string.h"
#include "kernel/memory/frame.h"

enum { CLEAR_TABLES_MAX = 64 }; // looked through by one call, so that it is short where few pages are there

static const uint64_t table_bits = ENTRY_PRESENT | ENTRY_WRITABLE | ENTRY_USER;

uint64_t page_no_execute;

enum status page_table_create(struct page_table *table, struct account *account) {
    uint64_t root;
    enum status status = frame_allocate(account, 0, &root);
    if (status != STATUS_OK)
        return status;
    uint64_t *entries = alias_pointer(root);
    const uint64_t *kernel = alias_pointer(kernel_map_root());
    memset(entries, 0, USER_ROOT_ENTRIES * sizeof(uint64_t));
    memcpy(entries + USER_ROOT_ENTRIES, kernel + USER_ROOT_ENTRIES, USER_ROOT_ENTRIES * sizeof(uint64_t));
    *table = (struct page_table){.root = root, .account = account, .recent_span = PAGE_TABLE_NO_SPAN};
    return STATUS_OK;
}

// Tables are mostly empty: they are looked through in groups.
enum { ENTRY_GROUP = 8 };

static bool group_is_empty(const uint64_t *group) {
    uint64_t all = 0;
    for (uint32_t i = 0; i < ENTRY_GROUP; i++)
        all |= group[i];
    return all == 0;
}

// Frees the tables of `level` that the entries name, and all tables below them.
static void tables_free(struct page_table *table, const uint64_t *entries, uint32_t count, uint32_t level) {
    for (uint32_t group = 0; group < count; group += ENTRY_GROUP) {
        if (group_is_empty(&entries[group]))
            continue;
        for (uint32_t i = group; i < group + ENTRY_GROUP; i++) {
            if (entries[i] == 0)
                continue;
            if (level > 0)
                tables_free(table, entry_table(entries[i]), TABLE_ENTRIES, level - 1);
            frame_release(table->account, entries[i] & ENTRY_ADDRESS);
        }
    }
}

bool page_table_is_sound(const struct page_table *table) {
    return page_no_execute == 0 || kernel_map_count_unsound(table->root) == 0;
}

void page_table_destroy(struct page_table *table) {
    // A thread that has just ended may not have switched away yet, on its CPU.
    while (__atomic_load_n(&table->active, __ATOMIC_ACQUIRE) != 0)
        machine_relax();
    tables_free(table, alias_pointer(table->root), USER_ROOT_ENTRIES, TABLE_LEVELS - 2);
    frame_release(table->account, table->root);
    table->root = 0;
}

static enum status table_make(struct page_table *table, uint64_t *entry) {
    uint64_t frame;
    enum status status = frame_allocate(table->account, FRAME_ZEROED, &frame);
    if (status == STATUS_OK)
        __atomic_store_n(entry, frame | table_bits, __ATOMIC_RELEASE);
    return status;
}

static void recent_note(struct page_table *table, uint64_t address, uint64_t *leaf_table) {
    table->recent_span = entry_span(address);
    table->recent = leaf_table;
}

enum status page_table_slot_make(struct page_table *table, uint64_t address, uint64_t **slot) {
    uint64_t *entries = alias_pointer(table->root);
    for (uint32_t level = TABLE_LEVELS - 1; level > 0; level--) {
        uint64_t *entry = &entries[entry_index(address, level)];
        if (__builtin_expect(*entry == 0, 0)) {
            enum status status = table_make(table, entry);
            if (status != STATUS_OK)
                return status;
        }
        entries = entry_table(*entry);
    }
    recent_note(table, address, entries);
    *slot = &entries[entry_index(address, 0)];
    return STATUS_OK;
}

// The leaf entry of an address; null where it has no table: then nothing is mapped up to *next.
static uint64_t *leaf_find(struct page_table *table, uint64_t address, uint64_t *next) {
    *next = entry_end(address, 1);
    uint64_t *slot = page_table_slot_recent(table, address);
    if (slot != 0)
        return slot;
    uint64_t *entries = alias_pointer(table->root);
    for (uint32_t level = TABLE_LEVELS - 1; level > 0; level--) {
        uint64_t entry = entries[entry_index(address, level)];
        if (entry == 0) {
            *next = entry_end(address, level);
            return 0;
        }
        entries = entry_table(entry);
    }
    recent_note(table, address, entries);
    return &entries[entry_index(address, 0)];
}

uint64_t *page_table_slot_look(struct page_table *table, uint64_t address) {
    uint64_t next;
    return leaf_find(table, address, &next);
}

// Clears within one leaf table.
static uint64_t leaf_clear(uint64_t *leaf, uint64_t address, uint64_t end, struct page_batch *batch) {
    uint32_t count = batch->count;
    for (; address < end && count < PAGE_BATCH; address += PAGE_SIZE, leaf++) {
        uint64_t entry = *leaf;
        if (entry == 0)
            continue;
        __atomic_store_n(leaf, 0, __ATOMIC_RELEASE);
        uint32_t flags = (uint32_t)(entry & ENTRY_FLAGS) | (uint32_t)(entry >> ENTRY_MARKS_SHIFT & MARK_ALL)
                                                               << PAGE_MARKS;
        batch->pages[count++] = (struct page_cleared){entry & ENTRY_ADDRESS, flags};
    }
    batch->count = count;
    return address;
}

uint64_t page_table_clear(struct page_table *table, uint64_t address, uint64_t end, struct page_batch *batch) {
    for (uint32_t looked = 0; address < end && batch->count < PAGE_BATCH && looked < CLEAR_TABLES_MAX; looked++) {
        uint64_t next;
        uint64_t *leaf = leaf_find(table, address, &next);
        if (next > end)
            next = end;
        address = leaf != 0 ? leaf_clear(leaf, address, next, batch) : next;
    }
    return address;
}

static uint64_t entry_protected(uint64_t entry, uint32_t flags, bool keep_shared) {
    const uint64_t kept = (uint64_t)(MARK_COPY | MARK_FIXED) << ENTRY_MARKS_SHIFT;
    if (entry & (uint64_t)(MARK_GONE | MARK_AWAY) << ENTRY_MARKS_SHIFT)
        return entry;
    if ((keep_shared && (entry & PAGE_OF_MEMORY)) || (entry & kept))
        flags &= ~(uint32_t)PAGE_WRITABLE;
    uint64_t changing = ENTRY_PRESENT | PAGE_HELD | ENTRY_WRITABLE | ENTRY_NO_EXECUTE;
    return (entry & ~changing) | page_bits(flags);
}

uint64_t page_table_protect(struct page_table *table, uint64_t address, uint64_t end, uint32_t flags,
                            bool keep_shared) {
    uint64_t next;
    uint64_t *leaf = leaf_find(table, address, &next);
    if (next > end)
        next = end;
    for (; leaf != 0 && address < next; address += PAGE_SIZE, leaf++)
        if (*leaf != 0)
            __atomic_store_n(leaf, entry_protected(*leaf, flags, keep_shared), __ATOMIC_RELEASE);
    return next;
}

// Whether it is a page that nobody else knows of.
static bool entry_is_own(uint64_t entry) {
    const uint64_t others = PAGE_OF_MEMORY | PAGE_NO_FRAME | (uint64_t)MARK_ALL << ENTRY_MARKS_SHIFT;
    return (entry & ENTRY_PRESENT) && (entry & others) == 0;
}

uint64_t page_table_find_idle(struct page_table *table, uint64_t address, uint64_t end, uint64_t **slot) {
    uint64_t next, start = address;
    uint64_t *leaf = leaf_find(table, address, &next);
    *slot = 0;
    if (next > end)
        next = end;
    if (leaf == 0)
        return next;
    for (; address < next && *slot == 0; address += PAGE_SIZE, leaf++) {
        if (!entry_is_own(*leaf))
            continue;
        if (*leaf & ENTRY_ACCESSED)
            __atomic_fetch_and(leaf, ~ENTRY_ACCESSED, __ATOMIC_RELAXED);
        else
            *slot = leaf;
    }
    page_table_flush(table, start, address);
    return address;
}

// Takes an entry's table, and all below it, out of the tree: they hold no pages and go on a list through their first words.
// Those have the present bit clear, so a processor that still remembers such a table finds nothing in it.
static void table_detach(uint64_t *entry, uint32_t level, uint64_t *list) {
    uint64_t *entries = entry_table(*entry);
    for (uint32_t i = 0; level > 0 && i < TABLE_ENTRIES; i++)
        if (entries[i] != 0)
            table_detach(&entries[i], level - 1, list);
    assert_debug(entries[0] == 0);
    uint64_t physical = *entry & ENTRY_ADDRESS;
    __atomic_store_n(entry, 0, __ATOMIC_RELEASE);
    entries[0] = *list;
    *list = physical;
}

struct prune {
    uint64_t from, end;
    uint64_t list; // physical; 0: its end
};

// Detaches what lies wholly in the range below one table of `level`, which covers addresses from `base` on.
static void prune_below(struct prune *prune, uint64_t *entries, uint32_t level, uint64_t base) {
    uint64_t span = UINT64_C(1) << (PAGE_SHIFT + 9 * level);
    uint32_t first = prune->from > base ? (uint32_t)((prune->from - base) / span) : 0;
    for (uint32_t i = first; i < TABLE_ENTRIES && base + i * span < prune->end; i++) {
        uint64_t start = base + i * span;
        if (entries[i] == 0)
            continue;
        if (start >= prune->from && start + span <= prune->end)
            table_detach(&entries[i], level - 1, &prune->list);
        else if (level > 1)
            prune_below(prune, entry_table(entries[i]), level - 1, start);
    }
}

void page_table_prune(struct page_table *table, uint64_t address, uint64_t end) {
    struct prune prune = {.from = address, .end = end};
    table->recent_span = PAGE_TABLE_NO_SPAN;
    prune_below(&prune, alias_pointer(table->root), TABLE_LEVELS - 1, 0);
    if (prune.list != 0)
        page_table_flush(table, address, end);
    while (prune.list != 0) {
        uint64_t physical = prune.list;
        prune.list = *(uint64_t *)alias_pointer(physical);
        frame_release(table->account, physical);
    }
}
