// What the tests of debugging share: children to debug, and the steps of a debugger, which is this program.
//
// Rules: the helpers work on `child` and its debugger, and on `only_thread`, which is the thread that was stopped or looked at last. Roles:
// "counts_for_ever" calls passes_here for ever; "answers_one_word" hears DEBUGGED_ANSWER from its parent and says one more.
#pragma once

#include <kernel/abi/debug.h>

#include "tests/guest/guest.h"

enum { DEBUGGED_ANSWER = 42 };

extern struct spawned child;
extern int32_t debugger;
extern uint64_t only_thread;
extern volatile uint32_t debugged_counter; // of passes

// A place for breakpoints: its first instruction is the one at its address.
void passes_here(void);

int32_t attach(struct spawned to);
void child_start(const char *role); // with a debugger
void child_halt_in_call(void);      // the same with "answers_one_word", halted while it waits for that word
void let_go(void);                  // closes the debugger

// Where something of this program lies in the child, which is the same program elsewhere.
uint64_t debugged_place(const void *own);
uint32_t word_there(const volatile uint32_t *own);

struct debugged_thread thread_of(uint64_t after);
struct debug_registers registers(void);
void await_state(enum debugged_state state);
struct process_stop await_stop(void);
void run_to_breakpoint(void); // stops it at passes_here
void resume(enum debug_action action);
void resume_all(void);
