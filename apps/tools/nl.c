// nl: lines with their numbers.
#include <string.h>

#include "apps/common/input.h"
#include "apps/common/number.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool_name names[] = {{"body-numbering", 'b'},
                                         {"line-increment", 'i'},
                                         {"number-format", 'n'},
                                         {"number-separator", 's'},
                                         {"number-width", 'w'},
                                         {"starting-line-number", 'v'},
                                         {0}};
static const struct tool tool = {
    .name = "nl",
    .usage = "usage: nl [-b STYLE] [-n FORMAT] [-w WIDTH] [-s TEXT] [-v FIRST] [-i STEP] [FILE]...\n"
             "Writes lines with numbers before them.\n"
             "  -b  which: a all, t those that are not empty (if not given), n none\n"
             "  -n  ln left, rn right (if not given), rz right with zeros   -w  columns of the number, 6\n"
             "  -s  between number and line, a tab   -v  the first number, 1   -i  from one to the next, 1\n",
    .options = "b:n:w:s:v:i:",
    .names = names,
    .failure = 1,
};

enum { WIDTH_MAX = 1000 };

static char which = 't';
static const char *format = "rn", *separator = "\t";
static unsigned long width = 6, step = 1, number = 1;

static void put_number(void) {
    if (!strcmp(format, "ln")) {
        char text[NUMBER_TEXT_SIZE], *end = text + sizeof(text) - 1;
        *end = 0;
        output_text_padded(&standard_output, number_format(end, number), width);
    } else {
        output_number_padded(&standard_output, number, width, format[1] == 'z' ? '0' : ' ');
    }
    output_text(&standard_output, separator);
    number += step;
}

static void number_lines(const char *name) {
    static struct input input;
    struct line line;
    if (!input_open(&input, name))
        return;
    while (!standard_output.error && input_line(&input, &line)) {
        if (which == 'a' || (which == 't' && line.length))
            put_number();
        else
            output_repeated(&standard_output, ' ', width + strlen(separator));
        output_bytes(&standard_output, line.text, line.length);
        output_character(&standard_output, '\n');
    }
    input_close(&input);
}

static void set_option(int option) {
    const char *value = tool_value();
    unsigned long *const numbers[] = {['w'] = &width, ['v'] = &number, ['i'] = &step};
    if (option == 'b') {
        if (!value[0] || value[1] || !strchr("atn", value[0]))
            tool_fail(value, "not a style: a, t or n");
        which = value[0];
    } else if (option == 'n') {
        if (strcmp(value, "ln") != 0 && strcmp(value, "rn") != 0 && strcmp(value, "rz") != 0)
            tool_fail(value, "not a format: ln, rn or rz");
        format = value;
    } else if (option == 's') {
        separator = value;
    } else {
        *numbers[option] = tool_value_number();
    }
    if (!width || width > WIDTH_MAX)
        tool_fail(value, "not a width");
}

int main(int argument_count, char **arguments) {
    static char *input[] = {(char *)"-", NULL};
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());)
        set_option(option);
    char **files = tool_operands(NULL);
    for (files = *files ? files : input; *files; files++)
        number_lines(*files);
    return tool_finish(0);
}
