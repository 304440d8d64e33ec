// sort: lines in order.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "apps/common/count.h"
#include "apps/common/input.h"
#include "apps/common/output.h"
#include "apps/common/short.h"
#include "apps/common/tool.h"
#include "apps/sort/order.h"

static const struct tool_name names[] = {
    {"check", 'c'},   {"field-separator", 't'}, {"ignore-case", 'f'},  {"ignore-leading-blanks", 'b'},
    {"key", 'k'},     {"merge", 'm'},           {"numeric-sort", 'n'}, {"output", 'o'},
    {"reverse", 'r'}, {"stable", 's'},          {"unique", 'u'},       {0}};
static const struct tool tool = {
    .name = "sort",
    .usage = "usage: sort [-bcfnrsu] [-k KEY]... [-t CHARACTER] [-o FILE] [FILE]...\n"
             "Writes the lines of all files in the order of their bytes.\n"
             "  -n  by the number at the start     -r  the other way round   -f  small letters as capitals\n"
             "  -b  without blanks in front        -u  one of equal lines    -s  equal keys stay as they were\n"
             "  -k  FIELD[.CHARACTER][bfnr][,FIELD[.CHARACTER]]: by this part; the next -k where it is equal\n"
             "  -t  what parts the fields, in place of blanks   -o  writes to a file   -c  only looks whether sorted\n",
    .options = "bcfnrsumk:t:o:",
    .names = names,
    .failure = 2,
};

enum { KEYS_MAX = 16 };

static struct key keys[KEYS_MAX];
static struct key_rules rules; // of keys without their own
static struct order order = {.keys = keys, .separator = SEPARATOR_BLANKS};
static bool unique, stable, check;
static const char *output_name;

static void add_key(const char *text) {
    if (order.key_count == KEYS_MAX)
        tool_fail(text, "too many keys");
    if (!key_parse(&keys[order.key_count++], text))
        tool_misused(text, "not a key");
}

static void set_separator(const char *text) {
    if (!strcmp(text, "\\0"))
        order.separator = 0;
    else if (!text[0] || text[1])
        tool_misused(text, "one character is wanted");
    else
        order.separator = (unsigned char)text[0];
}

static void set_option(int option) {
    unique |= option == 'u';
    stable |= option == 's';
    check |= option == 'c';
    if (option == 'k')
        add_key(tool_value());
    else if (option == 't')
        set_separator(tool_value());
    else if (option == 'o')
        output_name = tool_value();
    else
        key_set_rule(&rules, (char)option);
}

static void complete_order(void) {
    bool plain = !order.key_count && !rules.numeric && !rules.fold && !rules.skip_blanks;
    if (!order.key_count)
        keys[order.key_count++] = (struct key){.start_field = 1, .start_character = 1};
    for (size_t i = 0; i < order.key_count; i++)
        if (!keys[i].rules.given)
            keys[i].rules = rules;
    order.by_whole_line = !plain && !stable && !unique;
    order.reverse = rules.reverse;
}

// Every line ends with a line end, and behind the last there is room to read SHORT_SLACK bytes more.
static void end_text(struct whole *text) {
    if (text->capacity - text->size < SHORT_SLACK + 1) {
        text->capacity = text->size + SHORT_SLACK + 1;
        text->text = tool_reallocate(text->text, text->capacity, 1);
    }
    if (text->size && text->text[text->size - 1] != '\n')
        text->text[text->size++] = '\n';
}

static void read_file(const char *name, struct whole *text) {
    static struct input input;
    if (!input_open(&input, name))
        return;
    input_whole(&input, text);
    input_close(&input);
    end_text(text);
}

static size_t make_records(const struct whole *text, struct record **records) {
    struct count lines = {0};
    if (text->text)
        count_lines(&lines, text->text, text->size);
    *records = tool_allocate(lines.lines, sizeof(**records));
    char *line = text->text;
    for (size_t i = 0; i < lines.lines; i++) {
        char *end = short_find_line_end(line, text->size - (size_t)(line - text->text));
        if (end - line > UINT32_MAX)
            tool_fail(NULL, "a line is too long");
        record_set(&(*records)[i], &order, (struct span){line, (size_t)(end - line)});
        line = end + 1;
    }
    return lines.lines;
}

static void print(const struct record *record) {
    size_t size = record->length + (size_t)1;
    if (size <= SHORT_BYTES) {
        short_copy(output_room(&standard_output, SHORT_BYTES), record->text, size);
        standard_output.used += size;
    } else {
        output_bytes(&standard_output, record->text, size);
    }
}

static void print_all(const struct record *records, size_t count) {
    for (size_t i = 0; i < count && !standard_output.error; i++)
        if (!unique || !i || record_compare(&order, &records[i - 1], &records[i]))
            print(&records[i]);
}

static int check_order(const struct record *records, size_t count) {
    for (size_t i = 1; i < count; i++) {
        if (record_compare(&order, &records[i - 1], &records[i]) < !unique)
            continue;
        char *line = tool_allocate(records[i].length + (size_t)1, 1);
        memcpy(line, records[i].text, records[i].length);
        line[records[i].length] = 0;
        tool_complain("disorder", line);
        return 1;
    }
    return tool_finish(0);
}

// Only now: the file may be one of those that were read.
static void open_output(void) {
    standard_output.descriptor = open(output_name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (standard_output.descriptor < 0)
        tool_fail_errno(output_name);
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());)
        set_option(option);
    complete_order();
    struct whole text = {0};
    char **names = tool_operands(NULL);
    if (!*names)
        read_file("-", &text);
    for (; *names; names++)
        read_file(*names, &text);
    if (tool_has_complained())
        return tool_finish(tool.failure);
    struct record *records;
    size_t count = make_records(&text, &records);
    if (check)
        return check_order(records, count);
    struct record *scratch = tool_allocate(count / 2, sizeof(*scratch));
    record_sort(&order, records, count, scratch);
    if (output_name)
        open_output();
    print_all(records, count);
    if (output_name && !output_flush(&standard_output)) {
        errno = standard_output.error;
        tool_complain_errno(output_name);
        return tool.failure;
    }
    return tool_finish(0);
}
