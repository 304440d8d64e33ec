// basename: the last part of paths.
#include <string.h>

#include "apps/common/output.h"
#include "apps/common/path.h"
#include "apps/common/tool.h"

static const struct tool_name names[] = {{"multiple", 'a'}, {"suffix", 's'}, {"zero", 'z'}, {0}};
static const struct tool tool = {
    .name = "basename",
    .usage =
        "usage: basename PATH [SUFFIX]\n"
        "       basename [-az] [-s SUFFIX] PATH...\n"
        "Writes the last part of a path, without the suffix where it ends with more than that.\n"
        "  -a  of every path   -s  as -a, without this suffix   -z  a zero byte behind each in place of a line end\n",
    .options = "+as:z",
    .names = names,
    .failure = 1,
};

static void write_last(const char *path, const char *suffix, char end) {
    size_t length, cut = strlen(suffix);
    const char *last = path_last(path, &length);
    if (length > cut && !memcmp(last + length - cut, suffix, cut))
        length -= cut;
    output_bytes(&standard_output, last, length);
    output_character(&standard_output, end);
}

int main(int argument_count, char **arguments) {
    const char *suffix = "";
    bool of_all = false;
    char end = '\n';
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());) {
        of_all |= option != 'z';
        if (option == 'z')
            end = 0;
        else if (option == 's')
            suffix = tool_value();
    }
    int count;
    char **paths = tool_operands(&count);
    if (!count)
        tool_misused(NULL, "a path is wanted");
    if (!of_all && count > 2)
        tool_misused(paths[2], "one word too many; -a takes several paths");
    if (!of_all && count == 2)
        suffix = paths[--count];
    for (int i = 0; i < count; i++)
        write_last(paths[i], suffix, end);
    return tool_finish(0);
}
