// rm: removes files, and directories with all in them.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apps/common/directory.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool_name names[] = {{"dir", 'd'}, {"force", 'f'}, {"recursive", 'r'}, {"verbose", 'v'}, {0}};
static const struct tool tool = {
    .name = "rm",
    .usage = "usage: rm [-rRfdv] FILE...\n"
             "Removes files.\n"
             "  -r, -R  directories too, with all in them   -d  empty directories too\n"
             "  -f      what is missing is no error         -v  says what was removed\n",
    .options = "rRfdv",
    .names = names,
    .failure = 1,
};

static bool recursive, force, empty_directories, verbose;

static void report(const char *path, bool directory) {
    if (!verbose)
        return;
    output_text(&standard_output, directory ? "removed directory '" : "removed '");
    output_text(&standard_output, path);
    output_text(&standard_output, "'\n");
}

static bool remove_path(const char *path);

static bool remove_contents(const char *path) {
    struct names names;
    bool all = true;
    if (!directory_list(path, &names)) {
        tool_complain_errno(path);
        return false;
    }
    for (size_t i = 0; i < names.count; i++) {
        char *inner = path_join(path, names.names[i]);
        all &= remove_path(inner);
        free(inner);
    }
    names_free(&names);
    return all;
}

static bool remove_directory(const char *path) {
    if (!recursive && !empty_directories) {
        errno = EISDIR;
        tool_complain_errno(path);
        return false;
    }
    if (recursive && !remove_contents(path))
        return false;
    if (rmdir(path)) {
        tool_complain_errno(path);
        return false;
    }
    report(path, true);
    return true;
}

// False: something is still there, which was complained about.
static bool remove_path(const char *path) {
    struct stat information;
    bool there = !lstat(path, &information);
    if (there && S_ISDIR(information.st_mode))
        return remove_directory(path);
    if (!there || unlink(path)) {
        if (force && errno == ENOENT)
            return true;
        tool_complain_errno(path);
        return false;
    }
    report(path, false);
    return true;
}

// "/", "." and ".." are never meant.
static bool is_refused(const char *path) {
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    size_t name = length;
    while (name && path[name - 1] != '/')
        name--;
    return (length == 1 && *path == '/') || (length - name == 1 && path[name] == '.') ||
           (length - name == 2 && path[name] == '.' && path[name + 1] == '.');
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());) {
        recursive |= option == 'r' || option == 'R';
        force |= option == 'f';
        empty_directories |= option == 'd';
        verbose |= option == 'v';
    }
    char **paths = tool_operands(NULL);
    if (!*paths && !force)
        tool_misused(NULL, "a file is wanted");
    for (; *paths; paths++) {
        if (is_refused(*paths))
            tool_complain(*paths, "refusing to remove it");
        else
            remove_path(*paths);
    }
    return tool_finish(0);
}
