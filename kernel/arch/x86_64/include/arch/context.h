// What the processor keeps of a thread while another one runs. Host tests have a header of the same name.
//
// Rules: written by the thread itself in arch_context_switch, by arch_context_create, and by arch_set_thread_pointer; no lock.
#pragma once

#include <stdint.h>

struct arch_context {
    uint64_t stack_pointer; // kernel stack pointer while it does not run
    uint64_t stack_base;    // lowest address of the kernel stack; 0: none
    void *fpu;              // area for XSAVEOPT; null: a processor without it, or a kernel thread
    void *fpu_old;    // area for XSAVE or FXSAVE on such a processor; null: a kernel thread, which has no FPU state
    uint64_t fs_base; // of user mode: thread-local storage
};
