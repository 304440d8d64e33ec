// The machine's contract: all that the rest of the kernel needs of a processor architecture and its platform.
//
// The kernel runs with interrupts off; only idle and scheduler_preemption_point let them in.
#pragma once

#include <arch/context.h>
#include <arch/cpu.h>
#include <arch/current.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/abi/status.h"
#include "kernel/base/clock.h"
#include "kernel/thread/line.h"

struct processor;
struct thread;
struct thread_start;
struct writer;

// ---- start, in this order; kernel/boot/main.c alone ----
void machine_start_early(void);   // from here on an exception panics with a text
void machine_start_memory(void);  // after boot_parse: firmware tables, frames, the kernel's final page tables
void machine_start_devices(void); // interrupt controllers and clocks

// In a debug kernel whose command line has `mistake=NAME`: makes that mistake of the kernel's own (kernel/arch/x86_64/
// mistake.c), so that a test sees the protection stop it. Else nothing.
void machine_make_mistake(void);

// ---- time ----
uint64_t clock_counter_frequency(void);             // Hz
uint64_t clock_counter_nanoseconds(uint64_t ticks); // how long so many ticks of the counter are
uint64_t clock_boot_time(void);                     // seconds since 1970 UTC at boot, 0: unknown
// All CPUs stood since this value of the counter, until the one that it says: the clock did, too. Not before the last time.
uint64_t clock_stood(uint64_t begin);
void clock_arm(uint64_t when); // one timer interrupt on this CPU at `when`; UINT64_MAX: none

// ---- processors ----
void machine_start_processors(void); // brings the others up; each enters processor_main (kernel/boot/main.c)
void machine_send_reschedule(uint32_t processor);
void machine_send_flush(uint32_t processors); // bit per index: has each serve its TLB request (arch.flush_pending)
void machine_wait_for_interrupt(void);        // interrupts on, halt, interrupts off
void machine_serve_interrupts(void);          // interrupts on for a moment
void machine_relax(void);                     // in spin loops: pause, and serves other CPUs' TLB requests
void machine_stop_others(void);               // a panic begins: the other CPUs halt where they are
_Noreturn void machine_stop_all(void);        // after a panic: they halt, and this one
enum status machine_power_off(void);
enum status machine_reboot(void);
uint64_t machine_random(void); // entropy: rdrand where there, else counter-mixed

// ---- threads that are debugged (kernel/process/debugger.h) ----
struct debug_point {
    uint64_t address, size; // size 0: not set
    uint32_t kind;          // enum debug_break_kind
};

// Of the calling thread, before it halts: a system call that it came by is over for it (true), or, where it was broken off, to be made anew.
bool arch_debug_settle(void);
// Of a thread that is not on a CPU.
struct debug_registers;
void arch_debug_read(const struct thread *thread, struct debug_registers *registers);
void arch_debug_write(struct thread *thread, const struct debug_registers *registers);
void arch_debug_step(struct thread *thread, bool steps); // whether it traps behind its next instruction
// Where the calling thread's program stands, or is to go on.
uint64_t arch_debug_instruction(void);
void arch_debug_set_instruction(uint64_t address);
// Loads a process's points into this CPU. They stay when another process runs there: what they say then is not listened to.
void arch_debug_points_load(uint32_t process, const struct debug_point *points);

// ---- threads ----
// Sets up a new thread so that the first switch to it goes to user mode at start->entry.
enum status arch_context_create(struct thread *thread, const struct thread_start *start);
enum status arch_context_create_kernel(struct thread *thread, void (*function)(void));
void arch_context_destroy(struct thread *thread);
// Switches stack, FPU state, fs base, address space, port bitmap. Returns when `from` is switched to again; what ran before
// is then in processor_current()->previous.
void arch_context_switch(struct thread *from, struct thread *to);
void arch_set_thread_pointer(uint64_t fs_base);
_Noreturn void arch_enter_first(struct thread *idle); // leaves the boot stack for the idle thread's

// ---- console before any driver ----
void console_early_put(const char *text, size_t size);
void machine_describe_registers(struct writer *out); // of the interrupted context, where there is one
