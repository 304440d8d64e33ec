// sh: the shell.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apps/common/number.h"
#include "apps/common/tool.h"
#include "apps/native/programs.h"
#include "apps/native/terminal.h"
#include "apps/sh/interactive.h"
#include "apps/sh/script.h"
#include "apps/sh/self.h"
#include "apps/sh/shell.h"
#include "apps/sh/spawn.h"
#include "apps/sh/special.h"

static const struct tool tool = {
    .name = "sh",
    .usage =
        "usage: sh [-eux] [-o OPTION] [FILE [ARGUMENT]...]\n"
        "       sh [-eux] [-o OPTION] -c LINE [NAME [ARGUMENT]...]\n"
        "Runs commands: of the file, of the line, else what is typed or comes from standard input.\n"
        "  -e  leaves at the first failure   -x  shows each command   -u  what is not set is an error\n"
        "  -o  pipefail: a pipeline fails if any part does; errexit, nounset, xtrace: as -e, -u, -x\n"
        "At a terminal, each program may have three quarters of the memory, processes and threads that the shell may\n"
        "have, with all that it starts: so another can be started beside it (`limits` tells who hit what).\n"
        "Type `help` in it for what it understands.\n",
    .options = "",
    .failure = SHELL_MISUSED,
};

enum { PATH_SIZE = 1025 };

extern char **environ;

static struct shell shell;

static void set_default(const char *name, const char *value, bool exported) {
    if (!variables_get(&shell.variables, name))
        variables_set(&shell.variables, name, value);
    if (exported)
        variables_export(&shell.variables, name);
}

// What the shell around this one told, or else `value`.
static uint64_t take_told(const char *name, uint64_t value) {
    const char *told = variables_get(&shell.variables, name);
    if (told && !number_parse(told, &value))
        shell_complain(2, name, "not a number");
    variables_unset(&shell.variables, name);
    return value;
}

static void start_variables(void) {
    char directory[PATH_SIZE];
    variables_import(&shell.variables, environ);
    shell.process = take_told(SPAWN_PROCESS, (uint64_t)getpid());
    shell.status = (int)(take_told(SPAWN_STATUS, 0) & 0xff);
    set_default("PATH", "/bin", true);
    if (getcwd(directory, sizeof(directory)))
        variables_set(&shell.variables, "PWD", directory);
    variables_export(&shell.variables, "PWD");
    special_start();
    shell.expander.substitute = script_substitute;
    shell.expander.context = &shell;
}

static void set_arguments(char **words) {
    for (; *words; words++)
        strings_add(&shell.arguments, string_copy(*words));
    if (!shell.arguments.count)
        strings_add(&shell.arguments, string_copy("sh"));
}

// Reads a line byte by byte: what follows it is for the programs that it starts. False: the end.
static bool read_line(struct text *lines) {
    char byte;
    ssize_t got;
    size_t before = lines->length;
    do {
        got = read(0, &byte, 1);
        if (got == 1 && byte)
            text_add_character(lines, byte);
    } while ((got == 1 && byte != '\n') || (got < 0 && errno == EINTR));
    if (got < 0)
        shell_complain_errno(2, "standard input");
    return lines->length > before;
}

static int run_input(void) {
    struct text lines = {0};
    while (!shell.leaving && read_line(&lines))
        if (script_run_lines(&shell, lines.bytes) == SCRIPT_DONE)
            text_clear(&lines);
    if (lines.length && !shell.leaving)
        shell.status = script_run(&shell, lines.bytes, NULL); // what has no end: says so
    text_release(&lines);
    return shell.status;
}

static int run_terminal(void) {
    shell.interactive = true;
    programs_keep_reserve();
    set_default("HOME", "/", true);
    traps_take_interrupts(&shell);
    int status = interactive_run(&shell);
    terminal_close();
    return status;
}

static bool take_options(char ***words, bool *line) {
    for (; **words && (**words)[0] == '-' && (**words)[1]; ++*words) {
        const char *word = **words;
        if (!strcmp(word, "--")) {
            ++*words;
            return true;
        }
        if (!strcmp(word, "-o")) {
            if (!*++*words || !shell_set_option(&shell, **words, true))
                return false;
            continue;
        }
        for (const char *letter = word + 1; *letter; letter++) {
            shell.stop_on_error |= *letter == 'e';
            shell.trace |= *letter == 'x';
            shell.unset_fails |= *letter == 'u';
            *line |= *letter == 'c';
            if (!strchr("exuc", *letter))
                return false;
        }
    }
    return true;
}

static int run_line(char **words) {
    if (!*words)
        tool_misused("-c", "a line is wanted");
    shell.given_line = shell.process == (unsigned long)getpid();
    set_arguments(words + 1);
    return script_run(&shell, *words, NULL);
}

static int run(char **words, bool line) {
    if (line)
        return run_line(words);
    set_arguments(words);
    if (*words)
        return script_run_file(&shell, *words, SHELL_NOT_FOUND);
    return isatty(0) && terminal_open() ? run_terminal() : run_input();
}

int main(int argument_count, char **arguments) {
    bool line = false;
    char **words = arguments + (argument_count > 0);
    tool_start(&tool, argument_count, arguments);
    if (*words && !strcmp(*words, "--help"))
        tool_option(); // says the usage and ends
    shell.program = self_path(argument_count ? arguments[0] : NULL);
    if (!take_options(&words, &line))
        tool_misused(*words ? *words : "-o", "unknown option");
    start_variables();
    shell.status = run(words, line);
    traps_run_exit(&shell);
    return shell.status & 0xff;
}
