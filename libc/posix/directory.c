// opendir and its family: entries come from the file server a buffer at a time.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <parley/status.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libc/files/client.h"
#include "libc/posix/descriptor.h"
#include "libc/posix/posix.h"

enum { ENTRIES_SIZE = 2048 };

struct directory_stream {
    int descriptor;
    uint64_t position; // where the server goes on
    size_t next;       // the next entry in the buffer
    size_t filled;
    struct dirent entry;
    _Alignas(8) char buffer[ENTRIES_SIZE];
};

DIR *fdopendir(int descriptor) {
    struct open_file *file = descriptor_file(descriptor);
    if (!file)
        return NULL;
    if (!(file->flags & OPEN_DIRECTORY)) {
        errno = ENOTDIR;
        return NULL;
    }
    DIR *stream = calloc(1, sizeof *stream);
    if (stream)
        stream->descriptor = descriptor;
    return stream;
}

DIR *opendir(const char *path) {
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return NULL;
    DIR *stream = fdopendir(descriptor);
    if (!stream)
        close(descriptor);
    return stream;
}

static bool fill(DIR *stream) {
    struct open_file *file = descriptor_file(stream->descriptor);
    if (!file)
        return false;
    enum status status =
        files_list(file->handle, &stream->position, stream->buffer, sizeof stream->buffer, &stream->filled);
    stream->next = 0;
    if (status < 0) {
        stream->filled = 0;
        errno = status_errno(status);
    }
    return stream->filled > 0;
}

// The next entry of the buffer; null where the server broke off inside one.
static const struct files_entry *take(DIR *stream) {
    const struct files_entry *entry = (const void *)(stream->buffer + stream->next);
    size_t left = stream->filled - stream->next;
    if (left < sizeof *entry || entry->name_size > FILES_NAME_MAX || entry->name_size > left - sizeof *entry)
        return NULL;
    stream->next += (sizeof *entry + entry->name_size + 7) & ~(size_t)7;
    return entry;
}

struct dirent *readdir(DIR *stream) {
    if (stream->next >= stream->filled && !fill(stream))
        return NULL;
    const struct files_entry *entry = take(stream);
    if (!entry) {
        errno = EIO;
        return NULL;
    }
    stream->entry.d_ino = (ino_t)entry->id;
    stream->entry.d_type = entry->type == FILES_TYPE_DIRECTORY ? DT_DIR : DT_REG;
    memcpy(stream->entry.d_name, entry + 1, entry->name_size);
    stream->entry.d_name[entry->name_size] = '\0';
    return &stream->entry;
}

void rewinddir(DIR *stream) {
    stream->position = 0;
    stream->next = stream->filled = 0;
}

int dirfd(DIR *stream) {
    return stream->descriptor;
}

int closedir(DIR *stream) {
    int result = close(stream->descriptor);
    free(stream);
    return result;
}
