// Upcalls: the seam between threads and the design that interrupts them to run a function of their program (ipc/upcall.h).
//
// Rules: upcall_serve is set once at boot by that design; without it nobody sets DEMAND_UPCALL or thread->upcall.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/abi/status.h"

struct thread;

// On the calling thread's way to its program, while DEMAND_UPCALL or DEMAND_RETURN is set: it clears them.
extern void (*upcall_serve)(struct thread *thread);

// A fault of the calling thread, which its process may have a handler for (kernel/abi/page.h).
struct upcall_fault {
    uint32_t type;
    uint64_t address;
};

// True: the handler runs on the thread's way to its program. Null where no design has upcalls.
extern bool (*upcall_fault)(const struct upcall_fault *fault);

// ---- the machine's side: what a thread goes back to is put aside, and a function of its program called instead ----
enum { UPCALL_ARGUMENTS = 6 };

struct upcall_entry {
    uint64_t instruction;                 // user address, called with `function` in rax
    uint64_t stack;                       // user stack pointer, a multiple of 16
    uint64_t function;                    // user address
    uint64_t arguments[UPCALL_ARGUMENTS]; // rdi, rsi, rdx, rcx, r8, r9
};

struct arch_upcall; // room for all registers

enum status arch_upcall_create(struct arch_upcall **room); // NO_MEMORY
void arch_upcall_destroy(struct arch_upcall *room);
// For the calling thread, on its way to its program. The clean FPU state is loaded; all other registers hold 0.
void arch_upcall_enter(struct arch_upcall *room, const struct upcall_entry *entry);
// The same right after another upcall: what that one had put aside stays so.
void arch_upcall_follow(const struct upcall_entry *entry);
// Back to what was put aside. A system call that answered INTERRUPTED is made anew with `restart`.
void arch_upcall_leave(const struct arch_upcall *room, bool restart);
// Whether what was put aside is a call: mostly a wait that was broken off, and begins again.
bool arch_upcall_waits(const struct arch_upcall *room);
// There was no upcall after all: a system call that was broken off for it is made anew.
void arch_upcall_none(void);
