// What the tests of ports share: programs with a port, and calls in a few words.
#pragma once

#include "kernel/abi/port.h"
#include "tests/unit/host/host.h"

enum { PORT_WORDS = 8, SECOND = 1000000000 };

// A server with a port, and a client with a number of its entry.
struct port_scene {
    struct process *server, *client;
    uint64_t port, entry;                // their numbers
    uint64_t request[PORT_WORDS];        // the client's
    uint64_t buffer[PORT_WORDS];         // the server's
    struct port_information information; // the same
};

// The rights that the entry and the port start with.
uint64_t port_make_number(struct process *process, uint32_t scope, uint32_t capacity, uint64_t *entry);

// Gives another process a number of what `number` names.
uint64_t port_pass_number(struct process *from, uint64_t number, struct process *to);

// Another number of the same process's for the same, with these rights; and the end of a number.
uint64_t port_copy_number(struct process *process, uint64_t number, uint32_t rights);
void port_close_number(struct process *process, uint64_t number);

struct port_scene port_scene_make(void);

// A thread that calls with `scene->request`.
struct fiber *port_caller(struct port_scene *scene, uint64_t deadline);

// The server receives without waiting.
struct result port_take_now(struct port_scene *scene);

// The server answers a call with a word.
struct result port_answer_word(struct port_scene *scene, uint64_t id, uint64_t word);

uint64_t port_charged(const struct process *process);
