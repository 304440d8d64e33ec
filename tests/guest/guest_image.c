// Small programs made by tests themselves.
#include "tests/guest/guest_image.h"

#include <elf.h>

void guest_image_write(uint8_t *bytes, const void *text, size_t size) {
    Elf64_Ehdr *header = (Elf64_Ehdr *)bytes;
    Elf64_Phdr *program = (Elf64_Phdr *)(header + 1);
    *header = (Elf64_Ehdr){
        .e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_DYN,
        .e_machine = EM_X86_64,
        .e_version = EV_CURRENT,
        .e_entry = GUEST_IMAGE_TEXT,
        .e_phoff = sizeof(Elf64_Ehdr),
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = 2,
    };
    program[0] =
        (Elf64_Phdr){.p_type = PT_LOAD, .p_flags = PF_R, .p_filesz = 512, .p_memsz = 512, .p_align = PAGE_SIZE};
    program[1] = (Elf64_Phdr){
        .p_type = PT_LOAD,
        .p_flags = PF_R | PF_X,
        .p_offset = GUEST_IMAGE_TEXT,
        .p_vaddr = GUEST_IMAGE_TEXT,
        .p_filesz = size,
        .p_memsz = size,
        .p_align = PAGE_SIZE,
    };
    memcpy(bytes + GUEST_IMAGE_TEXT, text, size);
}

static int32_t image_make(const void *text, size_t size, void (*damage)(uint8_t *bytes)) {
    int32_t image;
    uint64_t base;
    EXPECT_OK(shared_create(GUEST_IMAGE_PAGES * PAGE_SIZE, &image));
    EXPECT_OK(shared_map(image, 0, GUEST_IMAGE_PAGES * PAGE_SIZE, PROTECTION_WRITE, 0, 0, &base));
    guest_image_write((uint8_t *)base, text, size);
    if (damage != NULL)
        damage((uint8_t *)base);
    EXPECT_OK(memory_unmap(base, GUEST_IMAGE_PAGES * PAGE_SIZE));
    EXPECT_OK(shared_seal(image));
    return image;
}

enum status guest_image_run(const void *text, size_t size, void (*damage)(uint8_t *bytes), struct process_end *end) {
    int32_t number, image = image_make(text, size, damage);
    struct process_spawn spawn = {
        .image = image, .user = SPAWN_SAME_USER, .priority = SPAWN_SAME_PRIORITY, .name = "image"};
    enum status status = process_spawn(&spawn, NULL, &number);
    EXPECT_OK(number_close(image));
    if (status != STATUS_OK)
        return status;
    EXPECT_OK(process_wait(number, guest_soon(), end));
    EXPECT_OK(number_close(number));
    return STATUS_OK;
}
