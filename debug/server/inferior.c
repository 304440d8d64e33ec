// The processes that the server debugs: begun, attached to, let go of, ended.
#include "debug/server/inferior.h"

#include <parley/calls.h>
#include <parley/event.h>
#include <parley/spawn.h>
#include <parley/status.h>
#include <stdio.h>
#include <unistd.h>

#include "debug/server/stops.h"

static const struct spawn_descriptor beside_line[] = {{-1, STDIN_FILENO}, {STDERR_FILENO, STDOUT_FILENO}};

static struct inferior inferiors[INFERIORS_MAX];
static uint32_t redirected; // entries of beside_line

struct inferior *inferior_next(uint32_t after) {
    struct inferior *best = NULL;
    for (int i = 0; i < INFERIORS_MAX; i++) {
        struct inferior *found = &inferiors[i];
        if (found->process > after && (!best || found->process < best->process))
            best = found;
    }
    return best;
}

struct inferior *inferior_find(uint32_t process) {
    struct inferior *found = process ? inferior_next(process - 1) : NULL;
    return found && found->process == process ? found : NULL;
}

bool inferior_is_attached(uint32_t process) {
    const struct inferior *inferior = inferior_find(process);
    return inferior && inferior->is_attached;
}

bool inferior_thread_next(const struct inferior *inferior, uint64_t after, struct debugged_thread *thread) {
    size_t count;
    return debug_threads(inferior->debugger, after, thread, 1, &count) == STATUS_OK && count == 1;
}

bool inferior_information(const struct inferior *inferior, struct debug_information *information) {
    return debug_information(inferior->debugger, information) == STATUS_OK;
}

static struct inferior *place_free(void) {
    for (int i = 0; i < INFERIORS_MAX; i++)
        if (!inferiors[i].process)
            return &inferiors[i];
    return NULL;
}

void inferiors_leave_line(void) {
    redirected = sizeof(beside_line) / sizeof(beside_line[0]);
}

// The watch goes first: it would keep the debugger, and that the process.
void inferior_forget(struct inferior *inferior) {
    event_watch(inferior->debugger, 0, 0);
    number_close(inferior->debugger);
    number_close(inferior->number);
    *inferior = (struct inferior){0};
}

// ---- beginning ----

// It stands, or soon does: where its first thread is.
static enum status begin(struct inferior *inferior, struct debug_stop *stop) {
    struct debugged_thread thread;
    inferiors_halt();
    if (!inferior_thread_next(inferior, 0, &thread)) {
        inferior_forget(inferior);
        return STATUS_PEER_DIED;
    }
    *stop = (struct debug_stop){.thread = {inferior->process, thread.thread}, .processor = thread.processor};
    stop->signal = inferior->is_attached ? SIGNAL_NONE : SIGNAL_TRAP;
    return STATUS_OK;
}

enum status inferior_run(char *const *arguments, struct debug_stop *stop) {
    struct inferior *place = place_free();
    struct spawn_request request = SPAWN_REQUEST_DEFAULT;
    struct spawned spawned;
    if (!place)
        return STATUS_LIMIT_REACHED;
    request.path = arguments[0];
    request.arguments = arguments;
    request.debugged = true;
    request.descriptors = beside_line;
    request.descriptor_count = redirected;
    enum status status = program_spawn(&request, &spawned);
    if (status < 0)
        return status;
    *place = (struct inferior){.process = spawned.process, .debugger = spawned.number};
    snprintf(place->path, sizeof place->path, "%s", arguments[0]);
    status = process_open(spawned.process, &place->number);
    if (status < 0) {
        inferior_forget(place);
        return status;
    }
    return begin(place, stop);
}

enum status inferior_attach(uint32_t process, struct debug_stop *stop) {
    struct inferior *place = place_free();
    struct debug_information information;
    int32_t number, debugger;
    if (!place)
        return STATUS_LIMIT_REACHED;
    if (inferior_find(process))
        return STATUS_BUSY;
    enum status status = process_open(process, &number);
    if (status < 0)
        return status;
    status = debug_attach(number, &debugger);
    if (status < 0) {
        number_close(number);
        return status;
    }
    *place = (struct inferior){.process = process, .debugger = debugger, .number = number, .is_attached = true};
    if (inferior_information(place, &information)) // programs lie there, but for those that say otherwise
        snprintf(place->path, sizeof place->path, "/bin/%.*s", (int)sizeof information.program, information.program);
    return begin(place, stop);
}

// ---- ends ----

enum status inferior_detach(uint32_t process) {
    struct inferior *inferior = process ? inferior_find(process) : inferior_next(0);
    if (!inferior)
        return process ? STATUS_NOT_FOUND : STATUS_OK;
    do
        inferior_forget(inferior); // which lets it go
    while (!process && (inferior = inferior_next(0)));
    return STATUS_OK;
}

enum status inferior_kill(uint32_t process) {
    struct inferior *inferior = inferior_find(process);
    if (!inferior)
        return STATUS_NOT_FOUND;
    process_kill(inferior->number, SIGNAL_KILL);
    process_wait(inferior->number, DEADLINE_NEVER, NULL);
    inferior_forget(inferior);
    return STATUS_OK;
}

void inferiors_kill_all(void) {
    struct inferior *inferior;
    while ((inferior = inferior_next(0)))
        inferior_kill(inferior->process);
}

bool inferior_current(struct debug_stop *stop) {
    struct debugged_thread thread;
    for (struct inferior *at = inferior_next(0); at; at = inferior_next(at->process)) {
        if (!inferior_thread_next(at, 0, &thread))
            continue;
        *stop = (struct debug_stop){.thread = {at->process, thread.thread}, .processor = thread.processor};
        return true;
    }
    return false;
}
