// cat: files one after the other to standard output.
#include <string.h>

#include "apps/common/input.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool_name names[] = {
    {"number", 'n'},           {"number-nonblank", 'b'}, {"show-all", 'A'},      {"show-ends", 'E'},
    {"show-nonprinting", 'v'}, {"show-tabs", 'T'},       {"squeeze-blank", 's'}, {0}};
static const struct tool tool = {
    .name = "cat",
    .usage = "usage: cat [-AbeEnstTv] [FILE]...\n"
             "Writes the files, or standard input (-), to standard output.\n"
             "  -n  number the lines        -b  number those that are not empty\n"
             "  -s  one empty line for many -E  $ at line ends   -T  ^I for tabs\n"
             "  -v  ^X and M-x for bytes that are no text   -A, -e, -t  -v with -ET, with -E, with -T\n",
    .options = "nbsETuvAet",
    .names = names,
    .failure = 1,
};

static bool number_all, number_filled, squeeze, show_ends, show_tabs, show_bytes;
static uint64_t line_number;
static bool in_line; // the last line written has not ended
static bool last_empty;

// ^X for a control character, M- before one whose highest bit is set.
static void write_shown(unsigned char byte) {
    enum { HIGH = 0x80, DELETE = 0x7f, CONTROL = 0x40 };
    if (byte & HIGH)
        output_text(&standard_output, "M-");
    byte &= HIGH - 1;
    bool is_control = byte < ' ' || byte == DELETE;
    if (is_control)
        output_character(&standard_output, '^');
    output_character(&standard_output, is_control ? (char)(byte ^ CONTROL) : (char)byte);
}

static void write_line_shown(const struct line *line) {
    for (size_t i = 0; i < line->length; i++) {
        if (line->text[i] == '\t' ? show_tabs : show_bytes)
            write_shown((unsigned char)line->text[i]);
        else
            output_character(&standard_output, line->text[i]);
    }
}

static void write_line(const struct line *line) {
    bool empty = !line->length && line->terminated && !in_line;
    if (squeeze && empty && last_empty)
        return;
    last_empty = empty;
    if (!in_line && (number_filled ? !empty : number_all)) {
        output_number_padded(&standard_output, ++line_number, 6, ' ');
        output_character(&standard_output, '\t');
    }
    if (show_tabs || show_bytes)
        write_line_shown(line);
    else
        output_bytes(&standard_output, line->text, line->length);
    if (line->terminated)
        output_text(&standard_output, show_ends ? "$\n" : "\n");
    in_line = !line->terminated;
}

// What is typed or comes through a pipe goes on at once: a block is passed as it came.
static void copy(struct input *input) {
    char *block;
    size_t size;
    while (!standard_output.error && input_block(input, &block, &size))
        standard_output.error = write_fully(1, block, size);
}

static void copy_lines(struct input *input) {
    struct line line;
    while (!standard_output.error && input_line(input, &line)) {
        write_line(&line);
        if (input->start == input->end)
            output_flush(&standard_output);
    }
}

static void set_option(int option) {
    number_all |= option == 'n';
    number_filled |= option == 'b';
    squeeze |= option == 's';
    show_ends |= option == 'E' || option == 'e' || option == 'A';
    show_tabs |= option == 'T' || option == 't' || option == 'A';
    show_bytes |= strchr("vetA", option) != NULL;
}

static void cat_file(const char *name) {
    static struct input input;
    if (!input_open(&input, name))
        return;
    if (number_all || number_filled || squeeze || show_ends || show_tabs || show_bytes)
        copy_lines(&input);
    else
        copy(&input);
    input_close(&input);
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());)
        set_option(option);
    char **names = tool_operands(NULL);
    if (!*names)
        cat_file("-");
    for (; *names; names++)
        cat_file(*names);
    return tool_finish(0);
}
