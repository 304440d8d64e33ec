// touch: makes empty files, or sets the time when files were changed to now.
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <utime.h>

#include "apps/common/tool.h"

static const struct tool_name names[] = {{"no-create", 'c'}, {0}};
static const struct tool tool = {
    .name = "touch",
    .usage = "usage: touch [-c] FILE...\n"
             "Sets the time when the files were changed to now, and makes those that lack.\n"
             "  -c  makes none\n",
    .options = "cam",
    .names = names,
    .failure = 1,
};

static void touch(const char *path, bool make) {
    if (!utime(path, 0))
        return;
    if (errno != ENOENT) {
        tool_complain_errno(path);
        return;
    }
    int descriptor = make ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666) : -1;
    if (make && descriptor < 0)
        tool_complain_errno(path);
    if (descriptor >= 0)
        close(descriptor);
}

int main(int argument_count, char **arguments) {
    bool make = true;
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());)
        make &= option != 'c';
    char **paths = tool_operands(0);
    if (!*paths)
        tool_misused(0, "a file is wanted");
    for (; *paths; paths++)
        touch(*paths, make);
    return tool_finish(0);
}
