// rmdir: removes empty directories.
#include <unistd.h>

#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "rmdir",
    .usage = "usage: rmdir DIRECTORY...\n"
             "Removes empty directories.\n",
    .options = "",
    .failure = 1,
};

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        ;
    char **paths = tool_operands(0);
    if (!*paths)
        tool_misused(0, "a directory is wanted");
    for (; *paths; paths++)
        if (rmdir(*paths))
            tool_complain_errno(*paths);
    return tool_finish(0);
}
