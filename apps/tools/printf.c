// printf: writes words by a format.
#include "apps/common/format.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "printf",
    .usage = "usage: printf FORMAT [WORD]...\n"
             "Writes the format with words put in, again and again until all are used.\n"
             "  %s a word   %b with its escapes   %c its first character   %d %i %u %o %x %X whole numbers\n"
             "  %e %f %g fractions   %% a %   \\n \\t \\\\ \\NNN \\xHH and the like   \\c ends all output\n",
    .options = "+",
    .failure = 1,
};

static void complain(void *context, const char *thing, const char *reason) {
    (void)context;
    tool_complain(thing, reason);
}

int main(int argument_count, char **arguments) {
    struct format format = {.output = &standard_output, .complain = complain};
    // Only --help is an option: a format may begin with a -.
    tool_start(&tool, argument_count < 2 ? argument_count : 2, arguments);
    if (argument_count > 1 && arguments[1][0] == '-' && arguments[1][1] == '-')
        tool_option();
    char **words = arguments + (argument_count > 0);
    words += *words && words[0][0] == '-' && words[0][1] == '-' && !words[0][2];
    if (!*words)
        tool_misused(NULL, "a format is wanted");
    format_write(&format, *words, words + 1);
    return tool_finish(0);
}
