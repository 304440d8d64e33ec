// What sort orders lines by: where a key lies in a line, and how two of them compare.
#include "apps/sort/key.h"

#include <string.h>

static bool is_blank(char character) {
    return character == ' ' || character == '\t' || character == '\n';
}

static const char *parse_number(const char *text, size_t *number) {
    const char *start = text;
    *number = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        if (__builtin_mul_overflow(*number, 10, number) || __builtin_add_overflow(*number, *text - '0', number))
            return NULL;
    return text > start ? text : NULL;
}

bool key_set_rule(struct key_rules *rules, char letter) {
    bool *rule = letter == 'n'   ? &rules->numeric
                 : letter == 'r' ? &rules->reverse
                 : letter == 'f' ? &rules->fold
                 : letter == 'b' ? &rules->skip_blanks
                                 : NULL;
    if (rule)
        *rule = rules->given = true;
    return rule != NULL;
}

static const char *parse_rules(const char *text, struct key_rules *rules, bool at_end) {
    for (; *text && *text != ','; text++) {
        if (at_end && *text == 'b')
            rules->skip_end_blanks = rules->given = true;
        else if (!key_set_rule(rules, *text))
            return NULL;
    }
    return text;
}

static const char *parse_place(const char *text, size_t *field, size_t *character) {
    text = parse_number(text, field);
    if (text && *text == '.')
        text = parse_number(text + 1, character);
    return text && *field ? text : NULL;
}

bool key_parse(struct key *key, const char *text) {
    *key = (struct key){.start_character = 1};
    text = parse_place(text, &key->start_field, &key->start_character);
    text = text && key->start_character ? parse_rules(text, &key->rules, false) : NULL;
    if (text && *text == ',') {
        text = parse_place(text + 1, &key->end_field, &key->end_character);
        text = text ? parse_rules(text, &key->rules, true) : NULL;
    }
    return text && !*text;
}

// Where the field that begins at `at` ends. With blanks as separators they belong to the field behind them.
static size_t field_end(struct span line, size_t at, int separator) {
    if (separator != SEPARATOR_BLANKS) {
        const char *found = at < line.length ? memchr(line.text + at, separator, line.length - at) : NULL;
        return found ? (size_t)(found - line.text) : line.length;
    }
    while (at < line.length && is_blank(line.text[at]))
        at++;
    while (at < line.length && !is_blank(line.text[at]))
        at++;
    return at;
}

static size_t field_start(struct span line, size_t field, int separator) {
    size_t at = 0;
    while (--field && at < line.length) {
        at = field_end(line, at, separator);
        at += separator != SEPARATOR_BLANKS && at < line.length;
    }
    return at;
}

static size_t skip_blanks(struct span line, size_t at) {
    while (at < line.length && is_blank(line.text[at]))
        at++;
    return at;
}

static size_t forward(struct span line, size_t at, size_t characters) {
    return line.length - at < characters ? line.length : at + characters;
}

struct span key_find(const struct key *key, struct span line, int separator) {
    size_t start = field_start(line, key->start_field, separator), end = line.length;
    if (key->rules.skip_blanks)
        start = skip_blanks(line, start);
    start = forward(line, start, key->start_character - 1);
    if (key->end_field) {
        size_t last = field_start(line, key->end_field, separator);
        if (!key->end_character) {
            end = field_end(line, last, separator);
        } else {
            last = key->rules.skip_end_blanks ? skip_blanks(line, last) : last;
            end = forward(line, last, key->end_character);
        }
    }
    return (struct span){line.text + start, end > start ? end - start : 0};
}

static unsigned char upper(unsigned char byte) {
    return byte >= 'a' && byte <= 'z' ? (unsigned char)(byte - 'a' + 'A') : byte;
}

static int compare_lengths(size_t left, size_t right) {
    return (left > right) - (left < right);
}

static int compare_folded(struct span left, struct span right) {
    size_t shorter = left.length < right.length ? left.length : right.length;
    for (size_t i = 0; i < shorter; i++) {
        int difference = upper((unsigned char)left.text[i]) - upper((unsigned char)right.text[i]);
        if (difference)
            return difference;
    }
    return compare_lengths(left.length, right.length);
}

static int compare_bytes(struct span left, struct span right) {
    size_t shorter = left.length < right.length ? left.length : right.length;
    int difference = shorter ? memcmp(left.text, right.text, shorter) : 0;
    return difference ? difference : compare_lengths(left.length, right.length);
}

// A number as it stands in a text: blanks, a minus, digits, a point, digits. Numbers of any length are
// compared as such.
struct numeral {
    bool negative;
    struct span whole, fraction; // without zeros at the outer ends
};

static struct span take_digits(struct span *text) {
    size_t count = 0;
    while (count < text->length && text->text[count] >= '0' && text->text[count] <= '9')
        count++;
    struct span digits = {text->text, count};
    text->text += count;
    text->length -= count;
    return digits;
}

static struct numeral read_numeral(struct span text) {
    struct numeral numeral = {0};
    size_t start = skip_blanks(text, 0);
    numeral.negative = start < text.length && text.text[start] == '-';
    start += numeral.negative;
    text = (struct span){text.text + start, text.length - start};
    while (text.length && *text.text == '0')
        text = (struct span){text.text + 1, text.length - 1};
    numeral.whole = take_digits(&text);
    if (text.length && *text.text == '.') {
        text = (struct span){text.text + 1, text.length - 1};
        numeral.fraction = take_digits(&text);
    }
    while (numeral.fraction.length && numeral.fraction.text[numeral.fraction.length - 1] == '0')
        numeral.fraction.length--;
    if (!numeral.whole.length && !numeral.fraction.length)
        numeral.negative = false;
    return numeral;
}

static int compare_numeric(struct span left_text, struct span right_text) {
    struct numeral left = read_numeral(left_text), right = read_numeral(right_text);
    if (left.negative != right.negative)
        return left.negative ? -1 : 1;
    int order = compare_lengths(left.whole.length, right.whole.length);
    if (!order)
        order = compare_bytes(left.whole, right.whole);
    if (!order)
        order = compare_bytes(left.fraction, right.fraction);
    return left.negative ? -order : order;
}

int key_compare(const struct key_rules *rules, struct span left, struct span right) {
    int order = rules->numeric ? compare_numeric(left, right)
                : rules->fold  ? compare_folded(left, right)
                               : compare_bytes(left, right);
    return rules->reverse ? -order : order;
}

// The whole part, as far as it fits, with zero in the middle of the range.
static uint64_t rank_numeric(struct span part) {
    struct numeral numeral = read_numeral(part);
    uint64_t magnitude = 0, zero = UINT64_C(1) << 63;
    if (numeral.whole.length > 18)
        magnitude = zero - 1;
    for (size_t i = 0; i < numeral.whole.length && numeral.whole.length <= 18; i++)
        magnitude = magnitude * 10 + (uint64_t)(numeral.whole.text[i] - '0');
    return numeral.negative ? zero - magnitude : zero + magnitude;
}

// The first eight bytes, the first in the highest place.
static uint64_t rank_bytes(struct span part, bool fold) {
    uint64_t rank = 0;
    size_t count = part.length < 8 ? part.length : 8;
    for (size_t i = 0; i < count; i++)
        rank = rank << 8 | (fold ? upper((unsigned char)part.text[i]) : (unsigned char)part.text[i]);
    return count ? rank << (8 * (8 - count)) : 0;
}

uint64_t key_rank(const struct key_rules *rules, struct span part) {
    uint64_t rank = rules->numeric ? rank_numeric(part) : rank_bytes(part, rules->fold);
    return rules->reverse ? ~rank : rank;
}
