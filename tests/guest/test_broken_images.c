// Broken program images: each is refused with BAD_IMAGE, or its program is ended, and nothing else happens.
#include <elf.h>

#include "tests/guest/guest_image.h"

// Ends with code 7.
static const uint8_t text[] = {
    0xb8, 17,   0, 0, 0, // mov $17 (process_exit), %eax
    0xbf, 7,    0, 0, 0, // mov $7, %edi
    0x0f, 0x05,          // syscall
    0x0f, 0x0b,          // ud2
};

static enum status start_image(void (*damage)(uint8_t *bytes), struct process_end *end) {
    return guest_image_run(text, sizeof(text), damage, end);
}

TEST(a_sound_image_of_a_few_bytes_runs) {
    struct process_end end;
    EXPECT_OK(start_image(NULL, &end));
    EXPECT_EQUAL(end.reason, END_EXITED);
    EXPECT_EQUAL(end.code, 7);
}

static Elf64_Ehdr *header_of(uint8_t *bytes) {
    return (Elf64_Ehdr *)bytes;
}

static Elf64_Phdr *text_of(uint8_t *bytes) {
    return (Elf64_Phdr *)(bytes + sizeof(Elf64_Ehdr)) + 1;
}

#define DAMAGE(name, statement)                                                                                        \
    static void damage_##name(uint8_t *bytes) {                                                                        \
        statement;                                                                                                     \
    }

DAMAGE(magic, bytes[0] = 0)
DAMAGE(class, bytes[EI_CLASS] = ELFCLASS32)
DAMAGE(byte_order, bytes[EI_DATA] = ELFDATA2MSB)
DAMAGE(machine, header_of(bytes)->e_machine = EM_AARCH64)
DAMAGE(type, header_of(bytes)->e_type = ET_REL)
DAMAGE(header_offset, header_of(bytes)->e_phoff = UINT64_MAX - 8)
DAMAGE(header_offset_beyond, header_of(bytes)->e_phoff = GUEST_IMAGE_PAGES * PAGE_SIZE - 8)
DAMAGE(header_size, header_of(bytes)->e_phentsize = 8)
DAMAGE(header_count, header_of(bytes)->e_phnum = UINT16_MAX)
DAMAGE(no_headers, header_of(bytes)->e_phnum = 0)
DAMAGE(entry_kernel, header_of(bytes)->e_entry = UINT64_C(0xffffffff80000000))
DAMAGE(offset_beyond, text_of(bytes)->p_offset = UINT64_C(1) << 40)
DAMAGE(offset_wraps, text_of(bytes)->p_offset = UINT64_MAX - PAGE_SIZE + 1)
DAMAGE(file_larger_than_memory, text_of(bytes)->p_filesz = 2 * PAGE_SIZE)
DAMAGE(file_beyond, (text_of(bytes)->p_filesz = 64 * PAGE_SIZE, text_of(bytes)->p_memsz = 64 * PAGE_SIZE))
DAMAGE(memory_huge, text_of(bytes)->p_memsz = UINT64_C(1) << 62)
DAMAGE(address_kernel, text_of(bytes)->p_vaddr = UINT64_C(0xffff800000000000))
DAMAGE(address_wraps, text_of(bytes)->p_vaddr = UINT64_MAX - PAGE_SIZE + 1)
DAMAGE(misaligned, text_of(bytes)->p_vaddr += 5)
DAMAGE(writable_text, text_of(bytes)->p_flags = PF_R | PF_W | PF_X)
DAMAGE(overlap, text_of(bytes)->p_vaddr = 0)

TEST(a_broken_image_is_refused_and_changes_nothing) {
    static const struct {
        const char *name;
        void (*damage)(uint8_t *bytes);
    } cases[] = {
        {"magic", damage_magic},
        {"class", damage_class},
        {"byte order", damage_byte_order},
        {"machine", damage_machine},
        {"type", damage_type},
        {"program header offset that wraps", damage_header_offset},
        {"program headers beyond the end", damage_header_offset_beyond},
        {"program header size", damage_header_size},
        {"program header count", damage_header_count},
        {"no program headers", damage_no_headers},
        {"entry in the kernel's half", damage_entry_kernel},
        {"segment beyond the end", damage_offset_beyond},
        {"segment offset that wraps", damage_offset_wraps},
        {"segment larger in the file than in memory", damage_file_larger_than_memory},
        {"segment that ends beyond the file", damage_file_beyond},
        {"huge segment", damage_memory_huge},
        {"segment in the kernel's half", damage_address_kernel},
        {"segment that wraps around", damage_address_wraps},
        {"misaligned segment", damage_misaligned},
        {"segment that is writable and executable", damage_writable_text},
        {"overlapping segments", damage_overlap},
    };
    struct guest_figures before = guest_figures_settled();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct process_end end;
        enum status status = start_image(cases[i].damage, &end);
        if (status != STATUS_BAD_IMAGE)
            FAIL("%s: expected BAD_IMAGE, got %s", cases[i].name, status_name(status));
    }
    guest_figures_forgive_tables(&before);
    const char *difference = guest_figures_changed(&before);
    if (difference != NULL)
        FAIL("broken images changed %s", difference);
}

DAMAGE(entry_nowhere, header_of(bytes)->e_entry = 64 * PAGE_SIZE)
DAMAGE(text_not_executable, text_of(bytes)->p_flags = PF_R)

TEST(an_image_without_text_at_its_entry_ends_by_a_fault) {
    struct process_end end = {0};
    enum status status = start_image(damage_text_not_executable, &end);
    EXPECT(status == STATUS_BAD_IMAGE || end.reason == END_FAULTED);
    status = start_image(damage_entry_nowhere, &end);
    EXPECT(status == STATUS_BAD_IMAGE || end.reason == END_FAULTED);
}

static uint32_t seed;

static uint32_t draw(void) {
    seed = seed * 1664525 + 1013904223;
    return seed >> 8;
}

static void damage_at_random(uint8_t *bytes) {
    for (uint32_t count = 1 + draw() % 8; count > 0; count--)
        bytes[draw() % (sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr))] = (uint8_t)draw();
}

// A limit keeps what a damaged header may ask for small. A program that spins is not made by damage to the headers alone.
TEST(a_thousand_images_damaged_at_random_neither_harm_nor_leak) {
    struct process_end end;
    EXPECT_OK(start_image(NULL, &end));
    struct guest_figures before = guest_figures_settled();
    for (seed = 1; seed < 1000; seed++) {
        uint32_t drawn = seed;
        start_image(damage_at_random, &end);
        seed = drawn;
    }
    EXPECT_OK(start_image(NULL, &end));
    EXPECT_EQUAL(end.code, 7);
    guest_figures_forgive_tables(&before);
    const char *difference = guest_figures_changed(&before);
    if (difference != NULL)
        FAIL("damaged images changed %s", difference);
}
