// The reader of tar archives.
#include "os/tar.h"

#include <stdbool.h>
#include <string.h>

enum {
    BLOCK = 512,
    TYPE_FILE = '0',
    TYPE_OLD_FILE = 0,
    TYPE_DIRECTORY = '5',
    TYPE_PACKED = 'Z', // of the letters that the format leaves to whoever makes archives
    MODE_BITS = 07777,
};

struct tar_header {
    char name[100];
    char mode[8];
    char user[8];
    char group[8];
    char size[12];
    char modified[12];
    char checksum[8];
    char type;
    char link[100];
    char magic[6];
    char version[2];
    char user_name[32];
    char group_name[32];
    char device_major[8];
    char device_minor[8];
    char prefix[155];
    char padding[12];
};
_Static_assert(sizeof(struct tar_header) == BLOCK, "a header is a block");

static enum status broken(struct tar_reader *reader, const char *problem) {
    reader->problem = problem;
    return STATUS_CORRUPT;
}

// Octal digits after blanks, ended by a blank, a 0 or the field's end.
static bool read_octal(const char *field, size_t size, uint64_t *value) {
    size_t i = 0;
    while (i < size && field[i] == ' ') {
        i++;
    }
    size_t first = i;
    *value = 0;
    for (; i < size && field[i] >= '0' && field[i] <= '7'; i++) {
        *value = *value << 3 | (uint64_t)(field[i] - '0');
    }
    return i > first && (i == size || field[i] == 0 || field[i] == ' ');
}

static bool checksum_holds(const struct tar_header *header) {
    const uint8_t *bytes = (const uint8_t *)header;
    uint64_t expected = 0;
    uint32_t sum = sizeof(header->checksum) * ' ';
    for (size_t i = 0; i < BLOCK; i++) {
        sum += bytes[i];
    }
    for (size_t i = 0; i < sizeof(header->checksum); i++) {
        sum -= (uint8_t)header->checksum[i];
    }
    return read_octal(header->checksum, sizeof(header->checksum), &expected) && sum == expected;
}

static bool is_zero_block(const uint8_t *block) {
    for (size_t i = 0; i < BLOCK; i++) {
        if (block[i]) {
            return false;
        }
    }
    return true;
}

// Copies the part, but for slashes at its ends and a leading "./", behind what stands in `name`.
static bool append_path(char *name, const char *part, size_t size) {
    size_t used = strlen(name), length = strnlen(part, size);
    while (length > 0 && (*part == '/' || (*part == '.' && (length == 1 || part[1] == '/')))) {
        part++;
        length--;
    }
    while (length > 0 && part[length - 1] == '/') {
        length--;
    }
    size_t slash = used > 0 && length > 0;
    if (used + slash + length >= TAR_NAME_MAX) {
        return false;
    }
    memcpy(name + used, "/", slash);
    memcpy(name + used + slash, part, length);
    name[used + slash + length] = 0;
    return true;
}

static bool part_is_good(const char *part, size_t size) {
    return size > 0 && !(size == 1 && part[0] == '.') && !(size == 2 && part[0] == '.' && part[1] == '.');
}

static bool name_is_good(const char *name) {
    while (*name) {
        size_t size = strcspn(name, "/");
        if (!part_is_good(name, size)) {
            return false;
        }
        name += size + (name[size] == '/');
    }
    return true;
}

static enum status read_name(struct tar_reader *reader, const struct tar_header *header, struct tar_entry *entry) {
    entry->name[0] = 0;
    bool has_prefix = memcmp(header->magic, "ustar", 6) == 0;
    if (has_prefix && !append_path(entry->name, header->prefix, sizeof(header->prefix))) {
        return broken(reader, "a name is too long");
    }
    if (!append_path(entry->name, header->name, sizeof(header->name))) {
        return broken(reader, "a name is too long");
    }
    if (!name_is_good(entry->name)) {
        return broken(reader, "a name has an empty, \".\" or \"..\" part");
    }
    return STATUS_OK;
}

// Reads the header at the reader's offset; `next` becomes the offset of the one after it.
static enum status read_entry(struct tar_reader *reader, struct tar_entry *entry, char *type, size_t *next) {
    const struct tar_header *header = (const void *)(reader->bytes + reader->offset);
    uint64_t size = 0, mode = 0;
    if (!checksum_holds(header)) {
        return broken(reader, "a header's checksum is wrong");
    }
    if (!read_octal(header->size, sizeof(header->size), &size) ||
        !read_octal(header->mode, sizeof(header->mode), &mode)) {
        return broken(reader, "a header's size or mode is no octal number");
    }
    *type = header->type;
    size = *type == TYPE_DIRECTORY ? 0 : size;
    size_t room = reader->size - reader->offset - BLOCK;
    if (size > room) {
        return broken(reader, "a file reaches beyond the end");
    }
    size_t blocks = (size + BLOCK - 1) / BLOCK * BLOCK;
    *next = reader->offset + BLOCK + (blocks < room ? blocks : room);
    entry->type = *type == TYPE_DIRECTORY ? TAR_DIRECTORY : *type == TYPE_PACKED ? TAR_PACKED : TAR_FILE;
    entry->mode = mode & MODE_BITS;
    entry->data = reader->bytes + reader->offset + BLOCK;
    entry->size = size;
    return read_name(reader, header, entry);
}

enum status tar_next(struct tar_reader *reader, struct tar_entry *entry) {
    for (;;) {
        char type = 0;
        size_t next = 0;
        if (reader->size - reader->offset < BLOCK) {
            return reader->size == reader->offset ? STATUS_NOTHING : broken(reader, "a header is cut off");
        }
        if (is_zero_block(reader->bytes + reader->offset)) {
            return STATUS_NOTHING;
        }
        enum status status = read_entry(reader, entry, &type, &next);
        if (status != STATUS_OK) {
            return status;
        }
        reader->offset = next;
        if (type == TYPE_FILE || type == TYPE_OLD_FILE || type == TYPE_DIRECTORY || type == TYPE_PACKED) {
            return STATUS_OK;
        }
    }
}

enum status tar_find(const void *bytes, size_t size, const char *name, struct tar_entry *entry) {
    struct tar_reader reader = {.bytes = bytes, .size = size};
    enum status status = tar_next(&reader, entry);
    while (status == STATUS_OK) {
        if (entry->type != TAR_DIRECTORY && strcmp(entry->name, name) == 0) {
            return STATUS_OK;
        }
        status = tar_next(&reader, entry);
    }
    return status == STATUS_NOTHING ? STATUS_NOT_FOUND : status;
}
