// Running functions: with arguments and variables of their own.
#include "apps/sh/call.h"

#include "apps/sh/assignments.h"
#include "apps/sh/compound.h"
#include "apps/sh/pipeline.h"
#include "apps/sh/shell.h"

enum { CALLS_MAX = 200 };

// The body as a pipeline of its own: it may be ( ), or have redirections.
static void run_body(struct shell *shell, const struct node *body) {
    struct node part = *body, whole = {.kind = NODE_PIPELINE, .children = &part, .source = body->source};
    whole.source_length = body->source_length;
    part.next = NULL;
    pipeline_run(shell, &whole);
}

static struct strings make_arguments(const struct shell *shell, const struct strings *words) {
    struct strings arguments = {0};
    strings_add(&arguments, string_copy(shell->arguments.list[0]));
    for (size_t i = 1; i < words->count; i++)
        strings_add(&arguments, string_copy(words->list[i]));
    return arguments;
}

void call_function(struct shell *shell, struct function *function, const struct strings *words) {
    struct strings before = shell->arguments;
    unsigned loops = shell->loops;
    size_t locals = shell->locals.count;
    if (shell->calls >= CALLS_MAX) {
        shell_complain(2, function->name, "too many functions inside each other");
        shell->status = SHELL_MISUSED;
        return;
    }
    shell->arguments = make_arguments(shell, words);
    shell->calls++;
    shell->loops = 0;
    functions_begin(function);
    run_body(shell, function->body);
    functions_end(&shell->functions, function);
    shell->loops = loops;
    shell->calls--;
    shell->returning = false;
    assignments_restore(shell, &shell->locals, locals);
    strings_release(&shell->arguments);
    shell->arguments = before;
}
