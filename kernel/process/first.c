// The first process: init, out of the ramdisk that the boot loader brought.
#include "kernel/base/assert.h"
#include "kernel/base/log.h"
#include "kernel/boot/boot.h"
#include "kernel/memory/memory.h"
#include "kernel/object/machine.h"
#include "kernel/process/create.h"
#include "kernel/process/process.h"
#include "kernel/process/ramdisk.h"

static const char first_program[] = "bin/init";

// The ramdisk's own frames become a memory object, which nobody ever writes; nothing is copied.
static struct memory *ramdisk_adopt(void) {
    const struct boot_range *range = &boot_information.ramdisk;
    if (range->base == 0)
        panic("no ramdisk: the boot loader must bring %s (a tar archive) as a module", "ramdisk.tar");
    struct memory *ramdisk;
    enum status status = memory_adopt(range->base, range->size, "ramdisk", &ramdisk);
    if (status == STATUS_OK)
        status = memory_seal(ramdisk);
    if (status != STATUS_OK)
        panic("the ramdisk of %llu bytes cannot be kept (status %d)", (unsigned long long)range->size, status);
    return ramdisk;
}

static struct ramdisk_file first_program_find(struct memory *ramdisk) {
    struct ramdisk_file file;
    enum status status = ramdisk_find(ramdisk, boot_information.ramdisk.size, first_program, &file);
    if (status == STATUS_NOT_FOUND)
        panic("the ramdisk has no %s", first_program);
    if (status == STATUS_CORRUPT)
        panic(
            "the ramdisk is broken at byte %llu: no sound header of a tar archive, or its file reaches beyond the end",
            (unsigned long long)file.offset);
    if (status != STATUS_OK)
        panic("%s cannot be found in the ramdisk (status %d)", first_program, status);
    if (file.size == 0)
        panic("%s in the ramdisk is empty", first_program);
    return file;
}

// A sealed copy: the archive's files are not aligned to pages.
static struct memory *image_copy(struct memory *ramdisk, const struct ramdisk_file *file) {
    struct memory *image;
    enum status status = memory_create(0, file->size, first_program, &image);
    for (uint64_t done = 0; status == STATUS_OK && done < file->size;) {
        uint8_t part[512];
        size_t size = file->size - done < sizeof(part) ? file->size - done : sizeof(part);
        status = memory_read(ramdisk, file->offset + done, part, size);
        if (status == STATUS_OK)
            status = memory_write(image, done, part, size);
        done += size;
    }
    if (status != STATUS_OK || memory_seal(image) != STATUS_OK)
        panic("%s cannot be read from the ramdisk (status %d)", first_program, status);
    return image;
}

void process_start_first(void) {
    struct memory *ramdisk = ramdisk_adopt();
    struct ramdisk_file file = first_program_find(ramdisk);
    struct memory *image = image_copy(ramdisk, &file);
    struct object *machine;
    if (machine_object_create(&machine) != STATUS_OK)
        panic("no memory for the machine object");
    struct process_plan plan = {
        .image = image,
        .name = "init",
        .program = "init",
        .user = USER_SYSTEM,
        .priority = PRIORITY_MAX,
        .essential = true,
        .number_count = 2,
        .numbers = {machine, &ramdisk->object},
        .rights = {MACHINE_RIGHTS, RIGHT_READ | RIGHT_EXECUTE | RIGHT_COPY | RIGHT_SEND},
    };
    struct process *process;
    enum status status = process_create(&plan, &process);
    if (status == STATUS_BAD_IMAGE)
        panic("%s in the ramdisk is no sound program: a static ELF64 file for x86-64 is needed", first_program);
    if (status != STATUS_OK)
        panic("%s cannot be started (status %d)", first_program, status);
    process_release(process);
    object_release(machine);
    object_release(&image->object);
    object_release(&ramdisk->object);
}
