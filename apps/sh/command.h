// One part of a pipeline: what it is, what it is connected to, and how it ended.
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "apps/sh/builtin.h"
#include "apps/sh/descriptors.h"
#include "apps/sh/text.h"
#include "apps/sh/tree.h"

struct shell;

struct command {
    const struct node *node;
    const struct node *subshell; // its source is run by a shell of its own
    struct strings words;
    struct strings assignments; // "NAME=VALUE"
    const struct builtin *builtin;
    struct function *function;
    struct descriptors descriptors;
    bool connected;
    bool failed;   // it is not run: `status` says why
    bool own;      // in the shell itself
    bool reads;    // and from its standard input
    bool plain;    // no function is meant: `command` stood before it
    bool replaces; // nor a builtin, and the shell ends with it: `exec` stood before it
    pid_t process;
    bool stopped;
    int status;
    int signal; // that ended it, 0: none
    int lack;   // why a page of its was not to be had, which ended it: an enum status without its sign; 0: it did not
};

// Expands the words. `beside_others`: what changes the shell gets a shell of its own.
void command_prepare(struct command *command, struct shell *shell, const struct node *node, bool beside_others);
bool command_is_program(const struct command *command);

// It is not run.
void command_fail(struct command *command, int status);

// Its standard input and output, which it owns from now on; -1: the shell's.
void command_connect(struct command *command, int input, int output);

// Applies its redirections.
void command_redirect(struct command *command, struct shell *shell);

// Starts a program. The shell keeps none of its descriptors.
void command_start(struct command *command, struct shell *shell);

// Does what the shell does itself; nothing for a program.
void command_run_own(struct command *command, struct shell *shell);

// What a signal that ended a program says of it; null: no news.
const char *command_end_text(int signal);

// Says how it was ended, where that is news.
void command_tell_end(const struct command *command);
void command_release(struct command *command);
