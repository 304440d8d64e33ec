// What the thread pointer (fs) points to: a thread's own data of the library. Inside the library only.
//
// Thread-local variables lie right below it, as the x86-64 ABI wants (variant II). The first word is its own address.
#pragma once

#include <parley/thread.h>
#include <reent.h>
#include <stdbool.h>
#include <stddef.h>

// What it has of signals (libc/signal).
struct signal_sent {
    uint32_t process, user;
    uint64_t address; // of a fault
    bool is_fault;    // the thread's own: whoever sent it, it was the processor
};

struct thread_signals {
    uint32_t in_handler;         // one runs on the stack of upcalls; longjmp looks at it
    uint32_t held;               // depth of signals_hold
    uint32_t sleeps;             // a handler ends its sleep, also one that has calls made anew
    uint64_t deferred;           // what came meanwhile
    uint64_t awaited;            // what sigwait takes
    uint32_t taken;              // what sigwait took; 0: nothing yet
    uint32_t handled;            // counts handlers that have run
    struct signal_sent received; // whence what sigwait took came
};

struct thread {
    struct thread *self;
    struct _reent *reent;
    int32_t number;
    uint32_t end_word; // 1 while it runs; the kernel makes it 0 and wakes at its end
    uint64_t map_base; // memory that holds stack, thread-local variables and this; 0: the first thread
    uint64_t map_size;
    uintptr_t stack_guard; // __stack_chk_guard, for code of Debian's packages, which looks here for it
    struct thread_signals signals;
    void *(*entry)(void *);
    void *argument;
    void *result;
    struct thread *next_detached;
    uint32_t mutexes_held;    // of <parley/sync.h>
    uint64_t upcall_stack;    // UPCALL_STACK_SIZE bytes; 0: it takes no upcalls
    struct _reent reentrancy; // errno and newlib's other data
};

_Static_assert(offsetof(struct thread, reent) == 8, "where __getreent looks");
_Static_assert(offsetof(struct thread, stack_guard) == 0x28, "where -fstack-protector of the x86-64 Linux ABI looks");
_Static_assert(offsetof(struct thread, signals.in_handler) == 48, "where longjmp looks");

// The program's thread-local variables as its file has them.
struct thread_image {
    const void *start;
    uint64_t file_size;
    uint64_t memory_size;
    uint64_t alignment;
};
extern struct thread_image thread_image;

static inline struct thread *thread_control(void) {
    struct thread *thread;
    __asm__("movq %%fs:0, %0" : "=r"(thread));
    return thread;
}

// Bytes below the control block that thread-local variables take, and the alignment that the control block then needs.
uint64_t thread_image_room(uint64_t *alignment);

// Fills in the variables below `thread` and the control block itself.
void thread_control_prepare(struct thread *thread);

// Sets up the first thread. False: no memory.
bool thread_control_install_first(void);
