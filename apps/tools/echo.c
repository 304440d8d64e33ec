// echo: its arguments, a space between each.
#include <stdbool.h>
#include <string.h>

#include "apps/common/escape.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "echo",
    .usage =
        "usage: echo [-neE] [WORD]...\n"
        "Writes the words.\n"
        "  -n  no line end behind   -e  \\n \\t \\\\ \\0NNN \\xHH and their like are replaced   -E  they are not\n",
    .options = "",
    .failure = 1,
};

static bool no_line_end, escapes;

// As everywhere, a word is an option only if all its letters are options; it is text otherwise.
static bool take_options(const char *word) {
    if (word[0] != '-' || !word[1] || strspn(word + 1, "neE") != strlen(word + 1))
        return false;
    for (const char *letter = word + 1; *letter; letter++) {
        if (*letter == 'n')
            no_line_end = true;
        else
            escapes = *letter == 'e';
    }
    return true;
}

// False: \c ended the output.
static bool write_word(const char *word) {
    if (!escapes) {
        output_text(&standard_output, word);
        return true;
    }
    return escape_write(&standard_output, word);
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    if (argument_count == 2 && !strcmp(arguments[1], "--help")) {
        output_text(&standard_output, tool.usage);
        return tool_finish(0);
    }
    char **word = arguments + (argument_count > 0);
    while (*word && take_options(*word))
        word++;
    for (; *word; word++) {
        if (!write_word(*word))
            return tool_finish(0);
        if (word[1])
            output_character(&standard_output, ' ');
    }
    if (!no_line_end)
        output_character(&standard_output, '\n');
    return tool_finish(0);
}
