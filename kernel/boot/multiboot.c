// Reading what the boot loader left: the Multiboot 1 information, none of it believed.
#include "kernel/boot/boot.h"

#include <arch/alias.h>
#include <stddef.h>

#include "kernel/abi/types.h"
#include "kernel/base/log.h"
#include "kernel/base/string.h"
#include "kernel/boot/ranges.h"

// All that a loader hands over lies below; the boot code's tables alias no more.
#define REACHABLE (UINT64_C(4) << 30)
#define MEMORY_LEAST (UINT64_C(8) << 20)
#define MEMORY_MOST (UINT64_C(1) << 46) // what the alias has room for

enum { LOADER_MAGIC = 0x2badb002, MODULES_MAX = 64, MAP_ENTRY_LEAST = 20, LOW_MEBIBYTE = 1 << 20 };

enum information_flag {
    HAS_COMMAND_LINE = 1 << 2,
    HAS_MODULES = 1 << 3,
    HAS_MEMORY_MAP = 1 << 6,
    HAS_FRAMEBUFFER = 1 << 12,
};

enum memory_kind { MEMORY_USABLE = 1, MEMORY_ACPI_TABLES = 3, MEMORY_ACPI_KEPT = 4 };

enum { FRAMEBUFFER_COLOURS = 1 };

struct information {
    uint32_t flags;
    uint32_t memory_lower, memory_upper;
    uint32_t boot_device;
    uint32_t command_line;
    uint32_t module_count, modules;
    uint32_t symbols[4];
    uint32_t map_size, map;
    uint32_t drives_size, drives;
    uint32_t configuration;
    uint32_t loader_name;
    uint32_t power_table;
    uint32_t vbe[4];
    uint64_t framebuffer;
    uint32_t pitch, width, height;
    uint8_t bits, framebuffer_kind;
} __attribute__((packed));

struct map_entry {
    uint32_t size; // of what follows
    uint64_t base, length;
    uint32_t kind;
} __attribute__((packed));

struct module {
    uint32_t start, end;
    uint32_t text;
    uint32_t reserved;
};

struct boot_information boot_information;

extern const char kernel_physical_start[], kernel_end[];

#define KERNEL_BASE UINT64_C(0xffffffff80000000)

struct boot_range boot_kernel_image(void) {
    uint64_t start = (uint64_t)kernel_physical_start;
    return (struct boot_range){start, (uint64_t)kernel_end - KERNEL_BASE - start};
}

// The bytes at a physical address; null: not all of them can be reached.
static const void *reach(uint64_t address, uint64_t size) {
    if (address == 0 || size > REACHABLE || address > REACHABLE - size)
        return 0;
    return alias_pointer(address);
}

// ---- memory map ----

static void add_entry(const struct map_entry *entry) {
    uint64_t base = entry->base, length = entry->length;
    if (base >= MEMORY_MOST)
        return;
    if (length > MEMORY_MOST - base)
        length = MEMORY_MOST - base;
    bool usable = entry->kind == MEMORY_USABLE;
    if (usable)
        range_add(boot_information.usable, &boot_information.usable_count, base, length);
    if (usable || entry->kind == MEMORY_ACPI_TABLES || entry->kind == MEMORY_ACPI_KEPT)
        range_add(boot_information.memory, &boot_information.memory_count, base, length);
}

// Entries are walked twice: firmware may list a part of its usable memory again as its own, and then that counts.
static void remove_entry(const struct map_entry *entry) {
    if (entry->kind != MEMORY_USABLE)
        range_remove(boot_information.usable, &boot_information.usable_count, entry->base, entry->length);
}

static const char *walk_map(const struct information *information, void (*visit)(const struct map_entry *entry)) {
    const uint8_t *at = reach(information->map, information->map_size);
    if (at == 0)
        return "the memory map lies outside of memory";
    uint64_t left = information->map_size;
    while (left > 0) {
        struct map_entry entry;
        if (left < sizeof(entry))
            return "the memory map ends inside an entry";
        memcpy(&entry, at, sizeof(entry));
        uint64_t step = (uint64_t)entry.size + sizeof(entry.size);
        if (entry.size < MAP_ENTRY_LEAST || step > left)
            return "an entry of the memory map has an impossible size";
        visit(&entry);
        at += step;
        left -= step;
    }
    return 0;
}

static const char *read_map(const struct information *information) {
    if (!(information->flags & HAS_MEMORY_MAP))
        return "the boot loader gave no memory map";
    const char *error = walk_map(information, add_entry);
    return error != 0 ? error : walk_map(information, remove_entry);
}

// ---- modules ----

static const char *check_module(const struct module *module) {
    if (module->end < module->start)
        return "a module ends before it starts";
    if (module->start % PAGE_SIZE != 0)
        return "a module does not start at a page";
    struct boot_range image = boot_kernel_image();
    if (module->start < image.base + image.size && module->end > image.base)
        return "a module overlaps the kernel";
    if (module->end > module->start && !range_covers(boot_information.usable, boot_information.usable_count,
                                                     module->start, module->end - module->start))
        return "a module lies outside of usable memory";
    return 0;
}

// The first one is the ramdisk; others are left alone, their memory is given out.
static const char *read_modules(const struct information *information) {
    if (!(information->flags & HAS_MODULES) || information->module_count == 0)
        return 0;
    if (information->module_count > MODULES_MAX)
        return "the boot loader claims too many modules";
    const struct module *modules =
        reach(information->modules, information->module_count * (uint64_t)sizeof(struct module));
    if (modules == 0)
        return "the list of modules lies outside of memory";
    const char *error = check_module(&modules[0]);
    if (error == 0)
        boot_information.ramdisk = (struct boot_range){modules[0].start, modules[0].end - modules[0].start};
    return error;
}

// ---- the rest ----

// QEMU and older loaders put the kernel's own file name first, GRUB 2 does not. No word for the kernel holds a slash.
static uint64_t skip_file_name(const char *text, uint64_t room) {
    uint64_t at = 0;
    bool is_path = false;
    while (at < room && text[at] != 0 && text[at] != ' ')
        is_path |= text[at++] == '/';
    if (!is_path)
        return 0;
    while (at < room && text[at] == ' ')
        at++;
    return at;
}

static void read_command_line(const struct information *information) {
    const char *text = reach(information->command_line, 1);
    if (!(information->flags & HAS_COMMAND_LINE) || text == 0)
        return;
    uint64_t room = REACHABLE - information->command_line, at = skip_file_name(text, room);
    char *line = boot_information.command_line;
    for (size_t i = 0; i + 1 < BOOT_COMMAND_LINE_SIZE && at + i < room && text[at + i] != 0; i++)
        line[i] = text[at + i] >= ' ' && text[at + i] < 0x7f ? text[at + i] : '?';
}

static void read_framebuffer(const struct information *information) {
    if (!(information->flags & HAS_FRAMEBUFFER) || information->framebuffer_kind != FRAMEBUFFER_COLOURS)
        return;
    uint64_t line = (uint64_t)information->width * (information->bits / 8);
    if (information->width == 0 || information->height == 0 || information->bits < 16 || line > information->pitch)
        return;
    boot_information.framebuffer = (struct boot_framebuffer){
        .address = information->framebuffer,
        .width = information->width,
        .height = information->height,
        .pitch = information->pitch,
        .bits = information->bits,
    };
}

static uint64_t round_up(uint64_t size) {
    return (size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
}

// Takes out of the usable memory what must stay, and then what is no whole page.
static const char *keep_back(void) {
    struct boot_information *boot = &boot_information;
    struct boot_range image = boot_kernel_image();
    range_remove(boot->usable, &boot->usable_count, 0, LOW_MEBIBYTE);
    range_remove(boot->usable, &boot->usable_count, image.base, image.size);
    range_remove(boot->usable, &boot->usable_count, boot->ramdisk.base, round_up(boot->ramdisk.size));
    ranges_align(boot->usable, &boot->usable_count);
    ranges_align(boot->memory, &boot->memory_count);
    return ranges_size(boot->usable, boot->usable_count) < MEMORY_LEAST ? "there is too little memory" : 0;
}

const char *boot_parse(uint32_t magic, uint64_t address) {
    if (magic != LOADER_MAGIC)
        return "the kernel was not started by a Multiboot loader";
    const struct information *information = reach(address, sizeof(*information));
    if (information == 0)
        return "the Multiboot information lies outside of memory";
    const char *error = read_map(information);
    if (error == 0)
        error = read_modules(information);
    if (error != 0)
        return error;
    read_command_line(information);
    read_framebuffer(information);
    return keep_back();
}

bool boot_has_word(const char *word) {
    size_t length = strlen(word);
    for (const char *at = boot_information.command_line; *at != 0;) {
        size_t size = 0;
        while (at[size] != 0 && at[size] != ' ')
            size++;
        if (size == length && memcmp(at, word, length) == 0)
            return true;
        at += size;
        while (*at == ' ')
            at++;
    }
    return false;
}
