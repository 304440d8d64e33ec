// uniq: one of each run of equal lines.
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "apps/common/input.h"
#include "apps/common/output.h"
#include "apps/common/short.h"
#include "apps/common/tool.h"

static const struct tool_name names[] = {{"count", 'c'},
                                         {"ignore-case", 'i'},
                                         {"repeated", 'd'},
                                         {"skip-chars", 's'},
                                         {"skip-fields", 'f'},
                                         {"unique", 'u'},
                                         {0}};
static const struct tool tool = {
    .name = "uniq",
    .usage = "usage: uniq [-cdiu] [-f COUNT] [-s COUNT] [INPUT [OUTPUT]]\n"
             "Writes one line for each run of equal lines.\n"
             "  -c  with the length of the run in front    -d  only lines that were repeated\n"
             "  -u  only lines that were not               -i  upper and lower case are alike\n"
             "  -f  without so many fields at the start    -s  without so many characters (then)\n",
    .options = "cdiuf:s:",
    .names = names,
    .failure = 1,
};

static bool with_counts, only_repeated, only_unique, ignore_case;
static unsigned long skip_fields, skip_characters;

// A copy of a line: the input's own is gone when the next is read.
struct kept {
    char *text;
    size_t length, capacity;
    struct line key; // the part that is compared, of `text`
    uint64_t count;  // of the run
};

static bool is_blank(char character) {
    return character == ' ' || character == '\t';
}

static struct line key_of(const char *text, size_t length) {
    size_t i = 0;
    if (!skip_fields && !skip_characters)
        return (struct line){.text = (char *)text, .length = length};
    for (unsigned long field = 0; field < skip_fields && i < length; field++) {
        while (i < length && is_blank(text[i]))
            i++;
        while (i < length && !is_blank(text[i]))
            i++;
    }
    i = length - i < skip_characters ? length : i + skip_characters;
    return (struct line){.text = (char *)text + i, .length = length - i};
}

static void keep(struct kept *kept, const struct line *line) {
    if (kept->capacity < line->length || !kept->text) {
        kept->capacity = line->length * 2;
        kept->text = tool_reallocate(kept->text, kept->capacity + SHORT_SLACK, 1);
    }
    short_copy(kept->text, line->text, line->length);
    kept->length = line->length;
    kept->key = key_of(kept->text, kept->length);
    kept->count = 1;
}

static bool is_equal(const struct line *left, const struct line *right) {
    if (left->length != right->length)
        return false;
    return ignore_case ? !strncasecmp(left->text, right->text, left->length)
                       : short_equal(left->text, right->text, left->length);
}

static void print(const struct kept *kept) {
    if ((only_repeated && kept->count == 1) || (only_unique && kept->count > 1))
        return;
    if (with_counts) {
        output_number_padded(&standard_output, kept->count, 7, ' ');
        output_character(&standard_output, ' ');
    }
    if (kept->length < SHORT_BYTES) {
        char *room = output_room(&standard_output, SHORT_BYTES + 1);
        short_copy(room, kept->text, kept->length);
        room[kept->length] = '\n';
        standard_output.used += kept->length + 1;
        return;
    }
    output_bytes(&standard_output, kept->text, kept->length);
    output_character(&standard_output, '\n');
}

static void reduce(struct input *input) {
    struct kept kept = {0};
    struct line line;
    while (!standard_output.error && input_line(input, &line)) {
        struct line key = key_of(line.text, line.length);
        if (kept.count && is_equal(&key, &kept.key)) {
            kept.count++;
        } else {
            if (kept.count)
                print(&kept);
            keep(&kept, &line);
        }
    }
    if (kept.count)
        print(&kept);
    free(kept.text);
}

static void set_option(int option) {
    with_counts |= option == 'c';
    only_repeated |= option == 'd';
    only_unique |= option == 'u';
    ignore_case |= option == 'i';
    if (option == 'f')
        skip_fields = tool_value_number();
    if (option == 's')
        skip_characters = tool_value_number();
}

static void open_output(const char *name) {
    standard_output.descriptor = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (standard_output.descriptor < 0)
        tool_fail_errno(name);
}

int main(int argument_count, char **arguments) {
    static struct input input;
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());)
        set_option(option);
    int count;
    char **names = tool_operands(&count);
    if (count > 2)
        tool_misused(names[2], "one input and one output are wanted");
    if (!input_open(&input, count ? names[0] : "-"))
        return tool_finish(1);
    if (count > 1 && strcmp(names[1], "-") != 0)
        open_output(names[1]);
    reduce(&input);
    return tool_finish(0);
}
