// One part of a pipeline.
#include "apps/sh/command.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "apps/sh/shell.h"
#include "apps/sh/spawn.h"

void command_fail(struct command *command, int status) {
    command->failed = true;
    command->status = status;
}

// "NAME=VALUE" with the value expanded. Null: it was complained about.
static char *expand_assignment(struct shell *shell, const char *word) {
    size_t name = strcspn(word, "=") + 1;
    char *value = expand_string(shell_expander(shell), word + name);
    struct text text = {0};
    if (!value)
        return NULL;
    text_add(&text, word, name);
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
static bool changes_shell_as_typed(const struct node *node) {
    const struct builtin *builtin = node->words ? builtin_find(node->words->text) : NULL;
    return builtin ? builtin->changes_shell : !node->words && node->assignments;
}

static void prepare_simple(struct command *command, struct shell *shell, bool beside_others) {
    if (beside_others && changes_shell_as_typed(command->node)) {
        command->subshell = command->node;
        return;
    }
    shell->status = command->node->words ? shell->status : 0; // a substitution in an assignment may set it
    if (!expand(command, shell)) {
        shell_complain(2, NULL, shell->expander.problem.bytes);
        command_fail(command, 1);
        return;
    }
    if (!command->words.count)
        command->status = command->node->words ? 0 : shell->status;
    if (shell->trace)
        trace(command);
    command->builtin = command->words.count ? builtin_find(command->words.list[0]) : NULL;
    if (beside_others && command->builtin && command->builtin->changes_shell)
        command->subshell = command->node;
    command->own = !command->subshell && (command->builtin || !command->words.count);
}

void command_prepare(struct command *command, struct shell *shell, const struct node *node, bool beside_others) {
    *command = (struct command){.node = node};
    descriptors_start(&command->descriptors);
    if (node->kind == NODE_SUBSHELL)
        command->subshell = node;
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
    if (subshell && subshell->children && subshell->children->kind == NODE_LIST)
        subshell = subshell->children; // what is inside the parentheses
    if (subshell)
        command->process =
            spawn_subshell(shell, subshell->source, subshell->source_length, &command->descriptors, &command->status);
    else
        command->process =
            spawn_program(shell, command->words.list, &command->assignments, &command->descriptors, &command->status);
    descriptors_release(&command->descriptors);
}

static void assign(struct shell *shell, const char *assignment) {
    const char *equals = strchr(assignment, '=');
    struct text name = {0};
    text_add(&name, assignment, (size_t)(equals - assignment));
    variables_set(&shell->variables, name.bytes, equals + 1);
    text_release(&name);
}

void command_run_own(struct command *command, struct shell *shell) {
    if (!command->own || command->failed)
        return;
    const int *source = command->descriptors.source;
    for (size_t i = 0; i < command->assignments.count; i++)
        assign(shell, command->assignments.list[i]);
    if (command->builtin)
        command->status =
            builtin_run(command->builtin, shell, command->words.list, command->words.count, source[1], source[2]);
    descriptors_release(&command->descriptors);
}

void command_tell_end(const struct command *command) {
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
    const char *name = command->words.count ? command->words.list[0] : "( )";
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (ends[i].signal == command->signal)
            shell_complain(2, name, ends[i].text);
}

void command_release(struct command *command) {
    descriptors_release(&command->descriptors);
    strings_release(&command->words);
    strings_release(&command->assignments);
}
