// Taking over the descriptors that the parent passed on in the start block.
#include "libc/posix/inherited.h"

#include <parley/start.h>

#include "libc/files/client.h"
#include "libc/posix/descriptor.h"
#include "libc/start/start.h"

static uint32_t open_flags(uint32_t start_flags) {
    return (start_flags & START_READ ? OPEN_READ : 0) | (start_flags & START_WRITE ? OPEN_WRITE : 0) |
           (start_flags & START_TERMINAL ? OPEN_TERMINAL : 0);
}

static uint32_t count_files(const struct start_descriptor *list, uint32_t count) {
    uint32_t files = 0;
    for (uint32_t i = 0; i < count; i++)
        if (list[i].kind == START_FILE && list[i].file >= files)
            files = list[i].file + 1;
    return files;
}

static void open_one(const struct start_descriptor *list, uint32_t index, const uint32_t *handles, uint32_t files) {
    const struct start_descriptor *one = &list[index];
    if (one->same_as < index) {
        descriptor_duplicate_to(list[one->same_as].descriptor, one->descriptor);
        return;
    }
    if (one->kind == START_FILE && one->file >= files)
        return;
    struct open_file file = {
        .kind = one->kind == START_FILE ? &open_file_served : &open_file_pipe,
        .flags = open_flags(one->flags),
        .number = one->number,
        .handle = one->kind == START_FILE ? handles[one->file] : 0,
    };
    descriptor_open(&file, one->descriptor, false);
}

void inherited_open(void) {
    const struct start_block *block = start_block_given();
    if (!block)
        return;
    const struct start_descriptor *list = (const void *)((const char *)block + block->descriptors);
    uint32_t handles[FILES_SHARE_MAX];
    uint32_t files = count_files(list, block->descriptor_count);
    if (files > FILES_SHARE_MAX || (files > 0 && files_adopt(block->files_ticket, handles, files) < 0))
        files = 0;
    for (uint32_t i = 0; i < block->descriptor_count; i++)
        open_one(list, i, handles, files);
}

void inherited_adopt(void) {
    const struct start_block *block = start_block_given();
    if (block && block->files_ticket)
        descriptor_file(0);
}
