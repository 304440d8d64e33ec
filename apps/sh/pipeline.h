// Pipelines: their parts are started one after the other and run at the same time.
//
// A part is a program, a ( list ) that a shell of its own runs, or what the shell does itself. The latter is
// done last, from the right to the left, when all programs run: none of it reads, so that nobody waits for
// anybody for ever.
#pragma once

#include "apps/sh/tree.h"

struct job;
struct shell;

// Runs a pipeline in the foreground; shell->status is the status of its last part.
void pipeline_run(struct shell *shell, const struct node *node);

// A job in the foreground has stopped: it leaves that, is told, and what is left of the line is not run.
void pipeline_leave(struct shell *shell, struct job *job);

// Starts a pipeline, or a whole && || list, and does not wait.
void pipeline_run_background(struct shell *shell, const struct node *node);
