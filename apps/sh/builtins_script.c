// Commands of the shell that scripts are made of: break, eval, local, printf, read, return, shift, test.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apps/common/condition.h"
#include "apps/common/format.h"
#include "apps/common/number.h"
#include "apps/common/tool.h"
#include "apps/sh/assignments.h"
#include "apps/sh/builtin.h"
#include "apps/sh/script.h"
#include "apps/sh/shell.h"

// The one operand as a number, `value` where there is none. False: it was complained about.
static bool take_number(const struct builtin_call *call, uint64_t *value) {
    if (call->count > 2) {
        builtin_fail(call, NULL, "one number is wanted", SHELL_MISUSED);
        return false;
    }
    if (call->count == 2 && !number_parse(call->arguments[1], value)) {
        builtin_fail(call, call->arguments[1], "not a number", SHELL_MISUSED);
        return false;
    }
    return true;
}

// Both break and continue.
int builtin_break(struct builtin_call *call) {
    struct shell *shell = call->shell;
    uint64_t count = 1;
    if (!take_number(call, &count) || !count)
        return count ? SHELL_MISUSED : builtin_fail(call, "0", "at least 1 is wanted", 1);
    shell->breaking = count < shell->loops ? (unsigned)count : shell->loops;
    shell->continuing = shell->breaking && call->arguments[0][0] == 'c';
    return 0;
}

int builtin_return(struct builtin_call *call) {
    struct shell *shell = call->shell;
    uint64_t status = (unsigned)shell->status;
    if (!take_number(call, &status))
        return SHELL_MISUSED;
    if (!shell->calls && !shell->sourced)
        return builtin_fail(call, NULL, "neither in a function nor in a file that . reads", 1);
    shell->returning = true;
    return (int)(status & 0xff);
}

int builtin_shift(struct builtin_call *call) {
    struct strings *arguments = &call->shell->arguments;
    uint64_t count = 1;
    if (!take_number(call, &count))
        return SHELL_MISUSED;
    if (count > arguments->count - 1)
        return 1;
    for (size_t i = 1; i <= count; i++)
        free(arguments->list[i]);
    arguments->count -= (size_t)count;
    memmove(arguments->list + 1, arguments->list + 1 + count,
            arguments->count * sizeof(char *)); // the null pointer too
    return 0;
}

int builtin_eval(struct builtin_call *call) {
    struct text line = {0};
    for (size_t i = 1; i < call->count; i++) {
        text_add_string(&line, i > 1 ? " " : "");
        text_add_string(&line, call->arguments[i]);
    }
    int status = line.length ? script_run(call->shell, line.bytes, "eval") : 0;
    text_release(&line);
    return status;
}

static int make_local(struct builtin_call *call, const char *word) {
    struct shell *shell = call->shell;
    struct text name = {0};
    text_add(&name, word, strcspn(word, "="));
    bool named = variables_is_name(name.bytes);
    if (assignment_is_refused(shell, word)) {
        text_release(&name);
        return builtin_fail(call, word, VARIABLE_IS_FIXED, 1);
    }
    if (named) {
        assignment_note(shell, word, &shell->locals);
        if (strchr(word, '='))
            assignment_apply(shell, word);
        else
            variables_unset(&shell->variables, word);
    }
    text_release(&name);
    return named ? 0 : builtin_fail(call, word, "not a name", 1);
}

int builtin_local(struct builtin_call *call) {
    int status = 0;
    if (!call->shell->calls)
        return builtin_fail(call, NULL, "not in a function", 1);
    for (size_t i = 1; i < call->count; i++)
        status |= make_local(call, call->arguments[i]);
    return status;
}

int builtin_test(struct builtin_call *call) {
    bool bracket = call->arguments[0][0] == '[';
    const char *thing, *reason;
    size_t count = call->count - 1 - bracket;
    if (bracket && strcmp(call->arguments[call->count - 1], "]") != 0)
        return builtin_fail(call, NULL, "a ] is wanted at the end", SHELL_MISUSED);
    if (!bracket && call->count == 2 && !strcmp(call->arguments[1], "--help")) {
        output_text(call->output, condition_usage);
        return 0;
    }
    int status = condition_evaluate(call->arguments + 1, count, &thing, &reason);
    return status == CONDITION_WRONG ? builtin_fail(call, thing, reason, SHELL_MISUSED) : status;
}

static void complain_format(void *context, const char *thing, const char *reason) {
    builtin_fail(context, thing, reason, 1);
}

static int print(struct builtin_call *call, struct output *output, char **words) {
    struct format format = {.output = output, .complain = complain_format, .context = call};
    if (*words && !strcmp(*words, "--"))
        words++;
    if (!*words)
        return builtin_fail(call, NULL, "a format is wanted", SHELL_MISUSED);
    return !format_write(&format, *words, words + 1);
}

static void take_text(void *context, const char *bytes, size_t size) {
    text_add(context, bytes, size);
}

// -v: a variable gets what would be written.
static int print_to_variable(struct builtin_call *call, const char *name, char **words) {
    struct text text = {0};
    struct output output;
    char *buffer = tool_allocate(OUTPUT_SIZE, 1);
    output_start(&output, -1, buffer);
    output.take = take_text;
    output.context = &text;
    int status = print(call, &output, words);
    output_flush(&output);
    text_add(&text, "", 0);
    if (status != SHELL_MISUSED && !variables_set(&call->shell->variables, name, text.bytes))
        status = builtin_fail(call, name, VARIABLE_IS_FIXED, 1);
    text_release(&text);
    free(buffer);
    return status;
}

int builtin_printf(struct builtin_call *call) {
    char **words = call->arguments + 1;
    if (!*words || strcmp(*words, "-v") != 0)
        return print(call, call->output, words);
    if (!words[1] || !variables_is_name(words[1]))
        return builtin_fail(call, words[1], "the name of a variable is wanted", SHELL_MISUSED);
    return print_to_variable(call, words[1], words + 2);
}
