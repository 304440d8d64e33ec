// diff: what differs between two texts, line by line.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "apps/common/directory.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/diff/compare.h"

static const struct tool tool = {
    .name = "diff",
    .usage =
        "usage: diff [-uqsibwrN] [-U COUNT] [-L LABEL]... FILE FILE\n"
        "Shows which lines differ; of a directory and a file, the file of that name in the directory is taken.\n"
        "  -u  unified, with three lines around each change   -U  with so many   -L  in place of the files' names\n"
        "  -q  only whether they differ   -s  says so too where they do not   -i  upper and lower case are alike\n"
        "  -b  so are blanks, however many   -w  blanks do not count at all   -r  directories with all in them\n"
        "  -N  a file that is missing is empty\n"
        "Status: 0 they are the same, 1 they differ, 2 trouble.\n",
    .options = "uqsibwrNU:L:",
    .failure = 2,
};

static struct lines_options options;
static bool unified, brief, report_same, recursive, missing_is_empty;
static size_t context = 3;
static const char *labels[2];
static size_t label_count;
static int result;

static void put(const char *text) {
    output_text(&standard_output, text);
}

static void put_line(char mark, const char *behind_mark, const struct lines *lines, size_t index) {
    const struct text_line *line = &lines->list[index];
    output_character(&standard_output, mark);
    put(behind_mark);
    output_bytes(&standard_output, line->text, line->length);
    put("\n");
    if (lines->unended && index + 1 == lines->count)
        put("\\ No newline at end of file\n");
}

// "3" or "3,5"; an empty range is told by the line before it.
static void put_range(size_t first, size_t count) {
    output_number(&standard_output, count ? first + 1 : first);
    if (count > 1) {
        put(",");
        output_number(&standard_output, first + count);
    }
}

static void show_normal(const struct lines *left, const struct lines *right, const struct changes *changes) {
    for (size_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->list[i];
        put_range(change->left, change->left_count);
        put(!change->left_count ? "a" : !change->right_count ? "d" : "c");
        put_range(change->right, change->right_count);
        put("\n");
        for (size_t line = 0; line < change->left_count; line++)
            put_line('<', " ", left, change->left + line);
        if (change->left_count && change->right_count)
            put("---\n");
        for (size_t line = 0; line < change->right_count; line++)
            put_line('>', " ", right, change->right + line);
    }
}

// "-3,4": one line is told without its count.
static void put_unified_range(char mark, size_t first, size_t count) {
    output_character(&standard_output, mark);
    output_number(&standard_output, count ? first + 1 : first);
    if (count != 1) {
        put(",");
        output_number(&standard_output, count);
    }
}

// Changes from `from` to before `to`, which are close together.
static void show_hunk(const struct lines *left, const struct lines *right, const struct change *from,
                      const struct change *to) {
    const struct change *last = to - 1;
    size_t before = from->left < context ? from->left : context;
    size_t end = last->left + last->left_count, after = left->count - end < context ? left->count - end : context;
    size_t at = from->left - before, right_start = from->right - before;
    put("@@ ");
    put_unified_range('-', at, end + after - at);
    put(" ");
    put_unified_range('+', right_start, last->right + last->right_count + after - right_start);
    put(" @@\n");
    for (; from < to; from++) {
        for (; at < from->left; at++)
            put_line(' ', "", left, at);
        for (; at < from->left + from->left_count; at++)
            put_line('-', "", left, at);
        for (size_t line = 0; line < from->right_count; line++)
            put_line('+', "", right, from->right + line);
    }
    for (; at < end + after; at++)
        put_line(' ', "", left, at);
}

static void put_name(const char *before, const char *name, size_t which) {
    struct stat information;
    char text[64];
    put(before);
    put(which < label_count ? labels[which] : name);
    if (which >= label_count && !stat(name, &information)) {
        struct tm date;
        gmtime_r(&information.st_mtim.tv_sec, &date);
        text[strftime(text, sizeof(text), "\t%Y-%m-%d %H:%M:%S +0000", &date)] = 0;
        put(text);
    }
    put("\n");
}

static void show_unified(char **names, const struct lines *left, const struct lines *right,
                         const struct changes *changes) {
    put_name("--- ", names[0], 0);
    put_name("+++ ", names[1], 1);
    for (size_t i = 0; i < changes->count;) {
        size_t end = i + 1;
        while (end < changes->count &&
               changes->list[end].left - changes->list[end - 1].left - changes->list[end - 1].left_count <= 2 * context)
            end++;
        show_hunk(left, right, &changes->list[i], &changes->list[end]);
        i = end;
    }
}

static bool is_binary(const struct lines *lines) {
    return lines->whole.size && memchr(lines->whole.text, 0, lines->whole.size);
}

static void tell(char **names, const char *before, const char *between, const char *behind) {
    put(before);
    put(names[0]);
    put(between);
    put(names[1]);
    put(behind);
}

static bool is_missing(const char *name) {
    struct stat information;
    return missing_is_empty && strcmp(name, "-") != 0 && stat(name, &information) && errno == ENOENT;
}

static void read_lines(struct lines *lines, const char *name) {
    *lines = (struct lines){0};
    if (!is_missing(name))
        lines_read(lines, name);
}

static void compare_files(char **names, const char *command) {
    struct lines left, right;
    struct changes changes;
    read_lines(&left, names[0]);
    read_lines(&right, names[1]);
    lines_identify(&left, &right, &options);
    compare_lines(&left, &right, &changes);
    if (changes.count)
        result = 1;
    if (changes.count && !brief && command)
        tell(names, command, " ", "\n");
    if (!changes.count && report_same)
        tell(names, "Files ", " and ", " are identical\n");
    else if (changes.count && (brief || is_binary(&left) || is_binary(&right)))
        tell(names, brief ? "Files " : "Binary files ", " and ", " differ\n");
    else if (changes.count && unified)
        show_unified(names, &left, &right, &changes);
    else
        show_normal(&left, &right, &changes);
    free(changes.list);
    free(left.list);
    free(right.list);
    free(left.whole.text);
    free(right.whole.text);
}

static bool is_directory(const char *name) {
    struct stat information;
    return strcmp(name, "-") != 0 && !stat(name, &information) && S_ISDIR(information.st_mode);
}

static void compare(char **names, const char *command);

static void compare_both(char **directories, const char *name) {
    char *both[] = {path_join(directories[0], name), path_join(directories[1], name)};
    if (is_directory(both[0]) && is_directory(both[1]) && !recursive)
        tell(both, "Common subdirectories: ", " and ", "\n");
    else
        compare(both, unified ? "diff -ru " : "diff -r ");
    free(both[0]);
    free(both[1]);
}

static void tell_lone(char **directories, size_t which, const char *name) {
    if (missing_is_empty) {
        compare_both(directories, name);
        return;
    }
    result = 1;
    put("Only in ");
    put(directories[which]);
    put(": ");
    put(name);
    put("\n");
}

static void compare_directories(char **directories) {
    struct names left, right;
    if (!directory_list(directories[0], &left) || !directory_list(directories[1], &right))
        tool_fail_errno(directories[0]);
    for (size_t i = 0, j = 0; i < left.count || j < right.count;) {
        int order = i == left.count ? 1 : j == right.count ? -1 : strcmp(left.names[i], right.names[j]);
        if (!order)
            compare_both(directories, left.names[i]);
        else
            tell_lone(directories, order > 0, order < 0 ? left.names[i] : right.names[j]);
        i += order <= 0;
        j += order >= 0;
    }
    names_free(&left);
    names_free(&right);
}

static void compare(char **names, const char *command) {
    bool left = is_directory(names[0]), right = is_directory(names[1]);
    if (left && right) {
        compare_directories(names);
    } else if (left || right) {
        char *inside = path_join(names[right], path_name(names[left]));
        char *both[] = {left ? inside : names[0], right ? inside : names[1]};
        compare_files(both, command);
        free(inside);
    } else {
        compare_files(names, command);
    }
}

static void set_option(int option) {
    unified |= option == 'u' || option == 'U';
    brief |= option == 'q';
    report_same |= option == 's';
    recursive |= option == 'r';
    missing_is_empty |= option == 'N';
    options.ignore_case |= option == 'i';
    options.squeeze_blanks |= option == 'b';
    options.ignore_blanks |= option == 'w';
    if (option == 'U')
        context = tool_value_number();
    if (option == 'L' && label_count < 2)
        labels[label_count++] = tool_value();
}

int main(int argument_count, char **arguments) {
    int count;
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());)
        set_option(option);
    char **names = tool_operands(&count);
    if (count != 2)
        tool_misused(NULL, "two files are wanted");
    compare(names, NULL);
    return tool_finish(result);
}
