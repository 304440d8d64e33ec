// Regular expressions as people write them for GNU grep, in the words of POSIX.
#include <stdlib.h>
#include <string.h>

#include "apps/common/tool.h"
#include "apps/grep/pattern.h"

enum { GROWTH_MAX = 16 }; // no character becomes longer than this

static const struct {
    char letter;
    const char *meaning;
} classes[] = {
    {'w', "[[:alnum:]_]"}, {'W', "[^[:alnum:]_]"}, {'s', "[[:space:]]"},
    {'S', "[^[:space:]]"}, {'<', "[[:<:]]"},       {'>', "[[:>:]]"},
};

static const char *class_of(char letter) {
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        if (classes[i].letter == letter)
            return classes[i].meaning;
    return NULL;
}

size_t pattern_bracket_length(const char *text, size_t length) {
    size_t i = 1;
    i += i < length && text[i] == '^';
    i += i < length && text[i] == ']';
    while (i < length && text[i] != ']') {
        bool named = text[i] == '[' && i + 1 < length && text[i + 1] && strchr(":.=", text[i + 1]);
        char kind = named ? text[i + 1] : 0;
        i += named ? 2 : 1;
        while (named && i + 1 < length && !(text[i] == kind && text[i + 1] == ']'))
            i++;
        i += named ? 2 : 0;
    }
    return i < length ? i + 1 : length;
}

static bool is_back_reference(char letter) {
    return letter >= '1' && letter <= '9';
}

// Alternatives and optional parts are known to extended expressions alone, references to groups to basic ones
// alone.
static bool wants_extended(const char *text, size_t length) {
    bool wanted = false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '[') {
            i += pattern_bracket_length(text + i, length - i) - 1;
        } else if (text[i] == '\\' && i + 1 < length) {
            char letter = text[++i];
            if (is_back_reference(letter))
                return false;
            wanted |= letter == '|' || letter == '+' || letter == '?';
        }
    }
    return wanted;
}

struct translation {
    char *text;
    size_t used;
    bool swap; // from basic to extended: what is special with a backslash is so without, and the other way round
};

static void put(struct translation *to, const char *text, size_t length) {
    memcpy(to->text + to->used, text, length);
    to->used += length;
}

// The edge of a word: its start where what follows may be a part of one, else its end.
static const char *edge_of(const char *behind, size_t left) {
    bool starts = left && (strchr("[(._", *behind) || (*behind >= '0' && *behind <= '9') ||
                           ((*behind | 0x20) >= 'a' && (*behind | 0x20) <= 'z'));
    starts |= left > 1 && behind[0] == '\\' && (behind[1] == 'w' || behind[1] == '(');
    return class_of(starts ? '<' : '>');
}

static void put_escaped(struct translation *to, const char *pair, size_t left) {
    const char *class = pair[1] == 'b' ? edge_of(pair + 2, left - 2) : class_of(pair[1]);
    if (class)
        put(to, class, strlen(class));
    else if (to->swap && strchr("(){}|+?", pair[1]))
        put(to, pair + 1, 1);
    else
        put(to, pair, 2);
}

static bool at_start(const struct translation *to) {
    char last = to->used ? to->text[to->used - 1] : 0;
    bool escaped = to->used > 1 && to->text[to->used - 2] == '\\';
    return !to->used || ((last == '(' || last == '|') && !escaped);
}

static void put_plain(struct translation *to, const char *text, size_t left) {
    char letter = *text;
    bool literal = strchr("(){}|+?", letter) != NULL;
    bool ends = left == 1 || (left > 2 && text[1] == '\\' && (text[2] == ')' || text[2] == '|'));
    literal |= letter == '*' && at_start(to);
    literal |= letter == '^' && !at_start(to);
    literal |= letter == '$' && !ends;
    if (to->swap && literal)
        put(to, "\\", 1);
    put(to, text, 1);
}

char *pattern_translate(const char *text, size_t length, bool *extended) {
    struct translation to = {.swap = !*extended && wants_extended(text, length)};
    to.text = tool_allocate(length + 1, GROWTH_MAX);
    for (size_t i = 0; i < length;) {
        size_t step = 1;
        if (text[i] == '[') {
            step = pattern_bracket_length(text + i, length - i);
            put(&to, text + i, step);
        } else if (text[i] == '\\' && i + 1 < length) {
            step = 2;
            put_escaped(&to, text + i, length - i);
        } else {
            put_plain(&to, text + i, length - i);
        }
        i += step;
    }
    to.text[to.used] = 0;
    *extended |= to.swap;
    return to.text;
}

const char *pattern_lacks(const char *expression, bool extended) {
    size_t length = strlen(expression), step;
    for (size_t i = 0; extended && i < length; i += step) {
        step = expression[i] == '[' ? pattern_bracket_length(expression + i, length - i) : 1;
        if (expression[i] != '\\')
            continue;
        if (expression[i + 1] >= '1' && expression[i + 1] <= '9')
            return "\\1 and the like are only for basic expressions without \\| \\+ \\?";
        step = 2;
    }
    return NULL;
}
