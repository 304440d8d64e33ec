// mkdir: makes directories.
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool_name names[] = {{"mode", 'm'}, {"parents", 'p'}, {"verbose", 'v'}, {0}};
static const struct tool tool = {
    .name = "mkdir",
    .usage = "usage: mkdir [-pv] [-m MODE] DIRECTORY...\n"
             "Makes directories.\n"
             "  -p  with those above it that lack; one that is there is no error\n"
             "  -m  with these permission bits, octal   -v  says which were made\n",
    .options = "pvm:",
    .names = names,
    .failure = 1,
};

static bool parents, verbose;
static mode_t mode = 0777;

static bool make(const char *path) {
    if (mkdir(path, mode))
        return false;
    if (verbose) {
        output_text(&standard_output, "mkdir: created directory '");
        output_text(&standard_output, path);
        output_text(&standard_output, "'\n");
    }
    return true;
}

static bool is_directory(const char *path) {
    struct stat information;
    return !stat(path, &information) && S_ISDIR(information.st_mode);
}

// Makes each part of the path that lacks; `path` is changed for the while.
static bool make_with_parents(char *path) {
    for (char *slash = path; *path && (slash = strchr(slash + 1, '/'));) {
        *slash = 0;
        bool made = is_directory(path) || make(path) || errno == EEXIST;
        *slash = '/';
        if (!made)
            return false;
    }
    return is_directory(path) || make(path);
}

static mode_t parse_mode(const char *text) {
    mode_t bits = 0;
    const char *digit = text;
    for (; *digit >= '0' && *digit <= '7' && digit - text < 5; digit++)
        bits = bits * 8 + (mode_t)(*digit - '0');
    if (*digit || digit == text)
        tool_misused(text, "not an octal mode");
    return bits;
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());) {
        parents |= option == 'p';
        verbose |= option == 'v';
        if (option == 'm')
            mode = parse_mode(tool_value());
    }
    char **paths = tool_operands(NULL);
    if (!*paths)
        tool_misused(NULL, "a directory is wanted");
    for (; *paths; paths++)
        if (!(parents ? make_with_parents(*paths) : make(*paths)))
            tool_complain_errno(*paths);
    return tool_finish(0);
}
