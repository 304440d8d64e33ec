// gate: whom processes let approach them, by the user's id.
#include <parley/calls.h>
#include <parley/start.h>
#include <parley/status.h>
#include <stdlib.h>
#include <string.h>

#include "apps/common/number.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/native/words.h"

static const struct tool tool = {
    .name = "gate",
    .usage =
        "usage: gate [PID]\n"
        "       gate PID KIND=USERS...\n"
        "Shows whom the gate of a process lets in, or of the one that started this (the shell): for each kind of\n"
        "approach, users by their ids. KIND=USERS changes it, of a process of one's own: KIND is one that is shown,\n"
        "USERS is all, none, or ids with commas, as 0,1,5. What is let in already stays.\n",
    .options = "",
    .failure = 1,
};

enum { USERS_MAX = 64, KIND_WIDTH = 14 };

static void show_users(uint64_t users) {
    struct output *out = &standard_output;
    const char *before = "";
    if (users == GATE_ALL_USERS || !users) {
        output_text(out, users ? "all" : "none");
        return;
    }
    for (uint32_t user = 0; user < USERS_MAX; user++) {
        if (users >> user & 1) {
            output_text(out, before);
            output_number(out, user);
            before = ",";
        }
    }
}

static void show_name(uint32_t process) {
    struct account_information account;
    output_text(&standard_output, "process ");
    output_number(&standard_output, process);
    if (account_read(process, &account) == STATUS_OK) {
        output_text(&standard_output, " (");
        output_text(&standard_output, account.name);
        output_character(&standard_output, ')');
    }
    output_text(&standard_output, " lets in\n");
}

static void show(uint32_t process, const char *word) {
    uint64_t users[GATE_KIND_COUNT];
    for (uint32_t kind = 0; kind < GATE_KIND_COUNT; kind++) {
        enum status status = gate_read(process, kind, &users[kind]);
        if (status < 0)
            tool_fail(word, status_text(status));
    }
    show_name(process);
    for (uint32_t kind = 0; kind < GATE_KIND_COUNT; kind++) {
        output_text(&standard_output, "  ");
        output_text_padded(&standard_output, words_gate_kind(kind), KIND_WIDTH);
        show_users(users[kind]);
        output_character(&standard_output, '\n');
    }
}

static uint32_t kind_of(const char *name, size_t length, const char *word) {
    for (uint32_t kind = 0; kind < GATE_KIND_COUNT; kind++)
        if (strlen(words_gate_kind(kind)) == length && !strncmp(words_gate_kind(kind), name, length))
            return kind;
    tool_misused(word, "no such kind of approach");
}

static uint64_t users_of(char *list, const char *word) {
    uint64_t users = 0, user;
    if (!strcmp(list, "all") || !strcmp(list, "none"))
        return *list == 'a' ? GATE_ALL_USERS : 0;
    for (char *rest = list, *id; (id = strsep(&rest, ","));) {
        if (!number_parse(id, &user) || user >= USERS_MAX)
            tool_misused(word, "users are all, none, or ids from 0 to 63 with commas");
        users |= UINT64_C(1) << user;
    }
    return users;
}

// All words are looked at before any is done.
static void change(uint32_t process, const char *word, char **changes, bool really) {
    int32_t number;
    enum status status = process_open(process, &number);
    for (; status >= 0 && *changes; changes++) {
        size_t length = strcspn(*changes, "=");
        if ((*changes)[length] == 0)
            tool_misused(*changes, "KIND=USERS is wanted");
        char *list = strdup(*changes + length + 1);
        uint32_t kind = kind_of(*changes, length, *changes);
        uint64_t before, users = users_of(list, *changes);
        free(list);
        if (really)
            status = gate_change(number, kind, users, &before);
    }
    if (status < 0)
        tool_fail(word, status == STATUS_NO_RIGHT ? "it belongs to another user" : status_text(status));
    number_close(number);
}

int main(int argument_count, char **arguments) {
    uint64_t process = start_information()->parent;
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        ;
    char **words = tool_operands(NULL);
    const char *word = *words ? *words : "the parent";
    if (*words && (!number_parse(*words++, &process) || process > UINT32_MAX))
        tool_misused(word, "not a process id");
    if (*words) {
        change((uint32_t)process, word, words, false);
        change((uint32_t)process, word, words, true);
    } else {
        show((uint32_t)process, word);
    }
    return tool_finish(0);
}
