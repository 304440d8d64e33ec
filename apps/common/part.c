// The options and the file names of head and tail.
#include "apps/common/part.h"

#include "apps/common/input.h"
#include "apps/common/number.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

enum { COUNT_UNLESS_SAID = 10 };

static void set_count(struct part_options *options, bool in_bytes, char mark) {
    const char *text = tool_value();
    options->marked = *text == mark;
    text += *text == '-' || *text == '+';
    options->in_bytes = in_bytes;
    if (!number_parse_size(text, &options->count))
        tool_fail(tool_value(), "not a number");
}

void part_read_options(struct part_options *options, char mark) {
    *options = (struct part_options){.count = COUNT_UNLESS_SAID};
    for (int option; (option = tool_option());) {
        if (option == 'n' || option == 'c' || option == '#')
            set_count(options, option == 'c', mark);
        options->follows |= option == 'f';
        options->quiet = option == 'q' || (options->quiet && option != 'v');
        options->verbose = option == 'v' || (options->verbose && option != 'q');
    }
}

void part_write_name(const char *name, bool is_first) {
    output_text(&standard_output, is_first ? "==> " : "\n==> ");
    output_text(&standard_output, name);
    output_text(&standard_output, " <==\n");
}

static void part_of(const char *name, bool with_name, bool *is_first, void (*copy)(struct input *input)) {
    static struct input input;
    if (!input_open(&input, name))
        return;
    if (with_name)
        part_write_name(input.name, *is_first);
    *is_first = false;
    copy(&input);
    input_close(&input);
}

void part_of_each(const struct part_options *options, void (*copy)(struct input *input)) {
    int count;
    char **names = tool_operands(&count);
    bool with_name = options->verbose || (count > 1 && !options->quiet), is_first = true;
    if (!count)
        part_of("-", with_name, &is_first, copy);
    for (; *names; names++)
        part_of(*names, with_name, &is_first, copy);
}
