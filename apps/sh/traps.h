// What the shell does when a signal comes, or when it ends: `trap`.
//
// Rules: a handler only notes; the action is run between two commands, with $? as it was, and leaves that alone. A shell that is
// started for `( )` or `$( )` has no traps.
#pragma once

#include <stdbool.h>

enum { TRAP_EXIT = 0, TRAP_COUNT = 32 }; // the others are signals, by their numbers

struct traps {
    char *actions[TRAP_COUNT]; // null: none; empty: the signal is ignored
    volatile bool pending[TRAP_COUNT];
    volatile bool any;
};

struct shell;

// SIGINT sets `interrupted` from now on.
void traps_take_interrupts(struct shell *shell);

// `action` null: what the signal does of itself. False: errno.
bool traps_set(struct shell *shell, int signal, const char *action);

// Runs the actions of the signals that came.
void traps_run(struct shell *shell);

// Runs that for the end, once.
void traps_run_exit(struct shell *shell);
