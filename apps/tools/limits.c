// limits: what processes have used of what they may use.
#include <parley/process.h>
#include <parley/start.h>
#include <parley/status.h>

#include "apps/common/number.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/native/words.h"

static const struct tool tool = {
    .name = "limits",
    .usage = "usage: limits [PID]...\n"
             "Shows the account of a process, or of the one that started this (the shell): what is used now, the most\n"
             "that ever was, the limit, and how often it was hit. What a process's children use counts for it too,\n"
             "for memory, processes and threads.\n",
    .options = "",
    .failure = 1,
};

static void show_line(const char *name, const struct account_line *line) {
    struct output *out = &standard_output;
    output_text(out, "  ");
    output_text_padded(out, name, 28);
    output_number_padded(out, line->used, 10, ' ');
    output_number_padded(out, line->peak, 10, ' ');
    if (line->limit == UINT64_MAX)
        output_text(out, "      none");
    else
        output_number_padded(out, line->limit, 10, ' ');
    output_number_padded(out, line->refused, 10, ' ');
    output_character(out, '\n');
}

static void show(uint32_t process, const char *word) {
    struct account_information account;
    enum status status = account_read(process, &account);
    if (status < 0) {
        tool_complain(word, status_text(status));
        return;
    }
    output_text(&standard_output, "process ");
    output_number(&standard_output, account.process);
    output_text(&standard_output, " (");
    output_text(&standard_output, account.name);
    output_text(&standard_output, ")                         USED      MOST     LIMIT       HIT\n");
    for (uint32_t item = 0; item < ACCOUNT_ITEM_COUNT; item++)
        show_line(words_account_item(item), &account.items[item]);
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        ;
    char **words = tool_operands(NULL);
    if (!*words)
        show(start_information()->parent, "the parent");
    for (; *words; words++) {
        uint64_t process;
        if (number_parse(*words, &process) && process <= UINT32_MAX)
            show((uint32_t)process, *words);
        else
            tool_complain(*words, "not a process id");
    }
    return tool_finish(0);
}
