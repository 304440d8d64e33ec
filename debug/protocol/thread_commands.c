// Packets about threads: choosing one, listing them, and why the target stopped.
#include "debug/protocol/server_private.h"
#include "kernel/base/string.h"

enum { DESCRIPTION_SIZE = 256, THREAD_TEXT_SIZE = 32 };

void answer_thread(struct server *server, struct writer *out, const struct debug_thread *thread) {
    if (server->multiprocess)
        writer_format(out, "p%x.", thread->process);
    writer_format(out, "%llx", (unsigned long long)thread->thread);
}

// ---- the stop ----

static const char *watch_name(enum debug_break kind) {
    static const char *const names[DEBUG_BREAK_COUNT] = {
        [WATCH_WRITE] = "watch", [WATCH_READ] = "rwatch", [WATCH_ACCESS] = "awatch"};
    return names[kind];
}

static void put_break(struct server *server, struct writer *out, const struct debug_stop *stop) {
    if (watch_name(stop->kind) != 0)
        writer_format(out, "%s:%llx;", watch_name(stop->kind), (unsigned long long)stop->address);
    else if (stop->kind == BREAK_SOFTWARE && server->knows_swbreak)
        writer_text(out, "swbreak:;");
    else if (stop->kind == BREAK_HARDWARE && server->knows_hwbreak)
        writer_text(out, "hwbreak:;");
}

// The registers that a frame is known by come with it, so that a step needs no more packets.
static void put_frame(struct server *server, struct writer *out, const struct debug_thread *thread) {
    static const unsigned numbers[] = {REGISTER_RBP, REGISTER_RSP, REGISTER_RIP};
    static struct register_file file;
    memset(&file, 0, sizeof(file));
    server->target->registers_read(thread, &file);
    for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        size_t size;
        const void *place = register_place(&file, numbers[i], &size);
        if (!file.known[numbers[i]])
            continue;
        writer_format(out, "%02x:", numbers[i]);
        answer_bytes(server, place, size);
        writer_text(out, ";");
    }
}

// "W code" or "X signal", with the process; without any process it is as if one had ended.
static void put_end(struct server *server, struct writer *out, const struct debug_stop *stop) {
    writer_format(out, "%c%02x", stop->end == END_BY_SIGNAL ? 'X' : 'W', stop->signal & 0xff);
    if (server->multiprocess && stop->thread.process != 0)
        writer_format(out, ";process:%x", stop->thread.process);
}

void answer_stop(struct server *server, const struct debug_stop *stop) {
    struct answer answer;
    struct writer *out = answer_begin(server, &answer);
    if (stop->end != END_NONE) {
        put_end(server, out, stop);
        answer_send(server);
        return;
    }
    writer_format(out, "T%02x", stop->signal);
    put_frame(server, out, &stop->thread);
    writer_text(out, "thread:");
    answer_thread(server, out, &stop->thread);
    writer_format(out, ";core:%x;", stop->processor);
    if (stop->is_break)
        put_break(server, out, stop);
    answer_send(server);
}

static void run_why(struct server *server, struct text_cursor *packet) {
    (void)packet;
    server_look_around(server);
    answer_stop(server, &server->stop);
}

// ---- choosing ----

// `c` chooses for packets that we answer with vCont: it is taken and not needed.
static void run_choose(struct server *server, struct text_cursor *packet) {
    struct debug_thread thread;
    bool is_general = text_take(packet, 'g');
    if (!is_general && !text_take(packet, 'c')) {
        answer_error(server, STATUS_INVALID_ARGUMENT);
    } else if (!text_take_thread(packet, &thread) || text_left(packet) > 0) {
        answer_error(server, STATUS_INVALID_ARGUMENT);
    } else if (!server_resolve(server, &thread)) {
        answer_error(server, STATUS_NOT_FOUND);
    } else {
        if (is_general)
            server->general = thread;
        answer_text(server, "OK");
    }
}

static void run_alive(struct server *server, struct text_cursor *packet) {
    struct debug_thread thread;
    if (text_take_thread(packet, &thread) && server_resolve(server, &thread))
        answer_text(server, "OK");
    else
        answer_error(server, STATUS_NOT_FOUND);
}

static void run_current(struct server *server, struct text_cursor *packet) {
    (void)packet;
    if (!server_has_thread(server)) {
        answer_error(server, STATUS_NOT_FOUND);
        return;
    }
    struct answer answer;
    struct writer *out = answer_begin(server, &answer);
    struct debug_thread thread = server_thread(server);
    writer_text(out, "QC");
    answer_thread(server, out, &thread);
    answer_send(server);
}

// ---- listing ----

// As many as a packet holds; the next one goes on behind.
static void list_threads(struct server *server) {
    struct answer answer;
    struct writer *out = answer_begin(server, &answer);
    bool is_first = true;
    while (server->encoder.length + THREAD_TEXT_SIZE < SERVER_PACKET_SIZE &&
           server_thread_tell(server, &server->listed)) {
        writer_text(out, is_first ? "m" : ",");
        answer_thread(server, out, &server->listed);
        is_first = false;
    }
    if (is_first)
        writer_text(out, "l");
    answer_send(server);
}

static void run_list_first(struct server *server, struct text_cursor *packet) {
    (void)packet;
    server->listed = (struct debug_thread){0, 0};
    server_lists(server);
    list_threads(server);
}

static void run_list_next(struct server *server, struct text_cursor *packet) {
    (void)packet;
    list_threads(server);
}

static void run_describe(struct server *server, struct text_cursor *packet) {
    struct debug_thread thread;
    char text[DESCRIPTION_SIZE];
    struct writer writer;
    if (!text_take_thread(packet, &thread) || !server_resolve(server, &thread)) {
        answer_error(server, STATUS_NOT_FOUND);
        return;
    }
    writer_to_buffer(&writer, text, sizeof(text));
    server->target->thread_describe(&thread, &writer);
    struct answer answer;
    answer_begin(server, &answer);
    answer_bytes(server, text, writer.length < sizeof(text) ? writer.length : sizeof(text));
    answer_send(server);
}

const struct server_command server_thread_commands[] = {
    {"qThreadExtraInfo,", run_describe},
    {"qfThreadInfo", run_list_first},
    {"qsThreadInfo", run_list_next},
    {"qC", run_current},
    {"H", run_choose},
    {"T", run_alive},
    {"?", run_why},
    {0, 0},
};
