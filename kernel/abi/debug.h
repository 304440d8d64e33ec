// Debugging a process from another one: what stopped it, its registers, how it goes on (kernel/abi/calls/debug.h).
//
// A debugger is a number of kind OBJECT_DEBUGGER. As long as it is open the process's faults, breakpoints and steps stop the thread that
// had them instead of ending the process, and are told once each: the number can be watched (WATCH_READABLE: a stop is there to be taken;
// WATCH_CLOSED: the process has ended). When the number is closed, or its holder ends, the process's memory holds no breakpoint
// any more, and all its threads run.
#pragma once

#include "kernel/abi/types.h"

// Why a thread stopped.
enum process_stop_reason {
    STOP_ASKED = 1,      // debug_halt, or it was started so; never told by debug_next_stop
    STOP_BREAKPOINT = 2, // it is about to execute the instruction under a breakpoint
    STOP_STEP = 3,       // its step is done
    STOP_POINT = 4,      // a hardware break or watch point; `points` says which
    STOP_FAULT = 5,      // it did what a program must not; the instruction was not executed
};

struct process_stop {
    uint64_t thread;      // object id
    uint64_t instruction; // where it stands
    uint64_t address;     // STOP_FAULT: the address touched
    uint32_t reason;      // enum process_stop_reason
    uint32_t vector;      // STOP_FAULT: the processor's exception
    uint32_t points;      // STOP_POINT: a bit per point; each takes the lowest that is free when it is set
    uint32_t processor;   // where it ran last
};

enum debugged_state {
    DEBUGGED_RUNS = 1,
    DEBUGGED_HALTED = 2, // it stands where its program would go on
    DEBUGGED_CALLS =
        3, // it waits in a system call, and will stop behind it: it executes nothing of its program meanwhile
};

// One thread of the process, as debug_threads tells it.
struct debugged_thread {
    uint64_t thread;      // object id
    uint32_t state;       // enum debugged_state
    uint32_t reason;      // enum process_stop_reason of DEBUGGED_HALTED
    uint32_t wait_reason; // enum wait_reason of DEBUGGED_CALLS
    uint32_t processor;
    char name[NAME_SIZE];
};

enum debug_action {
    DEBUG_CONTINUE = 0,
    DEBUG_STEP = 1, // one instruction, and on while the next one lies in [start, end)
    DEBUG_PASS_FAULT =
        2, // a thread with STOP_FAULT: the program has it, as without a debugger. Others: as DEBUG_CONTINUE
};

struct debug_resume {
    uint64_t thread;   // object id; 0: every one, and threads that are made from now on run
    uint32_t action;   // enum debug_action
    uint32_t reserved; // 0
    uint64_t start, end;
};

// Of a thread in its program, in the processor's order (rax rcx rdx rbx rsp rbp rsi rdi r8 ... r15).
struct debug_registers {
    uint64_t general[16];
    uint64_t instruction;
    uint64_t flags;
    uint64_t fs_base, gs_base;     // gs_base cannot be written
    uint64_t code, stack;          // segments; cannot be written
    _Alignas(16) uint8_t fpu[512]; // as FXSAVE64 writes it
};

enum debug_break_kind {
    DEBUG_BREAKPOINT = 0, // an instruction is replaced, in this process alone; `size` is 1
    DEBUG_BREAK = 1,      // the processor's own; `size` is 1
    DEBUG_WATCH_WRITE = 2,
    DEBUG_WATCH_ACCESS = 3,
    DEBUG_BREAK_KINDS,
};

enum { DEBUG_POINTS = 4, DEBUG_BREAKPOINTS_MAX = 256 };

// What a debugger has to know of the process itself (debug_information).
struct debug_information {
    uint64_t image_base; // where the program's address 0 was loaded
    uint32_t process;    // its id
    uint32_t threads;
    char name[NAME_SIZE];
    char program[NAME_SIZE]; // what its file is called
};

// ---- files for a debugger of the kernel (debugger_file_next) ----

enum { DEBUGGER_FILE_SIZE = 4096 }; // of the data that go with a request or its answer, at most

enum debugger_file_operation {
    DEBUGGER_FILE_OPEN = 1, // data: the path, `size` bytes; answer: a number for it
    DEBUGGER_FILE_READ,     // answer: how many bytes there are in data, at most `size`; 0: the end
    DEBUGGER_FILE_WRITE,    // data: `size` bytes; answer: how many were written
    DEBUGGER_FILE_STATUS,   // answer: 0, with a struct debugger_file_status in data
    DEBUGGER_FILE_CLOSE,
    DEBUGGER_FILE_UNLINK, // data: the path
};

struct debugger_file_request {
    uint64_t sequence;  // of the request; as it was, to answer it; 0: nothing is answered yet
    int64_t answer;     // of the program; what fails: minus an error of GDB's File-I/O protocol
    uint32_t session;   // another one than before: what the last one opened is closed first
    uint32_t operation; // enum debugger_file_operation
    uint32_t file;      // what its open answered
    uint32_t flags;     // of an open, as GDB's File-I/O protocol has them
    uint32_t mode;
    uint32_t reserved;
    uint64_t offset, size;
};

struct debugger_file_status {
    uint32_t mode, changed; // as GDB's File-I/O protocol has it; seconds since 1970
    uint64_t size;
};
