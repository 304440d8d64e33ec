// limits: what processes have used of what they may use.
#include <parley/process.h>
#include <parley/start.h>
#include <parley/status.h>
#include <stdlib.h>

#include "apps/common/number.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/native/listing.h"
#include "apps/native/words.h"

static const struct tool tool = {
    .name = "limits",
    .usage = "usage: limits [PID]...\n"
             "       limits -a\n"
             "Shows the account of a process, or of the one that started this (the shell): what is used now, the most\n"
             "that ever was, the limit, and how often it was hit. What a process's children use counts for it too,\n"
             "for memory, processes and threads.\n"
             "  -a  of all processes, those that ever hit a limit, and only these limits\n",
    .options = "a",
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

static void show_head(const struct account_information *account) {
    output_text(&standard_output, "process ");
    output_number(&standard_output, account->process);
    output_text(&standard_output, " (");
    output_text(&standard_output, account->name);
    output_text(&standard_output, ")                         USED      MOST     LIMIT       HIT\n");
}

static void show(uint32_t process, const char *word) {
    struct account_information account;
    enum status status = account_read(process, &account);
    if (status < 0) {
        tool_complain(word, status_text(status));
        return;
    }
    show_head(&account);
    for (uint32_t item = 0; item < ACCOUNT_ITEM_COUNT; item++)
        show_line(words_account_item(item), &account.items[item]);
}

static void show_hit(const struct account_information *account) {
    bool any = false;
    for (uint32_t item = 0; item < ACCOUNT_ITEM_COUNT; item++) {
        if (account->items[item].refused == 0)
            continue;
        if (!any)
            show_head(account);
        any = true;
        show_line(words_account_item(item), &account->items[item]);
    }
}

// One that has ended since the list was made is none of them any more.
static void show_all_hit(void) {
    struct account_information account;
    size_t count;
    struct process_information *processes = listing_processes(&count);
    for (size_t i = 0; i < count; i++)
        if (account_read(processes[i].process, &account) == STATUS_OK)
            show_hit(&account);
    free(processes);
}

static void show_words(char **words) {
    for (; *words; words++) {
        uint64_t process;
        if (number_parse(*words, &process) && process <= UINT32_MAX)
            show((uint32_t)process, *words);
        else
            tool_complain(*words, "not a process id");
    }
}

int main(int argument_count, char **arguments) {
    bool all = false;
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        all = true;
    char **words = tool_operands(NULL);
    if (all && *words)
        tool_misused(*words, "-a takes no process");
    if (all)
        show_all_hit();
    else if (*words)
        show_words(words);
    else
        show(start_information()->parent, "the parent");
    return tool_finish(0);
}
