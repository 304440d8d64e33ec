// head: the first lines, or bytes, of each file.
#include <stdlib.h>

#include "apps/common/input.h"
#include "apps/common/number.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "head",
    .usage = "usage: head [-n COUNT | -c COUNT | -COUNT] [-qv] [FILE]...\n"
             "Writes the first 10 lines of each file.\n"
             "  -n  so many lines; with - before the count: all but the last so many\n"
             "  -c  the same for bytes   -q  no file names   -v  file names always\n",
    .options = "#n:c:qv",
    .failure = 1,
};

static uint64_t wanted = 10;
static bool in_bytes, but_last, quiet, verbose;

static void copy_bytes(struct input *input) {
    char *block;
    size_t size;
    for (uint64_t left = wanted; left && input_block(input, &block, &size);) {
        size_t part = size < left ? size : (size_t)left;
        output_bytes(&standard_output, block, part);
        left -= part;
    }
}

static void write_line(const struct line *line) {
    output_bytes(&standard_output, line->text, line->length);
    if (line->terminated)
        output_character(&standard_output, '\n');
}

static void copy_lines(struct input *input) {
    struct line line;
    for (uint64_t left = wanted; left && !standard_output.error && input_line(input, &line); left--)
        write_line(&line);
}

// Where the last `wanted` lines or bytes begin.
static size_t end_of_wanted(const struct whole *whole) {
    if (in_bytes)
        return wanted < whole->size ? whole->size - (size_t)wanted : 0;
    size_t end = whole->size;
    for (uint64_t left = wanted; left && end; left--) {
        end--; // the line's own end
        while (end && whole->text[end - 1] != '\n')
            end--;
    }
    return end;
}

static void copy_all_but_last(struct input *input) {
    struct whole whole = {0};
    input_whole(input, &whole);
    output_bytes(&standard_output, whole.text, end_of_wanted(&whole));
    free(whole.text);
}

static void set_count(bool bytes) {
    const char *text = tool_value();
    but_last = *text == '-';
    text += *text == '-' || *text == '+';
    in_bytes = bytes;
    if (!number_parse_size(text, &wanted))
        tool_fail(tool_value(), "not a number");
}

static void set_option(int option) {
    if (option == 'n' || option == 'c' || option == '#')
        set_count(option == 'c');
    quiet = option == 'q' || (quiet && option != 'v');
    verbose = option == 'v' || (verbose && option != 'q');
}

static void head_file(const char *name, bool with_name) {
    static struct input input;
    static bool another;
    if (!input_open(&input, name))
        return;
    if (with_name) {
        output_text(&standard_output, another ? "\n==> " : "==> ");
        output_text(&standard_output, input.name);
        output_text(&standard_output, " <==\n");
    }
    another = true;
    if (but_last)
        copy_all_but_last(&input);
    else if (in_bytes)
        copy_bytes(&input);
    else
        copy_lines(&input);
    input_close(&input);
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());)
        set_option(option);
    int count;
    char **names = tool_operands(&count);
    bool with_name = verbose || (count > 1 && !quiet);
    if (!count)
        head_file("-", with_name);
    for (; *names; names++)
        head_file(*names, with_name);
    return tool_finish(0);
}
