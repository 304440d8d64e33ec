// The file server's operations: each fills in a request and takes the answer apart.
#include "libc/files/client.h"

#include <string.h>

#include "libc/files/transport.h"

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

static struct files_exchange about_path(enum files_operation operation, const char *path) {
    size_t size = strlen(path);
    return (struct files_exchange){
        .request = {.operation = operation, .name_size = (uint32_t)size},
        .payload = {path},
        .payload_size = {size},
    };
}

static struct files_exchange about_handle(enum files_operation operation, uint32_t handle) {
    return (struct files_exchange){.request = {.operation = operation, .handle = handle}};
}

// For replies whose payload has one size: anything else is the server's mistake.
static enum status exchange_for(struct files_exchange *exchange, void *into, size_t size) {
    exchange->into = into;
    exchange->capacity = size;
    enum status status = files_exchange(exchange);
    return status >= 0 && exchange->received != size ? STATUS_CORRUPT : status;
}

enum status files_open(const char *path, uint32_t flags, uint32_t mode, struct files_opened *opened) {
    struct files_exchange exchange = about_path(FILES_OPEN, path);
    exchange.request.flags = flags;
    exchange.request.offset = mode;
    enum status status = exchange_for(&exchange, &opened->stat, sizeof opened->stat);
    opened->handle = exchange.reply.handle;
    return status;
}

enum status files_close(uint32_t handle) {
    struct files_exchange exchange = about_handle(FILES_CLOSE, handle);
    return files_exchange(&exchange);
}

static inline enum status read_piece(uint32_t handle, uint64_t offset, void *buffer, size_t size, size_t *read) {
    struct files_exchange exchange = about_handle(FILES_READ, handle);
    exchange.request.offset = offset;
    exchange.into = buffer;
    exchange.capacity = size;
    exchange.request.size = (uint32_t)size;
    enum status status = files_exchange(&exchange);
    *read = exchange.received;
    return status;
}

// Other threads have all of the heap: what fits into messages goes by these.
__attribute__((noinline, cold)) static enum status read_short(uint32_t handle, uint64_t offset, char *buffer,
                                                              size_t size, size_t *read) {
    size_t part, asked;
    enum status status;
    *read = 0;
    do {
        asked = least(size - *read, FILES_SHORT_MAX);
        uint64_t place = offset == FILES_OFFSET_CURRENT ? offset : offset + *read;
        status = read_piece(handle, place, buffer + *read, asked, &part);
        *read += part;
    } while (status >= 0 && part == asked && *read < size);
    return *read ? STATUS_OK : status;
}

enum status files_read(uint32_t handle, uint64_t offset, void *buffer, size_t size, size_t *read) {
    size_t piece = files_piece(size);
    enum status status = read_piece(handle, offset, buffer, piece, read);
    if (__builtin_expect(status == STATUS_NO_MEMORY, 0))
        return read_short(handle, offset, buffer, piece, read);
    return status;
}

static enum status write_piece(uint32_t handle, uint64_t offset, const void *data, size_t size, size_t *written) {
    struct files_exchange exchange = about_handle(FILES_WRITE, handle);
    exchange.request.offset = offset;
    exchange.payload[0] = data;
    exchange.payload_size[0] = size;
    exchange.request.size = (uint32_t)size;
    enum status status = files_exchange(&exchange);
    *written = least(exchange.reply.value, size);
    return status;
}

enum status files_write(uint32_t handle, uint64_t offset, const void *data, size_t size, size_t *written) {
    size_t piece = files_piece(size);
    enum status status = write_piece(handle, offset, data, piece, written);
    if (status == STATUS_NO_MEMORY && piece > FILES_SHORT_MAX)
        return write_piece(handle, offset, data, FILES_SHORT_MAX, written);
    return status;
}

enum status files_seek(uint32_t handle, int64_t offset, enum files_seek_from from, uint64_t *position) {
    struct files_exchange exchange = about_handle(FILES_SEEK, handle);
    exchange.request.offset = (uint64_t)offset;
    exchange.request.flags = from;
    enum status status = files_exchange(&exchange);
    *position = exchange.reply.value;
    return status;
}

enum status files_stat_path(const char *path, struct files_stat *stat) {
    struct files_exchange exchange = about_path(FILES_STAT, path);
    return exchange_for(&exchange, stat, sizeof *stat);
}

enum status files_stat_handle(uint32_t handle, struct files_stat *stat) {
    struct files_exchange exchange = about_handle(FILES_STAT_HANDLE, handle);
    return exchange_for(&exchange, stat, sizeof *stat);
}

enum status files_truncate(uint32_t handle, uint64_t size) {
    struct files_exchange exchange = about_handle(FILES_TRUNCATE, handle);
    exchange.request.offset = size;
    return files_exchange(&exchange);
}

enum status files_list(uint32_t handle, uint64_t *position, void *entries, size_t room, size_t *received) {
    struct files_exchange exchange = about_handle(FILES_LIST, handle);
    exchange.request.offset = *position;
    exchange.into = entries;
    exchange.capacity = files_piece(room);
    exchange.request.size = (uint32_t)exchange.capacity;
    enum status status = files_exchange(&exchange);
    *position = exchange.reply.value;
    *received = exchange.received;
    return status;
}

enum status files_rename(const char *from, const char *to) {
    struct files_exchange exchange = about_path(FILES_RENAME, from);
    exchange.payload[1] = to;
    exchange.payload_size[1] = strlen(to);
    exchange.request.other_size = (uint32_t)exchange.payload_size[1];
    return files_exchange(&exchange);
}

enum status files_on_path(enum files_operation operation, const char *path, uint64_t value) {
    struct files_exchange exchange = about_path(operation, path);
    exchange.request.offset = value;
    return files_exchange(&exchange);
}

enum status files_image(const char *path, int32_t *number, uint64_t *size) {
    struct files_exchange exchange = about_path(FILES_IMAGE, path);
    exchange.wants_number = true;
    enum status status = files_exchange(&exchange);
    if (status < 0)
        return status;
    *number = exchange.number;
    *size = exchange.reply.value;
    return exchange.number == NUMBER_NONE ? STATUS_CORRUPT : STATUS_OK;
}

enum status files_share(const uint32_t *handles, uint32_t count, uint64_t *ticket) {
    struct files_exchange exchange = about_handle(FILES_SHARE, 0);
    exchange.payload[0] = handles;
    exchange.payload_size[0] = count * sizeof *handles;
    exchange.request.size = (uint32_t)exchange.payload_size[0];
    enum status status = files_exchange(&exchange);
    *ticket = exchange.reply.value;
    return status;
}

enum status files_adopt(uint64_t ticket, uint32_t *handles, uint32_t count) {
    struct files_exchange exchange = about_handle(FILES_ADOPT, 0);
    exchange.request.offset = ticket;
    return exchange_for(&exchange, handles, count * sizeof *handles);
}
