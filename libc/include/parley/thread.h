// Threads of a program: the library's own, with a stack, thread-local storage and an errno for each.
//
// Rules: start threads with thread_start, not with the bare thread_create of <parley/calls.h>, unless they use nothing of
// the C library. Every thread is joined or detached once. A thread ends by returning or by thread_finish.
#pragma once

#include "kernel/abi/process.h"
#include "kernel/abi/status.h"

struct thread;

enum { THREAD_STACK_SIZE = 256 << 10 }; // made when first touched; a guard lies below

struct thread_options {
    const char *name;    // for people; null: "thread"
    uint64_t stack_size; // bytes; 0: THREAD_STACK_SIZE
    uint32_t priority;   // enum priority; 0: the caller's
};

// Starts `entry(argument)`; `options` may be null. NO_MEMORY, LIMIT_REACHED, NO_RIGHT (the priority).
enum status thread_start(void *(*entry)(void *), void *argument, const struct thread_options *options,
                         struct thread **thread);

// Waits for its end, takes its result (may be null) and frees what it had.
enum status thread_join(struct thread *thread, void **result);

// Nobody will join it: what it had is freed some time after its end.
void thread_detach(struct thread *thread);

// Ends the calling thread. The process goes on while it has another.
_Noreturn void thread_finish(void *result);

struct thread *thread_self(void);

// Its number, for thread_set_priority or event_watch; NUMBER_NONE for the first thread.
int32_t thread_number(const struct thread *thread);
