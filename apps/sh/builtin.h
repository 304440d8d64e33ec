// Commands that the shell does itself.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "apps/common/output.h"

struct shell;

struct builtin_call {
    struct shell *shell;
    char **arguments; // the name first, a null pointer last
    size_t count;
    int input; // descriptor, -1: closed
    struct output *output;
    int error; // descriptor for complaints
};

enum builtin_trait {
    BUILTIN_CHANGES_SHELL = 1 << 0, // in a pipeline of several parts a shell of its own runs it
    BUILTIN_READS = 1 << 1,         // standard input
    BUILTIN_RUNS = 1 << 2,          // other commands, which have its redirections
    BUILTIN_KEEPS = 1 << 3,         // its redirections are the shell's from then on
    BUILTIN_ANY_WORDS = 1 << 4,     // it deals with --help itself, as a word like others or in its own way
};

struct builtin {
    const char *name;
    const char *usage;
    const char *help;
    int (*run)(struct builtin_call *call);
    unsigned traits; // bits of enum builtin_trait
};

// Null: none of this name.
const struct builtin *builtin_find(const char *name);

// All, with one whose name is null at the end.
extern const struct builtin builtin_table[];

// Runs one with this standard output; the exit status.
int builtin_run(const struct builtin *builtin, const struct builtin_call *call, int output);

// "sh: cd: THING: REASON", and the status `status`.
int builtin_fail(const struct builtin_call *call, const char *thing, const char *reason, int status);

// So that a shell reads it back as it was.
void builtin_write_quoted(struct output *output, const char *value);

int builtin_alias(struct builtin_call *call);
int builtin_break(struct builtin_call *call);
int builtin_cd(struct builtin_call *call);
int builtin_command(struct builtin_call *call);
int builtin_echo(struct builtin_call *call);
int builtin_eval(struct builtin_call *call);
int builtin_exec(struct builtin_call *call);
int builtin_exit(struct builtin_call *call);
int builtin_export(struct builtin_call *call);
int builtin_readonly(struct builtin_call *call);
int builtin_false(struct builtin_call *call);
int builtin_bg(struct builtin_call *call);
int builtin_fg(struct builtin_call *call);
int builtin_getopts(struct builtin_call *call);
int builtin_help(struct builtin_call *call);
int builtin_history(struct builtin_call *call);
int builtin_jobs(struct builtin_call *call);
int builtin_kill(struct builtin_call *call);
int builtin_local(struct builtin_call *call);
int builtin_printf(struct builtin_call *call);
int builtin_pwd(struct builtin_call *call);
int builtin_read(struct builtin_call *call);
int builtin_return(struct builtin_call *call);
int builtin_set(struct builtin_call *call);
int builtin_shift(struct builtin_call *call);
int builtin_source(struct builtin_call *call);
int builtin_test(struct builtin_call *call);
int builtin_trap(struct builtin_call *call);
int builtin_true(struct builtin_call *call);
int builtin_type(struct builtin_call *call);
int builtin_unalias(struct builtin_call *call);
int builtin_unset(struct builtin_call *call);
int builtin_wait(struct builtin_call *call);
