// rev: each line from its end to its start.
#include "apps/common/input.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "rev",
    .usage = "usage: rev [FILE]...\n"
             "Writes the characters of each line the other way round.\n",
    .options = "",
    .failure = 1,
};

// A character is a byte and the continuation bytes of UTF-8 behind it.
static void write_reversed(const struct line *line) {
    for (size_t end = line->length; end;) {
        size_t start = end - 1;
        while (start && ((unsigned char)line->text[start] & 0xc0) == 0x80)
            start--;
        output_bytes(&standard_output, line->text + start, end - start);
        end = start;
    }
    if (line->terminated)
        output_character(&standard_output, '\n');
}

static void reverse(const char *name) {
    static struct input input;
    struct line line;
    if (!input_open(&input, name))
        return;
    while (!standard_output.error && input_line(&input, &line))
        write_reversed(&line);
    input_close(&input);
}

int main(int argument_count, char **arguments) {
    static char *input[] = {(char *)"-", NULL};
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        ;
    char **files = tool_operands(NULL);
    for (files = *files ? files : input; *files; files++)
        reverse(*files);
    return tool_finish(0);
}
