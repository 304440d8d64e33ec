// head: the first lines, or bytes, of each file.
#include <stdlib.h>

#include "apps/common/input.h"
#include "apps/common/output.h"
#include "apps/common/part.h"
#include "apps/common/tool.h"

static const struct tool_name names[] = {{"bytes", 'c'},  {"lines", 'n'},   {"quiet", 'q'},
                                         {"silent", 'q'}, {"verbose", 'v'}, {0}};
static const struct tool tool = {
    .name = "head",
    .usage = "usage: head [-n COUNT | -c COUNT | -COUNT] [-qv] [FILE]...\n"
             "Writes the first 10 lines of each file.\n"
             "  -n  so many lines; with - before the count: all but the last so many\n"
             "  -c  the same for bytes   -q  no file names   -v  file names always\n",
    .options = PART_OPTIONS,
    .names = names,
    .failure = 1,
};

static struct part_options options;

static void copy_bytes(struct input *input) {
    char *block;
    size_t size;
    for (uint64_t left = options.count; left && input_block(input, &block, &size);) {
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
    for (uint64_t left = options.count; left && !standard_output.error && input_line(input, &line); left--)
        write_line(&line);
}

// Where the last `wanted` lines or bytes begin.
static size_t end_of_wanted(const struct whole *whole) {
    if (options.in_bytes)
        return options.count < whole->size ? whole->size - (size_t)options.count : 0;
    size_t end = whole->size;
    for (uint64_t left = options.count; left && end; left--) {
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

static void copy_part(struct input *input) {
    if (options.marked)
        copy_all_but_last(input);
    else if (options.in_bytes)
        copy_bytes(input);
    else
        copy_lines(input);
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    part_read_options(&options, '-');
    part_of_each(&options, copy_part);
    return tool_finish(0);
}
