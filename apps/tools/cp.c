// cp: copies files and directories.
#include "apps/common/copy.h"
#include "apps/common/tool.h"

static const struct tool_name names[] = {{"archive", 'a'},   {"force", 'f'},   {"no-clobber", 'n'},
                                         {"recursive", 'r'}, {"verbose", 'v'}, {0}};
static const struct tool tool = {
    .name = "cp",
    .usage = "usage: cp [-rRafnv] FILE TARGET\n"
             "       cp [-rRafnv] FILE... DIRECTORY\n"
             "Copies files.\n"
             "  -r, -R, -a  directories too, with all in them   -f  removes a target that cannot be written\n"
             "  -n          keeps targets that are there        -v  says what was copied\n",
    .options = "rRafnvp",
    .names = names,
    .failure = 1,
};

static struct copy_options options;

static void copy(const char *from, const char *to) {
    copy_path(from, to, &options);
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());) {
        options.recursive |= option == 'r' || option == 'R' || option == 'a';
        options.force |= option == 'f';
        options.keep |= option == 'n';
        options.verbose |= option == 'v';
    }
    copy_operands(copy);
    return tool_finish(0);
}
