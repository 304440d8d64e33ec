// Names of a program's functions.
#include "kernel/process/symbols.h"

#include <stdbool.h>

#include "kernel/base/string.h"
#include "kernel/memory/memory.h"
#include "kernel/process/process.h"

enum {
    SECTION_SYMBOLS = 2,
    SYMBOL_FUNCTION = 2,
    SYMBOL_KIND_MASK = 0xf,
    SECTIONS_MAX = 256,
    SYMBOLS_PER_READ = 16,
    SYMBOLS_MAX = 1 << 16,
};

// Parts of ELF64 (only what is read of them).
struct elf_header {
    uint8_t identification[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, program_headers, section_headers;
    uint32_t flags;
    uint16_t header_size, program_header_size, program_header_count;
    uint16_t section_header_size, section_header_count, names_section;
};

struct elf_section {
    uint32_t name, type;
    uint64_t flags, address, offset, size;
    uint32_t link, information;
    uint64_t alignment, entry_size;
};

struct elf_symbol {
    uint32_t name;
    uint8_t information, other;
    uint16_t section;
    uint64_t value, size;
};

struct symbol_table {
    struct memory *image;
    struct elf_section symbols, strings;
};

static enum status read_section(struct memory *image, const struct elf_header *header, uint32_t index,
                                struct elf_section *section) {
    uint64_t offset;
    if (index >= header->section_header_count ||
        __builtin_add_overflow(header->section_headers, index * (uint64_t)sizeof(*section), &offset))
        return STATUS_BAD_IMAGE;
    return memory_read(image, offset, section, sizeof(*section)) == STATUS_OK ? STATUS_OK : STATUS_BAD_IMAGE;
}

static enum status find_table(struct symbol_table *table) {
    struct elf_header header;
    if (memory_read(table->image, 0, &header, sizeof(header)) != STATUS_OK ||
        header.section_header_size != sizeof(struct elf_section) || header.section_header_count > SECTIONS_MAX)
        return STATUS_BAD_IMAGE;
    for (uint32_t i = 0; i < header.section_header_count; i++) {
        enum status status = read_section(table->image, &header, i, &table->symbols);
        if (status != STATUS_OK)
            return status;
        if (table->symbols.type == SECTION_SYMBOLS)
            return read_section(table->image, &header, table->symbols.link, &table->strings);
    }
    return STATUS_NOT_FOUND;
}

static bool symbol_holds(const struct elf_symbol *symbol, uint64_t address) {
    return (symbol->information & SYMBOL_KIND_MASK) == SYMBOL_FUNCTION && address >= symbol->value &&
           address - symbol->value < (symbol->size != 0 ? symbol->size : 1);
}

// Byte by byte: the name may end anywhere, also at the image's end. What is not printable could mislead a terminal.
static enum status read_name(const struct symbol_table *table, uint32_t at, char name[PROGRAM_SYMBOL_SIZE]) {
    uint64_t offset;
    if (at >= table->strings.size || __builtin_add_overflow(table->strings.offset, at, &offset))
        return STATUS_BAD_IMAGE;
    size_t length = 0;
    for (; length + 1 < PROGRAM_SYMBOL_SIZE; length++) {
        if (memory_read(table->image, offset + length, &name[length], 1) != STATUS_OK || name[length] == 0)
            break;
        if (name[length] <= ' ' || name[length] > '~')
            name[length] = '?';
    }
    name[length] = 0;
    return STATUS_OK;
}

// What is looked for: the function that holds an address or, with a name, the one of that name.
struct wanted_symbol {
    uint64_t address;
    const char *name; // may be null
};

static bool symbol_is(const struct symbol_table *table, const struct elf_symbol *symbol,
                      const struct wanted_symbol *wanted) {
    char name[PROGRAM_SYMBOL_SIZE];
    if (wanted->name == 0)
        return symbol_holds(symbol, wanted->address);
    return (symbol->information & SYMBOL_KIND_MASK) == SYMBOL_FUNCTION &&
           read_name(table, symbol->name, name) == STATUS_OK && strcmp(name, wanted->name) == 0;
}

static enum status find_symbol(const struct symbol_table *table, const struct wanted_symbol *wanted,
                               struct elf_symbol *found) {
    struct elf_symbol part[SYMBOLS_PER_READ];
    uint64_t count = table->symbols.size / sizeof(part[0]);
    for (uint64_t done = 0; done < count && done < SYMBOLS_MAX; done += SYMBOLS_PER_READ) {
        uint64_t some = count - done < SYMBOLS_PER_READ ? count - done : SYMBOLS_PER_READ;
        uint64_t offset;
        if (__builtin_add_overflow(table->symbols.offset, done * sizeof(part[0]), &offset) ||
            memory_read(table->image, offset, part, some * sizeof(part[0])) != STATUS_OK)
            return STATUS_BAD_IMAGE;
        for (uint64_t i = 0; i < some; i++) {
            if (symbol_is(table, &part[i], wanted)) {
                *found = part[i];
                return STATUS_OK;
            }
        }
    }
    return STATUS_NOT_FOUND;
}

enum status program_symbol_find(struct process *process, uint64_t address, char name[PROGRAM_SYMBOL_SIZE],
                                uint64_t *offset) {
    if (process->image == 0 || address < process->image_base)
        return STATUS_NOT_FOUND;
    struct symbol_table table = {.image = process->image};
    struct elf_symbol symbol;
    enum status status = find_table(&table);
    if (status == STATUS_OK)
        status = find_symbol(&table, &(struct wanted_symbol){.address = address - process->image_base}, &symbol);
    if (status != STATUS_OK)
        return status;
    *offset = address - process->image_base - symbol.value;
    return read_name(&table, symbol.name, name);
}

enum status program_symbol_address(struct process *process, const char *name, uint64_t *address) {
    struct symbol_table table = {.image = process->image};
    struct elf_symbol symbol;
    enum status status = process->image != 0 ? find_table(&table) : STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        status = find_symbol(&table, &(struct wanted_symbol){.name = name}, &symbol);
    if (status == STATUS_OK)
        *address = process->image_base + symbol.value;
    return status;
}
