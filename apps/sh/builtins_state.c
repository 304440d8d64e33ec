// Commands that change what the shell knows: directory, variables, arguments, options.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apps/common/number.h"
#include "apps/sh/builtin.h"
#include "apps/sh/script.h"
#include "apps/sh/shell.h"

enum { PATH_SIZE = 1025 };

int builtin_cd(struct builtin_call *call) {
    struct variables *variables = &call->shell->variables;
    const char *path = call->arguments[1];
    bool back = path && !strcmp(path, "-");
    if (call->count > 2)
        return builtin_fail(call, NULL, "one directory is wanted", SHELL_MISUSED);
    if (!path || back)
        path = variables_get(variables, back ? "OLDPWD" : "HOME");
    if (!path)
        return builtin_fail(call, back ? "OLDPWD" : "HOME", "not set", 1);
    char *copy = string_copy(path); // the variable changes
    bool done = shell_change_directory(call->shell, copy);
    int status = done ? 0 : builtin_fail(call, copy, strerror(errno), 1);
    free(copy);
    if (done && back) {
        output_text(call->output, variables_get(variables, "PWD"));
        output_character(call->output, '\n');
    }
    return status;
}

int builtin_pwd(struct builtin_call *call) {
    char path[PATH_SIZE];
    if (!getcwd(path, sizeof(path)))
        return builtin_fail(call, NULL, strerror(errno), 1);
    output_text(call->output, path);
    output_character(call->output, '\n');
    return 0;
}

int builtin_exit(struct builtin_call *call) {
    uint64_t status = (unsigned)call->shell->status;
    if (call->count > 2)
        return builtin_fail(call, NULL, "one status is wanted", SHELL_MISUSED);
    call->shell->leaving = true;
    if (call->count > 1 && !number_parse(call->arguments[1], &status))
        return builtin_fail(call, call->arguments[1], "not a number", SHELL_MISUSED);
    return (int)(status & 0xff);
}

// So that a shell reads it back as it was.
void builtin_write_quoted(struct output *output, const char *value) {
    output_character(output, '\'');
    for (; *value; value++) {
        if (*value == '\'')
            output_text(output, "'\\''");
        else
            output_character(output, *value);
    }
    output_character(output, '\'');
}

static bool is_exported(const struct variable *variable) {
    return variable->exported;
}

static bool is_fixed(const struct variable *variable) {
    return variable->fixed;
}

// `belongs`: null: all do.
static int list_variables(struct builtin_call *call, const char *before, bool (*belongs)(const struct variable *)) {
    struct variables *variables = &call->shell->variables;
    variables_sort(variables);
    for (size_t i = 0; i < variables->count; i++) {
        const struct variable *variable = &variables->list[i];
        if ((belongs && !belongs(variable)) || !variable->value)
            continue;
        output_text(call->output, before);
        output_text(call->output, variable->name);
        output_character(call->output, '=');
        builtin_write_quoted(call->output, variable->value);
        output_character(call->output, '\n');
    }
    return 0;
}

// NAME or NAME=VALUE.
static int mark_one(struct builtin_call *call, const char *argument, void (*mark)(struct variables *, const char *)) {
    struct variables *variables = &call->shell->variables;
    const char *equals = strchr(argument, '=');
    struct text name = {0};
    text_add(&name, argument, equals ? (size_t)(equals - argument) : strlen(argument));
    int status = 0;
    if (!variables_is_name(name.bytes)) {
        status = builtin_fail(call, argument, "not a name", 1);
    } else {
        if (equals && !variables_set(variables, name.bytes, equals + 1))
            status = builtin_fail(call, name.bytes, VARIABLE_IS_FIXED, 1);
        mark(variables, name.bytes);
    }
    text_release(&name);
    return status;
}

static int mark_all(struct builtin_call *call, void (*mark)(struct variables *, const char *)) {
    int status = 0;
    for (size_t i = 1; i < call->count; i++)
        status |= mark_one(call, call->arguments[i], mark);
    return status;
}

int builtin_export(struct builtin_call *call) {
    bool lists = call->count == 1 || !strcmp(call->arguments[1], "-p");
    return lists ? list_variables(call, "export ", is_exported) : mark_all(call, variables_export);
}

int builtin_readonly(struct builtin_call *call) {
    bool lists = call->count == 1 || !strcmp(call->arguments[1], "-p");
    return lists ? list_variables(call, "readonly ", is_fixed) : mark_all(call, variables_fix);
}

int builtin_unset(struct builtin_call *call) {
    int status = 0;
    bool functions = call->count > 1 && !strcmp(call->arguments[1], "-f");
    for (size_t i = functions ? 2 : 1; i < call->count; i++) {
        if (functions)
            functions_remove(&call->shell->functions, call->arguments[i]);
        else if (!variables_is_name(call->arguments[i]))
            status = builtin_fail(call, call->arguments[i], "not a name", 1);
        else if (!variables_unset(&call->shell->variables, call->arguments[i]))
            status = builtin_fail(call, call->arguments[i], VARIABLE_IS_FIXED, 1);
    }
    return status;
}

static void set_arguments(struct shell *shell, char **arguments, size_t count) {
    struct strings set = {0};
    strings_add(&set, string_copy(shell->arguments.list[0]));
    for (size_t i = 0; i < count; i++)
        strings_add(&set, string_copy(arguments[i]));
    strings_release(&shell->arguments);
    shell->arguments = set;
}

// -eux and +eux; an o at the end takes the name of an option, which is the next word. False: it has another letter.
static bool set_options(struct shell *shell, const char *word, const char *name) {
    bool on = *word == '-';
    for (const char *letter = word + 1; *letter; letter++) {
        if (*letter == 'e')
            shell->stop_on_error = on;
        else if (*letter == 'x')
            shell->trace = on;
        else if (*letter == 'u')
            shell->unset_fails = on;
        else
            return *letter == 'o' && !letter[1] && name && shell_set_option(shell, name, on);
    }
    return true;
}

int builtin_set(struct builtin_call *call) {
    size_t i = 1;
    if (call->count == 1)
        return list_variables(call, "", NULL);
    for (; i < call->count; i++) {
        const char *word = call->arguments[i];
        if (!strcmp(word, "--")) {
            set_arguments(call->shell, call->arguments + i + 1, call->count - i - 1);
            return 0;
        }
        if ((word[0] != '-' && word[0] != '+') || !word[1])
            break;
        const char *name = word[strlen(word) - 1] == 'o' ? call->arguments[++i] : NULL;
        if (!set_options(call->shell, word, name))
            return builtin_fail(call, name ? name : word, "no such option", SHELL_MISUSED);
    }
    if (i < call->count)
        set_arguments(call->shell, call->arguments + i, call->count - i);
    return 0;
}

// `return` ends the file alone.
static int run_file(struct shell *shell, const char *path) {
    shell->sourced++;
    int status = script_run_file(shell, path, 1);
    shell->sourced--;
    shell->returning = false;
    return status;
}

// With arguments, the file sees them as its $1...; without, the shell's own.
int builtin_source(struct builtin_call *call) {
    struct shell *shell = call->shell;
    if (call->count < 2)
        return builtin_fail(call, NULL, "a file is wanted", SHELL_MISUSED);
    if (call->count == 2)
        return run_file(shell, call->arguments[1]);
    struct strings before = shell->arguments;
    shell->arguments = (struct strings){0};
    strings_add(&shell->arguments, string_copy(before.list[0]));
    for (size_t i = 2; i < call->count; i++)
        strings_add(&shell->arguments, string_copy(call->arguments[i]));
    int status = run_file(shell, call->arguments[1]);
    strings_release(&shell->arguments);
    shell->arguments = before;
    return status;
}
