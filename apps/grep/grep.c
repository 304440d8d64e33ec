// grep: the lines that match a pattern.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "apps/common/directory.h"
#include "apps/common/input.h"
#include "apps/common/number.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/grep/context.h"
#include "apps/grep/pattern.h"

static const struct tool_name names[] = {{"after-context", 'A'},
                                         {"before-context", 'B'},
                                         {"context", 'C'},
                                         {"count", 'c'},
                                         {"dereference-recursive", 'R'},
                                         {"extended-regexp", 'E'},
                                         {"file", 'f'},
                                         {"files-with-matches", 'l'},
                                         {"files-without-match", 'L'},
                                         {"fixed-strings", 'F'},
                                         {"basic-regexp", 'G'},
                                         {"ignore-case", 'i'},
                                         {"invert-match", 'v'},
                                         {"line-number", 'n'},
                                         {"line-regexp", 'x'},
                                         {"max-count", 'm'},
                                         {"no-filename", 'h'},
                                         {"no-messages", 's'},
                                         {"only-matching", 'o'},
                                         {"quiet", 'q'},
                                         {"silent", 'q'},
                                         {"recursive", 'r'},
                                         {"regexp", 'e'},
                                         {"text", 'a'},
                                         {"with-filename", 'H'},
                                         {"word-regexp", 'w'},
                                         {0}};
static const struct tool tool = {
    .name = "grep",
    .usage = "usage: grep [-aEFivnclLqshHorwx] [-m COUNT] [-A COUNT] [-B COUNT] [-C COUNT] PATTERN [FILE]...\n"
             "       grep [...] -e PATTERN... | -f PATTERNFILE [FILE]...\n"
             "Writes the lines that match a pattern. Status: 0 some did, 1 none did, 2 trouble.\n"
             "  -E  extended regular expressions  -F  plain text       -i  upper and lower case are alike\n"
             "  -v  lines that do not match       -w  whole words      -x  whole lines\n"
             "  -n  with line numbers             -c  only their count -o  only the matching parts\n"
             "  -l  only names of files that have some  -L  that have none  -q  nothing but the status\n"
             "  -r  directories with all in them  -s  no word of missing files  -m  at most COUNT lines a file\n"
             "  -h  without file names            -H  with file names  -a  lines of what is no text, too\n"
             "  -f  what matches a line of this file\n"
             "  -A  with COUNT lines that follow  -B  that come before   -C, -COUNT  both\n",
    .options = "#aEFGivnclLqshHorRwxm:e:f:A:B:C:",
    .names = names,
    .failure = 2,
};

enum { NAMES_BY_COUNT, NAMES_ALWAYS, NAMES_NEVER };

static struct pattern_options pattern_options;
static struct pattern *patterns;
static size_t pattern_count;
static bool invert, number_lines, count_only, list_with, list_without, quiet, silent, recursive, parts_only;
static bool all_is_text, options_end_patterns, with_names, any_selected;
static int names_rule = NAMES_BY_COUNT;
static uint64_t most = UINT64_MAX;
static struct context context;
static char *pattern_texts[64];
static size_t pattern_text_count;

static void add_pattern(const char *text, size_t length) {
    patterns = tool_reallocate(patterns, pattern_count + 1, sizeof(*patterns));
    struct pattern *pattern = &patterns[pattern_count++];
    const char *wrong = pattern_compile(pattern, text, length, &pattern_options);
    if (wrong)
        tool_fail(text, wrong);
}

// Each line of the text is a pattern.
static void add_patterns(const char *text) {
    for (const char *end; (end = strchr(text, '\n')); text = end + 1)
        add_pattern(text, (size_t)(end - text));
    add_pattern(text, strlen(text));
}

// The first match of any pattern; where two start at one place, the longer.
static bool find(const struct line *line, size_t from, struct match *best) {
    bool found = false;
    for (size_t i = 0; i < pattern_count; i++) {
        struct match match;
        if (!pattern_find(&patterns[i], line->text, line->length, from, &match))
            continue;
        if (!found || match.start < best->start || (match.start == best->start && match.end > best->end))
            *best = match;
        found = true;
        if (!parts_only)
            break;
    }
    return found;
}

enum { MARK_SELECTED = ':', MARK_CONTEXT = '-' };

static void print_prefix(const char *name, uint64_t number, char mark) {
    if (with_names) {
        output_text(&standard_output, name);
        output_character(&standard_output, mark);
    }
    if (number_lines) {
        output_number(&standard_output, number);
        output_character(&standard_output, mark);
    }
}

static void print_parts(const struct line *line, const char *name, uint64_t number) {
    struct match match;
    for (size_t from = 0; from <= line->length && find(line, from, &match);) {
        if (match.end > match.start) {
            print_prefix(name, number, MARK_SELECTED);
            output_bytes(&standard_output, line->text + match.start, match.end - match.start);
            output_character(&standard_output, '\n');
        }
        from = match.end > match.start ? match.end : match.end + 1;
    }
}

static void print_line(const struct line *line, const char *name, uint64_t number, char mark) {
    if (parts_only) {
        if (!invert && mark == MARK_SELECTED)
            print_parts(line, name, number);
        return;
    }
    print_prefix(name, number, mark);
    output_bytes(&standard_output, line->text, line->length);
    output_character(&standard_output, '\n');
}

// With what comes before it, where that is wanted.
static void print_selected(const struct line *line, const char *name, uint64_t number) {
    struct line before;
    uint64_t before_number;
    if (context.wanted) {
        if (context_select(&context, number))
            output_text(&standard_output, "--\n");
        while (context_take(&context, &before, &before_number))
            print_line(&before, name, before_number, MARK_CONTEXT);
    }
    print_line(line, name, number, MARK_SELECTED);
}

// Bytes of zero do not stand in texts: lines of what has some would spoil a terminal.
static bool is_binary(const struct input *input) {
    return !all_is_text && input->end > input->start &&
           memchr(input->buffer + input->start, 0, input->end - input->start);
}

static void print_binary(const char *name) {
    output_text(&standard_output, "grep: ");
    output_text(&standard_output, name);
    output_text(&standard_output, ": binary file matches\n");
}

// Where one pattern is looked for and lines are not counted, those without the text that it needs need not be told apart:
// goes on to the line of the next place where it stands, or to the last line that was read, which may go on.
static void skip_to_text(struct input *input) {
    const struct literal *literal = &patterns[0].literal;
    bool direct = pattern_count == 1 && literal->text && literal->length && !invert && !number_lines && !context.wanted;
    size_t left = input->end - input->start;
    if (!direct || !left)
        return;
    char *text = input->buffer + input->start;
    char *found = literal_find(literal, text, left);
    char *line_end = memrchr(text, '\n', found ? (size_t)(found - text) : left);
    if (line_end)
        input->start += (size_t)(line_end - text) + 1;
}

// How many lines were selected; stops as soon as what is asked is known.
static uint64_t search(struct input *input, const char *name) {
    bool first_decides = quiet || list_with || list_without;
    bool binary = !first_decides && !count_only && is_binary(input);
    uint64_t selected = 0, number = 0;
    struct line line;
    struct match match;
    context_begin(&context);
    while ((selected < most || context.after_left) && !standard_output.error) {
        skip_to_text(input);
        if (!input_line(input, &line))
            break;
        number++;
        if (find(&line, 0, &match) == invert) {
            if (context.wanted && context_pass(&context, &line, number))
                print_line(&line, name, number, MARK_CONTEXT);
            continue;
        }
        if (selected++ == most)
            return most;
        if (binary)
            print_binary(name);
        if (first_decides || binary)
            break;
        if (!count_only)
            print_selected(&line, name, number);
    }
    return selected;
}

static void print_summary(const char *name, uint64_t selected) {
    if (quiet)
        return;
    if ((list_with && selected) || (list_without && !selected)) {
        output_text(&standard_output, name);
        output_character(&standard_output, '\n');
    } else if (count_only && !list_with && !list_without) {
        if (with_names) {
            output_text(&standard_output, name);
            output_character(&standard_output, ':');
        }
        output_number(&standard_output, selected);
        output_character(&standard_output, '\n');
    }
}

static void grep_path(const char *path);

static void grep_directory(const char *path) {
    struct names names;
    if (!recursive || !directory_list(path, &names)) {
        errno = recursive ? errno : EISDIR;
        if (!silent)
            tool_complain_errno(path);
        return;
    }
    for (size_t i = 0; i < names.count; i++) {
        char *inner = path_join(path, names.names[i]);
        grep_path(inner);
        free(inner);
    }
    names_free(&names);
}

static bool is_directory(const char *path) {
    struct stat information;
    return strcmp(path, "-") != 0 && !stat(path, &information) && S_ISDIR(information.st_mode);
}

static bool is_missing_and_silent(const char *path) {
    struct stat information;
    return silent && strcmp(path, "-") != 0 && stat(path, &information);
}

static bool missing_silently;

static void grep_path(const char *path) {
    static struct input input;
    if (is_directory(path)) {
        grep_directory(path);
        return;
    }
    if (is_missing_and_silent(path)) {
        missing_silently = true;
        return;
    }
    if (!input_open(&input, path))
        return;
    input_fill(&input);
    const char *name = strcmp(path, "-") != 0 ? path : "(standard input)";
    uint64_t selected = search(&input, name);
    input_close(&input);
    print_summary(name, selected);
    any_selected |= selected > 0;
}

static const struct {
    char letter;
    bool *option;
} switches[] = {
    {'a', &all_is_text},
    {'v', &invert},
    {'n', &number_lines},
    {'c', &count_only},
    {'l', &list_with},
    {'L', &list_without},
    {'q', &quiet},
    {'s', &silent},
    {'r', &recursive},
    {'R', &recursive},
    {'o', &parts_only},
    {'i', &pattern_options.ignore_case},
    {'w', &pattern_options.whole_words},
    {'x', &pattern_options.whole_lines},
};

static void set_syntax_or_names(int option) {
    if (option == 'E')
        pattern_options.syntax = PATTERN_EXTENDED;
    else if (option == 'F')
        pattern_options.syntax = PATTERN_FIXED;
    else if (option == 'G')
        pattern_options.syntax = PATTERN_BASIC;
    else if (option == 'h')
        names_rule = NAMES_NEVER;
    else if (option == 'H')
        names_rule = NAMES_ALWAYS;
}

static void take_pattern(char *text) {
    if (pattern_text_count == sizeof(pattern_texts) / sizeof(pattern_texts[0]))
        tool_fail("-e", "too many patterns");
    pattern_texts[pattern_text_count++] = text;
}

// Each line is a pattern; a file without lines has none, and nothing matches.
static void take_pattern_file(const char *name) {
    static struct input input;
    struct whole whole = {0};
    if (!input_open(&input, name))
        exit(tool_finish(2));
    input_whole(&input, &whole);
    input_close(&input);
    if (!whole.size)
        return;
    whole.size -= whole.text[whole.size - 1] == '\n';
    whole.text = tool_reallocate(whole.text, whole.size + 1, 1);
    whole.text[whole.size] = 0;
    take_pattern(whole.text);
}

static void set_option(int option) {
    for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++)
        if (switches[i].letter == option)
            *switches[i].option = true;
    set_syntax_or_names(option);
    if (option == 'm')
        most = tool_value_number();
    context.wanted |= strchr("ABC#", option) != NULL;
    if (option == 'B' || option == 'C' || option == '#')
        context.before = tool_value_number();
    if (option == 'A' || option == 'C' || option == '#')
        context.after = tool_value_number();
    if (option == 'e')
        take_pattern((char *)tool_value());
    if (option == 'f')
        take_pattern_file(tool_value());
    options_end_patterns |= option == 'e' || option == 'f';
}

// The files: what is left behind the pattern.
static char **take_patterns(char **operands) {
    if (!options_end_patterns && !*operands)
        tool_misused(NULL, "a pattern is wanted");
    if (!options_end_patterns)
        pattern_texts[pattern_text_count++] = *operands++;
    for (size_t i = 0; i < pattern_text_count; i++)
        add_patterns(pattern_texts[i]);
    return operands;
}

int main(int argument_count, char **arguments) {
    static char *everything[] = {(char *)".", NULL}, *input[] = {(char *)"-", NULL};
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());)
        set_option(option);
    pattern_options.only_whether = !parts_only && !pattern_options.whole_words && !pattern_options.whole_lines;
    char **files = take_patterns(tool_operands(NULL));
    with_names = names_rule == NAMES_ALWAYS || (names_rule == NAMES_BY_COUNT && *files && (files[1] || recursive));
    if (!*files)
        files = recursive ? everything : input;
    for (; *files && !(quiet && any_selected); files++)
        grep_path(*files);
    int status = tool_finish(missing_silently ? 2 : !any_selected);
    return quiet && any_selected ? 0 : status;
}
