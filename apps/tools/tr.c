// tr: bytes become others, go, or stand only once in a row.
#include <ctype.h>
#include <string.h>

#include "apps/common/input.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

static const struct tool_name names[] = {
    {"complement", 'c'}, {"delete", 'd'}, {"squeeze-repeats", 's'}, {"truncate-set1", 't'}, {0}};
static const struct tool tool = {
    .name = "tr",
    .usage = "usage: tr [-cst] SET SET\n"
             "       tr -d [-cs] SET [SET]\n"
             "       tr -s [-c] SET\n"
             "Writes standard input with each byte of the first set as that of the second.\n"
             "  -d  those of the set go   -s  of several equal ones of the last set in a row one stays\n"
             "  -c  the set is all bytes but those named   -t  the first set ends with the second\n"
             "A set: characters, ranges a-z, classes [:alpha:] and the like, \\n \\t \\\\ \\NNN, [x*COUNT].\n",
    .options = "cCdst",
    .names = names,
    .failure = 1,
};

enum { BYTES = 256, SET_MAX = 65536 };

struct set {
    unsigned char bytes[SET_MAX];
    size_t count;
    size_t filler; // place of the [x*] that fills up the second set; SET_MAX: none
};

static bool complement, delete, squeeze, truncate_first;
static struct set first, second;

static void add(struct set *set, unsigned char byte) {
    if (set->count == SET_MAX)
        tool_fail(NULL, "the set is too long");
    set->bytes[set->count++] = byte;
}

static const struct {
    const char *name;
    int (*contains)(int byte);
} classes[] = {
    {"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank}, {"cntrl", iscntrl},
    {"digit", isdigit}, {"graph", isgraph}, {"lower", islower}, {"print", isprint},
    {"punct", ispunct}, {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit},
};

// [:NAME:] at `text`; the length, 0 where it is none.
static size_t take_class(struct set *set, const char *text) {
    const char *end = text[0] == '[' && text[1] == ':' ? strstr(text + 2, ":]") : NULL;
    if (!end)
        return 0;
    size_t length = (size_t)(end - text) - 2;
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        if (strlen(classes[i].name) != length || strncmp(classes[i].name, text + 2, length) != 0)
            continue;
        for (int byte = 0; byte < BYTES; byte++)
            if (byte < 128 && classes[i].contains(byte))
                add(set, (unsigned char)byte);
        return length + 4;
    }
    tool_fail(text, "no such [:class:]");
}

static unsigned char take_octal(const char **text) {
    unsigned value = 0;
    for (int i = 0; i < 3 && **text >= '0' && **text <= '7' && value * 8 + (unsigned)(**text - '0') < BYTES; i++)
        value = value * 8 + (unsigned)(*(*text)++ - '0');
    return (unsigned char)value;
}

static unsigned char take_byte(const char **text) {
    static const char letters[] = "abfnrtv\\", meanings[] = "\a\b\f\n\r\t\v\\";
    if (**text != '\\' || !(*text)[1])
        return (unsigned char)*(*text)++;
    ++*text;
    if (**text >= '0' && **text <= '7')
        return take_octal(text);
    const char *found = strchr(letters, *(*text)++);
    return (unsigned char)(found ? meanings[found - letters] : (*text)[-1]);
}

// [x*COUNT] or [x*] at `text`; the length, 0 where it is none.
static size_t take_repeat(struct set *set, const char *text) {
    const char *next = text + 1;
    if (text[0] != '[' || !text[1])
        return 0;
    unsigned char byte = take_byte(&next);
    if (*next++ != '*')
        return 0;
    size_t count = 0, digits = strspn(next, "0123456789");
    if (next[digits] != ']')
        return 0;
    for (size_t i = 0; i < digits; i++)
        count = count * 10 + (size_t)(next[i] - '0') > SET_MAX ? SET_MAX : count * 10 + (size_t)(next[i] - '0');
    if (!count)
        set->filler = set->count;
    for (size_t i = 0; i < (count ? count : 1); i++)
        add(set, byte);
    return (size_t)(next + digits + 1 - text);
}

static void take_range(struct set *set, const char **text) {
    unsigned char low = take_byte(text), high = low;
    if (**text == '-' && (*text)[1]) {
        ++*text;
        high = take_byte(text);
    }
    if (high < low)
        tool_fail(*text, "the range before it is reversed");
    for (unsigned byte = low; byte <= high; byte++)
        add(set, (unsigned char)byte);
}

static void read_set(struct set *set, const char *text) {
    set->filler = SET_MAX;
    while (*text) {
        size_t taken = take_class(set, text);
        taken = taken ? taken : take_repeat(set, text);
        if (taken)
            text += taken;
        else
            take_range(set, &text);
    }
}

static void invert(struct set *set) {
    bool there[BYTES] = {false};
    for (size_t i = 0; i < set->count; i++)
        there[set->bytes[i]] = true;
    set->count = 0;
    for (int byte = 0; byte < BYTES; byte++)
        if (!there[byte])
            add(set, (unsigned char)byte);
}

// As many as the first has: a [x*] grows, or the last one is repeated.
static void fill_second(void) {
    if (second.filler < SET_MAX && second.count < first.count) {
        size_t more = first.count - second.count, behind = second.count - second.filler;
        memmove(second.bytes + second.filler + more, second.bytes + second.filler, behind);
        memset(second.bytes + second.filler, second.bytes[second.filler + more], more);
        second.count += more;
    }
    while (second.count && second.count < first.count)
        add(&second, second.bytes[second.count - 1]);
}

static void mark(bool table[BYTES], const struct set *set) {
    for (size_t i = 0; i < set->count; i++)
        table[set->bytes[i]] = true;
}

static void translate(const unsigned char becomes[BYTES], const bool goes[BYTES], const bool once[BYTES]) {
    static struct input input;
    char *block;
    size_t size;
    int last = -1;
    input_open(&input, "-");
    while (!standard_output.error && input_block(&input, &block, &size)) {
        for (size_t i = 0; i < size; i++) {
            unsigned char byte = (unsigned char)block[i];
            if (goes[byte])
                continue;
            byte = becomes[byte];
            if (byte == last && once[byte])
                continue;
            output_character(&standard_output, (char)byte);
            last = byte;
        }
    }
}

static void check_sets(int count) {
    bool translates = !delete &&count == 2;
    if (!count || count > 2 || (count == 1 && !delete &&!squeeze))
        tool_misused(NULL, count > 2 ? "too many sets" : "two sets are wanted");
    if (delete &&count == 2 && !squeeze)
        tool_misused(NULL, "one set is wanted with -d");
    if (delete &&squeeze && count == 1)
        tool_misused(NULL, "two sets are wanted with -ds");
    if (translates && !second.count && !truncate_first)
        tool_fail(NULL, "the second set is empty");
}

int main(int argument_count, char **arguments) {
    static unsigned char becomes[BYTES];
    static bool goes[BYTES], once[BYTES];
    int count;
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());) {
        complement |= option == 'c' || option == 'C';
        delete |= option == 'd';
        squeeze |= option == 's';
        truncate_first |= option == 't';
    }
    char **sets = tool_operands(&count);
    if (count)
        read_set(&first, sets[0]);
    if (count > 1)
        read_set(&second, sets[1]);
    check_sets(count);
    if (complement)
        invert(&first);
    for (int byte = 0; byte < BYTES; byte++)
        becomes[byte] = (unsigned char)byte;
    if (delete)
        mark(goes, &first);
    else if (count == 2 && !truncate_first)
        fill_second();
    for (size_t i = 0; !delete &&i < first.count && i < second.count; i++)
        becomes[first.bytes[i]] = second.bytes[i];
    if (squeeze)
        mark(once, count == 2 ? &second : &first);
    translate(becomes, goes, once);
    return tool_finish(0);
}
