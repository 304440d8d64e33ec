// Commands that the shell does itself: the table of them, and how one is run.
#include "apps/sh/builtin.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "apps/sh/shell.h"

const struct builtin builtin_table[] = {
    {".", ". FILE [ARGUMENT]...", "runs the lines of a file in this shell", builtin_source,
     BUILTIN_CHANGES_SHELL | BUILTIN_RUNS},
    {":", ": [WORD]...", "does nothing, and succeeds", builtin_true, BUILTIN_ANY_WORDS},
    {"[", "[ CONDITION ]", "as test", builtin_test, BUILTIN_ANY_WORDS},
    {"alias", "alias [NAME[=VALUE]]...", "has a word stand for others where a typed command begins; lists such words",
     builtin_alias, BUILTIN_CHANGES_SHELL},
    {"bg", "bg [%JOB]", "has a stopped job go on in the background", builtin_bg, BUILTIN_CHANGES_SHELL},
    {"break", "break [COUNT]", "leaves the loop, or so many", builtin_break, BUILTIN_CHANGES_SHELL},
    {"cd", "cd [DIRECTORY | -]", "changes the directory: to $HOME, or to the one before", builtin_cd,
     BUILTIN_CHANGES_SHELL},
    {"command", "command [-vV] NAME [WORD]...", "runs the program or builtin, no function; -v says which it is",
     builtin_command, 0},
    {"continue", "continue [COUNT]", "goes on with the loop's next round", builtin_break, BUILTIN_CHANGES_SHELL},
    {"echo", "echo [-neE] [WORD]...", "writes the words", builtin_echo, BUILTIN_ANY_WORDS},
    {"eval", "eval [WORD]...", "runs the words as a line", builtin_eval, BUILTIN_CHANGES_SHELL | BUILTIN_RUNS},
    {"exec", "exec [COMMAND [WORD]...]", "runs the command in place of the shell; else keeps the redirections",
     builtin_exec, BUILTIN_CHANGES_SHELL | BUILTIN_RUNS | BUILTIN_KEEPS},
    {"exit", "exit [STATUS]", "leaves the shell", builtin_exit, BUILTIN_CHANGES_SHELL},
    {"export", "export [NAME[=VALUE]]...", "tells programs of variables; lists those that are told", builtin_export,
     BUILTIN_CHANGES_SHELL},
    {"false", "false", "fails", builtin_false, BUILTIN_ANY_WORDS},
    {"fg", "fg [%JOB]", "has a job be in the foreground and go on, and waits for it", builtin_fg,
     BUILTIN_CHANGES_SHELL},
    {"getopts", "getopts OPTIONS NAME [WORD]...",
     "takes the next option of $1... or of the words: its letter into NAME, its value into $OPTARG", builtin_getopts,
     BUILTIN_CHANGES_SHELL},
    {"help", "help [NAME]...", "says what the shell does itself", builtin_help, 0},
    {"history", "history [COUNT]", "lists what was typed before", builtin_history, 0},
    {"jobs", "jobs", "lists what runs in the background or is stopped", builtin_jobs, 0},
    {"kill", "kill [-SIGNAL] PID|%JOB...",
     "sends a signal to processes, or to all of a job and what they started; kill -l lists them", builtin_kill, 0},
    {"local", "local NAME[=VALUE]...", "makes variables that end with the function", builtin_local,
     BUILTIN_CHANGES_SHELL},
    {"printf", "printf [-v NAME] FORMAT [WORD]...", "writes the words by the format, with -v into a variable",
     builtin_printf, 0},
    {"pwd", "pwd", "says which directory this is", builtin_pwd, 0},
    {"read", "read [-r] [-p PROMPT] [NAME]...", "reads a line into variables, split at $IFS", builtin_read,
     BUILTIN_CHANGES_SHELL | BUILTIN_READS},
    {"readonly", "readonly [NAME[=VALUE]]...", "makes variables that nothing changes any more; lists those that are",
     builtin_readonly, BUILTIN_CHANGES_SHELL},
    {"return", "return [STATUS]", "ends the function, or the file that . reads", builtin_return, BUILTIN_CHANGES_SHELL},
    {"set", "set [-eux | +eux | -o pipefail] [--] [ARGUMENT]...",
     "lists variables; -e leaves at an error, -u where a variable is not set, -x shows commands; sets $1...",
     builtin_set, BUILTIN_CHANGES_SHELL},
    {"shift", "shift [COUNT]", "drops $1", builtin_shift, BUILTIN_CHANGES_SHELL},
    {"source", "source FILE [ARGUMENT]...", "runs the lines of a file in this shell", builtin_source,
     BUILTIN_CHANGES_SHELL | BUILTIN_RUNS},
    {"test", "test CONDITION", "looks at files, words and numbers: test --help", builtin_test, BUILTIN_ANY_WORDS},
    {"trap", "trap [ACTION] [SIGNAL | EXIT]...",
     "runs the action when the signal comes, or at the end; - in its place forgets it", builtin_trap,
     BUILTIN_CHANGES_SHELL},
    {"true", "true", "succeeds", builtin_true, BUILTIN_ANY_WORDS},
    {"type", "type NAME...", "says what a command is", builtin_type, 0},
    {"unalias", "unalias -a | NAME...", "forgets aliases", builtin_unalias, BUILTIN_CHANGES_SHELL},
    {"unset", "unset [-f] NAME...", "forgets variables and functions", builtin_unset, BUILTIN_CHANGES_SHELL},
    {"wait", "wait [PID | %JOB]...", "waits for what runs in the background", builtin_wait, BUILTIN_CHANGES_SHELL},
    {0},
};

const struct builtin *builtin_find(const char *name) {
    for (const struct builtin *builtin = builtin_table; builtin->name; builtin++)
        if (*builtin->name == *name && !strcmp(builtin->name, name))
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

static bool wants_usage(const struct builtin *builtin, const struct builtin_call *call) {
    return !(builtin->traits & BUILTIN_ANY_WORDS) && call->count == 2 && !strcmp(call->arguments[1], "--help");
}

static int show_usage(const struct builtin *builtin, struct output *output) {
    output_text(output, "usage: ");
    output_text(output, builtin->usage);
    output_character(output, '\n');
    output_text(output, builtin->help);
    output_character(output, '\n');
    return 0;
}

// Those that run others (eval, .) write nothing themselves, so that one buffer does.
static int run_to(const struct builtin *builtin, const struct builtin_call *call, int output) {
    static char buffer[OUTPUT_SIZE];
    struct output out;
    struct builtin_call with_output = *call;
    with_output.output = &out;
    output_start(&out, output, buffer);
    int status = wants_usage(builtin, call) ? show_usage(builtin, &out) : builtin->run(&with_output);
    if (output_flush(&out))
        return status;
    if (out.error == EPIPE)
        return SHELL_READER_GONE;
    return builtin_fail(call, "write error", strerror(out.error), 1);
}

// A reader in its pipeline that went away ends the builtin, and not the shell that it runs in; one of the shell's own output both.
int builtin_run(const struct builtin *builtin, const struct builtin_call *call, int output) {
    if (output == STDOUT_FILENO)
        return run_to(builtin, call, output);
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    int status = run_to(builtin, call, output);
    signal(SIGPIPE, before);
    return status;
}
