// find: files below directories, by what they are.
#include <stdlib.h>
#include <string.h>

#include "apps/common/directory.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/find/find.h"

static const struct tool tool = {
    .name = "find",
    .usage =
        "usage: find [PATH]... [EXPRESSION]\n"
        "Goes through the paths (this directory, if none is given) and all below, and writes those that are wanted.\n"
        "  -name P  -iname P  -path P  by a pattern   -type f|d|l   -size [+-]N[ckMG]   -empty   -newer FILE\n"
        "  -mtime [+-]DAYS  -mmin [+-]MINUTES   -maxdepth N  -mindepth N  -depth   ! E  E -a E  E -o E  ( E )\n"
        "  -print  -print0  -delete  -prune   -exec COMMAND {} ;   -exec COMMAND {} +\n",
    .options = "",
    .failure = 1,
};

static struct expression expression = {.most = UINT32_MAX};

static void visit(const char *path, unsigned depth);

static void visit_contents(const char *path, unsigned depth) {
    struct names names;
    if (!directory_list(path, &names)) {
        tool_complain_errno(path);
        return;
    }
    for (size_t i = 0; i < names.count && !standard_output.error; i++) {
        char *inner = path_join(path, names.names[i]);
        visit(inner, depth);
        free(inner);
    }
    names_free(&names);
}

static void look(struct found *found) {
    if (found->depth < expression.least)
        return;
    bool wanted = !expression.root || expression.root->holds(expression.root, found);
    if (wanted && !expression.acts)
        action_print(NULL, found);
}

static void visit(const char *path, unsigned depth) {
    struct found found = {.path = path, .depth = depth};
    if (lstat(path, &found.information)) {
        tool_complain_errno(path);
        return;
    }
    bool goes_in = S_ISDIR(found.information.st_mode) && depth < expression.most;
    if (!expression.depth_first)
        look(&found);
    if (goes_in && !found.pruned)
        visit_contents(path, depth + 1);
    if (expression.depth_first)
        look(&found);
}

static bool begins_expression(const char *word) {
    return word[0] == '-' || !strcmp(word, "!") || !strcmp(word, "(") || !strcmp(word, ")");
}

int main(int argument_count, char **arguments) {
    static char *here[] = {(char *)".", NULL};
    char **paths = arguments + (argument_count > 0), **words = paths;
    bool help = argument_count == 2 && !strcmp(arguments[1], "--help");
    tool_start(&tool, argument_count, arguments);
    if (help)
        tool_option(); // says the usage and ends
    while (*words && !begins_expression(*words))
        words++;
    expression_parse(&expression, words);
    size_t count = (size_t)(words - paths);
    if (!count)
        visit(*here, 0);
    for (size_t i = 0; i < count; i++)
        visit(paths[i], 0);
    int status = expression_finish();
    return tool_finish(status);
}
