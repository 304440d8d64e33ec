// cut: parts of each line.
#include <stdlib.h>
#include <string.h>

#include "apps/common/input.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "cut",
    .usage = "usage: cut -f LIST [-d CHARACTER] [-s] [FILE]...\n"
             "       cut -c LIST [FILE]...\n"
             "Writes parts of each line. LIST: numbers from 1 on and ranges as 2-5, -3, 7-, with commas between.\n"
             "  -f  fields   -d  what parts them, a tab if not given   -s  no lines without it\n"
             "  -c, -b  bytes   --complement  all but these   --output-delimiter=TEXT  between what is written\n",
    .options = "f:c:b:d:sno:v",
    .names = (const struct tool_name[]){{"complement", 'v'},
                                        {"output-delimiter", 'o'},
                                        {"fields", 'f'},
                                        {"delimiter", 'd'},
                                        {"bytes", 'b'},
                                        {"characters", 'c'},
                                        {"only-delimited", 's'},
                                        {0}},
    .failure = 1,
};

struct range {
    size_t first, last; // from 1 on
};

static struct range *ranges;
static size_t range_count;
static bool by_fields, chosen, only_parted, complement;
static char delimiter = '\t';
static const char *between; // null: the delimiter, or nothing

static size_t take_number(const char **text, size_t missing) {
    char *end;
    if (**text < '0' || **text > '9')
        return missing;
    unsigned long number = strtoul(*text, &end, 10);
    if (!number)
        tool_fail(tool_value(), "numbers begin with 1");
    *text = end;
    return number;
}

static void read_list(const char *text) {
    for (;; text++) {
        struct range range;
        const char *start = text;
        range.first = take_number(&text, 1);
        range.last = *text == '-' ? (text++, take_number(&text, SIZE_MAX)) : range.first;
        bool lone = text == start + 1 && *start == '-';
        if (text == start || lone || range.last < range.first || (*text && *text != ','))
            tool_fail(tool_value(), "not a list of numbers and ranges");
        ranges = tool_reallocate(ranges, range_count + 1, sizeof(*ranges));
        ranges[range_count++] = range;
        if (!*text)
            return;
    }
}

static bool is_wanted(size_t number) {
    bool found = false;
    for (size_t i = 0; i < range_count && !found; i++)
        found = ranges[i].first <= number && number <= ranges[i].last;
    return found != complement;
}

static void put_separator(bool *any) {
    if (*any && between)
        output_text(&standard_output, between);
    else if (*any && by_fields)
        output_character(&standard_output, delimiter);
    *any = true;
}

static void cut_bytes(const struct line *line) {
    bool any = false, before = false;
    for (size_t i = 0; i < line->length; i++) {
        bool wanted = is_wanted(i + 1);
        if (wanted && !before)
            put_separator(&any);
        if (wanted)
            output_character(&standard_output, line->text[i]);
        before = wanted;
    }
}

static void cut_fields(const struct line *line) {
    bool any = false;
    const char *text = line->text, *end = line->text + line->length;
    for (size_t number = 1; text; number++) {
        const char *field_end = memchr(text, delimiter, (size_t)(end - text));
        if (is_wanted(number)) {
            put_separator(&any);
            output_bytes(&standard_output, text, (size_t)((field_end ? field_end : end) - text));
        }
        text = field_end ? field_end + 1 : NULL;
    }
}

static void cut(const char *name) {
    static struct input input;
    struct line line;
    if (!input_open(&input, name))
        return;
    while (!standard_output.error && input_line(&input, &line)) {
        bool parted = !by_fields || memchr(line.text, delimiter, line.length);
        if (!parted && only_parted)
            continue;
        if (!parted)
            output_bytes(&standard_output, line.text, line.length);
        else if (by_fields)
            cut_fields(&line);
        else
            cut_bytes(&line);
        output_character(&standard_output, '\n');
    }
    input_close(&input);
}

static void set_option(int option) {
    if (strchr("fcb", option)) {
        if (chosen)
            tool_misused(NULL, "one list is wanted");
        chosen = true;
        by_fields = option == 'f';
        read_list(tool_value());
    } else if (option == 'd') {
        if (strlen(tool_value()) > 1)
            tool_misused(tool_value(), "the delimiter is one character");
        delimiter = tool_value()[0];
    }
    only_parted |= option == 's';
    complement |= option == 'v';
    between = option == 'o' ? tool_value() : between;
}

int main(int argument_count, char **arguments) {
    static char *input[] = {(char *)"-", NULL};
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());)
        set_option(option);
    if (!chosen)
        tool_misused(NULL, "a list is wanted: -f, -c or -b");
    char **files = tool_operands(NULL);
    for (files = *files ? files : input; *files; files++)
        cut(*files);
    return tool_finish(0);
}
