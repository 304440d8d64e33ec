// Packets about files of the target's system (GDB's remote get, put and delete, and files below `target:`): the vFile packets.
#include "debug/protocol/server_private.h"
#include "kernel/base/string.h"

enum { READ_MOST = (SERVER_PACKET_SIZE - PACKET_FRAME_SIZE) / 2 - 32, STATUS_SIZE = 64, BYTE_BITS = 8 };

// "F result", or "F-1,error".
static struct writer *answer_file(struct server *server, struct answer *answer, int64_t result) {
    struct writer *out = answer_begin(server, answer);
    if (result < 0)
        writer_format(out, "F-1,%llx", (unsigned long long)-result);
    else
        writer_format(out, "F%llx", (unsigned long long)result);
    return out;
}

static void answer_result(struct server *server, int64_t result) {
    struct answer answer;
    answer_file(server, &answer, result);
    answer_send(server);
}

// With bytes behind a semicolon.
static void answer_attached(struct server *server, int64_t result, const void *bytes, size_t size) {
    struct answer answer;
    writer_text(answer_file(server, &answer, result), ";");
    answer_binary(server, bytes, size);
    answer_send(server);
}

// A path in hex, ended by 0 for whom it is for. No path is empty or holds a 0.
static bool take_path(struct text_cursor *packet, char *path) {
    size_t size = text_take_bytes(packet, (uint8_t *)path, DEBUG_PATH_MAX);
    path[size < DEBUG_PATH_MAX ? size : 0] = 0;
    return size > 0 && size < DEBUG_PATH_MAX && strlen(path) == size;
}

static bool take_file(struct text_cursor *packet, uint32_t *file) {
    uint64_t number;
    bool is_there = text_take_number(packet, &number) && number <= INT32_MAX;
    *file = is_there ? (uint32_t)number : 0;
    return is_there;
}

// ---- opening and closing ----

static void run_open(struct server *server, struct text_cursor *packet) {
    char path[DEBUG_PATH_MAX];
    uint64_t flags, mode;
    if (!take_path(packet, path) || !text_take(packet, ',') || !text_take_number(packet, &flags) ||
        !text_take(packet, ',') || !text_take_number(packet, &mode) || text_left(packet) > 0 || flags > UINT32_MAX)
        answer_result(server, -FILE_INVALID);
    else
        answer_result(server, server->target->files->open(path, (uint32_t)flags, (uint32_t)mode));
}

static void run_close(struct server *server, struct text_cursor *packet) {
    uint32_t file;
    if (!take_file(packet, &file) || text_left(packet) > 0)
        answer_result(server, -FILE_INVALID);
    else
        answer_result(server, server->target->files->close(file));
}

// ---- what is in them ----

static void run_read(struct server *server, struct text_cursor *packet) {
    static uint8_t bytes[READ_MOST];
    uint32_t file;
    uint64_t size, offset;
    if (!take_file(packet, &file) || !text_take(packet, ',') || !text_take_number(packet, &size) ||
        !text_take(packet, ',') || !text_take_number(packet, &offset) || text_left(packet) > 0 || offset > INT64_MAX) {
        answer_result(server, -FILE_INVALID);
        return;
    }
    size = size < READ_MOST ? size : READ_MOST;
    int64_t done = server->target->files->read(file, offset, bytes, (size_t)size);
    if (done < 0)
        answer_result(server, done);
    else
        answer_attached(server, done, bytes, (size_t)done);
}

static void run_write(struct server *server, struct text_cursor *packet) {
    uint32_t file;
    uint64_t offset;
    if (!take_file(packet, &file) || !text_take(packet, ',') || !text_take_number(packet, &offset) ||
        !text_take(packet, ',') || offset > INT64_MAX)
        answer_result(server, -FILE_INVALID);
    else
        answer_result(server, server->target->files->write(file, offset, packet->at, text_left(packet)));
}

// ---- what is said of them ----

static void put_number(uint8_t **at, uint64_t value, size_t size) {
    for (size_t i = size; i > 0; i--)
        *(*at)++ = (uint8_t)(value >> (BYTE_BITS * (i - 1)));
}

// As GDB has it: the most significant byte first. Device, file, mode, links, user, group, special device; size, block, blocks; three times.
static void put_status(uint8_t *at, const struct debug_file_status *status) {
    const uint32_t first[] = {0, 0, status->mode, 1, 0, 0, 0};
    const uint64_t sizes[] = {status->size, FILE_BLOCK, (status->size + FILE_BLOCK - 1) / FILE_BLOCK};
    for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
        put_number(&at, first[i], sizeof(first[0]));
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        put_number(&at, sizes[i], sizeof(sizes[0]));
    for (int i = 0; i < 3; i++)
        put_number(&at, status->changed, sizeof(uint32_t));
}

static void run_status(struct server *server, struct text_cursor *packet) {
    uint8_t bytes[STATUS_SIZE];
    struct debug_file_status status;
    uint32_t file;
    if (!take_file(packet, &file) || text_left(packet) > 0) {
        answer_result(server, -FILE_INVALID);
        return;
    }
    int64_t result = server->target->files->status(file, &status);
    if (result < 0) {
        answer_result(server, result);
        return;
    }
    put_status(bytes, &status);
    answer_attached(server, sizeof(bytes), bytes, sizeof(bytes));
}

// ---- names ----

static void run_unlink(struct server *server, struct text_cursor *packet) {
    char path[DEBUG_PATH_MAX];
    if (!take_path(packet, path) || text_left(packet) > 0)
        answer_result(server, -FILE_INVALID);
    else
        answer_result(server, server->target->files->unlink(path));
}

// There are no links: none is one.
static void run_link(struct server *server, struct text_cursor *packet) {
    (void)packet;
    answer_result(server, -FILE_INVALID);
}

// All processes see the same files.
static void run_choose(struct server *server, struct text_cursor *packet) {
    uint64_t process;
    answer_result(server, text_take_number(packet, &process) && text_left(packet) == 0 ? 0 : -FILE_INVALID);
}

const struct server_command server_file_commands[] = {
    {"vFile:setfs:", run_choose},  {"vFile:open:", run_open},     {"vFile:pread:", run_read},
    {"vFile:pwrite:", run_write},  {"vFile:close:", run_close},   {"vFile:fstat:", run_status},
    {"vFile:unlink:", run_unlink}, {"vFile:readlink:", run_link}, {0, 0},
};
