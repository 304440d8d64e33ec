// letters KIND: sends the letters of each line that it reads to itself, one at a time, by this kind of communication; a second thread
// says each one that comes: for the tests of what a debugger can do to communication.
#include <parley/event.h>
#include <parley/link.h>
#include <parley/memory.h>
#include <parley/message.h>
#include <parley/pipe.h>
#include <parley/port.h>
#include <parley/status.h>
#include <parley/thread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE = 64, PAGE = 4096 };

static int32_t in, out; // the numbers of the two ends

static void need(enum status status) {
    if (status >= STATUS_OK)
        return;
    fprintf(stderr, "letters: %s\n", status_text(status));
    exit(1);
}

static void say(char letter) {
    printf("%c came\n", letter);
    fflush(stdout);
}

static enum status event_next(EVENT *event) {
    need(event_wait(DEADLINE_NEVER));
    return event_get(event, NULL);
}

// ---- the kinds ----

static void event_open(void) {
    need(gate_set(GATE_EVENT, GATE_ALL_USERS, NULL));
}

static void event_put(char letter) {
    EVENT event = {.Type = EVENT_USER, .Data1 = (uint32_t)letter};
    need(event_send((uint32_t)getpid(), &event, NUMBER_NONE, DEADLINE_NEVER));
}

static char event_take(void) {
    EVENT event;
    while (event_next(&event) != STATUS_OK || event.Type != EVENT_USER)
        ;
    return (char)event.Data1;
}

static void nothing_open(void) {
}

static void message_put(char letter) {
    need(message_send((uint32_t)getpid(), &letter, 1, NULL, DEADLINE_NEVER, NULL));
}

static char message_take(void) {
    char letter;
    need(message_next(&letter, 1, NULL, DEADLINE_NEVER, NULL));
    return letter;
}

static void pipe_open(void) {
    struct pipe_create plan = {.mode = PIPE_SEND};
    need(pipe_create(&plan, &out));
    in = plan.other;
}

static void pipe_put(char letter) {
    need(pipe_write(out, &letter, 1, DEADLINE_NEVER, NULL));
}

static char pipe_take(void) {
    char letter;
    need(pipe_read(in, &letter, 1, DEADLINE_NEVER, NULL));
    return letter;
}

static void memory_put(char letter) {
    int32_t number;
    uint64_t base;
    need(shared_create(PAGE, &number));
    need(shared_map(number, 0, PAGE, PROTECTION_WRITE, 0, 0, &base));
    *(char *)base = letter;
    need(shared_offer(number, (uint32_t)getpid(), RIGHT_READ, NULL));
}

static char memory_take(void) {
    EVENT event;
    int32_t number;
    uint64_t base;
    while (event_next(&event) != STATUS_OK || event.Type != EVENT_SHARED_MEMORY || event.Action != SHARED_OFFERED)
        ;
    need(shared_accept(event.Data1, &number));
    need(shared_map(number, 0, PAGE, PROTECTION_READ, 0, 0, &base));
    return *(const char *)base;
}

static void link_open(void) {
    struct link_create plan = {0};
    need(link_create(&plan, &out));
    in = plan.other;
}

static void link_put(char letter) {
    char bytes[LINK_SIZE] = {letter};
    need(link_write(out, bytes, LINK_SIGNAL));
}

static char link_take(void) {
    static char bytes[LINK_SIZE];
    static uint32_t signals;
    if (signals == 0) {
        need(link_poll(in, DEADLINE_NEVER, &signals));
        need(link_read(in, bytes));
    }
    signals--;
    return bytes[0];
}

static void port_make(void) {
    struct port_create plan = {.message_size = PORT_MESSAGE_MIN};
    need(port_create(&plan, &in));
    out = plan.entry;
}

static void port_put(char letter) {
    char message[PORT_MESSAGE_MIN] = {letter};
    need(port_send(out, message, NULL, DEADLINE_NEVER, NULL));
}

static char port_take(void) {
    char message[PORT_MESSAGE_MIN];
    struct port_information information;
    uint64_t id;
    need(port_receive(in, message, &information, DEADLINE_NEVER, &id));
    if (information.kind == PORT_CALLED)
        need(port_reply(in, id, message, NULL));
    return message[0];
}

static void *call(void *letter) {
    char message[PORT_MESSAGE_MIN] = {(char)(uintptr_t)letter};
    need(port_call(out, message, NULL, DEADLINE_NEVER));
    printf("%c answered\n", message[0]);
    fflush(stdout);
    return NULL;
}

// Who calls stands until it is answered: each in a thread of its own.
static void call_put(char letter) {
    struct thread *thread;
    need(thread_start(call, (void *)(uintptr_t)letter, NULL, &thread));
    thread_detach(thread);
}

static const struct kind {
    const char *name;
    void (*open)(void);
    void (*put)(char letter);
    char (*take)(void);
} kinds[] = {
    {"event", event_open, event_put, event_take}, {"message", nothing_open, message_put, message_take},
    {"pipe", pipe_open, pipe_put, pipe_take},     {"memory", nothing_open, memory_put, memory_take},
    {"link", link_open, link_put, link_take},     {"port", port_make, port_put, port_take},
    {"call", port_make, call_put, port_take},
};

// ---- the program ----

static void *take_all(void *kind) {
    for (;;)
        say(((const struct kind *)kind)->take());
}

int main(int count, char **arguments) {
    const struct kind *kind = kinds, *end = kinds + sizeof(kinds) / sizeof(kinds[0]);
    char line[LINE];
    struct thread *thread;
    while (kind < end && (count < 2 || strcmp(kind->name, arguments[1]) != 0))
        kind++;
    if (kind == end) {
        fputs("usage: letters event|message|pipe|memory|link|port|call\n", stderr);
        return 2;
    }
    kind->open();
    need(thread_start(take_all, (void *)kind, NULL, &thread));
    puts("letters listen");
    fflush(stdout);
    while (fgets(line, sizeof(line), stdin))
        for (const char *letter = line; *letter != '\n' && *letter != 0; letter++)
            kind->put(*letter);
    return 0;
}
