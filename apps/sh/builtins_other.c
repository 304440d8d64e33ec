// Commands of the shell that tell: echo, help, history, type.
#include <string.h>
#include <unistd.h>

#include "apps/common/escape.h"
#include "apps/common/number.h"
#include "apps/native/terminal.h"
#include "apps/sh/builtin.h"
#include "apps/sh/shell.h"

int builtin_true(struct builtin_call *call) {
    return 0;
}

int builtin_false(struct builtin_call *call) {
    return 1;
}

// A word is an option only if all its letters are options.
static bool take_echo_options(const char *word, bool *line_end, bool *escapes) {
    if (!word || word[0] != '-' || !word[1] || strspn(word + 1, "neE") != strlen(word + 1))
        return false;
    for (const char *letter = word + 1; *letter; letter++) {
        if (*letter == 'n')
            *line_end = false;
        else
            *escapes = *letter == 'e';
    }
    return true;
}

int builtin_echo(struct builtin_call *call) {
    bool line_end = true, escapes = false;
    char **word = call->arguments + 1;
    while (take_echo_options(*word, &line_end, &escapes))
        word++;
    for (; *word; word++) {
        if (!escapes)
            output_text(call->output, *word);
        else if (!escape_write(call->output, *word))
            return 0;
        if (word[1])
            output_character(call->output, ' ');
    }
    if (line_end)
        output_character(call->output, '\n');
    return 0;
}

static void show_help(struct output *output, const struct builtin *builtin, size_t width) {
    output_text(output, "  ");
    output_text_padded(output, builtin->usage, width);
    output_text(output, "  ");
    output_text(output, builtin->help);
    output_character(output, '\n');
}

static int help_on(struct builtin_call *call, const char *name) {
    const struct builtin *builtin = builtin_find(name);
    if (!builtin)
        return builtin_fail(call, name, "the shell does not do this itself: try NAME --help", 1);
    show_help(call->output, builtin, 0);
    return 0;
}

int builtin_help(struct builtin_call *call) {
    static const char language[] =
        "  A | B  A && B  A || B  A ; B  A &  ! A  ( A )  { A; }    < FILE  > FILE  >> FILE  2> FILE  2>&1  << END\n"
        "  if A; then B; elif C; then D; else E; fi    while A; do B; done    until A; do B; done    NAME() { A; }\n"
        "  for NAME in WORD...; do A; done    case WORD in PATTERN) A ;; esac\n"
        "  'text'  \"text $NAME\"  \\x  $NAME ${NAME:-WORD} ${NAME%PATTERN} ${NAME#PATTERN} $? $$ $! $# $1 $@\n"
        "  ${NAME/PATTERN/TEXT} ${NAME//PATTERN/TEXT} ${NAME:START:COUNT} ${NAME^^} ${NAME,,} ${#NAME}\n"
        "  $'line\\n'  $(COMMAND)  $((1 + 2))  * ? [a-z]  [[ A == PATTERN ]]  [[ A =~ EXPRESSION ]]  # comment\n"
        "  At a terminal: !! !N !-N !TEXT are lines of before, !$ the last word, ^OLD^NEW changes the last line; "
        "alias.\n"
        "  Keys: arrows, Home, End, Delete, Tab, Ctrl-A E K U W L Y, Ctrl-R looks back, Ctrl-C ends a program, Ctrl-Z "
        "stops it (fg, bg), Ctrl-D ends the input\n";
    int status = 0;
    for (size_t i = 1; i < call->count; i++)
        status |= help_on(call, call->arguments[i]);
    if (call->count > 1)
        return status;
    output_text(call->output,
                "The shell does these itself; `ls /bin` lists the programs, and most say more with --help.\n");
    for (const struct builtin *builtin = builtin_table; builtin->name; builtin++)
        show_help(call->output, builtin, 36);
    output_text(call->output, "What it understands:\n");
    output_text(call->output, language);
    return 0;
}

int builtin_history(struct builtin_call *call) {
    const struct history *history = &call->shell->history;
    uint64_t count = history->lines.count;
    if (call->count > 1 && !number_parse(call->arguments[1], &count))
        return builtin_fail(call, call->arguments[1], "not a number", SHELL_MISUSED);
    size_t i = count < history->lines.count ? history->lines.count - (size_t)count : 0;
    for (; i < history->lines.count; i++) {
        output_number_padded(call->output, history->first_number + i + 1, 5, ' ');
        output_text(call->output, "  ");
        output_text(call->output, history->lines.list[i]);
        output_character(call->output, '\n');
    }
    return 0;
}

static bool is_on_path(const char *path, const char *name, struct text *found) {
    while (*path) {
        size_t length = strcspn(path, ":");
        text_clear(found);
        text_add(found, path, length);
        text_add_character(found, '/');
        text_add_string(found, name);
        if (!access(found->bytes, X_OK))
            return true;
        path += length + (path[length] == ':');
    }
    return false;
}

static int tell_type(struct builtin_call *call, const char *name) {
    const struct shell *shell = call->shell;
    const char *path = variables_get(&shell->variables, "PATH");
    struct text found = {0};
    int status = 0;
    const char *alias = aliases_find(&shell->aliases, name);
    output_text(call->output, name);
    if (alias) {
        output_text(call->output, " is an alias for ");
        output_text(call->output, alias);
        output_character(call->output, '\n');
    } else if (functions_find(&shell->functions, name))
        output_text(call->output, " is a function\n");
    else if (builtin_find(name))
        output_text(call->output, " is a shell builtin\n");
    else if (is_on_path(path ? path : "", name, &found)) {
        output_text(call->output, " is ");
        output_text(call->output, found.bytes);
        output_character(call->output, '\n');
    } else {
        output_text(call->output, ": not found\n");
        status = 1;
    }
    text_release(&found);
    return status;
}

int builtin_type(struct builtin_call *call) {
    int status = 0;
    for (size_t i = 1; i < call->count; i++)
        status |= tell_type(call, call->arguments[i]);
    return status;
}

// As `type` in few words: a path, or the name of what the shell does itself.
static int tell_path(struct builtin_call *call, const char *name) {
    const struct shell *shell = call->shell;
    const char *path = variables_get(&shell->variables, "PATH");
    struct text found = {0};
    bool own =
        functions_find(&shell->functions, name) || builtin_find(name) || (strchr(name, '/') && !access(name, X_OK));
    bool known = own || (!strchr(name, '/') && is_on_path(path ? path : "", name, &found));
    if (known) {
        output_text(call->output, own ? name : found.bytes);
        output_character(call->output, '\n');
    }
    text_release(&found);
    return !known;
}

// With a command behind it, that is run in its place (command.c).
int builtin_command(struct builtin_call *call) {
    const char *option = call->count > 1 ? call->arguments[1] : "-v";
    bool in_words = !strcmp(option, "-V");
    int status = 0;
    if (!in_words && strcmp(option, "-v") != 0)
        return builtin_fail(call, option, "no such option", SHELL_MISUSED);
    for (size_t i = 2; i < call->count; i++)
        status |= in_words ? tell_type(call, call->arguments[i]) : tell_path(call, call->arguments[i]);
    return status;
}

// As builtin_command.
int builtin_exec(struct builtin_call *call) {
    if (call->count > 1)
        return builtin_fail(call, call->arguments[1], "no such option", SHELL_MISUSED);
    return 0;
}
