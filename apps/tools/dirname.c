// dirname: paths without their last part.
#include "apps/common/output.h"
#include "apps/common/path.h"
#include "apps/common/tool.h"

static const struct tool_name names[] = {{"zero", 'z'}, {0}};
static const struct tool tool = {
    .name = "dirname",
    .usage = "usage: dirname [-z] PATH...\n"
             "Writes each path without its last part; \".\" where nothing is left.\n"
             "  -z  a zero byte behind each in place of a line end\n",
    .options = "z",
    .names = names,
    .failure = 1,
};

int main(int argument_count, char **arguments) {
    char end = '\n';
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        end = 0;
    char **paths = tool_operands(NULL);
    if (!*paths)
        tool_misused(NULL, "a path is wanted");
    for (; *paths; paths++) {
        size_t length;
        const char *before = path_before_last(*paths, &length);
        output_bytes(&standard_output, before, length);
        output_character(&standard_output, end);
    }
    return tool_finish(0);
}
