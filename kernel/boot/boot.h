// What the boot loader told, checked and put into our own words; kept for the whole run.
//
// Rules: filled by boot_parse on the first CPU before anything is allocated, read-only afterwards. The usable ranges are
// page-aligned, sorted, do not overlap, and leave out all that must stay: the first MEBIBYTE_LOW bytes, the kernel's image and the modules.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct writer;

enum { BOOT_RANGES_MAX = 128, BOOT_COMMAND_LINE_SIZE = 256 };

struct boot_range {
    uint64_t base, size;
};

struct boot_framebuffer {
    uint64_t address; // physical; 0: none
    uint32_t width, height, pitch, bits;
};

struct boot_information {
    struct boot_range usable[BOOT_RANGES_MAX]; // RAM that the kernel may hand out
    uint32_t usable_count;
    struct boot_range memory[BOOT_RANGES_MAX]; // all RAM, usable or kept by us or the firmware (ACPI tables)
    uint32_t memory_count;
    struct boot_range ramdisk; // physical, the module's exact size; base is page-aligned. 0: none
    struct boot_framebuffer framebuffer;
    char command_line[BOOT_COMMAND_LINE_SIZE]; // without the kernel's own name
};

extern struct boot_information boot_information;

// Physical bounds of the kernel's image, page-aligned.
struct boot_range boot_kernel_image(void);

// Reads the Multiboot structures at the physical address `information`. Null: all well; else a sentence that says what is broken.
const char *boot_parse(uint32_t magic, uint64_t information);

// Whether the command line has this word (up to a blank).
bool boot_has_word(const char *word);
