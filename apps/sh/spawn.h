// Starting programs.
#pragma once

#include <sys/types.h>

#include "apps/sh/descriptors.h"
#include "apps/sh/text.h"

struct shell;

// Starts a program by its name: from $PATH, or by path where it has a slash. `assignments` ("NAME=VALUE") are
// added to its environment. A text file is run by a shell. Its process id, or 0: `status` says which exit
// status that is, and it was complained about.
pid_t spawn_program(struct shell *shell, char **arguments, const struct strings *assignments,
                    struct descriptors *descriptors, int *status);

// By these variables of the environment it is told $$ and $?.
#define SPAWN_PROCESS "SH_PROCESS"
#define SPAWN_STATUS "SH_STATUS"

// Starts a shell like this one, with all its variables, functions and options, that runs `source`.
pid_t spawn_subshell(struct shell *shell, const char *source, struct descriptors *descriptors, int *status);

// The same for a part of a tree.
pid_t spawn_node(struct shell *shell, const struct node *node, struct descriptors *descriptors, int *status);
