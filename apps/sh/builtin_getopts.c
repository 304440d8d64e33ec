// The shell's getopts: the options of a script, one at a time.
//
// $OPTIND is the number of the argument that is looked at next, from 1 on; where several options stand in one argument, the shell keeps
// how far that one was read, for as long as nobody changes $OPTIND.
#include <stdlib.h>
#include <string.h>

#include "apps/common/number.h"
#include "apps/sh/builtin.h"
#include "apps/sh/shell.h"

struct options {
    struct builtin_call *call;
    const char *known; // a : behind those that have a value
    bool silent;       // what is wrong is told by the variables alone
    char **arguments;  // from 1 on
    size_t count;
    size_t index; // of the argument
    size_t at;    // in it, 0: not begun
};

static void set_number(struct variables *variables, const char *name, size_t number) {
    struct text text = {0};
    text_add_number(&text, number);
    variables_set(variables, name, text.bytes);
    text_release(&text);
}

static void read_index(struct options *options) {
    struct shell *shell = options->call->shell;
    const char *index = variables_get(&shell->variables, "OPTIND");
    uint64_t number = 1;
    if (index && (!number_parse(index, &number) || !number))
        number = 1;
    options->index = (size_t)number;
    options->at = index && options->index == shell->options_index ? shell->options_at : 0;
}

static void write_index(const struct options *options) {
    struct shell *shell = options->call->shell;
    shell->options_index = options->index;
    shell->options_at = options->at;
    set_number(&shell->variables, "OPTIND", options->index);
}

static void next_argument(struct options *options) {
    options->index++;
    options->at = 0;
}

// False: the options have ended.
static bool find_option(struct options *options) {
    const char *argument = options->index <= options->count ? options->arguments[options->index - 1] : "";
    if (options->at && options->at < strlen(argument))
        return true;
    bool ends = !strcmp(argument, "--");
    if (ends)
        next_argument(options);
    options->at = 1;
    return !ends && argument[0] == '-' && argument[1];
}

// What is wrong: the variable becomes ? or, where it is to be silent and a value lacks, a colon.
static char fail(const struct options *options, char letter, const char *reason, bool lacks) {
    struct variables *variables = &options->call->shell->variables;
    char option[] = {letter, 0};
    const char *wanted = variables_get(variables, "OPTERR");
    if (options->silent)
        variables_set(variables, "OPTARG", option);
    else if (!wanted || strcmp(wanted, "0") != 0)
        builtin_fail(options->call, option, reason, 0);
    return options->silent && lacks ? ':' : '?';
}

// The value is the rest of the argument, or the next one.
static char take_value(struct options *options, char letter, const char *rest) {
    if (!*rest && options->index == options->count) {
        next_argument(options);
        return fail(options, letter, "the option wants a value", true);
    }
    if (!*rest)
        next_argument(options);
    variables_set(&options->call->shell->variables, "OPTARG", *rest ? rest : options->arguments[options->index - 1]);
    next_argument(options);
    return letter;
}

static char take_option(struct options *options) {
    const char *argument = options->arguments[options->index - 1], letter = argument[options->at++];
    const char *known = letter == ':' ? NULL : strchr(options->known, letter);
    variables_unset(&options->call->shell->variables, "OPTARG");
    if (known && known[1] == ':')
        return take_value(options, letter, argument + options->at);
    if (!argument[options->at])
        next_argument(options);
    return known ? letter : fail(options, letter, "no such option", false);
}

int builtin_getopts(struct builtin_call *call) {
    struct strings *own = &call->shell->arguments;
    struct options options = {.call = call};
    if (call->count < 3)
        return builtin_fail(call, NULL, "OPTIONS and NAME are wanted", SHELL_MISUSED);
    if (!variables_is_name(call->arguments[2]))
        return builtin_fail(call, call->arguments[2], "not a name", 1);
    options.silent = call->arguments[1][0] == ':';
    options.known = call->arguments[1] + options.silent;
    options.arguments = call->count > 3 ? call->arguments + 3 : own->list + 1;
    options.count = call->count > 3 ? call->count - 3 : own->count - 1;
    read_index(&options);
    bool more = find_option(&options);
    char found[] = {'?', 0};
    if (more)
        found[0] = take_option(&options);
    else
        options.at = 0;
    variables_set(&call->shell->variables, call->arguments[2], found);
    write_index(&options);
    return !more;
}
