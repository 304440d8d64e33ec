// kill: ends processes.
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <strings.h>

#include "apps/common/number.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "kill",
    .usage = "usage: kill [-s SIGNAL | -SIGNAL] PID...\n"
             "       kill -l\n"
             "Ends processes. -l lists the signals; 0 only looks whether the process is there.\n",
    .options = "l",
    .failure = 1,
};

static const struct {
    const char *name;
    int number;
} signals[] = {{"HUP", 1}, {"INT", 2}, {"QUIT", 3}, {"ABRT", 6}, {"KILL", 9}, {"PIPE", 13}, {"TERM", 15}};

enum { SIGNAL_COUNT = sizeof(signals) / sizeof(signals[0]), SIGNAL_LARGEST = 31 };

static int signal_of(const char *text) {
    uint64_t number;
    if (number_parse(text, &number) && number <= SIGNAL_LARGEST)
        return (int)number;
    if (!strncasecmp(text, "SIG", 3))
        text += 3;
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        if (!strcasecmp(signals[i].name, text))
            return signals[i].number;
    tool_misused(text, "no such signal");
}

static int list(void) {
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        output_number_padded(&standard_output, (uint64_t)signals[i].number, 2, ' ');
        output_text(&standard_output, ") SIG");
        output_text(&standard_output, signals[i].name);
        output_character(&standard_output, '\n');
    }
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
