// Running if, while, for, case and { }: in the shell itself.
#include "apps/sh/compound.h"

#include <stdlib.h>
#include <string.h>

#include "apps/common/match.h"
#include "apps/native/terminal.h"
#include "apps/sh/double_bracket.h"
#include "apps/sh/run.h"
#include "apps/sh/shell.h"

static void fail(struct shell *shell) {
    shell->status = shell_fail_expansion(shell);
}

// A condition's failure is no error, as it is looked at.
static bool holds(struct shell *shell, const struct node *condition) {
    shell->tested++;
    run_tree(shell, condition);
    shell->tested--;
    return !shell->status && shell_goes_on(shell);
}

static void run_group(struct shell *shell, const struct node *node) {
    run_tree(shell, node->children);
}

static void run_if(struct shell *shell, const struct node *node) {
    const struct node *child = node->children;
    for (; child->next; child = child->next->next) {
        if (holds(shell, child)) {
            run_tree(shell, child->next);
            return;
        }
        if (!shell_goes_on(shell))
            return;
        if (!child->next->next) {
            shell->status = 0;
            return;
        }
    }
    run_tree(shell, child);
}

// At a terminal each round is a job, so that Ctrl-C ends a loop that starts no programs.
static bool begin_round(const struct shell *shell) {
    return shell->interactive && terminal_round_begin();
}

// Whether there is another round: break and continue may have ended this one.
static bool end_round(struct shell *shell, bool in_job) {
    if (in_job && terminal_job_end())
        shell->interrupted = true;
    if (!shell->breaking)
        return shell_goes_on(shell);
    bool goes_on = !--shell->breaking && shell->continuing;
    shell->continuing &= shell->breaking > 0;
    return goes_on && shell_goes_on(shell);
}

static void run_loop(struct shell *shell, const struct node *node) {
    int status = 0;
    bool again = true;
    shell->loops++;
    while (again) {
        bool in_job = begin_round(shell);
        bool held = holds(shell, node->children), ended = shell_goes_on(shell) && held == node->negated;
        if (!ended && shell_goes_on(shell)) {
            run_tree(shell, node->children->next);
            status = shell->status;
        }
        again = end_round(shell, in_job) && !ended;
    }
    shell->loops--;
    if (!shell->leaving && !shell->returning)
        shell->status = status;
}

// What the variable of a for becomes; false: it was complained about.
static bool list_values(struct shell *shell, const struct node *node, struct strings *values) {
    if (node->has_in && !expand_words(shell_expander(shell), node->words->next, values)) {
        fail(shell);
        return false;
    }
    for (size_t i = 1; !node->has_in && i < shell->arguments.count; i++)
        strings_add(values, string_copy(shell->arguments.list[i]));
    return true;
}

// The variable of a for; false: it was complained about.
static bool set_counter(struct shell *shell, const char *name, const char *value) {
    if (variables_set(&shell->variables, name, value))
        return true;
    expander_fail(shell_expander(shell), name, strlen(name), VARIABLE_IS_FIXED);
    fail(shell);
    return false;
}

static void run_for(struct shell *shell, const struct node *node) {
    struct strings values = {0};
    bool again = list_values(shell, node, &values);
    shell->status = again && !values.count ? 0 : shell->status;
    shell->loops++;
    for (size_t i = 0; i < values.count && again; i++) {
        bool in_job = begin_round(shell);
        again = set_counter(shell, node->words->text, values.list[i]);
        if (again)
            run_tree(shell, node->children);
        again &= end_round(shell, in_job);
    }
    shell->loops--;
    strings_release(&values);
}

// Whether one of the way's patterns matches; trouble is told and counts as a match of nothing.
static bool matches(struct shell *shell, const struct node *way, const char *subject) {
    bool found = false;
    for (const struct word *word = way->words; word && !found; word = word->next) {
        char *pattern = expand_pattern(shell_expander(shell), word->text);
        if (!pattern)
            fail(shell);
        found = pattern && pattern_matches(pattern, subject);
        free(pattern);
    }
    return found;
}

static void run_case(struct shell *shell, const struct node *node) {
    char *subject = expand_string(shell_expander(shell), node->words->text);
    const struct node *way = node->children;
    if (!subject) {
        fail(shell);
        return;
    }
    shell->status = 0;
    while (way && !matches(shell, way, subject))
        way = way->next;
    if (way && way->children)
        run_tree(shell, way->children);
    free(subject);
}

// 0, 1 where it is 0 or false, more where it was complained about.
static int number_holds(struct shell *shell, const struct word *word) {
    char *number = expand_string(shell_expander(shell), word->text);
    if (!number)
        shell_complain(2, NULL, shell->expander.problem.bytes);
    int status = number ? !strcmp(number, "0") || !*number : 2;
    free(number);
    return status;
}

static void run_arithmetic(struct shell *shell, const struct node *node) {
    int status = number_holds(shell, node->words);
    shell->status = status > 1 ? 1 : status;
}

static void run_condition(struct shell *shell, const struct node *node) {
    shell->status = double_bracket(shell, node->words);
}

// What is left out between two ; holds.
static void run_counted(struct shell *shell, const struct node *node) {
    const struct word *start = node->words, *condition = start->next, *step = condition->next;
    int status = 0, held = number_holds(shell, start) > 1 ? 2 : 0;
    bool again = !held;
    shell->loops++;
    while (again && !(held = *condition->text ? number_holds(shell, condition) : 0)) {
        bool in_job = begin_round(shell);
        run_tree(shell, node->children);
        status = shell->status;
        again = end_round(shell, in_job);
        if (again && number_holds(shell, step) > 1)
            held = 2, again = false;
    }
    shell->loops--;
    if (!shell->leaving && !shell->returning)
        shell->status = held > 1 ? 1 : status;
}

static void define(struct shell *shell, const struct node *node) {
    functions_define(&shell->functions, node);
    shell->status = 0;
}

static void (*const runners[NODE_KIND_COUNT])(struct shell *, const struct node *) = {
    [NODE_GROUP] = run_group,
    [NODE_IF] = run_if,
    [NODE_LOOP] = run_loop,
    [NODE_FOR] = run_for,
    [NODE_CASE] = run_case,
    [NODE_FUNCTION] = define,
    [NODE_ARITHMETIC] = run_arithmetic,
    [NODE_CONDITION] = run_condition,
    [NODE_COUNTED] = run_counted,
};

bool compound_is(const struct node *node) {
    return runners[node->kind];
}

void compound_run(struct shell *shell, const struct node *node) {
    runners[node->kind](shell, node);
}
