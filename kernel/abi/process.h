// Processes and threads: how they are started, what a new one finds, and how their end is told.
#pragma once

#include "kernel/abi/types.h"

enum { SPAWN_NUMBERS_MAX = 32, START_BLOCK_MAX = 256 << 10 };

enum priority {
    PRIORITY_IDLE = 0,
    PRIORITY_LOW = 8,
    PRIORITY_NORMAL = 16,
    PRIORITY_SERVER = 20,
    PRIORITY_DRIVER = 24,
    PRIORITY_MAX = 31,
};

// How process_spawn is told what to start. The image is shared memory that holds an ELF64 program (static PIE or fixed);
// sealed memory is mapped, not copied. The start block is bytes of libc's own making (arguments, environment,
// descriptors, names of grants), copied whole onto the new stack.
struct process_spawn {
    uint64_t start_block; // address, may be 0
    uint64_t start_block_size;
    uint64_t limits;   // address of uint64_t[ACCOUNT_ITEM_COUNT], 0: as the caller's; never above the
                       // caller's without RIGHT_LIMIT
    int32_t image;     // number of shared memory with RIGHT_READ and RIGHT_EXECUTE
    int32_t machine;   // number that gives RIGHT_USER, RIGHT_LIMIT, RIGHT_PRIORITY where needed; else 0
    uint32_t user;     // user id 0 to 63; SPAWN_SAME_USER: the caller's
    uint32_t priority; // base priority, at most the caller's without RIGHT_PRIORITY
    uint32_t number_count;
    int32_t numbers[SPAWN_NUMBERS_MAX]; // what the child gets, as numbers 1, 2, 3, ...; NUMBER_NONE leaves a gap
    uint32_t rights[SPAWN_NUMBERS_MAX]; // of the caller's rights; each number needs RIGHT_SEND
    char name[NAME_SIZE];
    char program[NAME_SIZE]; // what its file is called, where debuggers look for its symbols; empty: as `name`
};

enum { USER_SYSTEM = 0, USER_COUNT = 64, SPAWN_SAME_USER = UINT32_MAX, SPAWN_SAME_PRIORITY = UINT32_MAX };

// What the first thread of a program finds: rdi holds the address of this, rsp is 16-byte aligned below it.
struct process_start {
    uint32_t process; // own process id
    uint32_t parent;  // process id
    uint32_t user;
    uint32_t number_count;  // numbers 1 .. number_count came with the spawn
    uint64_t image_base;    // where the program was loaded (its ELF address 0)
    uint64_t image_headers; // address of its ELF program headers
    uint64_t image_header_count;
    uint64_t stack_base;  // lowest usable address of the first stack
    uint64_t random[2];   // fresh random bits
    uint64_t start_block; // address of the start block
    uint64_t start_block_size;
    uint64_t clock_frequency; // of the processor's counter (rdtsc), in Hz
};

struct thread_create {
    uint64_t entry; // address, called with `argument` in rdi and the thread's own number in esi
    uint64_t argument;
    uint64_t stack_top;      // 16-byte aligned; the entry finds the stack as after a call
    uint64_t thread_pointer; // fs base
    uint64_t end_word; // address of a uint32_t set to 0 and woken (futex_wake, all) when the thread has ended; or 0
    uint32_t priority; // SPAWN_SAME_PRIORITY: the caller's
    uint32_t reserved; // 0
    char name[NAME_SIZE];
};

enum process_end_reason {
    END_EXITED = 1, // process_exit; code is its argument
    END_KILLED = 2, // process_kill; code is its argument
    END_FAULTED =
        3, // did what a program must not; code is the processor's exception vector. Or it touched a page of its own that
           // was not to be had; code is why: NO_MEMORY, LIMIT_REACHED; TIMED_OUT, PEER_DIED, DENIED: its pager
    END_STOPPED = 4,   // it has not ended: process_stop, code is its argument (process_wait_change alone)
    END_CONTINUED = 5, // nor has this one: it goes on (the same)
};

// What is done to a process (process_family).
enum process_effect {
    PROCESS_ENDS = 0,
    PROCESS_UNCHANGED = 1,
    PROCESS_STOPS = 2,
    PROCESS_GOES_ON = 3,
    PROCESS_EFFECTS
};

// How a process ended (process_wait), or what else became of it (process_wait_change).
struct process_end {
    uint32_t process;
    uint32_t reason; // enum process_end_reason
    int32_t code;
    uint32_t vector;         // END_FAULTED: the processor's exception
    uint64_t address;        // END_FAULTED: the address touched
    uint64_t instruction;    // END_FAULTED: the instruction
    uint64_t processor_time; // nanoseconds
};

enum thread_state { THREAD_READY = 1, THREAD_RUNNING = 2, THREAD_WAITING = 3, THREAD_ENDED = 4, PROCESS_STOPPED = 5 };

// One process, as process_list tells it.
struct process_information {
    uint32_t process;
    uint32_t parent;
    uint32_t user;
    uint32_t threads;
    uint32_t numbers;
    uint32_t state;          // enum thread_state, of its most active thread; PROCESS_STOPPED: all stop (process_stop)
    uint32_t wait_reason;    // enum wait_reason, where all its threads wait
    uint32_t priority;       // base priority of its first thread
    uint64_t pages;          // of memory that it is charged for
    uint64_t processor_time; // nanoseconds
    uint64_t started;        // monotonic nanoseconds
    char name[NAME_SIZE];
};
