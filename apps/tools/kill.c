// kill: sends signals to processes.
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "apps/common/number.h"
#include "apps/common/output.h"
#include "apps/common/signal_name.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "kill",
    .usage = "usage: kill [-s SIGNAL | -SIGNAL] PID...\n"
             "       kill -l\n"
             "Sends a signal, TERM if none is named; it ends a process that has no handler for it.\n"
             "-l lists the signals; 0 only looks whether the process is there.\n",
    .options = "l",
    .failure = 1,
};

static int signal_of(const char *text) {
    int signal = signal_of_name(text);
    if (signal < 0)
        tool_misused(text, "no such signal");
    return signal;
}

static int list(void) {
    signal_names_write(&standard_output);
    return tool_finish(0);
}

static void end(const char *word, int signal) {
    uint64_t process;
    if (!number_parse(word, &process) || !process || process > INT32_MAX)
        tool_complain(word, "not a process id");
    else if (kill((pid_t)process, signal))
        tool_complain_errno(word);
}

// The signal stands first, as -9, -KILL or -s KILL; what is left are process ids. Returns how many words it
// took.
static int take_signal(int argument_count, char **arguments, int *signal) {
    const char *word = argument_count > 1 ? arguments[1] : "";
    if (word[0] != '-' || !word[1] || !strcmp(word, "-l") || word[1] == '-')
        return 0;
    if (strcmp(word, "-s") != 0) {
        *signal = signal_of(word + 1);
        return 1;
    }
    if (argument_count < 3)
        tool_misused("-s", "needs a value");
    *signal = signal_of(arguments[2]);
    return 2;
}

int main(int argument_count, char **arguments) {
    int signal = SIGTERM;
    tool_start(&tool, argument_count, arguments);
    int taken = take_signal(argument_count, arguments, &signal);
    tool_start(&tool, argument_count - taken, arguments + taken);
    if (tool_option() == 'l')
        return list();
    char **processes = tool_operands(NULL);
    if (!*processes)
        tool_misused(NULL, "a process id is wanted");
    for (; *processes; processes++)
        end(*processes, signal);
    return tool_finish(0);
}
