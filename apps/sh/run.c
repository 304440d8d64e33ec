// Running trees: lists, && and ||, and which of their parts get a shell of their own.
#include "apps/sh/run.h"

#include "apps/common/elapsed.h"
#include "apps/sh/pipeline.h"
#include "apps/sh/shell.h"

static void run_list(struct shell *shell, const struct node *node) {
    for (const struct node *child = node->children; child; child = child->next) {
        if (child->background)
            pipeline_run_background(shell, child);
        else
            run_tree(shell, child);
        if (!shell_goes_on(shell))
            return;
    }
}

// The first of two; its failure is no error, as it is looked at.
static bool first_succeeds(struct shell *shell, const struct node *node) {
    shell->tested++;
    run_tree(shell, node->children);
    shell->tested--;
    return !shell->status;
}

static void run_and(struct shell *shell, const struct node *node) {
    if (first_succeeds(shell, node) && shell_goes_on(shell))
        run_tree(shell, node->children->next);
}

static void run_or(struct shell *shell, const struct node *node) {
    if (!first_succeeds(shell, node) && shell_goes_on(shell))
        run_tree(shell, node->children->next);
}

static void run_pipeline(struct shell *shell, const struct node *node) {
    uint64_t start = node->timed ? elapsed_now() : 0;
    shell->tested += node->negated;
    pipeline_run(shell, node);
    if (node->timed)
        elapsed_tell(start);
    if (shell->traps.any)
        traps_run(shell);
    shell->tested -= node->negated;
    if (node->negated)
        shell->status = !shell->status;
    else if (shell->status && shell->stop_on_error && !shell->tested)
        shell->leaving = true;
}

void run_tree(struct shell *shell, const struct node *node) {
    static void (*const runners[NODE_KIND_COUNT])(struct shell *, const struct node *) = {
        [NODE_PIPELINE] = run_pipeline,
        [NODE_AND] = run_and,
        [NODE_OR] = run_or,
        [NODE_LIST] = run_list,
    };
    runners[node->kind](shell, node);
}
