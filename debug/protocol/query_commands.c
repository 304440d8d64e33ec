// Questions of a session: what both sides can, documents read in parts, console commands.
#include "debug/protocol/documents.h"
#include "debug/protocol/server_private.h"
#include "kernel/base/string.h"

enum { LINE_SIZE = 512, ANNEX_SIZE = 64, CONSOLE_SIZE = 480 };

// ---- what both sides can ----

static bool takes_feature(struct text_cursor packet, const char *feature) {
    for (; packet.at < packet.end; packet.at++) {
        struct text_cursor here = packet;
        if (text_take_word(&here, feature) && (text_left(&here) == 0 || *here.at == ';'))
            return true;
    }
    return false;
}

static void run_supported(struct server *server, struct text_cursor *packet) {
    server->multiprocess = takes_feature(*packet, "multiprocess+");
    server->knows_swbreak = takes_feature(*packet, "swbreak+");
    server->knows_hwbreak = takes_feature(*packet, "hwbreak+");
    struct answer answer;
    struct writer *out = answer_begin(server, &answer);
    writer_format(out,
                  "PacketSize=%x;QStartNoAckMode+;swbreak+;hwbreak+;vContSupported+;binary-upload+;QPassSignals+;"
                  "ConditionalBreakpoints+",
                  SERVER_PACKET_SIZE - PACKET_FRAME_SIZE);
    if (server->multiprocess)
        writer_text(out, ";multiprocess+");
    for (const struct debug_document *document = server->target->documents; document->name != 0; document++)
        writer_format(out, ";qXfer:%s:read+", document->name);
    answer_send(server);
}

static void run_no_ack(struct server *server, struct text_cursor *packet) {
    (void)packet;
    answer_text(server, "OK");
    server->no_ack = true;
}

// Whether GDB, when it goes, leaves the process as it found it; without a number that of the stop.
static void run_attached(struct server *server, struct text_cursor *packet) {
    const struct debug_processes *processes = server->target->processes;
    uint32_t process = server->stop.thread.process;
    if (text_left(packet) > 0 && (!text_take(packet, ':') || !text_take_process(packet, &process)))
        answer_error(server, STATUS_INVALID_ARGUMENT);
    else
        answer_text(server, processes == 0 || processes->is_attached(process) ? "1" : "0");
}

static void run_symbol(struct server *server, struct text_cursor *packet) {
    (void)packet;
    server->is_starting = false; // the last question of a connection
    answer_text(server, "OK");
}

// ---- documents ----

// Keeps of a text what lies in [offset, offset + size).
struct window {
    struct writer writer; // must be first
    struct server *server;
    uint64_t offset, size;
    uint64_t seen;
};

static void window_put(struct writer *writer, const char *text, size_t size) {
    struct window *window = (struct window *)writer;
    for (size_t i = 0; i < size; i++, window->seen++)
        if (window->seen >= window->offset && window->seen - window->offset < window->size)
            answer_binary(window->server, text + i, 1);
}

struct reading {
    char annex[ANNEX_SIZE];
    uint64_t offset, size;
};

// "annex:offset,size"
static bool take_reading(struct text_cursor *packet, struct reading *reading) {
    size_t length = 0;
    for (; packet->at < packet->end && *packet->at != ':'; packet->at++) {
        if (length + 1 == ANNEX_SIZE)
            return false;
        reading->annex[length++] = *packet->at;
    }
    reading->annex[length] = 0;
    return text_take(packet, ':') && text_take_number(packet, &reading->offset) && text_take(packet, ',') &&
           text_take_number(packet, &reading->size);
}

static bool window_write(struct server *server, const struct debug_document *document, const struct reading *reading,
                         struct window *window) {
    struct debug_thread thread = server_thread(server);
    *window = (struct window){
        .writer = {.put = window_put}, .server = server, .offset = reading->offset, .size = reading->size};
    return document->write(server, reading->annex, &thread, &window->writer);
}

// Whether more follows is known only when all was written: the letter that says so is put right afterwards, by writing again.
static void answer_document(struct server *server, const struct debug_document *document, struct reading *reading) {
    enum { MOST = (SERVER_PACKET_SIZE - PACKET_FRAME_SIZE) / 2 }; // every byte may have to be escaped
    struct window window;
    struct answer answer;
    if (reading->size > MOST)
        reading->size = MOST;
    for (int is_last = 0; is_last <= 1; is_last++) {
        writer_text(answer_begin(server, &answer), is_last ? "l" : "m");
        if (!window_write(server, document, reading, &window)) {
            answer_error(server, STATUS_NOT_FOUND);
            return;
        }
        bool more = window.seen > reading->offset && window.seen - reading->offset > reading->size;
        if (more || is_last)
            break;
    }
    answer_send(server);
}

static void run_transfer(struct server *server, struct text_cursor *packet) {
    for (const struct debug_document *document = server->target->documents; document->name != 0; document++) {
        struct text_cursor at = *packet;
        struct reading reading;
        if (!text_take_word(&at, document->name) || !text_take_word(&at, ":read:"))
            continue;
        if (!take_reading(&at, &reading)) {
            answer_error(server, STATUS_INVALID_ARGUMENT);
            return;
        }
        if (document->write == document_write_threads && reading.offset == 0)
            server_lists(server);
        answer_document(server, document, &reading);
        return;
    }
    answer_text(server, "");
}

// ---- console commands ----

struct console {
    struct writer writer; // must be first
    struct server *server;
    char text[CONSOLE_SIZE];
    size_t length;
};

static void console_flush(struct console *console) {
    server_console(console->server, console->text, console->length);
    console->length = 0;
}

static void console_put(struct writer *writer, const char *text, size_t size) {
    struct console *console = (struct console *)writer;
    for (size_t i = 0; i < size; i++) {
        if (console->length == CONSOLE_SIZE)
            console_flush(console);
        console->text[console->length++] = text[i];
    }
}

static void run_monitor(struct server *server, struct text_cursor *packet) {
    static struct console console;
    char line[LINE_SIZE];
    size_t length = text_take_bytes(packet, (uint8_t *)line, sizeof(line) - 1);
    if (text_left(packet) > 0) {
        answer_error(server, STATUS_INVALID_ARGUMENT);
        return;
    }
    line[length] = 0;
    console = (struct console){.writer = {.put = console_put}, .server = server};
    struct debug_thread thread = server_thread(server);
    if (!server->target->monitor(&thread, line, &console.writer))
        writer_format(&console.writer, "%s: there is no such command; `monitor help` lists them\n", line);
    console_flush(&console);
    answer_text(server, "OK"); // to this packet GDB 13 takes an error for text in hex
}

const struct server_command server_query_commands[] = {
    {"qSupported", run_supported},
    {"QStartNoAckMode", run_no_ack},
    {"qAttached", run_attached},
    {"qSymbol:", run_symbol},
    {"qXfer:", run_transfer},
    {"qRcmd,", run_monitor},
    {0, 0},
};
