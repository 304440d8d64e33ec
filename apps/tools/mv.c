// mv: renames and moves files and directories.
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "apps/common/copy.h"
#include "apps/common/tool.h"

static const struct tool_name names[] = {{"force", 'f'}, {"no-clobber", 'n'}, {"verbose", 'v'}, {0}};
static const struct tool tool = {
    .name = "mv",
    .usage = "usage: mv [-fnv] FILE TARGET\n"
             "       mv [-fnv] FILE... DIRECTORY\n"
             "Renames files and directories, or moves them into a directory.\n"
             "  -n  keeps targets that are there   -v  says what was moved\n",
    .options = "fnv",
    .names = names,
    .failure = 1,
};

static bool keep, verbose;

// What is missing may be the place that it was to come to.
static void complain(const char *from, const char *to) {
    struct stat source;
    int error = errno;
    bool target_is_wrong = error == ENOENT && !stat(from, &source);
    errno = error;
    tool_complain_errno(target_is_wrong ? to : from);
}

static void move(const char *from, const char *to) {
    struct stat target;
    if (keep && !stat(to, &target))
        return;
    if (rename(from, to))
        complain(from, to);
    else if (verbose)
        copy_report(from, to);
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());) {
        keep = option == 'n' || (keep && option != 'f');
        verbose |= option == 'v';
    }
    copy_operands(move);
    return tool_finish(0);
}
