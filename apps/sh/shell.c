// The shell as a whole: what its parts share.
#include "apps/sh/shell.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "apps/common/output.h"

enum { PATH_SIZE = 1025 };

static void list_options(const struct shell *shell, char *letters) {
    const struct {
        bool is_set;
        char letter;
    } options[] = {{shell->stop_on_error, 'e'},
                   {shell->interactive, 'i'},
                   {shell->unset_fails, 'u'},
                   {shell->trace, 'x'},
                   {shell->given_line, 'c'}};
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        if (options[i].is_set)
            *letters++ = options[i].letter;
    *letters = 0;
}

struct expander *shell_expander(struct shell *shell) {
    struct expander *expander = &shell->expander;
    expander->variables = &shell->variables;
    expander->arguments = shell->arguments.list;
    expander->argument_count = shell->arguments.count;
    expander->status = shell->status;
    expander->process = shell->process;
    expander->last_background = (unsigned long)shell->last_background;
    expander->unset_fails = shell->unset_fails;
    list_options(shell, expander->options);
    return expander;
}

bool shell_goes_on(const struct shell *shell) {
    return !shell->leaving && !shell->interrupted && !shell->breaking && !shell->returning;
}

void shell_complain(int descriptor, const char *name, const char *reason) {
    struct text text = {0};
    text_add_string(&text, "sh: ");
    if (name) {
        text_add_string(&text, name);
        text_add_string(&text, ": ");
    }
    text_add_string(&text, reason);
    text_add_character(&text, '\n');
    if (descriptor >= 0)
        write_fully(descriptor, text.bytes, text.length);
    text_release(&text);
}

void shell_complain_errno(int descriptor, const char *name) {
    shell_complain(descriptor, name, strerror(errno));
}

int shell_fail_expansion(struct shell *shell) {
    shell_complain(2, NULL, shell->expander.problem.bytes);
    shell->leaving |= !shell->interactive;
    return shell->expander.unset && shell->given_line ? SHELL_NOT_FOUND : 1;
}

bool shell_change_directory(struct shell *shell, const char *path) {
    char now[PATH_SIZE];
    const char *before = variables_get(&shell->variables, "PWD");
    if (chdir(path))
        return false;
    if (before)
        variables_set(&shell->variables, "OLDPWD", before);
    if (getcwd(now, sizeof(now)))
        variables_set(&shell->variables, "PWD", now);
    return true;
}

bool shell_set_option(struct shell *shell, const char *name, bool set) {
    struct {
        const char *name;
        bool *option;
    } options[] = {
        {"errexit", &shell->stop_on_error},
        {"nounset", &shell->unset_fails},
        {"pipefail", &shell->pipe_fail},
        {"xtrace", &shell->trace},
    };
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (!strcmp(options[i].name, name)) {
            *options[i].option = set;
            return true;
        }
    }
    return false;
}
