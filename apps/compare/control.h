// The processes of a comparison: started, brought to the same stage, counted, and ended.
#pragma once

#include "apps/compare/design.h"

enum { PARTS_MAX = 2 * CLIENTS_MAX + 2 };

enum part { PART_SERVER, PART_CLIENT, PART_FLOODER };

// Where all stand. Every part does what a stage asks of it, and says when it has.
enum stage {
    STAGE_STARTED, // the process runs
    STAGE_SERVE,   // servers have got ready, and serve from then on
    STAGE_CONNECT, // clients have their channels
    STAGE_RUN,     // clients run their rounds
    STAGE_OVER,    // flooders stop
};

// What a part found.
struct finding {
    uint32_t process;
    uint32_t done;   // blocks that went well
    uint32_t failed; // blocks that did not
    int32_t status;  // of the first that did not
};

struct control {
    struct job job;
    uint32_t stage;   // enum stage; slept on
    uint32_t reached; // parts that have done what it asks; slept on
    uint32_t rounds;  // of a client
    uint32_t design;  // index
    struct finding findings[PARTS_MAX];
};

extern struct control *control;

// What a process made of system calls, and copied itself, so far: in a page of the control memory, for all to see.
struct counts {
    uint64_t calls;
    uint64_t copied;
};

struct counts control_counts(void); // of all parts together

// Coordinator: makes the memory for a job with these processes. Part 0 is the coordinator.
void control_start(const struct job *job, uint32_t design, uint32_t rounds);
void control_end(void); // ends the parts, and gives all back

// Coordinator: starts a part; its place is told to it. Clients and flooders follow the servers.
void control_part_start(enum part part, uint32_t place);

// Coordinator: announces a stage, and waits until `count` parts have done what it asks.
void control_announce(enum stage stage);
void control_wait(uint32_t count);

// A part: attaches to the coordinator's memory.
void control_attach(uint32_t part);

// A part: sleeps until the stage is reached; says that it has done what it asks.
void control_await(enum stage stage);
void control_reached(void);

_Noreturn void control_fail(const char *what, enum status status);
