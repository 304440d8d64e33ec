// Tests of the check of program images: one sound program, and every way in which it can be broken.
#include <criterion/criterion.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/abi/memory.h"
#include "kernel/abi/types.h"
#include "kernel/process/image_check.h"

enum { FILE_SIZE = 4 * PAGE_SIZE };

// Headers and constants, text, data with zeros behind it; a static PIE.
static struct image {
    Elf64_Ehdr header;
    Elf64_Phdr segments[4];
} * image;

static union {
    struct image image;
    uint8_t bytes[PAGE_SIZE];
} file;

static struct image_plan plan;

static void start(void) {
    memset(&file, 0, sizeof(file));
    image = &file.image;
    image->header = (Elf64_Ehdr){
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_DYN,
        .e_machine = EM_X86_64,
        .e_version = EV_CURRENT,
        .e_entry = 0x1010,
        .e_phoff = sizeof(Elf64_Ehdr),
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = 4,
    };
    image->segments[0] = (Elf64_Phdr){PT_LOAD, PF_R, 0, 0, 0, 0x200, 0x200, PAGE_SIZE};
    image->segments[1] = (Elf64_Phdr){PT_LOAD, PF_R | PF_X, 0x1000, 0x1000, 0x1000, 0x800, 0x800, PAGE_SIZE};
    image->segments[2] = (Elf64_Phdr){PT_LOAD, PF_R | PF_W, 0x2080, 0x3080, 0x3080, 0x100, 0x5000, PAGE_SIZE};
    image->segments[3] = (Elf64_Phdr){PT_GNU_STACK, PF_R | PF_W, 0, 0, 0, 0, 0, 16};
}

TestSuite(image_check, .init = start);

static enum status check(void) {
    return image_check(&file, sizeof(file), FILE_SIZE, &plan);
}

Test(image_check, a_sound_program_becomes_a_plan) {
    cr_assert_eq(check(), STATUS_OK);
    cr_assert_not(plan.is_fixed);
    cr_assert_eq(plan.entry, 0x1010);
    cr_assert_eq(plan.headers, sizeof(Elf64_Ehdr));
    cr_assert_eq(plan.header_count, 4);
    cr_assert_eq(plan.base, 0);
    cr_assert_eq(plan.end, 0x9000);
    cr_assert_eq(plan.segment_count, 3);
    const struct image_segment *data = &plan.segments[2];
    cr_assert_eq(data->base, 0x3000);
    cr_assert_eq(data->end, 0x9000);
    cr_assert_eq(data->file_offset, 0x2000);
    cr_assert_eq(data->file_end, 0x3180);
    cr_assert_eq(data->protection, PROTECTION_READ | PROTECTION_WRITE);
    cr_assert_eq(plan.segments[1].protection, PROTECTION_READ | PROTECTION_EXECUTE);
}

Test(image_check, a_program_at_fixed_addresses_is_told) {
    image->header.e_type = ET_EXEC;
    cr_assert_eq(check(), STATUS_OK);
    cr_assert(plan.is_fixed);
}

Test(image_check, memory_without_a_file_part_is_all_zeros) {
    image->segments[2].p_filesz = 0;
    cr_assert_eq(check(), STATUS_OK);
    cr_assert_eq(plan.segments[2].file_end, plan.segments[2].base);
}

Test(image_check, other_headers_are_passed_over) {
    image->segments[3].p_type = PT_NOTE;
    image->segments[3].p_vaddr = UINT64_MAX;
    cr_assert_eq(check(), STATUS_OK);
}

// A field of the file, and a value that must be refused.
struct breakage {
    const char *what;
    size_t offset, size;
    uint64_t value;
};

#define HEADER(field, value)                                                                                           \
    { #field, offsetof(struct image, header.field), sizeof(image->header.field), value }
#define SEGMENT(i, field, value)                                                                                       \
    { #i " " #field, offsetof(struct image, segments[i].field), sizeof(image->segments[i].field), value }

static const struct breakage breakages[] = {
    HEADER(e_ident[0], 0x7e),
    HEADER(e_ident[EI_MAG3], 'G'),
    HEADER(e_ident[EI_CLASS], ELFCLASS32),
    HEADER(e_ident[EI_DATA], ELFDATA2MSB),
    HEADER(e_ident[EI_VERSION], 0),
    HEADER(e_type, ET_REL),
    HEADER(e_type, ET_CORE),
    HEADER(e_machine, EM_386),
    HEADER(e_version, 2),
    HEADER(e_entry, 0x10),
    HEADER(e_entry, 0x3090),
    HEADER(e_entry, 0x1800),
    HEADER(e_entry, UINT64_MAX),
    HEADER(e_phoff, 0),
    HEADER(e_phoff, 68),
    HEADER(e_phoff, PAGE_SIZE - 8),
    HEADER(e_phoff, UINT64_MAX - 7),
    HEADER(e_phoff, 0x400),
    HEADER(e_ehsize, 52),
    HEADER(e_phentsize, 32),
    HEADER(e_phnum, 0),
    HEADER(e_phnum, IMAGE_HEADERS_MAX + 1),
    HEADER(e_phnum, UINT16_MAX),
    SEGMENT(0, p_type, PT_INTERP),
    SEGMENT(0, p_offset, 1),
    SEGMENT(1, p_flags, PF_R | PF_W | PF_X),
    SEGMENT(1, p_flags, 8),
    SEGMENT(1, p_flags, PF_R),
    SEGMENT(1, p_offset, FILE_SIZE),
    SEGMENT(1, p_offset, UINT64_MAX & ~UINT64_C(0xfff)),
    SEGMENT(1, p_offset, 0x1008),
    SEGMENT(1, p_filesz, FILE_SIZE),
    SEGMENT(1, p_filesz, UINT64_MAX),
    SEGMENT(1, p_memsz, 0),
    SEGMENT(1, p_memsz, 0x100),
    SEGMENT(1, p_memsz, 0x900),
    SEGMENT(1, p_memsz, UINT64_MAX),
    SEGMENT(1, p_vaddr, 0),
    SEGMENT(1, p_vaddr, 0x3000),
    SEGMENT(1, p_vaddr, UINT64_C(1) << 47),
    SEGMENT(1, p_vaddr, UINT64_MAX & ~UINT64_C(0xfff)),
    SEGMENT(2, p_vaddr, 0x1880),
    SEGMENT(2, p_memsz, UINT64_C(1) << 47),
    SEGMENT(2, p_filesz, FILE_SIZE - 0x2080 + 1),
    SEGMENT(3, p_flags, PF_R | PF_W | PF_X),
};

Test(image_check, every_broken_field_is_refused) {
    for (size_t i = 0; i < sizeof(breakages) / sizeof(breakages[0]); i++) {
        const struct breakage *breakage = &breakages[i];
        start();
        memcpy(file.bytes + breakage->offset, &breakage->value, breakage->size);
        cr_expect_eq(check(), STATUS_BAD_IMAGE, "%s = %#lx was accepted", breakage->what, breakage->value);
    }
}

Test(image_check, a_file_that_ends_early_is_refused) {
    for (size_t size = 1; size < sizeof(struct image); size++) {
        void *part = malloc(size); // what lies behind it is not to be read
        memcpy(part, &file, size);
        cr_assert_eq(image_check(part, size, FILE_SIZE, &plan), STATUS_BAD_IMAGE, "%zu bytes", size);
        free(part);
    }
    cr_assert_eq(image_check(&file, 0, 0, &plan), STATUS_BAD_IMAGE);
    cr_assert_eq(image_check(&file, sizeof(file), 0x2100, &plan), STATUS_BAD_IMAGE);
}

Test(image_check, more_segments_than_a_plan_holds_are_refused) {
    Elf64_Phdr *segments = image->segments;
    image->header.e_phnum = IMAGE_SEGMENTS_MAX + 1;
    for (uint32_t i = 2; i <= IMAGE_SEGMENTS_MAX; i++)
        segments[i] = (Elf64_Phdr){PT_LOAD, PF_R, 0, i * PAGE_SIZE, 0, 0x10, 0x10, PAGE_SIZE};
    segments[0].p_filesz = segments[0].p_memsz = PAGE_SIZE;
    cr_assert_eq(check(), STATUS_BAD_IMAGE);
    image->header.e_phnum--;
    cr_assert_eq(check(), STATUS_OK);
}

// What the loader relies on, whatever the file says.
static void plan_is_sound(void) {
    cr_assert(plan.segment_count > 0 && plan.segment_count <= IMAGE_SEGMENTS_MAX);
    uint64_t before = 0;
    for (uint32_t i = 0; i < plan.segment_count; i++) {
        const struct image_segment *segment = &plan.segments[i];
        cr_assert(segment->base >= before && segment->base < segment->end && segment->end <= UINT64_C(1) << 47);
        cr_assert(segment->base % PAGE_SIZE == 0 && segment->end % PAGE_SIZE == 0);
        cr_assert(segment->file_end >= segment->base && segment->file_end <= segment->end);
        cr_assert_leq(segment->file_offset + (segment->file_end - segment->base), FILE_SIZE);
        cr_assert_neq(segment->protection & (PROTECTION_WRITE | PROTECTION_EXECUTE),
                      PROTECTION_WRITE | PROTECTION_EXECUTE);
        before = segment->end;
    }
    cr_assert(plan.base == plan.segments[0].base && plan.end == before);
    cr_assert(plan.entry >= plan.base && plan.entry < plan.end && plan.headers < plan.end);
}

Test(image_check, random_changes_never_give_an_unsound_plan) {
    uint32_t accepted = 0;
    srand(3);
    for (uint32_t round = 0; round < 200000; round++) {
        start();
        for (int changes = 1 + rand() % 3; changes > 0; changes--)
            file.bytes[(size_t)rand() % sizeof(struct image)] ^= (uint8_t)(1 << rand() % 8);
        if (check() == STATUS_OK) {
            plan_is_sound();
            accepted++;
        }
    }
    cr_assert_gt(accepted, 0);
}
