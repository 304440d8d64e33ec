// ls: what is in directories.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apps/common/directory.h"
#include "apps/common/number.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/ls/entry.h"

static const struct tool_name names[] = {{"all", 'a'},
                                         {"almost-all", 'A'},
                                         {"classify", 'F'},
                                         {"directory", 'd'},
                                         {"human-readable", 'h'},
                                         {"recursive", 'R'},
                                         {"reverse", 'r'},
                                         {0}};
static const struct tool tool = {
    .name = "ls",
    .usage = "usage: ls [-1aACdFhlprRSt] [FILE]...\n"
             "Lists files and what is in directories, by name.\n"
             "  -a  names that start with a point too   -A  but not . and ..\n"
             "  -l  with mode, links, user, size, time  -h  sizes in K, M, G\n"
             "  -d  directories as files  -R  with all inside  -1  a line each  -C  in columns\n"
             "  -S  by size  -t  by time  -r  the other way round  -F, -p  / behind directories\n",
    .options = "1aACdFhlprRSt",
    .names = names,
    .failure = 2,
};

enum { WIDTH_DEFAULT = 80 };

typedef int comparison(const void *left, const void *right);

static bool hidden, hidden_names, as_files, recursive, reverse, columns;
static comparison *compare;
static struct show_options options = {.width = WIDTH_DEFAULT};
static bool with_headings, anything_shown;

static int compare_names(const void *left, const void *right) {
    return strcmp(((const struct entry *)left)->name, ((const struct entry *)right)->name);
}

static int compare_sizes(const void *left, const void *right) {
    const struct entry *one = left, *other = right;
    if (one->information.st_size != other->information.st_size)
        return one->information.st_size < other->information.st_size ? 1 : -1;
    return compare_names(left, right);
}

static int compare_times(const void *left, const void *right) {
    const struct entry *one = left, *other = right;
    if (one->information.st_mtime != other->information.st_mtime)
        return one->information.st_mtime < other->information.st_mtime ? 1 : -1;
    return compare_names(left, right);
}

static int compare_in_order(const void *left, const void *right) {
    return reverse ? compare(right, left) : compare(left, right);
}

// False: it is not there, which was complained about.
static bool add(struct entries *entries, const char *name, const char *path) {
    struct entry entry;
    if (lstat(path, &entry.information)) {
        tool_complain_errno(path);
        return false;
    }
    if (entries->count == entries->capacity) {
        entries->capacity = entries->capacity ? entries->capacity * 2 : 32;
        entries->list = tool_reallocate(entries->list, entries->capacity, sizeof(entry));
    }
    entry.name = strcpy(tool_allocate(strlen(name) + 1, 1), name);
    entries->list[entries->count++] = entry;
    return true;
}

static void sort(struct entries *entries) {
    if (entries->count)
        qsort(entries->list, entries->count, sizeof(*entries->list), compare_in_order);
}

static void release(struct entries *entries) {
    for (size_t i = 0; i < entries->count; i++)
        free(entries->list[i].name);
    free(entries->list);
}

static void add_inside(struct entries *entries, const char *directory, const char *name) {
    char *path = path_join(directory, name);
    add(entries, name, path);
    free(path);
}

static void heading(const char *path) {
    if (anything_shown)
        output_character(&standard_output, '\n');
    if (with_headings) {
        output_text(&standard_output, path);
        output_text(&standard_output, ":\n");
    }
    anything_shown = true;
}

static void list_directory(const char *path);

static void list_inner(const char *path, const struct entries *entries) {
    for (size_t i = 0; i < entries->count; i++) {
        const struct entry *entry = &entries->list[i];
        if (!S_ISDIR(entry->information.st_mode) || !strcmp(entry->name, ".") || !strcmp(entry->name, ".."))
            continue;
        char *inner = path_join(path, entry->name);
        list_directory(inner);
        free(inner);
    }
}

static void list_directory(const char *path) {
    struct names names;
    struct entries entries = {0};
    if (!directory_list(path, &names)) {
        tool_complain_errno(path);
        return;
    }
    if (hidden) {
        add_inside(&entries, path, ".");
        add_inside(&entries, path, "..");
    }
    for (size_t i = 0; i < names.count; i++)
        if (hidden_names || names.names[i][0] != '.')
            add_inside(&entries, path, names.names[i]);
    names_free(&names);
    sort(&entries);
    heading(path);
    entries_show(&entries, &options);
    if (recursive)
        list_inner(path, &entries);
    release(&entries);
}

// Files first, then what is in each directory.
static void list_operands(char **paths, int count) {
    struct entries files = {0}, directories = {0};
    for (int i = 0; i < count; i++) {
        struct stat information;
        bool directory = !as_files && !stat(paths[i], &information) && S_ISDIR(information.st_mode);
        add(directory ? &directories : &files, paths[i], paths[i]);
    }
    sort(&files);
    sort(&directories);
    entries_show(&files, &options);
    anything_shown = files.count > 0;
    with_headings = recursive || count > 1;
    for (size_t i = 0; i < directories.count; i++)
        list_directory(directories.list[i].name);
    release(&files);
    release(&directories);
}

static const struct {
    char letter;
    bool *option;
} switches[] = {
    {'a', &hidden},        {'a', &hidden_names},
    {'A', &hidden_names},  {'d', &as_files},
    {'R', &recursive},     {'r', &reverse},
    {'C', &columns},       {'l', &options.long_form},
    {'h', &options.human}, {'1', &options.one_per_line},
    {'F', &options.mark},  {'F', &options.mark_executable},
    {'p', &options.mark},
};

static void set_option(int option) {
    for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++)
        if (switches[i].letter == option)
            *switches[i].option = true;
    if (option == 'S')
        compare = compare_sizes;
    if (option == 't')
        compare = compare_times;
}

static void choose_form(void) {
    uint64_t width;
    const char *told = getenv("COLUMNS");
    if (told && number_parse(told, &width) && width)
        options.width = (size_t)width;
    if (!columns && !isatty(1))
        options.one_per_line = true;
}

int main(int argument_count, char **arguments) {
    static char *here[] = {(char *)".", NULL};
    compare = compare_names;
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());)
        set_option(option);
    choose_form();
    int count;
    char **paths = tool_operands(&count);
    list_operands(count ? paths : here, count ? count : 1);
    return tool_finish(0);
}
