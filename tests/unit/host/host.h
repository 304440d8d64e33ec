// The host: what the object table and ipc stand on when they are tested. Start here.
//
// A test file has `TestSuite(name, .init = host_start, .fini = host_finish);`. Each test runs in a process of its own, so it
// finds everything empty. Programs are made by hand (host_process); a test calls as one of them with AS, which must not sleep,
// or with FIBER_CALL (fiber.h), which may. host_finish ends all programs and checks that nothing is left: no object, no heap
// block, no page, no lock.
#pragma once

#include "kernel/abi/machine.h"
#include "kernel/base/clock.h"
#include "kernel/process/process.h"
#include "tests/unit/host/allocation.h"
#include "tests/unit/host/fiber.h"
#include "tests/unit/host/machine.h"
#include "tests/unit/host/user_memory.h"

enum { HOST_USER = 5 }; // of processes where it does not matter

void host_start(void);
void host_finish(void);

// A process of user HOST_USER without a parent, with one (unseen) thread: the test's, when it calls as this process.
struct process *host_process(const char *name);

struct host_plan {
    struct process *parent; // null: the kernel
    const char *name;
    uint32_t user;
};

// Makes a process. What process_create would answer.
enum status host_process_create(const struct host_plan *plan, struct process **process);

// Ends a process as process_kill does: its threads leave, whatever they wait for, and it is taken apart. The pointer is dead.
void host_process_end(struct process *process);

// Calls as the main thread of a process. AS(process, pipe_write, number, USER("abc"), 3, DEADLINE_NOW)
struct result host_call(struct process *process, call_function *call, const uint64_t arguments[6]);
#define AS(process, name, ...) host_call(process, (call_function *)call_##name, (const uint64_t[6]){__VA_ARGS__})

// From here on the test is the main thread of this process (for functions that are no system calls).
void host_be(struct process *process);

// Gives the process a number of the machine object with these rights.
int32_t host_machine_number(struct process *process, uint32_t rights);

// Takes the first pending event of a process.
struct host_event {
    enum status status; // of event_get
    EVENT event;
    struct event_source source;
};
struct host_event host_event_get(struct process *process);

// ---- figures: what is in use, to see that nothing changed ----

enum { HOST_FIGURE_PROCESSES = 4 };

struct host_figures {
    size_t blocks, pages, objects;
    uint64_t used[HOST_FIGURE_PROCESSES][ACCOUNT_ITEM_COUNT]; // of the processes with the lowest ids
};

struct host_figures host_figures(void);

// Fails the test, saying what changed, unless they are equal.
void host_figures_expect(const struct host_figures *before, const char *when);

// Calls `operation` with the first, second, ... allocation in it failing, until it succeeds without one. Each failing call
// must answer NO_MEMORY and change no figure. What the call that succeeds made is for `undo` to take away (null: nothing).
struct host_operation {
    enum status (*operation)(void *context);
    void (*undo)(void *context);
    void *context;
};
// Says how many allocations the operation has.
uint32_t host_fail_each_allocation(const struct host_operation *operation);
