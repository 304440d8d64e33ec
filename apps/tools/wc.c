// wc: counts lines, words and bytes.
#include <sys/stat.h>

#include "apps/common/count.h"
#include "apps/common/input.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool_name names[] = {{"bytes", 'c'},           {"chars", 'm'}, {"lines", 'l'},
                                         {"max-line-length", 'L'}, {"words", 'w'}, {0}};
static const struct tool tool = {
    .name = "wc",
    .usage = "usage: wc [-lwcmL] [FILE]...\n"
             "Counts what is in the files, or in standard input.\n"
             "  -l  line ends   -w  words   -c, -m  bytes   -L  length of the longest line\n",
    .options = "lwcmL",
    .names = names,
    .failure = 1,
};

enum { LINES = 1 << 0, WORDS = 1 << 1, BYTES = 1 << 2, CHARACTERS = 1 << 3, LONGEST = 1 << 4, DEFAULT = 7 };

static unsigned chosen;
static size_t width = 1;

static void print(const struct count *count, const char *name) {
    const struct {
        unsigned option;
        uint64_t value;
    } columns[] = {{LINES, count->lines},
                   {WORDS, count->words},
                   {CHARACTERS, count->bytes},
                   {BYTES, count->bytes},
                   {LONGEST, count->longest}};
    bool first = true;
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        if (!(chosen & columns[i].option))
            continue;
        if (!first)
            output_character(&standard_output, ' ');
        output_number_padded(&standard_output, columns[i].value, width, ' ');
        first = false;
    }
    if (name) {
        output_character(&standard_output, ' ');
        output_text(&standard_output, name);
    }
    output_character(&standard_output, '\n');
}

static void count_input(struct input *input, struct count *count) {
    char *block;
    size_t size;
    while (input_block(input, &block, &size)) {
        if (chosen & LONGEST)
            count_longest(count, block, size);
        if (chosen & WORDS)
            count_words(count, block, size);
        if (chosen & LINES)
            count_lines(count, block, size);
        count->bytes += size;
    }
    count_end(count);
}

static void count_file(const char *name, const char *shown, struct count *total) {
    static struct input input;
    struct count count = {0};
    if (!input_open(&input, name))
        return;
    count_input(&input, &count);
    input_close(&input);
    print(&count, shown);
    total->lines += count.lines;
    total->words += count.words;
    total->bytes += count.bytes;
    if (count.longest > total->longest)
        total->longest = count.longest;
}

// Wide enough for the number of all bytes; a stream's is not known, and 7 columns are taken for it.
static size_t choose_width(char **names, int count) {
    uint64_t bytes = 0;
    size_t least = 1, digits = 1;
    struct stat information;
    if (!(chosen & (chosen - 1)) && count <= 1)
        return 1;
    for (int i = 0; i < count || i == 0; i++) {
        bool standard = !count || (names[i][0] == '-' && !names[i][1]);
        if (standard ? fstat(0, &information) : stat(names[i], &information))
            continue;
        if (S_ISREG(information.st_mode))
            bytes += (uint64_t)information.st_size;
        else
            least = 7;
    }
    for (; bytes >= 10; bytes /= 10)
        digits++;
    return digits > least ? digits : least;
}

static void set_option(int option) {
    static const char letters[] = "lwcmL";
    for (unsigned i = 0; letters[i]; i++)
        if (letters[i] == option)
            chosen |= 1u << i;
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());)
        set_option(option);
    if (!chosen)
        chosen = DEFAULT;
    int count;
    char **names = tool_operands(&count);
    struct count total = {0};
    width = choose_width(names, count);
    if (!count)
        count_file("-", NULL, &total);
    for (; *names; names++)
        count_file(*names, *names, &total);
    if (count > 1)
        print(&total, "total");
    return tool_finish(0);
}
