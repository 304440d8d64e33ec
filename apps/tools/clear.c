// clear: empties the screen.
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "clear",
    .usage = "usage: clear\n"
             "Empties the terminal's screen.\n",
    .options = "",
    .failure = 1,
};

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        ;
    output_text(&standard_output, "\033[H\033[2J");
    return tool_finish(0);
}
