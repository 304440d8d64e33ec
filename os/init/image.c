// A program's image: the archive's own pages where it begins with one, as os/tools/ramdisk.py lets those begin that every start runs; else a
// copy, or what the file server makes of what lies packed.
#include "os/init/image.h"

#include "libc/files/client.h"
#include "os/init/authority.h"
#include "os/tar.h"

#include <parley/calls.h>
#include <string.h>

static enum status copy_image(const struct tar_entry *file, int32_t *number) {
    uint64_t base = 0;
    enum status status = shared_create(file->size, number);
    if (status != STATUS_OK) {
        return status;
    }
    status = shared_map(*number, 0, file->size, PROTECTION_READ | PROTECTION_WRITE, 0, 0, &base);
    if (status == STATUS_OK) {
        memcpy((void *)base, file->data, file->size);
        memory_unmap(base, file->size);
        status = shared_seal(*number);
    }
    if (status != STATUS_OK) {
        number_close(*number);
        *number = NUMBER_NONE;
    }
    return status;
}

enum status image_make(const struct archive *archive, const char *path, int32_t *number) {
    struct tar_entry file;
    enum status status = tar_find(archive->bytes, archive->size, path + (path[0] == '/'), &file);
    status = status == STATUS_OK && file.size == 0 ? STATUS_BAD_IMAGE : status;
    if (status != STATUS_OK) {
        return status;
    }
    if (file.type == TAR_PACKED) {
        uint64_t size;
        return files_image(path, number, &size);
    }
    status = shared_slice(INIT_RAMDISK, (uint64_t)(file.data - (const uint8_t *)archive->bytes), file.size, number);
    return status == STATUS_INVALID_ARGUMENT ? copy_image(&file, number) : status;
}
