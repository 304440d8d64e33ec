// Tests of reading a program's headers: what is accepted, and that every broken field is refused.
#include <criterion/criterion.h>
#include <string.h>

#include "kernel/abi/memory.h"
#include "kernel/abi/types.h"
#include "kernel/process/image_check.h"

enum { HEADER = 64, SEGMENT = 56, FILE_SIZE = 4 * PAGE_SIZE, LOAD = 1, INTERPRETER = 3, NOTE = 4, STACK = 0x6474e551 };
enum { FLAG_X = 1, FLAG_W = 2, FLAG_R = 4 };

// The fields as the file format names and places them.
struct file {
    uint8_t magic[4], class, data, ident_version, abi, padding[8];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, program_headers, section_headers;
    uint32_t flags;
    uint16_t header_size, program_header_size, program_header_count, rest[3];
    struct {
        uint32_t type, flags;
        uint64_t offset, address, physical, file_size, memory_size, alignment;
    } segments[40];
};

// A static PIE: headers and constants, code, data with zeros behind.
static struct file sound_file(void) {
    struct file file = {
        .magic = {0x7f, 'E', 'L', 'F'},
        .class = 2,
        .data = 1,
        .ident_version = 1,
        .type = 3,
        .machine = 62,
        .version = 1,
        .entry = PAGE_SIZE + 0x10,
        .program_headers = HEADER,
        .header_size = HEADER,
        .program_header_size = SEGMENT,
        .program_header_count = 4,
        .segments = {{LOAD, FLAG_R, 0, 0, 0, 0x800, 0x800, PAGE_SIZE},
                     {LOAD, FLAG_R | FLAG_X, PAGE_SIZE, PAGE_SIZE, 0, 0x100, 0x100, PAGE_SIZE},
                     {LOAD, FLAG_R | FLAG_W, 0x2100, 0x2100, 0, 0x80, 0x3000, PAGE_SIZE},
                     {STACK, FLAG_R | FLAG_W, 0, 0, 0, 0, 0, 0}},
    };
    return file;
}

static enum status check(const struct file *file, struct image_plan *plan) {
    char page[PAGE_SIZE] = {0};
    memcpy(page, file, sizeof(*file));
    return image_check(page, PAGE_SIZE, FILE_SIZE, plan);
}

static void segment_expect(const struct image_segment *got, const struct image_segment *expected) {
    cr_assert_eq(got->base, expected->base);
    cr_assert_eq(got->end, expected->end);
    cr_assert_eq(got->file_offset, expected->file_offset);
    cr_assert_eq(got->file_end, expected->file_end);
    cr_assert_eq(got->protection, expected->protection);
}

Test(image_check, a_sound_program_is_planned) {
    struct file file = sound_file();
    struct image_plan plan;
    cr_assert_eq(check(&file, &plan), STATUS_OK);
    cr_assert_not(plan.is_fixed);
    cr_assert_eq(plan.base, 0);
    cr_assert_eq(plan.end, 0x6000);
    cr_assert_eq(plan.entry, PAGE_SIZE + 0x10);
    cr_assert_eq(plan.headers, HEADER);
    cr_assert_eq(plan.header_count, 4);
    cr_assert_eq(plan.segment_count, 3);
    segment_expect(&plan.segments[1], &(struct image_segment){.base = PAGE_SIZE,
                                                              .end = 2 * PAGE_SIZE,
                                                              .file_offset = PAGE_SIZE,
                                                              .file_end = PAGE_SIZE + 0x100,
                                                              .protection = PROTECTION_READ | PROTECTION_EXECUTE});
    segment_expect(&plan.segments[2], &(struct image_segment){.base = 0x2000,
                                                              .end = 0x6000,
                                                              .file_offset = 0x2000,
                                                              .file_end = 0x2180,
                                                              .protection = PROTECTION_READ | PROTECTION_WRITE});
}

Test(image_check, a_program_with_fixed_addresses_says_so) {
    struct file file = sound_file();
    struct image_plan plan;
    file.type = 2;
    for (int i = 0; i < 3; i++)
        file.segments[i].address += 0x400000;
    file.entry += 0x400000;
    cr_assert_eq(check(&file, &plan), STATUS_OK);
    cr_assert(plan.is_fixed);
    cr_assert_eq(plan.headers, 0x400000 + HEADER);
}

Test(image_check, memory_that_the_file_does_not_fill_at_all_is_zeros) {
    struct file file = sound_file();
    struct image_plan plan;
    file.segments[2].file_size = 0;
    cr_assert_eq(check(&file, &plan), STATUS_OK);
    cr_assert_eq(plan.segments[2].file_end, plan.segments[2].base);
}

Test(image_check, other_headers_are_passed_over) {
    struct file file = sound_file();
    struct image_plan plan;
    file.segments[3].type = NOTE;
    file.segments[3].address = UINT64_MAX;
    cr_assert_eq(check(&file, &plan), STATUS_OK);
}

// One field set to a wrong value.
struct wrong {
    const char *what;
    size_t offset, size;
    uint64_t value;
};

#define FIELD(name) #name, offsetof(struct file, name), sizeof(((struct file *)0)->name)

static const struct wrong wrongs[] = {
    {FIELD(magic), 0x464c457f},
    {FIELD(class), 1},
    {FIELD(data), 2},
    {FIELD(ident_version), 0},
    {FIELD(type), 1},
    {FIELD(type), 4},
    {FIELD(machine), 3},
    {FIELD(version), 2},
    {FIELD(entry), 0},
    {FIELD(entry), PAGE_SIZE - 1},
    {FIELD(entry), PAGE_SIZE + 0x100},
    {FIELD(entry), 0x2100},
    {FIELD(entry), UINT64_MAX},
    {FIELD(program_headers), 0},
    {FIELD(program_headers), HEADER - 8},
    {FIELD(program_headers), HEADER + 1},
    {FIELD(program_headers), PAGE_SIZE},
    {FIELD(program_headers), UINT64_MAX - 7},
    {FIELD(header_size), 52},
    {FIELD(program_header_size), 32},
    {FIELD(program_header_count), 0},
    {FIELD(program_header_count), IMAGE_HEADERS_MAX + 1},
    {FIELD(program_header_count), UINT16_MAX},
    {FIELD(segments[0].file_size), 0x100}, // the headers are not loaded
    {FIELD(segments[0].memory_size), 0},
    {FIELD(segments[0].memory_size), 0x700},
    {FIELD(segments[0].memory_size), 0x900}, // zeros in what cannot be written
    {FIELD(segments[1].flags), FLAG_R | FLAG_W | FLAG_X},
    {FIELD(segments[1].flags), FLAG_R},
    {FIELD(segments[1].flags), 8 | FLAG_R | FLAG_X},
    {FIELD(segments[1].address), 0},
    {FIELD(segments[1].address), PAGE_SIZE + 1},
    {FIELD(segments[1].address), UINT64_MAX - PAGE_SIZE + 1},
    {FIELD(segments[1].address), UINT64_C(1) << 47},
    {FIELD(segments[1].offset), PAGE_SIZE + 8},
    {FIELD(segments[1].offset), FILE_SIZE},
    {FIELD(segments[1].offset), UINT64_MAX & ~UINT64_C(4095)},
    {FIELD(segments[1].file_size), UINT64_MAX},
    {FIELD(segments[2].address), 0x1100}, // shares a page
    {FIELD(segments[2].memory_size), UINT64_MAX},
    {FIELD(segments[2].memory_size), UINT64_C(1) << 47},
    {FIELD(segments[2].memory_size), 0x70},
    {FIELD(segments[3].type), INTERPRETER},
    {FIELD(segments[3].flags), FLAG_R | FLAG_W | FLAG_X},
};

Test(image_check, every_wrong_field_is_refused) {
    for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
        struct file file = sound_file();
        struct image_plan plan;
        memcpy((char *)&file + wrongs[i].offset, &wrongs[i].value, wrongs[i].size);
        enum status status = check(&file, &plan);
        if (i == 0) // this one is right: the bytes are written where they should be
            cr_assert_eq(status, STATUS_OK);
        else
            cr_assert_eq(status, STATUS_BAD_IMAGE, "%s = %#lx", wrongs[i].what, wrongs[i].value);
    }
}

Test(image_check, too_many_segments_are_refused) {
    struct file file = sound_file();
    struct image_plan plan;
    file.program_header_count = 3;
    for (int i = 3; i < IMAGE_SEGMENTS_MAX + 1; i++) {
        file.segments[i] = file.segments[2];
        file.segments[i].address = 0x2100 + (uint64_t)i * 0x10000;
        file.program_header_count++;
        enum status expected = i < IMAGE_SEGMENTS_MAX ? STATUS_OK : STATUS_BAD_IMAGE;
        cr_assert_eq(check(&file, &plan), expected, "%d", i + 1);
    }
}

Test(image_check, a_file_cut_off_anywhere_is_refused) {
    struct file file = sound_file();
    struct image_plan plan;
    for (size_t size = 0; size < HEADER + 4 * SEGMENT; size++) {
        char part[sizeof(file)];
        memcpy(part, &file, size);
        cr_assert_eq(image_check(part, size, FILE_SIZE, &plan), STATUS_BAD_IMAGE);
    }
    cr_assert_eq(image_check(&file, sizeof(file), sizeof(file) - 1, &plan), STATUS_BAD_IMAGE);
}

// What is accepted holds to the promises of the header, whatever the file says.
static void plan_expect_sound(const struct image_plan *plan) {
    uint64_t last = plan->base;
    cr_assert_leq(plan->segment_count, IMAGE_SEGMENTS_MAX);
    for (uint32_t i = 0; i < plan->segment_count; i++) {
        const struct image_segment *segment = &plan->segments[i];
        cr_assert_geq(segment->base, last);
        cr_assert_lt(segment->base, segment->end);
        cr_assert_leq(segment->end, UINT64_C(1) << 47);
        cr_assert(segment->file_end >= segment->base && segment->file_end <= segment->end);
        cr_assert_eq((segment->base | segment->end | segment->file_offset) % PAGE_SIZE, 0);
        cr_assert_leq(segment->file_offset + (segment->file_end - segment->base), FILE_SIZE);
        cr_assert_neq(segment->protection & (PROTECTION_WRITE | PROTECTION_EXECUTE),
                      PROTECTION_WRITE | PROTECTION_EXECUTE);
        last = segment->end;
    }
    cr_assert_eq(plan->end, last);
}

Test(image_check, a_hundred_thousand_damaged_headers_do_no_harm, .timeout = 100) {
    uint32_t seed = 7, accepted = 0;
    for (int round = 0; round < 100000; round++) {
        struct file file = sound_file();
        struct image_plan plan;
        for (int i = 0; i < 1 + round % 3; i++) {
            seed = seed * 1664525 + 1013904223;
            ((uint8_t *)&file)[(seed >> 8) % (HEADER + 4 * SEGMENT)] = (uint8_t)(seed >> 24);
        }
        enum status status = check(&file, &plan);
        cr_assert(status == STATUS_OK || status == STATUS_BAD_IMAGE);
        if (status != STATUS_OK)
            continue;
        accepted++;
        plan_expect_sound(&plan);
    }
    cr_assert_gt(accepted, 100, "some of it did not matter");
}
