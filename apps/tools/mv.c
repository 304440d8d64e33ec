// mv: renames and moves files and directories.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "apps/common/copy.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "mv",
    .usage = "usage: mv [-fnv] FILE TARGET\n"
             "       mv [-fnv] FILE... DIRECTORY\n"
             "Renames files and directories, or moves them into a directory.\n"
             "  -n  keeps targets that are there   -v  says what was moved\n",
    .options = "fnv",
    .failure = 1,
};

static bool keep, verbose;

static void move(const char *from, const char *to) {
    struct stat target;
    if (keep && !stat(to, &target))
        return;
    if (rename(from, to))
        tool_complain_errno(from);
    else if (verbose)
        copy_report(from, to);
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());) {
        keep = option == 'n' || (keep && option != 'f');
        verbose |= option == 'v';
    }
    int count;
    char **paths = tool_operands(&count);
    if (count < 2)
        tool_misused(NULL, "a file and a target are wanted");
    const char *target = paths[count - 1];
    bool into = path_is_directory(target);
    if (count > 2 && !into)
        tool_fail(target, "is not a directory");
    for (int i = 0; i < count - 1; i++) {
        char *to = copy_target(paths[i], target, into);
        move(paths[i], to);
        free(to);
    }
    return tool_finish(0);
}
