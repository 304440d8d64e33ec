// env: shows the environment, or runs a command in another one.
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "env",
    .usage = "usage: env [-i] [-u NAME]... [NAME=VALUE]... [COMMAND [ARGUMENT]...]\n"
             "Runs a command with variables set; without one, shows them all.\n"
             "  -i  begins with none   -u  without this one\n"
             "Status: the command's; 125 trouble, 126 it cannot be run, 127 it is not found.\n",
    .options = "+iu:",
    .failure = 125,
};

enum { NO_PROGRAM = 126, NOT_FOUND = 127, KILLED = 128 };

extern char **environ;

static int run(char **words) {
    pid_t process;
    int status;
    int error = posix_spawnp(&process, words[0], NULL, NULL, words, environ);
    if (error) {
        errno = error;
        tool_complain_errno(words[0]);
        return error == ENOENT ? NOT_FOUND : NO_PROGRAM;
    }
    if (waitpid(process, &status, 0) != process)
        tool_fail_errno(words[0]);
    return WIFSIGNALED(status) ? KILLED + WTERMSIG(status) : WEXITSTATUS(status);
}

static void set(const char *word) {
    size_t length = strcspn(word, "=");
    char *name = tool_allocate(length + 1, 1);
    memcpy(name, word, length);
    name[length] = 0;
    if (setenv(name, word + length + 1, 1))
        tool_fail_errno(word);
    free(name);
}

int main(int argument_count, char **arguments) {
    static char *none[] = {NULL};
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());) {
        if (option == 'i')
            environ = none;
        else if (unsetenv(tool_value()))
            tool_fail_errno(tool_value());
    }
    char **words = tool_operands(NULL);
    for (; *words && strchr(*words, '='); words++)
        set(*words);
    if (*words)
        return run(words);
    for (char **variable = environ; *variable; variable++) {
        output_text(&standard_output, *variable);
        output_character(&standard_output, '\n');
    }
    return tool_finish(0);
}
