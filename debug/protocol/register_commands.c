// Packets about registers: g G p P.
#include "debug/protocol/server_private.h"
#include "kernel/base/string.h"

static void put_register(struct server *server, struct register_file *file, unsigned number) {
    size_t size;
    const void *place = register_place(file, number, &size);
    if (file->known[number])
        answer_bytes(server, place, size);
    else
        for (size_t i = 0; i < size; i++)
            packet_put(&server->encoder, "xx", 2);
}

static void run_read_all(struct server *server, struct text_cursor *packet) {
    (void)packet;
    static struct register_file file;
    struct answer answer;
    struct debug_thread thread = server_thread(server);
    memset(&file, 0, sizeof(file));
    server->target->registers_read(&thread, &file);
    answer_begin(server, &answer);
    for (unsigned number = 0; number < REGISTER_GENERAL_COUNT; number++)
        put_register(server, &file, number);
    answer_send(server);
}

static void run_read_one(struct server *server, struct text_cursor *packet) {
    static struct register_file file;
    struct answer answer;
    uint64_t number;
    if (!text_take_number(packet, &number) || number >= REGISTER_COUNT) {
        answer_error(server, STATUS_INVALID_ARGUMENT);
        return;
    }
    struct debug_thread thread = server_thread(server);
    memset(&file, 0, sizeof(file));
    server->target->registers_read(&thread, &file);
    answer_begin(server, &answer);
    put_register(server, &file, (unsigned)number);
    answer_send(server);
}

// Takes a register's bytes; where GDB does not know them (`x`) none are taken.
static bool take_register(struct text_cursor *packet, struct register_file *file, unsigned number, bool *is_there) {
    size_t size;
    void *place = register_place(file, number, &size);
    *is_there = text_left(packet) >= 2 && *packet->at != 'x';
    if (*is_there)
        return text_take_bytes(packet, place, size) == size;
    if (text_left(packet) < 2 * size)
        return text_left(packet) == 0;
    packet->at += 2 * size;
    return true;
}

// A register that cannot be written is left out as long as GDB does not change it.
static enum status write_changed(struct server *server, const struct debug_thread *thread, unsigned number,
                                 struct register_file *wanted, struct register_file *now) {
    size_t size;
    const void *to = register_place(wanted, number, &size), *from = register_place(now, number, &size);
    if (now->known[number] && memcmp(to, from, size) == 0)
        return STATUS_OK;
    return server->target->register_write(thread, number, wanted);
}

static void answer_written(struct server *server, enum status status) {
    switch (status) {
    case STATUS_OK:
        answer_text(server, "OK");
        return;
    case STATUS_NO_RIGHT:
        answer_error_text(server, "this thread's register cannot be written");
        return;
    case STATUS_NOT_FOUND:
        answer_error_text(server, "not kept while the thread waits in the kernel: choose a frame further up");
        return;
    case STATUS_BAD_ADDRESS:
        answer_error_text(server, "the thread could not go on with this address");
        return;
    default:
        answer_error_text(server, "there is no such register");
    }
}

static void run_write_all(struct server *server, struct text_cursor *packet) {
    static struct register_file wanted, now;
    struct debug_thread thread = server_thread(server);
    enum status status = STATUS_OK;
    memset(&now, 0, sizeof(now));
    server->target->registers_read(&thread, &now);
    for (unsigned number = 0; number < REGISTER_GENERAL_COUNT && text_left(packet) > 0; number++) {
        bool is_there;
        if (!take_register(packet, &wanted, number, &is_there))
            status = STATUS_INVALID_ARGUMENT;
        else if (is_there && status == STATUS_OK)
            status = write_changed(server, &thread, number, &wanted, &now);
        if (status == STATUS_INVALID_ARGUMENT)
            break;
    }
    if (status == STATUS_INVALID_ARGUMENT)
        answer_error(server, status);
    else
        answer_written(server, status);
}

static void run_write_one(struct server *server, struct text_cursor *packet) {
    static struct register_file wanted;
    uint64_t number;
    bool is_there;
    enum status status = STATUS_INVALID_ARGUMENT;
    struct debug_thread thread = server_thread(server);
    if (text_take_number(packet, &number) && number < REGISTER_COUNT && text_take(packet, '=') &&
        take_register(packet, &wanted, (unsigned)number, &is_there) && is_there)
        status = server->target->register_write(&thread, (unsigned)number, &wanted);
    answer_written(server, status);
}

const struct server_command server_register_commands[] = {
    {"g", run_read_all}, {"G", run_write_all}, {"p", run_read_one}, {"P", run_write_one}, {0, 0},
};
