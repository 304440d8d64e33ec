// Commands that the shell does itself: the table of them, and how one is run.
#include "apps/sh/builtin.h"

#include <errno.h>
#include <string.h>

#include "apps/sh/shell.h"

const struct builtin builtin_table[] = {
    {".", ". FILE [ARGUMENT]...", "runs the lines of a file in this shell", builtin_source, true},
    {":", ": [WORD]...", "does nothing, and succeeds", builtin_true, false},
    {"cd", "cd [DIRECTORY | -]", "changes the directory: to $HOME, or to the one before", builtin_cd, true},
    {"echo", "echo [-neE] [WORD]...", "writes the words", builtin_echo, false},
    {"exit", "exit [STATUS]", "leaves the shell", builtin_exit, true},
    {"export", "export [NAME[=VALUE]]...", "tells programs of variables; lists those that are told", builtin_export,
     true},
    {"false", "false", "fails", builtin_false, false},
    {"help", "help [NAME]...", "says what the shell does itself", builtin_help, false},
    {"history", "history [COUNT]", "lists what was typed before", builtin_history, false},
    {"jobs", "jobs", "lists what runs in the background", builtin_jobs, false},
    {"pwd", "pwd", "says which directory this is", builtin_pwd, false},
    {"set", "set [-ex | +ex] [--] [ARGUMENT]...",
     "lists variables; -e leaves at an error, -x shows commands; sets $1...", builtin_set, true},
    {"source", "source FILE [ARGUMENT]...", "runs the lines of a file in this shell", builtin_source, true},
    {"true", "true", "succeeds", builtin_true, false},
    {"unset", "unset NAME...", "forgets variables", builtin_unset, true},
    {"wait", "wait [PID | %JOB]...", "waits for what runs in the background", builtin_wait, true},
    {0},
};

const struct builtin *builtin_find(const char *name) {
    for (const struct builtin *builtin = builtin_table; builtin->name; builtin++)
        if (!strcmp(builtin->name, name))
            return builtin;
    return NULL;
}

int builtin_fail(const struct builtin_call *call, const char *thing, const char *reason, int status) {
    struct text name = {0};
    text_add_string(&name, call->arguments[0]);
    if (thing) {
        text_add_string(&name, ": ");
        text_add_string(&name, thing);
    }
    shell_complain(call->error, name.bytes, reason);
    text_release(&name);
    return status;
}

int builtin_run(const struct builtin *builtin, struct shell *shell, char **arguments, size_t count, int output,
                int error) {
    static char buffer[OUTPUT_SIZE];
    struct output out;
    struct builtin_call call = {shell, arguments, count, &out, error};
    output_start(&out, output, buffer);
    int status = builtin->run(&call);
    if (output_flush(&out))
        return status;
    if (out.error == EPIPE)
        return SHELL_READER_GONE;
    return builtin_fail(&call, "write error", strerror(out.error), 1);
}
