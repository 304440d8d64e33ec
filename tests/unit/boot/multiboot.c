// Tests of reading the boot loader's structures: sound ones are understood, broken ones get a sentence and do no harm.
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "kernel/boot/boot.h"

enum { MAGIC = 0x2badb002, MEBIBYTE = 1 << 20 };

// On the host an address is its own alias, so the structures lie at a low address, as a loader's do.
#define PLACE UINT64_C(0x10000000)
enum { PLACE_SIZE = 64 << 10, AT_MAP = 0x1000, AT_MODULES = 0x2000, AT_LINE = 0x3000 };

// Where the linker would put the kernel: 1 to 3 MiB.
__asm__(".globl kernel_physical_start, kernel_end\n"
        "kernel_physical_start = 0x100000\n"
        "kernel_end = 0xffffffff80300000\n");

// The information's words by their place in it.
enum word {
    FLAGS = 0,
    LINE = 4,
    MODULE_COUNT = 5,
    MODULES = 6,
    MAP_SIZE = 11,
    MAP = 12,
    FRAMEBUFFER = 22,
    PITCH = 24,
    WIDTH = 25,
    HEIGHT = 26,
    KIND = 27
};
enum { HAS_LINE = 1 << 2, HAS_MODULES = 1 << 3, HAS_MAP = 1 << 6, HAS_FRAMEBUFFER = 1 << 12 };

struct entry {
    uint32_t size;
    uint64_t base, length;
    uint32_t kind;
} __attribute__((packed));

static uint32_t *words;
static struct entry *entries;
static uint32_t *modules;

static void start(void) {
    void *place = mmap((void *)PLACE, PLACE_SIZE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    cr_assert_eq(place, (void *)PLACE);
    memset(&boot_information, 0, sizeof(boot_information));
    words = place;
    entries = (struct entry *)(PLACE + AT_MAP);
    modules = (uint32_t *)(PLACE + AT_MODULES);
    entries[0] = (struct entry){20, 0, 0x9fc00, 1};
    entries[1] = (struct entry){20, MEBIBYTE, 127 * MEBIBYTE, 1};
    entries[2] = (struct entry){20, 128 * MEBIBYTE - 0x20000, 0x20000, 2};
    entries[3] = (struct entry){20, UINT64_C(4) << 30, 1 << 30, 1};
    words[FLAGS] = HAS_MAP | HAS_MODULES | HAS_LINE;
    words[MAP] = PLACE + AT_MAP;
    words[MAP_SIZE] = 4 * sizeof(struct entry);
    words[MODULES] = PLACE + AT_MODULES;
    words[MODULE_COUNT] = 1;
    modules[0] = 8 * MEBIBYTE;
    modules[1] = 8 * MEBIBYTE + 0x1234;
    words[LINE] = PLACE + AT_LINE;
    strcpy((char *)PLACE + AT_LINE, "/boot/parley.elf32 console=serial  selftest");
}

static void end(void) {
    munmap((void *)PLACE, PLACE_SIZE);
}

TestSuite(multiboot, .init = start, .fini = end);

static void expect_error(const char *part) {
    const char *error = boot_parse(MAGIC, PLACE);
    cr_assert_not_null(error, "expected an error about: %s", part);
    cr_assert_not_null(strstr(error, part), "expected an error about %s, found: %s", part, error);
}

static bool is_usable(uint64_t address) {
    for (uint32_t i = 0; i < boot_information.usable_count; i++)
        if (address - boot_information.usable[i].base < boot_information.usable[i].size)
            return true;
    return false;
}

Test(multiboot, sound_information_is_understood) {
    cr_assert_null(boot_parse(MAGIC, PLACE));
    cr_assert_eq(boot_information.ramdisk.base, 8 * MEBIBYTE);
    cr_assert_eq(boot_information.ramdisk.size, 0x1234);
    cr_assert_str_eq(boot_information.command_line, "console=serial  selftest");
    cr_assert(is_usable(4 * MEBIBYTE));
    cr_assert(is_usable(UINT64_C(4) << 30));
}

Test(multiboot, what_must_stay_is_not_usable) {
    cr_assert_null(boot_parse(MAGIC, PLACE));
    cr_assert_not(is_usable(0x1000), "low memory");
    cr_assert_not(is_usable(MEBIBYTE), "the kernel's start");
    cr_assert_not(is_usable(3 * MEBIBYTE - 1), "the kernel's end");
    cr_assert(is_usable(3 * MEBIBYTE));
    cr_assert_not(is_usable(8 * MEBIBYTE), "the ramdisk's start");
    cr_assert_not(is_usable(8 * MEBIBYTE + 0x1fff), "the ramdisk's last page");
    cr_assert(is_usable(8 * MEBIBYTE + 0x2000));
}

Test(multiboot, what_the_firmware_keeps_within_its_memory_is_not_usable) {
    cr_assert_null(boot_parse(MAGIC, PLACE));
    cr_assert_not(is_usable(128 * MEBIBYTE - 0x20000));
    cr_assert_not(is_usable(128 * MEBIBYTE - 1));
}

Test(multiboot, a_command_line_without_the_kernels_file_name_is_taken_whole) {
    strcpy((char *)PLACE + AT_LINE, "console=serial selftest");
    cr_assert_null(boot_parse(MAGIC, PLACE));
    cr_assert_str_eq(boot_information.command_line, "console=serial selftest");
}

Test(multiboot, words_of_the_command_line_are_found_whole) {
    cr_assert_null(boot_parse(MAGIC, PLACE));
    cr_assert(boot_has_word("selftest"));
    cr_assert(boot_has_word("console=serial"));
    cr_assert_not(boot_has_word("console"));
    cr_assert_not(boot_has_word("self"));
}

Test(multiboot, a_long_command_line_is_cut_and_its_odd_bytes_replaced) {
    memset((char *)PLACE + AT_LINE, 'x', 1000);
    strcpy((char *)PLACE + AT_LINE + 1000, "");
    memcpy((char *)PLACE + AT_LINE, "/ \x1b\x80", 4);
    cr_assert_null(boot_parse(MAGIC, PLACE));
    cr_assert_eq(strlen(boot_information.command_line), BOOT_COMMAND_LINE_SIZE - 1);
    cr_assert_eq(memcmp(boot_information.command_line, "??xx", 4), 0);
}

Test(multiboot, another_loader_is_refused) {
    cr_assert_not_null(boot_parse(0x36d76289, PLACE));
}

Test(multiboot, information_outside_of_memory_is_refused) {
    cr_assert_not_null(boot_parse(MAGIC, 0));
    cr_assert_not_null(boot_parse(MAGIC, UINT32_MAX - 8));
}

Test(multiboot, a_missing_memory_map_is_refused) {
    words[FLAGS] &= ~(uint32_t)HAS_MAP;
    expect_error("no memory map");
}

Test(multiboot, a_memory_map_outside_of_memory_is_refused) {
    words[MAP] = UINT32_MAX - 16;
    expect_error("outside of memory");
}

Test(multiboot, a_map_entry_of_an_impossible_size_is_refused) {
    static const uint32_t sizes[] = {0, 19, 0x1000, UINT32_MAX, UINT32_MAX - 3};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        entries[1].size = sizes[i];
        expect_error("impossible size");
    }
}

Test(multiboot, a_map_that_ends_inside_an_entry_is_refused) {
    words[MAP_SIZE] -= 5;
    expect_error("ends inside an entry");
    words[MAP_SIZE] = sizeof(struct entry) + 7;
    expect_error("ends inside an entry");
}

Test(multiboot, ranges_that_wrap_around_are_cut) {
    entries[3].base = UINT64_MAX - 0xfff;
    entries[3].length = UINT64_MAX;
    cr_assert_null(boot_parse(MAGIC, PLACE));
    entries[3].base = UINT64_C(5) << 30;
    cr_assert_null(boot_parse(MAGIC, PLACE));
    for (uint32_t i = 0; i < boot_information.usable_count; i++)
        cr_assert_leq(boot_information.usable[i].base + boot_information.usable[i].size, UINT64_C(1) << 46);
}

Test(multiboot, too_little_memory_is_said) {
    entries[1].length = 3 * MEBIBYTE;
    entries[3].kind = 2;
    words[FLAGS] &= ~(uint32_t)HAS_MODULES;
    expect_error("too little memory");
}

Test(multiboot, too_many_modules_are_refused) {
    words[MODULE_COUNT] = UINT32_MAX;
    expect_error("too many modules");
}

Test(multiboot, a_list_of_modules_outside_of_memory_is_refused) {
    words[MODULES] = UINT32_MAX - 4;
    expect_error("outside of memory");
}

Test(multiboot, a_broken_module_is_refused) {
    static const struct {
        uint32_t start, end;
        const char *error;
    } broken[] = {
        {8 * MEBIBYTE, 8 * MEBIBYTE - 1, "ends before it starts"},
        {8 * MEBIBYTE + 1, 9 * MEBIBYTE, "does not start at a page"},
        {2 * MEBIBYTE, 9 * MEBIBYTE, "overlaps the kernel"},
        {0, 9 * MEBIBYTE, "overlaps the kernel"},
        {126 * MEBIBYTE, 129 * MEBIBYTE, "outside of usable memory"},
        {0xfffff000, UINT32_MAX, "outside of usable memory"},
    };
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        memset(&boot_information, 0, sizeof(boot_information));
        modules[0] = broken[i].start;
        modules[1] = broken[i].end;
        expect_error(broken[i].error);
    }
}

Test(multiboot, no_module_is_no_ramdisk) {
    words[MODULE_COUNT] = 0;
    cr_assert_null(boot_parse(MAGIC, PLACE));
    cr_assert_eq(boot_information.ramdisk.base, 0);
}

static void set_framebuffer(uint32_t width, uint32_t height, uint32_t pitch, uint8_t bits, uint8_t kind) {
    words[FLAGS] |= HAS_FRAMEBUFFER;
    words[FRAMEBUFFER] = 0xfd000000;
    words[PITCH] = pitch;
    words[WIDTH] = width;
    words[HEIGHT] = height;
    ((uint8_t *)&words[KIND])[0] = bits;
    ((uint8_t *)&words[KIND])[1] = kind;
}

Test(multiboot, a_framebuffer_of_colours_is_taken) {
    set_framebuffer(1024, 768, 4096, 32, 1);
    cr_assert_null(boot_parse(MAGIC, PLACE));
    cr_assert_eq(boot_information.framebuffer.address, 0xfd000000);
    cr_assert_eq(boot_information.framebuffer.width, 1024);
    cr_assert_eq(boot_information.framebuffer.bits, 32);
}

Test(multiboot, a_framebuffer_that_cannot_be_is_left_alone) {
    static const struct {
        uint32_t width, height, pitch;
        uint8_t bits, kind;
    } broken[] = {
        {80, 25, 160, 16, 2},
        {1024, 768, 1024, 32, 1},
        {0, 768, 4096, 32, 1},
        {UINT32_MAX, 1, UINT32_MAX, 32, 1},
    };
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        set_framebuffer(broken[i].width, broken[i].height, broken[i].pitch, broken[i].bits, broken[i].kind);
        cr_assert_null(boot_parse(MAGIC, PLACE));
        cr_assert_eq(boot_information.framebuffer.address, 0, "case %zu", i);
    }
}
