// What every tool does alike: options, complaints, the exit status.
#include "apps/common/tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apps/common/number.h"
#include "apps/common/output.h"

enum { STATUS_READER_GONE = 141, COMPLAINT_SIZE = 1024 };

static const struct tool *tool;
static char **words; // operands are gathered at its start while the options are read
static int word_count, next_word, operand_count;
static const char *cluster; // what is left of a word like -abc
static const char *value;
static bool complained, options_ended;

void tool_start(const struct tool *which, int argument_count, char **arguments) {
    tool = which;
    words = arguments + (argument_count > 0);
    word_count = argument_count - (argument_count > 0);
}

static size_t append(char *text, size_t used, const char *more) {
    size_t length = strlen(more);
    if (length > COMPLAINT_SIZE - used)
        length = COMPLAINT_SIZE - used;
    for (size_t i = 0; i < length; i++)
        text[used + i] = more[i];
    return used + length;
}

void tool_complain(const char *thing, const char *reason) {
    char text[COMPLAINT_SIZE + 1];
    size_t used = append(text, 0, tool->name);
    if (thing) {
        used = append(text, used, ": ");
        used = append(text, used, thing);
    }
    used = append(text, used, ": ");
    used = append(text, used, reason);
    text[used++] = '\n';
    complained = true;
    output_flush(&standard_output); // what came before stands before, where both go to one place
    write_fully(2, text, used);
}

void tool_complain_errno(const char *thing) {
    tool_complain(thing, strerror(errno));
}

bool tool_has_complained(void) {
    return complained;
}

_Noreturn void tool_misused(const char *thing, const char *reason) {
    tool_complain(thing, reason);
    tool_complain(NULL, "try --help");
    exit(tool_finish(tool->failure));
}

_Noreturn void tool_fail(const char *thing, const char *reason) {
    tool_complain(thing, reason);
    exit(tool_finish(tool->failure));
}

_Noreturn void tool_fail_errno(const char *thing) {
    tool_fail(thing, strerror(errno));
}

static _Noreturn void print_usage(void) {
    output_text(&standard_output, tool->usage);
    exit(tool_finish(0));
}

// The value is the rest of the word, or the next word.
static void take_value(char letter) {
    char name[] = {'-', letter, 0};
    if (*cluster) {
        value = cluster;
        cluster = NULL;
    } else if (next_word < word_count) {
        value = words[next_word++];
    } else {
        tool_misused(name, "needs a value");
    }
}

static int next_of_cluster(void) {
    char letter = *cluster++;
    char name[] = {'-', letter, 0};
    const char *known = strchr(":#-+", letter) ? NULL : strchr(tool->options, letter);
    if (!known)
        tool_misused(name, "unknown option");
    if (known[1] == ':')
        take_value(letter);
    if (cluster && !*cluster)
        cluster = NULL;
    return letter;
}

static bool is_number(const char *word, char kind) {
    return tool->options[0] == kind && ((word[1] >= '0' && word[1] <= '9') || (kind == '-' && word[1] == '.'));
}

static bool is_operand(const char *word) {
    return options_ended || word[0] != '-' || !word[1] || is_number(word, '-');
}

// --NAME or --NAME=VALUE: as its letter would be.
static int long_option(const char *word) {
    size_t length = strcspn(word + 2, "=");
    const struct tool_name *name = tool->names;
    while (name && name->name && (strncmp(name->name, word + 2, length) != 0 || name->name[length] != 0))
        name++;
    if (!name || !name->name)
        tool_misused(word, "unknown option");
    bool takes_value = strchr(tool->options, name->letter)[1] == ':';
    if (word[2 + length] == '=' && !takes_value)
        tool_misused(word, "takes no value");
    cluster = word[2 + length] == '=' ? word + 2 + length + 1 : "";
    if (takes_value)
        take_value(name->letter);
    cluster = NULL;
    return name->letter;
}

// The word starts with "-" and has more.
static int start_word(const char *word) {
    if (!strcmp(word, "--help"))
        print_usage();
    if (word[1] == '-')
        return long_option(word);
    if (is_number(word, '#')) {
        value = word + 1;
        return '#';
    }
    cluster = word + 1;
    return next_of_cluster();
}

static void add_operand(char *word) {
    words[operand_count++] = word;
    options_ended |= tool->options[0] == '+';
}

int tool_option(void) {
    if (cluster)
        return next_of_cluster();
    while (next_word < word_count) {
        char *word = words[next_word++];
        if (!options_ended && !strcmp(word, "--"))
            options_ended = true;
        else if (is_operand(word))
            add_operand(word);
        else
            return start_word(word);
    }
    words[operand_count] = NULL;
    return 0;
}

const char *tool_value(void) {
    return value;
}

unsigned long tool_value_number(void) {
    uint64_t number;
    if (!number_parse_size(value, &number))
        tool_fail(value, "not a number");
    return number;
}

char **tool_operands(int *count) {
    if (count)
        *count = operand_count;
    return words;
}

int tool_finish(int status) {
    if (!output_flush(&standard_output)) {
        if (standard_output.error == EPIPE)
            return STATUS_READER_GONE;
        errno = standard_output.error;
        tool_complain_errno("write error");
        return tool->failure;
    }
    return complained ? tool->failure : status;
}

void *tool_reallocate(void *block, unsigned long count, unsigned long size) {
    unsigned long bytes;
    void *made = __builtin_mul_overflow(count, size, &bytes) ? NULL : realloc(block, bytes ? bytes : 1);
    if (!made)
        tool_fail(NULL, "out of memory");
    return made;
}

void *tool_allocate(unsigned long count, unsigned long size) {
    return tool_reallocate(NULL, count, size);
}
