// Making a process: the object with its account, numbers and address space, and the program's first thread.
#pragma once

#include <stdbool.h>

#include "kernel/abi/process.h"
#include "kernel/abi/status.h"
#include "kernel/memory/user.h"

struct debugger;
struct memory;
struct object;
struct process;

// What a process is made of. The start block is read from the calling program.
struct process_plan {
    struct process *parent; // null: the kernel starts it
    struct memory *image;
    const char *name;
    const char *program; // what its file is called
    uint32_t user;
    uint32_t priority;
    const uint64_t *limits; // ACCOUNT_ITEM_COUNT of them, or null: the parent's
    bool essential;         // may use the last reserve of memory
    struct user_address start_block;
    size_t start_block_size;
    uint32_t number_count;
    struct object *numbers[SPAWN_NUMBERS_MAX]; // null: a gap
    uint32_t rights[SPAWN_NUMBERS_MAX];
    struct debugger *debugger; // null: none; else the process begins halted (kernel/process/debugger.h)
};

// Makes it and lets it run; *process comes with a reference. On failure nothing of it is left.
enum status process_create(const struct process_plan *plan, struct process **process);

// Starts bin/init of the ramdisk with its first numbers: 1 the machine, 2 the ramdisk. Panics with a sentence if it cannot.
void process_start_first(void);
