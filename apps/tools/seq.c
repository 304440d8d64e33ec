// seq: numbers in a row.
#include <stdlib.h>

#include "apps/common/decimal.h"
#include "apps/common/number.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool_name names[] = {{"equal-width", 'w'}, {"separator", 's'}, {0}};
static const struct tool tool = {
    .name = "seq",
    .usage = "usage: seq [-w] [-s TEXT] [FIRST [STEP]] LAST\n"
             "Writes the numbers from FIRST (1) to LAST, STEP (1) apart; they may have decimals.\n"
             "  -w  all equally wide, by zeros in front   -s  TEXT between the numbers in place of line ends\n",
    .options = "-ws:",
    .names = names,
    .failure = 1,
};

static const char *separator = "\n";
static bool equal_width;

struct row {
    int64_t first, step, last; // in units of the last decimal
    unsigned decimals;
    size_t width; // 0: as wide as each is
};

static void write_decimal(int64_t value, const struct row *row) {
    char text[DECIMAL_TEXT_SIZE], *end = text + sizeof(text);
    char *start = decimal_format(end, value, row->decimals);
    size_t length = (size_t)(end - start), width = row->width;
    if (value < 0 && width) {
        output_character(&standard_output, '-');
        start++, length--, width--;
    }
    if (length < width)
        output_repeated(&standard_output, '0', width - length);
    output_bytes(&standard_output, start, length);
}

static bool is_past(int64_t value, const struct row *row) {
    return row->step > 0 ? value > row->last : value < row->last;
}

static void write_row(const struct row *row) {
    int64_t value = row->first;
    if (is_past(value, row))
        return;
    for (;;) {
        write_decimal(value, row);
        if (__builtin_add_overflow(value, row->step, &value) || is_past(value, row) || standard_output.error)
            break;
        output_text(&standard_output, separator);
    }
    output_character(&standard_output, '\n');
}

// A number in digits, with room for it to grow, and a line end behind.
struct counter {
    char text[2 * NUMBER_TEXT_SIZE];
    size_t length; // with the line end
};

static void counter_start(struct counter *counter, uint64_t value) {
    char digits[NUMBER_TEXT_SIZE], *end = digits + sizeof(digits), *start = number_format(end, value);
    counter->length = (size_t)(end - start) + 1;
    memcpy(counter->text, start, (size_t)(end - start));
    counter->text[counter->length - 1] = '\n';
}

static void counter_add_one(struct counter *counter) {
    char *digit = counter->text + counter->length - 2;
    while (*digit == '9') {
        *digit = '0';
        if (digit-- == counter->text) {
            memmove(counter->text + 1, counter->text, counter->length++);
            counter->text[0] = '1';
            return;
        }
    }
    ++*digit;
}

// The usual case: whole numbers upwards by one, a line each. The digits are counted up where they stand, and
// copied by a fixed size, which takes two instructions, whatever their number.
static void write_counting(uint64_t first, uint64_t last) {
    static struct counter counter;
    counter_start(&counter, first);
    for (uint64_t left = last - first + 1; left && !standard_output.error; left--) {
        memcpy(output_room(&standard_output, NUMBER_TEXT_SIZE), counter.text, NUMBER_TEXT_SIZE);
        standard_output.used += counter.length;
        counter_add_one(&counter);
    }
}

static struct decimal parse(const char *text) {
    struct decimal decimal;
    if (!decimal_parse(text, &decimal))
        tool_misused(text, "not a number, or too long");
    return decimal;
}

static void rescale(struct decimal *decimal, unsigned decimals, bool up) {
    if (!decimal_rescale(decimal, decimals, up))
        tool_fail(NULL, "a number has too many digits");
}

static size_t length_of(int64_t value, unsigned decimals) {
    char text[DECIMAL_TEXT_SIZE], *end = text + sizeof(text);
    return (size_t)(end - decimal_format(end, value, decimals));
}

static struct row row_of(char **operands, int count) {
    struct decimal one = {.value = 1};
    struct decimal first = count > 1 ? parse(operands[0]) : one;
    struct decimal step = count > 2 ? parse(operands[1]) : one;
    struct decimal last = parse(operands[count - 1]);
    unsigned decimals = first.decimals > step.decimals ? first.decimals : step.decimals;
    if (!step.value)
        tool_misused(operands[1], "the step must not be zero");
    rescale(&first, decimals, false);
    rescale(&step, decimals, false);
    rescale(&last, decimals, step.value < 0);
    struct row row = {.first = first.value, .step = step.value, .last = last.value, .decimals = decimals};
    if (equal_width) {
        size_t width = length_of(row.first, decimals), other = length_of(row.last, decimals);
        row.width = width > other ? width : other;
    }
    return row;
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());) {
        equal_width |= option == 'w';
        if (option == 's')
            separator = tool_value();
    }
    int count;
    char **operands = tool_operands(&count);
    if (count < 1 || count > 3)
        tool_misused(NULL, "one to three numbers are wanted");
    struct row row = row_of(operands, count);
    bool counting = !row.decimals && !row.width && row.step == 1 && row.first >= 0 && !strcmp(separator, "\n");
    if (counting && row.first <= row.last)
        write_counting((uint64_t)row.first, (uint64_t)row.last);
    else
        write_row(&row);
    return tool_finish(0);
}
