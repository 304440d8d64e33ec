// Page tables: the hardware's side of an address space. The memory code calls it under the space's lock.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/abi/status.h"

struct account;

enum page_flag { PAGE_WRITABLE = 1 << 0, PAGE_EXECUTABLE = 1 << 1, PAGE_UNCACHED = 1 << 2, PAGE_WRITE_COMBINING = 1 << 3, PAGE_NO_FRAME = 1 << 4 };

struct page_table {
    uint64_t root;        // physical
    uint32_t active;      // [a] bit per CPU that has it loaded
    struct account *account; // charged for tables
};

struct page_entry {
    uint64_t physical;
    uint32_t flags; // enum page_flag
    bool present, dirty, accessed;
};

enum status page_table_create(struct page_table *table, struct account *account);
void page_table_destroy(struct page_table *table); // frees the tables, not the frames mapped

// Maps one 4 KiB user page. WRITABLE together with EXECUTABLE is a kernel mistake (asserted). NO_MEMORY, LIMIT_REACHED for tables.
enum status page_table_map(struct page_table *table, uint64_t address, uint64_t physical, uint32_t flags);

// Reads the entry; present false where none.
void page_table_read(const struct page_table *table, uint64_t address, struct page_entry *entry);

// Clears entries in a range, calling `cleared` for each that was present. Does not flush.
void page_table_clear(struct page_table *table, uint64_t address, uint64_t size,
                      void (*cleared)(void *context, uint64_t address, const struct page_entry *entry), void *context);

// Changes the flags of a present entry. Does not flush.
void page_table_protect(struct page_table *table, uint64_t address, uint32_t flags);

// Makes all CPUs that have the table loaded forget the range; returns when they have.
void page_table_flush(struct page_table *table, uint64_t address, uint64_t size);

// Loads it on this CPU (null: the kernel's own table).
void page_table_load(struct page_table *table);
