// time: how long a command takes.
#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "time",
    .usage = "usage: time COMMAND [ARGUMENT]...\n"
             "Runs a command and says on standard error how long it took. For a pipeline: time sh -c 'A | B'.\n",
    .options = "",
    .failure = 127,
};

enum { SIGNALLED = 128, NANOSECONDS = 1000000000 };

extern char **environ;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * NANOSECONDS + (uint64_t)time.tv_nsec;
}

static int run(char **arguments) {
    pid_t process;
    int status, error = posix_spawnp(&process, arguments[0], NULL, NULL, arguments, environ);
    if (error)
        tool_fail(arguments[0], strerror(error));
    while (waitpid(process, &status, 0) < 0)
        if (errno != EINTR)
            tool_fail_errno(arguments[0]);
    return WIFSIGNALED(status) ? SIGNALLED + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    char **command = arguments + (argument_count > 0);
    if (!*command || !strcmp(*command, "--help")) {
        tool_option();
        tool_misused(NULL, "a command is wanted");
    }
    uint64_t start = now();
    int status = run(command);
    uint64_t taken = now() - start;
    standard_output.descriptor = 2;
    output_text(&standard_output, "time: ");
    output_number(&standard_output, taken / NANOSECONDS);
    output_character(&standard_output, '.');
    output_number_padded(&standard_output, taken % NANOSECONDS, 9, '0');
    output_text(&standard_output, " s\n");
    output_flush(&standard_output);
    return status;
}
