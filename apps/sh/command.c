// One part of a pipeline.
#include "apps/sh/command.h"

#include "kernel/abi/status.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "apps/sh/assignments.h"
#include "apps/sh/call.h"
#include "apps/sh/compound.h"
#include "apps/sh/shell.h"
#include "apps/sh/spawn.h"

void command_fail(struct command *command, int status) {
    command->failed = true;
    command->status = status;
}

// "NAME=VALUE" with the value expanded, and for NAME+=VALUE behind the one before. Null: it was complained about.
static char *expand_assignment(struct shell *shell, const char *word) {
    size_t equals = strcspn(word, "=");
    bool adds = word[equals - 1] == '+';
    char *value = expand_string(shell_expander(shell), word + equals + 1);
    struct text text = {0};
    if (!value)
        return NULL;
    text_add(&text, word, equals - adds);
    const char *before = adds ? variables_get(&shell->variables, text.bytes) : NULL;
    text_add_character(&text, '=');
    text_add_string(&text, before ? before : "");
    text_add_string(&text, value);
    free(value);
    return text_take(&text);
}

static bool expand(struct command *command, struct shell *shell) {
    if (!expand_words(shell_expander(shell), command->node->words, &command->words))
        return false;
    for (const struct word *word = command->node->assignments; word; word = word->next) {
        char *assignment = expand_assignment(shell, word->text);
        if (!assignment)
            return false;
        strings_add(&command->assignments, assignment);
        if (assignment_is_refused(shell, assignment))
            return expander_fail(shell_expander(shell), assignment, strcspn(assignment, "="), VARIABLE_IS_FIXED);
        if (!command->node->words)
            assignment_apply(shell, assignment); // the next one may use it
    }
    return true;
}

static void trace(const struct command *command) {
    struct text text = {0};
    text_add_character(&text, '+');
    for (size_t i = 0; i < command->assignments.count + command->words.count; i++) {
        bool assignment = i < command->assignments.count;
        text_add_character(&text, ' ');
        text_add_string(&text, assignment ? command->assignments.list[i]
                                          : command->words.list[i - command->assignments.count]);
    }
    text_add_character(&text, '\n');
    write_fully(2, text.bytes, text.length);
    text_release(&text);
}

// As typed; what only expansion shows to be such a command is expanded once more by the shell that runs it.
static bool changes_shell_as_typed(const struct shell *shell, const struct node *node) {
    const struct builtin *builtin = node->words ? builtin_find(node->words->text) : NULL;
    if (node->words && functions_find(&shell->functions, node->words->text))
        return true;
    return builtin ? builtin->traits & BUILTIN_CHANGES_SHELL : !node->words && node->assignments;
}

static bool starts_with_prefix(const struct command *command, const char *prefix) {
    const struct strings *words = &command->words;
    return words->count > 1 && !strcmp(words->list[0], prefix) && words->list[1][0] != '-';
}

// `exec` and `command` before a command: that one is run, otherwise.
static void take_prefixes(struct command *command) {
    bool is_exec;
    while ((is_exec = starts_with_prefix(command, "exec")) || starts_with_prefix(command, "command")) {
        struct strings *words = &command->words;
        command->plain = true;
        command->replaces |= is_exec;
        free(words->list[0]);
        memmove(words->list, words->list + 1, words->count * sizeof(char *)); // the null pointer too
        words->count--;
    }
}

static void find_own(struct command *command, const struct shell *shell) {
    const char *name = command->words.count && !command->replaces ? command->words.list[0] : NULL;
    command->function = name && !command->plain ? functions_find(&shell->functions, name) : NULL;
    command->builtin = name && !command->function ? builtin_find(name) : NULL;
}

static void prepare_simple(struct command *command, struct shell *shell, bool beside_others) {
    if (beside_others && changes_shell_as_typed(shell, command->node)) {
        command->subshell = command->node;
        return;
    }
    shell->substituted = false;
    if (!expand(command, shell)) {
        bool leaving = shell->leaving;
        command_fail(command, shell_fail_expansion(shell));
        if (beside_others)
            shell->leaving = leaving; // it ends this part of the pipeline alone
        return;
    }
    if (!command->words.count)
        command->status = !command->node->words && shell->substituted ? shell->status : 0;
    if (shell->trace)
        trace(command);
    take_prefixes(command);
    find_own(command, shell);
    if (beside_others && (command->function || (command->builtin && command->builtin->traits & BUILTIN_CHANGES_SHELL)))
        command->subshell = command->node;
    command->own = !command->subshell && (command->builtin || command->function || !command->words.count);
    command->reads = command->own && command->builtin && command->builtin->traits & BUILTIN_READS;
}

void command_prepare(struct command *command, struct shell *shell, const struct node *node, bool beside_others) {
    *command = (struct command){.node = node};
    descriptors_start(&command->descriptors, shell->passed);
    if (node->kind == NODE_SUBSHELL || (beside_others && compound_is(node)))
        command->subshell = node;
    else if (compound_is(node))
        command->own = true;
    else
        prepare_simple(command, shell, beside_others);
}

bool command_is_program(const struct command *command) {
    return !command->own && !command->failed;
}

void command_connect(struct command *command, int input, int output) {
    command->connected = true;
    if (input >= 0)
        descriptors_set(&command->descriptors, 0, input, true);
    if (output >= 0)
        descriptors_set(&command->descriptors, 1, output, true);
}

void command_redirect(struct command *command, struct shell *shell) {
    bool by_subshell = command->subshell && command->subshell->kind != NODE_SUBSHELL; // its source has them
    if (!command->failed && !by_subshell &&
        !descriptors_redirect(&command->descriptors, shell, command->node->redirections))
        command_fail(command, 1);
    if (command->failed)
        descriptors_release(&command->descriptors);
}

void command_start(struct command *command, struct shell *shell) {
    const struct node *subshell = command->subshell;
    if (subshell && subshell->kind == NODE_SUBSHELL && subshell->children->kind == NODE_LIST)
        subshell = subshell->children; // what is inside the parentheses
    if (subshell)
        command->process = spawn_node(shell, subshell, &command->descriptors, &command->status);
    else
        command->process =
            spawn_program(shell, command->words.list, &command->assignments, &command->descriptors, &command->status);
    descriptors_release(&command->descriptors);
}

static int run_builtin(struct command *command, struct shell *shell, int output) {
    struct builtin_call call = {
        .shell = shell,
        .arguments = command->words.list,
        .count = command->words.count,
        .input = command->descriptors.source[0],
        .error = command->descriptors.source[2],
    };
    return builtin_run(command->builtin, &call, output);
}

// Commands inside of it have its redirections as the shell's own.
static int run_inside(struct command *command, struct shell *shell) {
    struct descriptors_before before;
    bool redirected = command->descriptors.source[0] != 0;
    if (!descriptors_enter(&command->descriptors, shell, &before)) {
        shell_complain_errno(2, "redirection");
        return 1;
    }
    shell->redirected += redirected;
    if (command->builtin)
        shell->status = run_builtin(command, shell, 1);
    else if (command->function)
        call_function(shell, command->function, &command->words);
    else
        compound_run(shell, command->node);
    shell->redirected -= redirected;
    if (command->builtin && command->builtin->traits & BUILTIN_KEEPS)
        descriptors_keep(&before);
    else
        descriptors_leave(shell, &before);
    return shell->status;
}

void command_run_own(struct command *command, struct shell *shell) {
    struct strings before = {0};
    if (!command->own || command->failed)
        return;
    bool for_now = command->function || command->reads ||
                   (command->builtin && !(command->builtin->traits & BUILTIN_CHANGES_SHELL));
    for (size_t i = 0; i < command->assignments.count; i++) {
        if (for_now)
            assignment_note(shell, command->assignments.list[i], &before);
        assignment_apply(shell, command->assignments.list[i]);
    }
    if (command->builtin && !(command->builtin->traits & BUILTIN_RUNS))
        command->status = run_builtin(command, shell, command->descriptors.source[1]);
    else if (command->builtin || command->function || compound_is(command->node))
        command->status = run_inside(command, shell);
    assignments_restore(shell, &before, 0);
    strings_release(&before);
    descriptors_release(&command->descriptors);
}

static const char *lack_text(int status) {
    switch (status) {
    case STATUS_NO_MEMORY:
        return "ended: the machine's memory is used up";
    case STATUS_LIMIT_REACHED:
        return "ended: it reached its limit of memory";
    default:
        return "ended: the memory daemon did not bring a page";
    }
}

const char *command_end_text(int signal) {
    static const struct {
        int signal;
        const char *text;
    } ends[] = {
        {SIGKILL, "killed"},
        {SIGTERM, "ended by kill"},
        {SIGSEGV, "touched memory that is not its own"},
        {SIGILL, "illegal instruction"},
        {SIGFPE, "arithmetic fault"},
        {SIGABRT, "aborted"},
        {SIGBUS, "bus fault"},
        {SIGTRAP, "breakpoint or trace"},
    };
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (ends[i].signal == signal)
            return ends[i].text;
    return NULL;
}

void command_tell_end(const struct command *command) {
    const char *text = command_end_text(command->signal);
    const char *name = command->words.count ? command->words.list[0] : "( )";
    if (command->lack) {
        shell_complain(2, name, lack_text(-command->lack));
        return;
    }
    if (text)
        shell_complain(2, name, text);
}

void command_release(struct command *command) {
    descriptors_release(&command->descriptors);
    strings_release(&command->words);
    strings_release(&command->assignments);
}
