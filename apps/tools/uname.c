// uname: which system this is.
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct {
    char option;
    const char *text;
} facts[] = {{'s', "Parley"}, {'m', "x86_64"}, {'o', "Parley"}};

enum { FACT_COUNT = sizeof(facts) / sizeof(facts[0]) };

static const struct tool_name names[] = {
    {"all", 'a'}, {"kernel-name", 's'}, {"machine", 'm'}, {"operating-system", 'o'}, {0}};
static const struct tool tool = {
    .name = "uname",
    .usage = "usage: uname [-amos]\n"
             "Says which system this is.\n"
             "  -s  the kernel (if nothing is given)   -m  the processor's kind   -o  the system   -a  all of them\n"
             "Releases and machines have no names here: there is no -r, -v and -n.\n",
    .options = "amos",
    .names = names,
    .failure = 1,
};

int main(int argument_count, char **arguments) {
    bool wanted[FACT_COUNT] = {false}, any = false;
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option()); any = true)
        for (int i = 0; i < FACT_COUNT; i++)
            wanted[i] |= option == 'a' || option == facts[i].option;
    if (*tool_operands(NULL))
        tool_misused(*tool_operands(NULL), "it takes no words");
    wanted[0] |= !any;
    const char *between = "";
    for (int i = 0; i < FACT_COUNT; i++) {
        if (!wanted[i])
            continue;
        output_text(&standard_output, between);
        output_text(&standard_output, facts[i].text);
        between = " ";
    }
    output_character(&standard_output, '\n');
    return tool_finish(0);
}
