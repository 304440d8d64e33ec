// What every tool does alike: options, complaints, the exit status.
//
// A tool's main calls tool_start once, then tool_option until it gives 0, then tool_operands; it returns
// tool_finish().
// Rules: options may stand behind operands, and several may share one "-"; "--" ends them; a lone "-" is an
// operand. --help prints the usage and ends the tool with 0; an unknown option, or one without its value,
// ends it with `failure`. Complaints go to standard error as "NAME: THING: REASON", each in one write, and
// make the exit status `failure`.
#pragma once

#include <stdbool.h>

// A long name of an option, --NAME; a value stands behind "=", or in the next word.
struct tool_name {
    const char *name; // null: the end of the list
    char letter;      // of struct tool's options
};

struct tool {
    const char *name;
    const char *usage;   // all of what --help says
    const char *options; // letters; ':' behind one that takes a value. First '#': -NUMBER is given out as '#'; first
                         // '-': it is an operand. First '+': the first operand ends the options
    const struct tool_name *names; // null: none
    int failure;                   // the exit status for trouble
};

void tool_start(const struct tool *tool, int argument_count, char **arguments);

// The next option's letter, 0 after the last. Its value is in tool_value().
int tool_option(void);
const char *tool_value(void);

// The words that are no options, with a null pointer behind; `count` may be null.
char **tool_operands(int *count);

// Says "NAME: REASON" or "NAME: THING: REASON"; with _errno REASON is errno's.
void tool_complain(const char *thing, const char *reason);
void tool_complain_errno(const char *thing);

// Complains, points to --help, and ends the tool with `failure`.
_Noreturn void tool_misused(const char *thing, const char *reason);

// Complains, and ends the tool with `failure`; what it has written so far goes out first.
_Noreturn void tool_fail(const char *thing, const char *reason);
_Noreturn void tool_fail_errno(const char *thing);

// The value of the option just given, as a number (tool_number_option: with K, M, G): ends the tool if it is
// none.
unsigned long tool_value_number(void);

// Whether anything was complained about.
bool tool_has_complained(void);

// Flushes standard output. The exit status: `failure` if anything was complained about or could not be
// written, else `status`. A reader that went away is no complaint: where SIGPIPE is ignored, the tool ends quietly with 141, as
// by that signal.
int tool_finish(int status);

// As malloc and realloc of `count` things of `size` bytes; a tool without memory ends with a complaint.
void *tool_allocate(unsigned long count, unsigned long size);
void *tool_reallocate(void *block, unsigned long count, unsigned long size);
