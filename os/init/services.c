// Starting, watching and stopping services.
#include "os/init/services.h"

#include "os/init/authority.h"
#include "os/init/backoff.h"
#include "os/init/image.h"

#include <parley/calls.h>
#include <parley/clock.h>
#include <parley/interface.h>
#include <parley/log.h>
#include <parley/spawn.h>
#include <parley/status.h>
#include <string.h>

struct running {
    const struct startup_service *service;
    int32_t image;  // of its program, kept for its next life; 0: not made yet
    int32_t number; // of the process; 0: it does not run
    uint32_t process;
    uint64_t started;
    uint64_t pause; // before its last start
    uint64_t due;   // when it is to be started again; DEADLINE_NEVER: it is not
};

// What starting one service needs.
struct start {
    const struct startup_service *service;
    struct authority authorities[STARTUP_GRANTS_MAX];
    uint32_t authority_count;
    struct spawn_grant grants[STARTUP_GRANTS_MAX + STARTUP_REACHES_MAX];
    uint32_t grant_count;
};

enum { CODE_ENDED = 143 }; // 128 + 15, as shells tell it

#define READY_LOOK NANOSECONDS_PER_MILLISECOND
#define READY_PATIENCE (30 * NANOSECONDS_PER_SECOND)

static char *environment[] = {"PATH=/bin", "HOME=/home", "TERM=ansi", NULL};

static struct running services[STARTUP_SERVICES_MAX];
static uint32_t service_count;
static struct archive programs;
static char command_line[sizeof(((struct machine_information *)0)->command_line)];

static const struct running *find_running(const char *name) {
    for (uint32_t i = 0; i < service_count; i++) {
        if (services[i].number && strcmp(services[i].service->name, name) == 0) {
            return &services[i];
        }
    }
    return NULL;
}

static bool is_command_word(const char *word) {
    size_t size = strlen(word);
    for (const char *at = command_line; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (length == size && memcmp(at, word, size) == 0) {
            return true;
        }
        at += length;
    }
    return false;
}

static bool is_wanted(const struct startup_service *service) {
    for (uint32_t i = 0; i < service->condition_count; i++) {
        const struct startup_condition *condition = &service->conditions[i];
        bool holds = condition->is_service ? find_running(condition->text) != NULL : is_command_word(condition->text);
        if (holds != condition->wanted) {
            return false;
        }
    }
    for (uint32_t i = 0; i < service->reach_count; i++) {
        if (!find_running(service->reaches[i].service)) {
            return false;
        }
    }
    return true;
}

static void collect_reaches(struct start *start) {
    for (uint32_t i = 0; i < start->service->reach_count; i++) {
        const struct startup_reach *reach = &start->service->reaches[i];
        start->grants[start->grant_count++] = (struct spawn_grant){
            .name = reach->name,
            .process = find_running(reach->service)->process,
        };
    }
}

static enum status collect_grants(struct start *start) {
    const struct startup_service *service = start->service;
    for (uint32_t i = 0; i < service->grant_count; i++) {
        struct authority *authority = &start->authorities[start->authority_count];
        enum status status = authority_make(&service->grants[i], authority);
        if (status != STATUS_OK) {
            // A machine without the device is no fault; the service is just not needed.
            if (status != STATUS_NOT_FOUND) {
                log_line("init: %s: no %s: %s", service->name, service->grants[i].name, status_text(status));
            }
            return status;
        }
        start->authority_count++;
        start->grants[start->grant_count++] = (struct spawn_grant){
            .name = service->grants[i].name,
            .number = authority->number,
            .rights = authority->rights,
        };
    }
    return STATUS_OK;
}

static enum status spawn(const struct start *start, int32_t image, struct spawned *spawned) {
    const struct startup_service *service = start->service;
    char *arguments[STARTUP_ARGUMENTS_MAX + 1] = {NULL};
    for (uint32_t i = 0; i < service->word_count; i++) {
        arguments[i] = (char *)service->words[i];
    }
    struct spawn_request request = SPAWN_REQUEST_DEFAULT;
    request.image = image;
    request.name = service->name;
    request.arguments = arguments;
    request.environment = environment;
    request.working_directory = "/";
    request.only_listed = true;
    request.grants = start->grants;
    request.grant_count = start->grant_count;
    request.user = service->user;
    request.priority = service->priority;
    request.machine = INIT_MACHINE;
    return program_spawn(&request, spawned);
}

static enum status start_program(const struct archive *archive, const struct start *start, int32_t *image,
                                 struct spawned *spawned) {
    enum status status = *image ? STATUS_OK : image_make(archive, start->service->words[0], image);
    if (status == STATUS_OK) {
        status = spawn(start, *image, spawned);
    }
    if (status != STATUS_OK) {
        log_line("init: %s: %s: %s", start->service->name, start->service->words[0], status_text(status));
    }
    return status;
}

static enum status start_life(struct running *running, struct spawned *spawned) {
    struct start start = {.service = running->service};
    collect_reaches(&start);
    enum status status = collect_grants(&start);
    status = status == STATUS_OK ? start_program(&programs, &start, &running->image, spawned) : status;
    for (uint32_t i = 0; i < start.authority_count; i++) {
        authority_drop(&start.authorities[i]);
    }
    return status;
}

static void note_start(struct running *running, const struct spawned *spawned) {
    running->number = spawned->number;
    running->process = spawned->process;
    running->started = clock_now();
    running->due = DEADLINE_NEVER;
    if (!running->service->restarts || running->service->is_known) {
        start_grant_add(running->service->name, NUMBER_NONE, spawned->process);
    }
}

static bool is_registered(uint32_t id) {
    struct interface_information entry;
    size_t count = 0;
    return interface_list(INTERFACE_READY(0, id), &entry, 1, &count) == STATUS_OK && count == 1 && entry.id == id;
}

// What is started next may need it from its first instruction on. One that ends meanwhile is started again later, and nobody waits for that.
static void await_ready(const struct running *running) {
    uint64_t deadline = deadline_after(READY_PATIENCE);
    struct process_end end;
    while (!is_registered(running->service->ready)) {
        if (process_wait(running->number, deadline_after(READY_LOOK), &end) != STATUS_TIMED_OUT) {
            return;
        }
        if (clock_now() > deadline) {
            log_line("init: service %s does not show itself; the others are started without it",
                     running->service->name);
            return;
        }
    }
}

// The process id of a service that is started again changes: who is not told it finds it in the directory.
static void start_first(const struct startup_service *service) {
    struct spawned spawned = {0};
    struct running *running = &services[service_count];
    *running = (struct running){.service = service};
    if (start_life(running, &spawned) == STATUS_OK) {
        note_start(running, &spawned);
        service_count++;
        if (service->ready) {
            await_ready(running);
        }
    }
    if (running->image && !(running->number && service->restarts)) {
        number_close(running->image);
        running->image = NUMBER_NONE;
    }
}

void services_start(const struct startup *startup, const void *archive, size_t size) {
    struct machine_information machine;
    programs = (struct archive){archive, size};
    if (machine_information(&machine) == STATUS_OK) {
        memcpy(command_line, machine.command_line, sizeof(command_line) - 1);
    }
    for (uint32_t i = 0; i < startup->service_count; i++) {
        if (is_wanted(&startup->services[i])) {
            start_first(&startup->services[i]);
        }
    }
}

static void tell_end(const struct startup_service *service, const struct process_end *end) {
    static const char *const words[] = {
        [END_EXITED] = "ended with code",
        [END_KILLED] = "was ended with code",
        [END_FAULTED] = "did what a program must not, exception",
    };
    log_line("init: service %s %s %d%s", service->name, words[end->reason], (int)end->code,
             service->restarts ? "; it is started again" : "");
}

static void plan_restart(struct running *running, const struct process_end *end) {
    uint64_t now = clock_now();
    if (running->service->restarts) {
        running->pause = backoff_pause(end->reason, now - running->started, running->pause);
        running->due = now + running->pause;
    }
}

static void take_end(struct running *running) {
    struct process_end end = {.reason = END_EXITED};
    if (process_wait(running->number, DEADLINE_NOW, &end) == STATUS_OK) {
        tell_end(running->service, &end);
    }
    number_close(running->number);
    running->number = NUMBER_NONE;
    plan_restart(running, &end);
}

void services_ended(uint32_t process) {
    for (uint32_t i = 0; i < service_count; i++) {
        if (services[i].process == process && services[i].number) {
            take_end(&services[i]);
        }
    }
}

// Whom it reaches may be between two lives itself.
static bool reaches_all(const struct startup_service *service) {
    for (uint32_t i = 0; i < service->reach_count; i++) {
        if (!find_running(service->reaches[i].service)) {
            return false;
        }
    }
    return true;
}

static void start_again(struct running *running, uint64_t now) {
    struct spawned spawned = {0};
    enum status status = STATUS_WOULD_WAIT;
    if (reaches_all(running->service)) {
        status = start_life(running, &spawned);
    }
    if (status == STATUS_OK) {
        note_start(running, &spawned);
    } else {
        running->pause = backoff_pause(END_EXITED, 0, running->pause);
        running->due = now + running->pause;
    }
}

uint64_t services_start_due(void) {
    uint64_t next = DEADLINE_NEVER, now = clock_now();
    for (uint32_t i = 0; i < service_count; i++) {
        if (services[i].due <= now) {
            start_again(&services[i], now);
        }
        next = services[i].due < next ? services[i].due : next;
    }
    return next;
}

enum status services_end(uint32_t process) {
    for (uint32_t i = 0; i < service_count; i++) {
        if (services[i].process == process && services[i].number) {
            return process_kill(services[i].number, CODE_ENDED);
        }
    }
    return STATUS_NOT_FOUND;
}

void services_stop(void) {
    for (uint32_t i = service_count; i > 0; i--) {
        if (services[i - 1].number) {
            process_kill(services[i - 1].number, 0);
        }
    }
}
