// yes: a line again and again.
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "yes",
    .usage = "usage: yes [WORD]...\n"
             "Writes the words, or y, on a line again and again, until nobody reads.\n",
    .options = "",
    .failure = 1,
};

static void put_line(char **words) {
    if (!*words)
        output_character(&standard_output, 'y');
    for (; *words; words++) {
        output_text(&standard_output, *words);
        if (words[1])
            output_character(&standard_output, ' ');
    }
    output_character(&standard_output, '\n');
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        ;
    char **words = tool_operands(NULL);
    while (!standard_output.error && standard_output.used < OUTPUT_SIZE / 2)
        put_line(words);
    while (!standard_output.error)
        standard_output.error = write_fully(1, standard_output.buffer, standard_output.used);
    return tool_finish(0);
}
