// Packets that set and clear break points, let the target run, and end the session.
#include "debug/protocol/server_private.h"
#include "kernel/base/string.h"

// ---- break points ----

struct break_request {
    struct break_place place;
    uint64_t size;
};

// "kind,address,size"; behind it may stand conditions.
static bool take_break(struct text_cursor *packet, struct break_request *request) {
    uint64_t number;
    if (!text_take_number(packet, &number) || number >= DEBUG_BREAK_COUNT || !text_take(packet, ',') ||
        !text_take_number(packet, &request->place.address) || !text_take(packet, ',') ||
        !text_take_number(packet, &request->size))
        return false;
    request->place.kind = (enum debug_break)number;
    return true;
}

static void answer_break(struct server *server, enum status status) {
    if (status == STATUS_OK)
        answer_text(server, "OK");
    else if (status == STATUS_UNSUPPORTED)
        answer_text(server, ""); // of this kind at all: GDB knows other ways
    else
        answer_error_text(server, status_explanation(status));
}

// Those of a point that is there already are replaced by what stands here, and where that is nothing, taken away.
static void run_break_set(struct server *server, struct text_cursor *packet) {
    struct break_request request;
    if (!take_break(packet, &request) || (text_left(packet) > 0 && request.place.kind > BREAK_HARDWARE)) {
        answer_error(server, STATUS_INVALID_ARGUMENT);
        return;
    }
    struct debug_thread thread = server_thread(server);
    request.place.process = thread.process;
    enum status status = conditions_take(&server->conditions, packet);
    if (status == STATUS_INVALID_ARGUMENT) {
        answer_error_text(server, "the condition cannot be evaluated here");
        return;
    }
    if (status == STATUS_OK && !server_has_thread(server))
        status = STATUS_NOT_FOUND; // there is no process at all
    if (status == STATUS_OK)
        status = server->target->break_set(&thread, request.place.kind, request.place.address, request.size);
    if (status == STATUS_OK)
        conditions_commit(&server->conditions, &request.place);
    answer_break(server, status);
}

static void run_break_clear(struct server *server, struct text_cursor *packet) {
    struct break_request request;
    if (!take_break(packet, &request) || text_left(packet) > 0) {
        answer_error(server, STATUS_INVALID_ARGUMENT);
        return;
    }
    struct debug_thread thread = server_thread(server);
    enum status status = STATUS_OK;
    request.place.process = thread.process;
    if (server_has_thread(server))
        status = server->target->break_clear(&thread, request.place.kind, request.place.address, request.size);
    conditions_remove(&server->conditions, &request.place);
    answer_break(server, status);
}

// ---- running ----

static bool plan_add(struct resume_plan *plan, const struct resume_action *action) {
    if (plan->count == RESUME_ACTIONS_MAX)
        return false;
    plan->actions[plan->count++] = *action;
    return true;
}

// "c", "s", "t", "Cxx", "Sxx" or "rstart,end".
static bool take_action(struct text_cursor *packet, struct resume_action *action) {
    uint64_t signal = SIGNAL_NONE;
    if (packet->at == packet->end)
        return false;
    char letter = *packet->at++;
    action->kind = letter == 's' || letter == 'S' || letter == 'r' ? RESUME_STEP
                   : letter == 't'                                 ? RESUME_STOPPED
                                                                   : RESUME_CONTINUE;
    if ((letter == 'C' || letter == 'S') && (!text_take_number(packet, &signal) || signal >= SERVER_SIGNALS))
        return false;
    action->signal = (uint32_t)signal;
    action->keeps_fault = signal == SIGNAL_NONE;
    if (letter == 'r')
        return text_take_number(packet, &action->start) && text_take(packet, ',') &&
               text_take_number(packet, &action->end);
    return letter == 'c' || letter == 's' || letter == 't' || letter == 'C' || letter == 'S';
}

// ";action[:thread]" as often as there is one.
static bool take_plan(struct text_cursor *packet, struct resume_plan *plan) {
    plan->count = 0;
    while (text_take(packet, ';')) {
        struct resume_action action = {.thread = {DEBUG_ALL_PROCESSES, DEBUG_ALL_THREADS}};
        if (!take_action(packet, &action))
            return false;
        if (text_take(packet, ':') && !text_take_thread(packet, &action.thread))
            return false;
        if (!plan_add(plan, &action))
            return false;
    }
    return plan->count > 0 && text_left(packet) == 0;
}

static bool plan_runs(const struct resume_plan *plan) {
    for (uint32_t i = 0; i < plan->count; i++)
        if (plan->actions[i].kind != RESUME_STOPPED)
            return true;
    return false;
}

// The stop that we are in, or where another process stands if that one was killed meanwhile.
static void answer_stop_again(struct server *server) {
    server_look_around(server);
    answer_stop(server, &server->stop);
}

// A plan that lets nobody run would be a stop that never ends: it is answered by the stop that we are in.
static void run_continue_plan(struct server *server, struct text_cursor *packet) {
    server->is_starting = false;
    if (!take_plan(packet, &server->plan))
        answer_error(server, STATUS_INVALID_ARGUMENT);
    else if (plan_runs(&server->plan))
        server->next = SERVER_RUN;
    else
        answer_stop_again(server);
}

static void run_continue_kinds(struct server *server, struct text_cursor *packet) {
    (void)packet;
    answer_text(server, "vCont;c;C;s;S;t;r");
}

// The old packets for the thread that stopped: "c [address]", "C signal[;address]".
static void run_old(struct server *server, struct text_cursor *packet, enum resume_kind kind, bool has_signal) {
    struct resume_action chosen = {.thread = server_thread(server), .kind = kind};
    struct resume_action others = {.thread = {DEBUG_ALL_PROCESSES, DEBUG_ALL_THREADS}, .kind = RESUME_CONTINUE};
    uint64_t signal = SIGNAL_NONE;
    if ((has_signal && (!text_take_number(packet, &signal) || signal >= SERVER_SIGNALS)) || text_left(packet) > 0) {
        answer_error(server, STATUS_INVALID_ARGUMENT);
        return;
    }
    chosen.signal = (uint32_t)signal;
    chosen.keeps_fault = signal == SIGNAL_NONE;
    others.keeps_fault = true;
    server->plan.count = 0;
    plan_add(&server->plan, &chosen);
    if (kind == RESUME_CONTINUE)
        plan_add(&server->plan, &others);
    server->next = SERVER_RUN;
}

static void run_continue(struct server *server, struct text_cursor *packet) {
    run_old(server, packet, RESUME_CONTINUE, false);
}

static void run_continue_signal(struct server *server, struct text_cursor *packet) {
    run_old(server, packet, RESUME_CONTINUE, true);
}

static void run_step(struct server *server, struct text_cursor *packet) {
    run_old(server, packet, RESUME_STEP, false);
}

static void run_step_signal(struct server *server, struct text_cursor *packet) {
    run_old(server, packet, RESUME_STEP, true);
}

// ---- the end ----

// "D" or "D;process": one GDB that lets go of one process still holds the others, until it lets go of all.
static void run_detach(struct server *server, struct text_cursor *packet) {
    uint32_t process = 0;
    if (text_left(packet) > 0 && (!text_take(packet, ';') || !text_take_process(packet, &process))) {
        answer_error(server, STATUS_INVALID_ARGUMENT);
        return;
    }
    struct debug_thread thread = {process, DEBUG_ALL_THREADS};
    answer_text(server, "OK");
    if (process != 0 && !server->is_leaving && !server_resolve(server, &thread))
        return; // it has ended, and GDB forgets it
    server_breaks_forget(server);
    server->is_leaving = true; // the first it lets go of was all: those behind it may have ended meanwhile
    server->is_attached = false;
    server->no_ack = false;
    server->next = SERVER_DETACH;
}

static void run_kill(struct server *server, struct text_cursor *packet) {
    (void)packet;
    server->next = SERVER_KILL;
}

static void run_restart(struct server *server, struct text_cursor *packet) {
    (void)packet;
    server->next = SERVER_REBOOT;
}

static void run_kill_process(struct server *server, struct text_cursor *packet) {
    uint32_t process;
    if (!text_take_process(packet, &process)) {
        answer_error(server, STATUS_INVALID_ARGUMENT);
        return;
    }
    enum status status = server->target->process_kill(process);
    if (status == STATUS_OK)
        conditions_remove_process(&server->conditions, process);
    server_look_around(server);
    if (status == STATUS_OK)
        answer_text(server, "OK");
    else
        answer_error_text(server, status_explanation(status));
}

// ---- signals ----

bool server_passes(const struct server *server, uint32_t signal) {
    return signal < SERVER_SIGNALS && (server->passed[signal / 8] >> (signal % 8) & 1) != 0;
}

// Numbers with semicolons between them; none: GDB wants to hear of all.
static void run_pass_signals(struct server *server, struct text_cursor *packet) {
    uint8_t passed[sizeof(server->passed)] = {0};
    while (text_left(packet) > 0) {
        uint64_t signal;
        if (!text_take_number(packet, &signal) || signal >= SERVER_SIGNALS ||
            (text_left(packet) > 0 && !text_take(packet, ';'))) {
            answer_error(server, STATUS_INVALID_ARGUMENT);
            return;
        }
        passed[signal / 8] |= (uint8_t)(1u << (signal % 8));
    }
    memcpy(server->passed, passed, sizeof(passed));
    answer_text(server, "OK");
}

const struct server_command server_resume_commands[] = {
    {"QPassSignals:", run_pass_signals},
    {"vCont?", run_continue_kinds},
    {"vCont", run_continue_plan},
    {"vKill;", run_kill_process},
    {"Z", run_break_set},
    {"z", run_break_clear},
    {"c", run_continue},
    {"C", run_continue_signal},
    {"s", run_step},
    {"S", run_step_signal},
    {"D", run_detach},
    {"k", run_kill},
    {"R", run_restart},
    {0, 0},
};
