// Between the files of the kernel's stub: the stopped machine, and what each file does with it.
//
// Rules: all of it runs on the CPU that holds the machine, the others stand still; but for stop.c, which gets it so far. No lock is
// taken and nothing allocated. The stub's own text lies in a section where no breakpoint may be set.
#pragma once

#include "debug/protocol/server.h"
#include "kernel/arch/x86_64/fpu.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/thread/processor.h"

#pragma clang section text = ".text.debugger"

// GDB's process number of the kernel itself: no process of ours gets that far.
enum { KERNEL_PROCESS = 2000000000, OPCODE_HALT = 0xf4 };

enum { CANONICAL_BITS = 47 };

static inline bool address_is_user(uint64_t address) {
    return address >> CANONICAL_BITS == 0;
}

// Others are no address at all, for the processor.
static inline bool address_is_canonical(uint64_t address) {
    return address_is_user(address) || address >> CANONICAL_BITS == UINT64_MAX >> CANONICAL_BITS;
}

// What GDB takes for the file of each process: the programs' come as libraries.
#define KERNEL_FILE "/parley.elf"

enum cpu_state {
    CPU_RUNS,
    CPU_INSIDE, // met something of the debugger's, and will stand or run on
    CPU_STANDS,
    CPU_LEAVES, // would run on, unless somebody holds the machine
};

// A CPU as the debugger found it.
struct stopped_cpu {
    uint32_t state;           // [a] enum cpu_state
    struct trap_frame *frame; // null: it runs
    uint64_t page_fault_address, root;
    uint32_t halts;                                        // [a] 1: it halts, or is about to; an NMI ends that
    uint64_t tick_left;                                    // nanoseconds of its slice
    bool fpu_changed, base_changed;                        // by a person, and to be loaded
    uint8_t fpu[FXSAVE_SIZE] __attribute__((aligned(16))); // as FXSAVE writes it
};

extern struct stopped_cpu stopped_cpus[PROCESSOR_MAX];
extern struct server server;

// ---- threads.c ----
bool thread_next(struct debug_thread *thread);
bool thread_exists(const struct debug_thread *thread);
void thread_write_description(const struct debug_thread *thread, struct writer *out);
struct debug_thread thread_of_cpu(uint32_t cpu);
struct debug_thread thread_of_frame(uint32_t cpu, const struct trap_frame *frame); // where the CPU stands at
bool thread_is_same(const struct debug_thread *one, const struct debug_thread *other);
struct thread *thread_find(const struct debug_thread *thread); // null: a CPU of the kernel's before its threads
int thread_cpu(const struct debug_thread *thread);             // where it stopped running; negative: nowhere
struct process *process_peek(uint32_t id);                     // null: none
struct process *process_peek_next(uint32_t after);
const char *wait_text(uint32_t reason);
uint64_t
wait_milliseconds(const struct thread *thread); // up to when the machine stopped: the same as long as it stands
const char *state_text(uint32_t state);

// ---- registers_kernel.c ----
void thread_registers(const struct debug_thread *thread, struct register_file *file);
enum status thread_register_write(const struct debug_thread *thread, unsigned number, const struct register_file *file);
struct trap_frame *thread_user_frame(const struct debug_thread *thread); // of a thread that is not on a CPU; null: none

// ---- memory_kernel.c ----
uint64_t thread_root(const struct debug_thread *thread); // of the page tables that show its memory
// The entry that maps an address, of any level, and where the byte lies; null: nothing does.
uint64_t *memory_entry(uint64_t root, uint64_t address, uint64_t *physical);
size_t target_memory_read(const struct debug_thread *thread, uint64_t address, void *to, size_t size);
size_t target_memory_write(const struct debug_thread *thread, uint64_t address, const void *from, size_t size);
// Without a look at breakpoints; also where the processor's tables say read-only.
bool memory_peek(uint64_t address, void *to, size_t size); // of the kernel
bool physical_write(uint64_t physical, const void *from, size_t size);

// ---- breakpoints.c ----
enum status break_set(const struct debug_thread *thread, enum debug_break kind, uint64_t address, uint64_t size);
enum status break_clear(const struct debug_thread *thread, enum debug_break kind, uint64_t address, uint64_t size);
void break_clear_all(void);
// Into memory but for one address: where the thread is to step off a breakpoint.
void breakpoints_apply_but(const struct debug_thread *thread, uint64_t address);
void breakpoints_apply(void);    // into memory, when the machine is let go
void breakpoints_withdraw(void); // out of it, when it stands
// The first point that is set at or behind place *at, of all kinds; false: there are no more.
struct break_point {
    enum debug_break kind;
    uint64_t address, size;
    uint32_t process;
};
bool break_next(uint32_t *at, struct break_point *point);
bool break_holds_for(const struct break_point *point, const struct debug_thread *thread);
bool breakpoint_is_at(const struct debug_thread *thread, uint64_t address);

// ---- hardware.c ----
enum status hardware_set(const struct debug_thread *thread, enum debug_break kind, uint64_t address, uint64_t size);
enum status hardware_clear(const struct debug_thread *thread, enum debug_break kind, uint64_t address, uint64_t size);
void hardware_clear_all(void);
bool hardware_next(uint32_t *at, struct break_point *point); // as break_next
void hardware_load(bool steps); // on the calling CPU; a CPU that steps does without watching
void hardware_unload(void);
// Which point the status register names, if it holds for the thread. False: none of ours.
bool hardware_hit(uint64_t status, const struct debug_thread *thread, struct debug_stop *stop);
bool hardware_breaks_at(uint64_t address);
bool hardware_is_used(void);
void hardware_note_values(const struct debug_thread *thread);
bool hardware_value_changed(const struct debug_thread *thread, struct debug_stop *stop);

// ---- step.c ----
struct stepping {
    struct debug_thread thread;
    uint64_t start, end; // goes on while the instruction lies in it
    bool is_repeated;    // it is not the first of its range
    bool is_wanted;      // by this CPU:
    uint32_t cpu;
    bool then_runs; // the step was for getting off a breakpoint,
    bool then_plan; // and what GDB's plan says has still to begin
    bool is_alone;  // its thread is to run and no other: goes on without steps, as long as it keeps its CPU
    bool is_on;     // the trap flag is set
    bool waits;     // for a lock, which another CPU may hold
    const struct thread *current; // of the CPU, when it began
    uint32_t flags;               // as they were
    bool is_return;               // from a system call:
    uint64_t return_flags;        // brings these
    uint8_t instruction[3];
    bool awaits_return;      // its thread gave its CPU away, and comes back to
    uint64_t return_address; // this
    uint64_t *return_place;  // which is to lie here again
};

extern struct stepping stepping;
bool step_needs_others(const struct debug_thread *thread, const struct trap_frame *frame);
bool step_begin(struct trap_frame *frame); // false: it is done without running
void step_end(struct trap_frame *frame);
void step_cancel(void); // the machine stands for another reason
// The thread has left its CPU to another: the step ends when it comes back. False: it has ended.
bool step_await_return(void);
bool step_has_returned(struct trap_frame *frame); // at this breakpoint, which is the step's own
// One that ended after it was cancelled.
void step_was_broken_off(struct trap_frame *frame);

// ---- session.c ----
// Talks with GDB until the machine is to go on: then everything is prepared, and who may go is in `machine`.
void session_run(struct debug_stop *stop);
void session_start(void);

// ---- hold.c ----
struct machine_state {
    bool is_ready;       // there is a line or a console to talk on
    bool waits_for_gdb;  // at the start: the console keeps out
    uint32_t owner;      // [a] index + 1 of the CPU that holds the machine; 0: it runs
    uint32_t steps;      // that others might have run beside
    bool others_run;     // while one steps, now and then
    bool is_panicking;   // it will not go on
    bool is_given_up;    // the debugger does nothing any more
    bool is_interrupted; // NMIs are ours
    bool line_rang;      // [a] a byte came, or may have, at a moment that was none to look at it
    uint32_t stops;      // how often it stood so that somebody was told
    uint64_t stopped;    // the counter's value then; 0: time goes on
    int first_byte;      // that a session begins with; negative: none
};

extern struct machine_state machine;
void machine_hold_time(void); // while it stands: the clock is where it was when it came to stand
uint64_t machine_time(void);  // of that moment, in nanoseconds since the boot: the same as long as it stands
void machine_let_all_go(void);
enum cpu_state hold_state(uint32_t cpu);
bool hold_is_mine(uint32_t self);
bool hold_is_anothers(uint32_t self);
void hold_let_step(uint32_t cpu);   // gives the machine to it, until it is done or comes to no end
bool hold_lets_step(uint32_t self); // whether it has it for that, still
bool hold_claim(uint32_t self);     // false: it is another's
void hold_others(uint32_t self);    // returns when they stand
void hold_give_way(uint32_t self);
void hold_enter(uint32_t self);
void hold_exit(uint32_t self);
void hold_stand(uint32_t self, struct trap_frame *frame);
void hold_wait_to_go(uint32_t self);
bool hold_begin_leaving(uint32_t self); // false: somebody holds the machine, this CPU stands
void hold_leave(uint32_t self, bool steps);
bool hold_is_on_the_way(uint32_t self, const struct trap_frame *frame);

// The machine goes on without its points, and is its last holder's again, at the frame.
void hold_lend(uint32_t self);
void hold_take_back(struct trap_frame *frame);
void hold_end_lending(void); // it is nobody's: who lent it does not get it back
bool hold_is_lent(void);

uint32_t hold_owner(void);            // index + 1; 0: nobody
bool hold_is_for_long(uint32_t self); // another has the machine, and does not step

// ---- halt.c ----
void halt_until_changed(uint32_t self); // of who has the machine
void halt_until_byte(uint32_t self);    // on the line; or sooner
void halt_wake_others(void);
void halt_interrupted(struct trap_frame *frame); // by an NMI; wakes who has the machine, whose the line's byte is

// ---- resume.c ----
void machine_resume(const struct resume_plan *plan, const struct debug_stop *stop);      // of the stop that it leaves
void machine_resume_past(const struct resume_plan *plan, const struct debug_stop *stop); // which nobody is told of
void machine_resume_stepped(void); // its CPU has stepped off a breakpoint, and the rest of the plan follows

// ---- stop.c ----
// Whether a step that ended goes on within its range.
bool step_goes_on(const struct trap_frame *frame);
// Whether the others are to run for a moment before the next step.
bool step_gives_way(void);
// Stops for a reason that is met outside of the stub's own exceptions. Returns when this CPU is to run on with the frame; the thread may
// have come to another one.
void stop_at(struct trap_frame *frame, struct debug_stop *stop);

// ---- faults.c: programs' faults ----
bool faults_are_told(void); // before their programs get them
void faults_tell(bool on);
void faults_decide(const struct resume_plan *plan); // which programs get the faults that they stand at
bool fault_is_passed(uint32_t cpu);                 // it goes on with its fault, and can make no step before
void fault_move(uint32_t from, uint32_t to);        // its thread has come to another CPU

// ---- files.c ----
extern const struct debug_files kernel_files;

// ---- documents.c ----
extern const struct debug_document kernel_documents[];

// ---- tables.c ----
bool tables_write(struct server *server, const char *annex, const struct debug_thread *thread, struct writer *out);

// ---- line.c: the second serial port ----
bool line_start(void); // false: there is none
bool line_is_there(void);
bool line_has_byte(void);
bool line_get(uint8_t *byte);
void line_put(const char *bytes, size_t size);
void line_listen(void); // from now on a byte that comes, or is there, interrupts as NMI
void line_ignore(void);
void line_begin_anew(void); // the byte that was read begins a new session
void line_route(void);
bool line_is_routed(void); // a byte that comes is an NMI
// Now and then, while the machine runs: a byte may come in the few instructions in which its CPU leaves the debugger, and its NMI be
// taken for an old one.
void line_look(void);

// ---- lend.c ----
// Has `function` run so that a lock which is held by a stopped CPU is passed over, and a fault ends it: false.
bool lend_locks(void (*function)(void *argument), void *argument);
bool lending_caught(void); // a mistake on its way: does not return if so
bool lending_is_on(void);
