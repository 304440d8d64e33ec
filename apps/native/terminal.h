// The terminal of an interactive shell, or of a program that fills the screen: keys as they come, and whom Ctrl-C ends.
//
// terminal.c talks to the console (libc/include/parley/console.h); the tests on the host have another one.
// Rules: a shell opens the terminal, and begins, fills and ends a job before the next. Any other program begins a job of its own,
// adds itself, and then opens the terminal; the job's input brings the keys.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

// Takes over the terminal on descriptor 0: from now on keys come one by one. False: there is none.
bool terminal_open(void);

// Gives it back as it was.
void terminal_close(void);

// Whether the shell edits a line, or runs one. While it edits, Ctrl-C is a key, and Ctrl-] asks for the line to be drawn again; while it
// runs one and has no job in the foreground, Ctrl-C is SIGINT for it.
void terminal_set_editing(bool edits);

// Its width; 80 where it is not known.
size_t terminal_columns(void);

// Both its sizes; 80 and 25 where they are not known.
void terminal_size(size_t *columns, size_t *rows);

// Begins a job in the foreground, which Ctrl-Z stops or not; false: it could not be begun. `input`: the descriptor of its standard input, which the
// caller closes; -1: as the shell's own.
bool terminal_job_begin(int *input, bool may_stop);

// Begins a job that reads nothing; false: it could not be begun.
bool terminal_round_begin(void);

// Ctrl-C is SIGINT for these, and all they start.
void terminal_job_add(const pid_t *processes, size_t count);

// A Ctrl-Z that came since terminal_job_return stops them now: what had them go on may have come after it.
void terminal_job_stop_again(void);

// Keys come to the shell again. Whether Ctrl-C was typed.
bool terminal_job_end(void);

// The same for a job that is stopped: the terminal keeps its input under this name until it returns. 0: it does not.
unsigned terminal_job_leave(void);

// It is the foreground again, in place of terminal_job_begin and terminal_job_add; false: it could not.
bool terminal_job_return(unsigned name);

// It has ended.
void terminal_job_drop(unsigned name);

// A signal for these, and all they started. One that asks them to end has them go on, too, so that they take it. False: all
// have ended.
bool terminal_job_signal(const pid_t *processes, size_t count, int signal);
