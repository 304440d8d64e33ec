// Whether a name matches a pattern. A * that fails is tried again one character on, and only the last one:
// that is enough.
#include "apps/common/match.h"

#include <stddef.h>
#include <string.h>

// One character: a byte and the continuation bytes of UTF-8 behind it.
static const char *next_character(const char *text) {
    text++;
    while (((unsigned char)*text & 0xc0) == 0x80)
        text++;
    return text;
}

static const char *take_member(const char *set, unsigned char *member) {
    if (*set == '\\' && set[1])
        set++;
    *member = (unsigned char)*set;
    return set + 1;
}

static bool is_between(unsigned char byte, char low, char high) {
    return byte >= (unsigned char)low && byte <= (unsigned char)high;
}

static bool is_of_class(const char *name, size_t length, unsigned char byte) {
    bool upper = is_between(byte, 'A', 'Z'), lower = is_between(byte, 'a', 'z'), digit = is_between(byte, '0', '9');
    bool hexadecimal = digit || is_between(byte, 'A', 'F') || is_between(byte, 'a', 'f');
    bool graphic = is_between(byte, '!', '~'), control = byte < ' ' || byte == 0x7f;
    const struct {
        char name[7];
        bool holds;
    } classes[] = {
        {"alnum", upper || lower || digit},
        {"alpha", upper || lower},
        {"blank", byte == ' ' || byte == '\t'},
        {"cntrl", control},
        {"digit", digit},
        {"graph", graphic},
        {"lower", lower},
        {"print", graphic || byte == ' '},
        {"punct", graphic && !upper && !lower && !digit},
        {"space", byte == ' ' || is_between(byte, '\t', '\r')},
        {"upper", upper},
        {"xdigit", hexadecimal},
    };
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        if (strlen(classes[i].name) == length && !memcmp(classes[i].name, name, length))
            return classes[i].holds;
    return false;
}

const char *match_class(const char *set, unsigned char byte, bool *matches) {
    size_t length = set[0] == '[' && set[1] == ':' ? strspn(set + 2, "abcdefghijklmnopqrstuvwxyz") : 0;
    if (!length || set[2 + length] != ':' || set[3 + length] != ']')
        return NULL;
    *matches |= is_of_class(set + 2, length, byte);
    return set + length + 4;
}

// `set` stands behind the [. Null: it has no end, so that the [ is plain text.
static const char *match_set(const char *set, unsigned char byte, bool *matches) {
    bool inverted = *set == '!' || *set == '^', found = false;
    set += inverted;
    for (bool first = true; *set && (first || *set != ']'); first = false) {
        unsigned char low, high;
        const char *behind = match_class(set, byte, &found);
        if (behind) {
            set = behind;
            continue;
        }
        set = take_member(set, &low);
        high = low;
        if (set[0] == '-' && set[1] && set[1] != ']')
            set = take_member(set + 1, &high);
        found |= low <= byte && byte <= high;
    }
    *matches = found != inverted;
    return *set ? set + 1 : NULL;
}

// Whether the first part of the pattern, which is no *, matches the first character; both go on behind it.
static bool match_one(const char **pattern, const char **name) {
    bool matches = false;
    const char *behind = **pattern == '[' ? match_set(*pattern + 1, (unsigned char)**name, &matches) : NULL;
    if (behind) {
        *pattern = behind;
        *name = next_character(*name);
        return matches;
    }
    if (**pattern == '?') {
        *pattern += 1;
        *name = next_character(*name);
        return true;
    }
    if (**pattern == '\\' && (*pattern)[1])
        *pattern += 1;
    return *(*pattern)++ == *(*name)++;
}

bool pattern_matches(const char *pattern, const char *name) {
    const char *star = NULL, *star_name = NULL;
    while (*name || *pattern) {
        if (*pattern == '*') {
            star = ++pattern;
            star_name = name;
            if (!*pattern)
                return true; // whatever is left, however long
            continue;
        }
        if (*name && *pattern && match_one(&pattern, &name))
            continue;
        if (!star || !*star_name)
            return false;
        pattern = star;
        name = ++star_name;
    }
    return true;
}
