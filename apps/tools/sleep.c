// sleep: passes time.
#include <errno.h>
#include <time.h>

#include "apps/common/decimal.h"
#include "apps/common/tool.h"

static const struct tool tool = {
    .name = "sleep",
    .usage = "usage: sleep NUMBER[s|m|h|d]...\n"
             "Waits so many seconds, minutes, hours or days, which may have decimals; several are added up.\n",
    .options = "",
    .failure = 1,
};

enum { DECIMALS_OF_NANOSECONDS = 9, TEXT_SIZE = 64, NANOSECONDS = 1000000000 };

// Removes the letter of a unit; says how many seconds the unit has.
static int64_t take_unit(char *text, size_t length) {
    static const struct {
        char letter;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    for (size_t i = 0; length && i < sizeof(units) / sizeof(units[0]); i++) {
        if (text[length - 1] == units[i].letter) {
            text[length - 1] = 0;
            return units[i].seconds;
        }
    }
    return 1;
}

static int64_t nanoseconds_of(const char *word) {
    char text[TEXT_SIZE];
    size_t length = 0;
    for (; length < sizeof(text) - 1 && word[length]; length++)
        text[length] = word[length];
    text[length] = 0;
    int64_t unit = take_unit(text, length), sum;
    struct decimal decimal;
    if (!decimal_parse(text, &decimal) || decimal.value < 0 ||
        !decimal_rescale(&decimal, DECIMALS_OF_NANOSECONDS, true) || __builtin_mul_overflow(decimal.value, unit, &sum))
        tool_misused(word, "not a time");
    return sum;
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        ;
    int64_t sum = 0;
    char **words = tool_operands(NULL);
    if (!*words)
        tool_misused(NULL, "a time is wanted");
    for (; *words; words++)
        if (__builtin_add_overflow(sum, nanoseconds_of(*words), &sum))
            tool_misused(*words, "too long a time");
    struct timespec left = {.tv_sec = sum / NANOSECONDS, .tv_nsec = sum % NANOSECONDS};
    while (nanosleep(&left, &left))
        if (errno != EINTR)
            tool_fail_errno("cannot sleep");
    return tool_finish(0);
}
