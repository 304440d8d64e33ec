// The thread's control block for libc's sources on the host: a thread that runs no upcall.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct thread {
    uint64_t upcall_stack;
};

static inline struct thread *thread_control(void) {
    static struct thread thread;
    return &thread;
}
