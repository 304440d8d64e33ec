// trap as people type it.
#include <errno.h>
#include <string.h>

#include "apps/common/number.h"
#include "apps/common/signal_name.h"
#include "apps/sh/builtin.h"
#include "apps/sh/shell.h"

static int number_of(const char *name) {
    int number = strcmp(name, "EXIT") != 0 ? signal_of_name(name) : TRAP_EXIT;
    return number < TRAP_COUNT ? number : -1;
}

static int list(struct builtin_call *call) {
    for (int number = 0; number < TRAP_COUNT; number++) {
        const char *action = call->shell->traps.actions[number];
        if (!action)
            continue;
        output_text(call->output, "trap -- ");
        builtin_write_quoted(call->output, action);
        output_text(call->output, number == TRAP_EXIT ? " EXIT" : " SIG");
        output_text(call->output, number == TRAP_EXIT ? "" : signal_name_of(number));
        output_character(call->output, '\n');
    }
    return 0;
}

// Without an action, and with a number in its place, signals do what they do of themselves.
static bool is_action(const struct builtin_call *call, size_t first) {
    uint64_t number;
    return call->count > first + 1 && !number_parse(call->arguments[first], &number);
}

int builtin_trap(struct builtin_call *call) {
    size_t i = 1 + (call->count > 1 && !strcmp(call->arguments[1], "--"));
    const char *action = NULL;
    int status = 0;
    if (i == call->count || !strcmp(call->arguments[i], "-p"))
        return list(call);
    if (is_action(call, i)) {
        action = call->arguments[i++];
        action = strcmp(action, "-") != 0 ? action : NULL;
    }
    for (; i < call->count; i++) {
        int number = number_of(call->arguments[i]);
        if (number < 0)
            status = builtin_fail(call, call->arguments[i], "no such signal", 1);
        else if (!traps_set(call->shell, number, action))
            status = builtin_fail(call, call->arguments[i], strerror(errno), 1);
    }
    return status;
}
