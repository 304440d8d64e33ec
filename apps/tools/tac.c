// tac: the lines of each file from the last to the first.
#include <stdlib.h>

#include "apps/common/input.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "tac",
    .usage = "usage: tac [FILE]...\n"
             "Writes the lines of each file from the last to the first. A last line without an end stands before the\n"
             "next one as it is.\n",
    .options = "",
    .failure = 1,
};

// Where the line begins that ends before `end`.
static size_t line_start(const char *text, size_t end) {
    while (end && text[end - 1] != '\n')
        end--;
    return end;
}

static void write_backwards(const struct whole *whole) {
    size_t start;
    for (size_t end = whole->size; end && !standard_output.error; end = start) {
        start = line_start(whole->text, end - 1);
        output_bytes(&standard_output, whole->text + start, end - start);
    }
}

static void turn(const char *name) {
    static struct input input;
    struct whole whole = {0};
    if (!input_open(&input, name))
        return;
    input_whole(&input, &whole);
    input_close(&input);
    write_backwards(&whole);
    free(whole.text);
}

int main(int argument_count, char **arguments) {
    static char *input[] = {(char *)"-", NULL};
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        ;
    char **files = tool_operands(NULL);
    for (files = *files ? files : input; *files; files++)
        turn(*files);
    return tool_finish(0);
}
