// The protocol's core: a session, its packets, and who answers them.
#include "debug/protocol/server_private.h"
#include "kernel/base/string.h"

void server_start(struct server *server, const struct debug_target *target,
                  void (*put)(const char *bytes, size_t size)) {
    memset(server, 0, offsetof(struct server, conditions));
    conditions_clear(&server->conditions);
    server->target = target;
    server->put = put;
    packet_decoder_start(&server->decoder, server->input, SERVER_PACKET_SIZE);
}

// ---- answers ----

static void answer_put(struct writer *writer, const char *text, size_t size) {
    struct answer *answer = (struct answer *)writer;
    packet_put_binary(&answer->server->encoder, text, size);
}

struct writer *answer_begin(struct server *server, struct answer *answer) {
    packet_begin(&server->encoder, server->output, sizeof(server->output));
    *answer = (struct answer){.writer = {.put = answer_put}, .server = server};
    return &answer->writer;
}

void answer_bytes(struct server *server, const void *bytes, size_t size) {
    char digits[2];
    for (size_t i = 0; i < size; i++) {
        text_put_bytes(digits, (const char *)bytes + i, 1);
        packet_put(&server->encoder, digits, sizeof(digits));
    }
}

void answer_binary(struct server *server, const void *bytes, size_t size) {
    packet_put_binary(&server->encoder, bytes, size);
}

// What grew too long is an error: half an answer would be a wrong one.
void answer_send(struct server *server) {
    if (server->encoder.too_long) {
        packet_begin(&server->encoder, server->output, sizeof(server->output));
        packet_put(&server->encoder, "E0f", 3);
    }
    packet_end(&server->encoder);
    server->put(server->output, server->encoder.length);
}

void answer_text(struct server *server, const char *text) {
    struct answer answer;
    writer_text(answer_begin(server, &answer), text);
    answer_send(server);
}

void answer_error(struct server *server, enum status status) {
    struct answer answer;
    writer_format(answer_begin(server, &answer), "E%02x", (unsigned)-status & 0xff);
    answer_send(server);
}

void answer_error_text(struct server *server, const char *explanation) {
    struct answer answer;
    writer_format(answer_begin(server, &answer), "E.%s", explanation);
    answer_send(server);
}

const char *status_explanation(enum status status) {
    switch (status) {
    case STATUS_BAD_ADDRESS:
        return "there is no memory at this address";
    case STATUS_LIMIT_REACHED:
        return "no more of this kind are free";
    case STATUS_INVALID_ARGUMENT:
        return "the processor cannot watch this length or alignment (four pieces of 1, 2, 4 or 8 bytes at most)";
    case STATUS_NOT_FOUND:
        return "there is no such process or thread";
    case STATUS_WRONG_TYPE:
        return "the kernel runs no program: choose the process whose address this is";
    case STATUS_NO_RIGHT:
        return "this cannot be changed here";
    default:
        return "it cannot be done";
    }
}

// ---- threads ----

static bool part_fits(uint64_t wanted, uint64_t all, uint64_t found) {
    return wanted == 0 || wanted == all || wanted == found;
}

static bool thread_fits(const struct debug_thread *wanted, const struct debug_thread *found) {
    return part_fits(wanted->process, DEBUG_ALL_PROCESSES, found->process) &&
           part_fits(wanted->thread, DEBUG_ALL_THREADS, found->thread);
}

static bool is_whole(const struct debug_thread *thread) {
    return thread->process != 0 && thread->process != DEBUG_ALL_PROCESSES && thread->thread != 0 &&
           thread->thread != DEBUG_ALL_THREADS;
}

bool server_resolve(struct server *server, struct debug_thread *thread) {
    const struct debug_target *target = server->target;
    if (is_whole(thread))
        return target->thread_exists(thread);
    if (thread_fits(thread, &server->stop.thread) && target->thread_exists(&server->stop.thread)) {
        *thread = server->stop.thread;
        return true;
    }
    struct debug_thread at = {0, 0};
    while (target->thread_next(&at)) {
        if (thread_fits(thread, &at)) {
            *thread = at;
            return true;
        }
    }
    return false;
}

void server_lists(struct server *server) {
    server->lists++;
    server->withholds = false;
}

// Processes come by themselves where GDB cannot start them.
static bool is_told(const struct server *server, const struct debug_thread *thread) {
    bool may_be_new = server->multiprocess && server->target->processes == 0;
    if (!may_be_new || thread->process == server->stop.thread.process)
        return true;
    return !server->is_starting && (server->lists > 1 || thread->thread <= server->newest_told);
}

bool server_thread_tell(struct server *server, struct debug_thread *thread) {
    while (server->target->thread_next(thread)) {
        if (is_told(server, thread)) {
            if (!server->is_starting && server->lists > 1 && thread->thread > server->newest_told)
                server->newest_told = thread->thread;
            return true;
        }
        server->withholds = true;
    }
    return false;
}

struct debug_thread server_thread(struct server *server) {
    struct debug_thread thread = server->general;
    if (!server_resolve(server, &thread))
        thread = server->stop.thread;
    return thread;
}

bool server_has_thread(struct server *server) {
    struct debug_thread thread = server_thread(server);
    return server->target->processes == 0 || server->target->thread_exists(&thread);
}

const struct resume_action *resume_plan_find(const struct resume_plan *plan, const struct debug_thread *thread) {
    for (uint32_t i = 0; i < plan->count; i++)
        if (thread_fits(&plan->actions[i].thread, thread))
            return &plan->actions[i];
    return 0;
}

// ---- stops ----

void server_note_stop(struct server *server, const struct debug_stop *stop) {
    server->stop = *stop;
    server->general = stop->end == END_NONE ? stop->thread : (struct debug_thread){0, 0};
    server->plan.count = 0;
    server->lists = 0;
    if (stop->end != END_NONE && stop->thread.process != 0)
        conditions_remove_process(&server->conditions, stop->thread.process);
}

bool server_break_holds(const struct server *server, const struct break_place *place,
                        const struct debug_thread *thread) {
    return conditions_hold(&server->conditions, place, server->target, thread);
}

void server_breaks_forget(struct server *server) {
    server->target->break_clear_all();
    conditions_clear(&server->conditions);
}

void server_look_around(struct server *server) {
    const struct debug_processes *processes = server->target->processes;
    struct debug_stop stop;
    if (processes == 0 || (server->stop.end == END_NONE && server->target->thread_exists(&server->stop.thread)))
        return;
    if (!processes->current(&stop))
        stop = (struct debug_stop){.end = END_WITH_CODE};
    server_note_stop(server, &stop);
}

void server_tell_stop(struct server *server, const struct debug_stop *stop) {
    server_note_stop(server, stop);
    answer_stop(server, stop);
}

void server_console(struct server *server, const char *text, size_t size) {
    enum { PART = 512 };
    for (size_t done = 0; server->is_attached && done < size; done += PART) {
        struct answer answer;
        size_t part = size - done < PART ? size - done : PART;
        writer_text(answer_begin(server, &answer), "O");
        answer_bytes(server, text + done, part);
        answer_send(server);
    }
}

// ---- packets ----

// Whoever attaches anew knows nothing of what was agreed with the last one, nor of its breakpoints.
static void session_begin(struct server *server) {
    server->no_ack = server->multiprocess = server->knows_swbreak = server->knows_hwbreak = false;
    server->is_attached = server->is_starting = true;
    server->is_extended = server->is_leaving = server->withholds = false;
    server->lists = 0;
    server->newest_told = 0;
    server->general = server->stop.thread;
    memset(server->passed, 0, sizeof(server->passed));
    server_breaks_forget(server);
    if (server->target->files != 0)
        server->target->files->close_all();
}

// That processes come and go; that files are served; that there is a thread.
enum commands_need { NEED_NOTHING, NEED_PROCESSES, NEED_FILES, NEED_THREAD };

struct server_commands {
    const struct server_command *commands;
    enum commands_need need;
};

static const struct server_command *command_find(const struct server_command *commands, struct text_cursor *packet) {
    for (; commands->name != 0; commands++)
        if (text_take_word(packet, commands->name))
            return commands;
    return 0;
}

static bool is_served(const struct server *server, enum commands_need need) {
    return (need != NEED_PROCESSES || server->target->processes != 0) &&
           (need != NEED_FILES || server->target->files != 0);
}

static void packet_run(struct server *server, struct text_cursor *packet) {
    static const struct server_commands tables[] = {
        {server_process_commands, NEED_PROCESSES}, {server_file_commands, NEED_FILES},
        {server_memory_commands, NEED_THREAD},     {server_register_commands, NEED_THREAD},
        {server_thread_commands, NEED_NOTHING},    {server_resume_commands, NEED_NOTHING},
        {server_query_commands, NEED_NOTHING},
    };
    const struct server_command *command = 0;
    size_t i = 0;
    for (; command == 0 && i < sizeof(tables) / sizeof(tables[0]); i++)
        if (is_served(server, tables[i].need))
            command = command_find(tables[i].commands, packet);
    if (command == 0)
        answer_text(server, "");
    else if (tables[i - 1].need == NEED_THREAD && !server_has_thread(server))
        answer_error_text(server, status_explanation(STATUS_NOT_FOUND));
    else
        command->run(server, packet);
}

static void packet_received(struct server *server) {
    struct text_cursor packet = {server->input, server->input + server->decoder.length};
    struct text_cursor first = packet;
    if (text_take_word(&first, "qSupported"))
        session_begin(server);
    server->is_attached = true;
    server->input[server->decoder.length] = 0;
    if (!server->no_ack)
        server->put("+", 1);
    packet_run(server, &packet);
    if (server->next == SERVER_RUN)
        server->is_leaving = false;
}

static void acknowledge(struct server *server, const char *sign) {
    if (!server->no_ack)
        server->put(sign, 1);
}

enum server_next server_feed(struct server *server, uint8_t byte) {
    server->next = SERVER_STAY;
    switch (packet_decode(&server->decoder, byte)) {
    case PACKET_RECEIVED:
        packet_received(server);
        break;
    case PACKET_DAMAGED:
        acknowledge(server, "-");
        break;
    case PACKET_TOO_LONG:
        acknowledge(server, "+");
        answer_error_text(server, "the packet is too long");
        break;
    case PACKET_RESEND:
        if (!server->no_ack && server->encoder.length > 0)
            server->put(server->output, server->encoder.length);
        break;
    default:
        break;
    }
    return server->next;
}
