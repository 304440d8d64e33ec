// Starting programs: where they are, what they find, and what went wrong.
#include "apps/sh/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apps/sh/hints.h"
#include "apps/sh/shell.h"

enum { HEAD_SIZE = 128 };

// One try; 0 or an errno.
static int try_spawn(pid_t *process, const char *path, char **arguments, char **environment,
                     struct descriptors *descriptors) {
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = descriptors_add_actions(descriptors, &actions) ? 0 : errno;
    if (!error)
        error = posix_spawn(process, path, &actions, NULL, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

// A file without bytes of zero at its start is taken for a script.
static bool is_text(const char *path) {
    char head[HEAD_SIZE];
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = descriptor < 0 ? -1 : read(descriptor, head, sizeof(head));
    if (descriptor >= 0)
        close(descriptor);
    return got >= 0 && !memchr(head, 0, (size_t)got);
}

static int spawn_script(struct shell *shell, pid_t *process, const char *path, char **arguments, char **environment,
                        struct descriptors *descriptors) {
    struct strings words = {0};
    strings_add(&words, string_copy("sh"));
    strings_add(&words, string_copy(path));
    for (char **argument = arguments + 1; *argument; argument++)
        strings_add(&words, string_copy(*argument));
    int error = try_spawn(process, shell->program, words.list, environment, descriptors);
    strings_release(&words);
    return error;
}

static int spawn_path(struct shell *shell, pid_t *process, const char *path, char **arguments, char **environment,
                      struct descriptors *descriptors) {
    int error = try_spawn(process, path, arguments, environment, descriptors);
    if (error == ENOEXEC && is_text(path))
        return spawn_script(shell, process, path, arguments, environment, descriptors);
    return error;
}

// Tries the directories of $PATH. One where the name cannot be run counts only if no other has a better.
static int search(struct shell *shell, pid_t *process, char **arguments, char **environment,
                  struct descriptors *descriptors) {
    const char *list = variables_get(&shell->variables, "PATH");
    struct text path = {0};
    int result = ENOENT;
    for (list = list ? list : "/bin"; *list;) {
        size_t length = strcspn(list, ":");
        text_clear(&path);
        text_add(&path, length ? list : ".", length ? length : 1);
        text_add_character(&path, '/');
        text_add_string(&path, arguments[0]);
        int error = spawn_path(shell, process, path.bytes, arguments, environment, descriptors);
        if (error != ENOENT && error != ENOTDIR)
            result = error;
        if (!error || (result != ENOENT && result != EACCES))
            break;
        list += length + (list[length] == ':');
    }
    text_release(&path);
    return result;
}

// An assignment takes the place of an exported variable of its name.
static void add_assignment(struct strings *environment, const char *assignment) {
    size_t name = strcspn(assignment, "=") + 1;
    for (size_t i = 0; i < environment->count; i++) {
        if (!strncmp(environment->list[i], assignment, name)) {
            free(environment->list[i]);
            environment->list[i] = string_copy(assignment);
            return;
        }
    }
    strings_add(environment, string_copy(assignment));
}

// At a terminal with what to type instead, where that is known.
static void complain_not_found(const struct shell *shell, const char *name) {
    const char *hint = shell->interactive ? hint_for(name) : NULL;
    struct text reason = {0};
    text_add_string(&reason, "not found");
    if (hint) {
        text_add_string(&reason, "; ");
        text_add_string(&reason, hint);
    }
    shell_complain(2, name, reason.bytes);
    text_release(&reason);
}

static int status_for(const struct shell *shell, int error, const char *name) {
    if (error == ENOENT && !strchr(name, '/'))
        complain_not_found(shell, name);
    else if (error == ENOEXEC)
        shell_complain(2, name, "not a program");
    else if (error == EAGAIN)
        shell_complain(2, name, "no more processes or threads may be started: `limits` shows how many there are");
    else
        shell_complain(2, name, strerror(error));
    if (error == EAGAIN || error == ENOMEM)
        return SHELL_NO_PROCESS;
    return error == ENOENT || error == ENOTDIR ? SHELL_NOT_FOUND : SHELL_NO_PROGRAM;
}

pid_t spawn_program(struct shell *shell, char **arguments, const struct strings *assignments,
                    struct descriptors *descriptors, int *status) {
    struct strings environment = {0};
    pid_t process = 0;
    variables_environment(&shell->variables, &environment);
    for (size_t i = 0; i < assignments->count; i++)
        add_assignment(&environment, assignments->list[i]);
    char **list = strings_list(&environment);
    int error = ENOENT;
    if (strchr(arguments[0], '/'))
        error = spawn_path(shell, &process, arguments[0], arguments, list, descriptors);
    else if (*arguments[0])
        error = search(shell, &process, arguments, list, descriptors);
    strings_release(&environment);
    if (!error)
        return process;
    *status = status_for(shell, error, arguments[0]);
    return 0;
}

static void add_options(const struct shell *shell, struct strings *words) {
    if (shell->stop_on_error && !shell->tested)
        strings_add(words, string_copy("-e"));
    if (shell->trace)
        strings_add(words, string_copy("-x"));
    if (shell->unset_fails)
        strings_add(words, string_copy("-u"));
    if (shell->pipe_fail) {
        strings_add(words, string_copy("-o"));
        strings_add(words, string_copy("pipefail"));
    }
}

static void tell(struct strings *environment, const char *name, unsigned long value) {
    struct text text = {0};
    text_add_string(&text, name);
    text_add_character(&text, '=');
    text_add_number(&text, value);
    strings_add(environment, text_take(&text));
}

pid_t spawn_subshell(struct shell *shell, const char *source, struct descriptors *descriptors, int *status) {
    struct strings environment = {0}, words = {0};
    struct text text = {0};
    pid_t process = 0;
    functions_source(&shell->functions, &text);
    text_add_string(&text, source);
    variables_for_subshell(&shell->variables, &environment);
    tell(&environment, SPAWN_PROCESS, shell->process);
    tell(&environment, SPAWN_STATUS, (unsigned)shell->status);
    strings_add(&words, string_copy("sh"));
    add_options(shell, &words);
    strings_add(&words, string_copy("-c"));
    strings_add(&words, text_take(&text));
    for (size_t i = 0; i < shell->arguments.count; i++)
        strings_add(&words, string_copy(shell->arguments.list[i]));
    int error = try_spawn(&process, shell->program, words.list, strings_list(&environment), descriptors);
    strings_release(&environment);
    strings_release(&words);
    if (!error)
        return process;
    *status = status_for(shell, error, shell->program);
    return 0;
}

pid_t spawn_node(struct shell *shell, const struct node *node, struct descriptors *descriptors, int *status) {
    struct text source = {0};
    tree_source(node, &source);
    pid_t process = spawn_subshell(shell, source.bytes, descriptors, status);
    text_release(&source);
    return process;
}
