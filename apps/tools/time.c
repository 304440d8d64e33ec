// time: how long a command takes.
#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#include "apps/common/elapsed.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "time",
    .usage = "usage: time COMMAND [ARGUMENT]...\n"
             "Runs a command and says on standard error how long it took. In the shell the word\n"
             "stands before a pipeline, too: time A | B, time { A; B; }\n",
    .options = "",
    .failure = 127,
};

enum { SIGNALLED = 128 };

extern char **environ;

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
    uint64_t start = elapsed_now();
    int status = run(command);
    elapsed_tell(start);
    return status;
}
