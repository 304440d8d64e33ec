// Finding a file in a tar archive (POSIX ustar): headers of 512 bytes, each followed by its content in whole blocks.
#include "kernel/process/ramdisk.h"

#include "kernel/base/string.h"
#include "kernel/memory/memory.h"

enum { BLOCK = 512 };

// The fields that are read here; numbers are octal text.
struct tar_header {
    char name[100];
    char mode[8], user[8], group[8];
    char size[12];
    char time[12];
    char checksum[8];
    char type;
    char rest[355];
};

_Static_assert(sizeof(struct tar_header) == BLOCK, "a tar header fills a block");

static enum status octal_read(const char *text, size_t length, uint64_t *value) {
    *value = 0;
    for (size_t i = 0; i < length && text[i] != 0 && text[i] != ' '; i++) {
        if (text[i] < '0' || text[i] > '7')
            return STATUS_CORRUPT;
        *value = *value * 8 + (uint64_t)(text[i] - '0');
    }
    return STATUS_OK;
}

// The sum of all bytes, those of the checksum itself taken as blanks.
static enum status checksum_check(const struct tar_header *header) {
    const uint8_t *bytes = (const uint8_t *)header;
    uint64_t sum = 0, stored;
    for (size_t i = 0; i < BLOCK; i++) {
        bool own = i >= offsetof(struct tar_header, checksum) && i < offsetof(struct tar_header, type);
        sum += own ? ' ' : bytes[i];
    }
    enum status status = octal_read(header->checksum, sizeof(header->checksum), &stored);
    return status == STATUS_OK && sum == stored ? STATUS_OK : STATUS_CORRUPT;
}

static bool names(const struct tar_header *header, const char *path) {
    const char *name = header->name;
    if (name[0] == '.' && name[1] == '/')
        name += 2;
    size_t room = sizeof(header->name) - (size_t)(name - header->name);
    return strncmp(name, path, room) == 0;
}

static enum status header_read(struct memory *ramdisk, uint64_t offset, struct tar_header *header, uint64_t *size) {
    enum status status = memory_read(ramdisk, offset, header, sizeof(*header));
    if (status == STATUS_OK && header->name[0] == 0)
        return STATUS_NOT_FOUND; // the archive's end
    if (status == STATUS_OK)
        status = checksum_check(header);
    if (status == STATUS_OK)
        status = octal_read(header->size, sizeof(header->size), size);
    return status;
}

enum status ramdisk_find(struct memory *ramdisk, uint64_t size, const char *path, struct ramdisk_file *file) {
    uint64_t offset = 0;
    while (size - offset >= BLOCK) {
        struct tar_header header;
        uint64_t length;
        *file = (struct ramdisk_file){.offset = offset};
        enum status status = header_read(ramdisk, offset, &header, &length);
        if (status != STATUS_OK)
            return status;
        offset += BLOCK;
        if (length > size - offset)
            return STATUS_CORRUPT;
        if (names(&header, path)) {
            *file = (struct ramdisk_file){.offset = offset, .size = length};
            return STATUS_OK;
        }
        uint64_t blocks = (length + BLOCK - 1) / BLOCK * BLOCK;
        if (blocks > size - offset)
            return STATUS_NOT_FOUND;
        offset += blocks;
    }
    return STATUS_NOT_FOUND;
}
