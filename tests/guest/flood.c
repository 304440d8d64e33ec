// flood PID...: fills every queue of these processes, and goes on trying for ever: for the tests of what one program can do to others.
#include <parley/event.h>
#include <parley/memory.h>
#include <parley/message.h>
#include <parley/pipe.h>
#include <parley/port.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { TARGETS_MAX = 16, ROUND = 100, MEMORY_SIZE = 4096 };

struct target {
    uint32_t process;
    int32_t entry; // of its port; NUMBER_NONE: it has none, or its gate is closed
};

// What is made stays open: it would be withdrawn else.
static void flood(const struct target *target, int32_t memory) {
    static const char message[PORT_MESSAGE_MAX];
    struct pipe_create pipe = {.process = target->process, .mode = PIPE_SEND};
    EVENT event = {.Type = EVENT_USER};
    int32_t number;
    for (int i = 0; i < ROUND; i++) {
        message_send(target->process, "flood", 5, NULL, DEADLINE_NOW, NULL);
        event_send(target->process, &event, NUMBER_NONE, DEADLINE_NOW);
        if (target->entry != NUMBER_NONE)
            port_send(target->entry, message, NULL, DEADLINE_NOW, NULL);
    }
    pipe_create(&pipe, &number);
    shared_offer(memory, target->process, RIGHT_READ, NULL);
}

int main(int count, char **arguments) {
    struct target targets[TARGETS_MAX];
    int32_t memory;
    if (count < 2 || count - 1 > TARGETS_MAX || shared_create(MEMORY_SIZE, &memory) != STATUS_OK) {
        fputs("usage: flood PID...\n", stderr);
        return 2;
    }
    for (int i = 0; i < count - 1; i++) {
        targets[i] = (struct target){.process = (uint32_t)strtoul(arguments[i + 1], NULL, 10)};
        if (port_open(targets[i].process, 0, DEADLINE_NOW, &targets[i].entry) != STATUS_OK)
            targets[i].entry = NUMBER_NONE;
    }
    for (int i = 0;; i = (i + 1) % (count - 1))
        flood(&targets[i], memory);
}
