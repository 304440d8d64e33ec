// cp: copies files and directories.
#include <stdlib.h>

#include "apps/common/copy.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "cp",
    .usage = "usage: cp [-rRafnv] FILE TARGET\n"
             "       cp [-rRafnv] FILE... DIRECTORY\n"
             "Copies files.\n"
             "  -r, -R, -a  directories too, with all in them   -f  removes a target that cannot be written\n"
             "  -n          keeps targets that are there        -v  says what was copied\n",
    .options = "rRafnvp",
    .failure = 1,
};

int main(int argument_count, char **arguments) {
    struct copy_options options = {0};
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());) {
        options.recursive |= option == 'r' || option == 'R' || option == 'a';
        options.force |= option == 'f';
        options.keep |= option == 'n';
        options.verbose |= option == 'v';
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
        copy_path(paths[i], to, &options);
        free(to);
    }
    return tool_finish(0);
}
