// The process object before it has an address space or threads (kernel/process/create.c makes a process of it).
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/abi/object.h"
#include "kernel/abi/status.h"

struct process;

// What the maker of a process may do with it.
#define PROCESS_RIGHTS                                                                                                 \
    (RIGHT_READ | RIGHT_WRITE | RIGHT_COPY | RIGHT_SEND | RIGHT_WAIT | RIGHT_MANAGE | RIGHT_KILL | RIGHT_DEBUG)

struct process_object_plan {
    struct process *parent; // null: the kernel
    const char *name;
    uint32_t user;
    uint32_t priority;
    const uint64_t *limits; // null: the parent's
    bool essential;
};

// Makes the object with its account and number table; not in the process table yet. LIMIT_REACHED, NO_MEMORY.
enum status process_object_create(const struct process_object_plan *plan, struct process **process);
