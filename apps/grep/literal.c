// Looking for plain text, and finding in a regular expression the text that none of its matches lacks.
#include "apps/grep/literal.h"

#include <string.h>

#include "apps/common/tool.h"
#include "apps/grep/pattern.h"

void literal_make(struct literal *literal, const char *text, size_t length, bool ignore_case) {
    *literal = (struct literal){.text = tool_allocate(length + 1, 1), .length = length, .ignore_case = ignore_case};
    memcpy(literal->text, text, length);
    literal->text[length] = 0;
}

static unsigned char fold(char letter) {
    return (unsigned char)(letter >= 'A' && letter <= 'Z' ? letter | 0x20 : letter);
}

static bool is_alike(const char *one, const char *other, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (fold(one[i]) != fold(other[i]))
            return false;
    return true;
}

static char *find_folded(const struct literal *literal, const char *text, size_t length) {
    if (literal->length == 0)
        return (char *)text;
    unsigned char first = fold(literal->text[0]);
    for (size_t i = 0; i + literal->length <= length; i++)
        if (fold(text[i]) == first && is_alike(text + i, literal->text, literal->length))
            return (char *)text + i;
    return NULL;
}

char *literal_find(const struct literal *literal, const char *text, size_t length) {
    if (literal->ignore_case)
        return find_folded(literal, text, length);
    return literal->length ? memmem(text, length, literal->text, literal->length) : (char *)text;
}

// A stretch of ordinary characters in an expression.
struct stretch {
    const char *text;
    size_t length;
};

static void end_stretch(struct stretch *now, struct stretch *best) {
    if (now->length > best->length)
        *best = *now;
    now->length = 0;
}

// Groups and alternatives may be passed over by a match, so nothing is seen in an expression that has any.
static bool has_groups(const char *expression, bool extended) {
    for (const char *at = expression; *at; at++) {
        if (*at == '[') {
            at += pattern_bracket_length(at, strlen(at)) - 1;
        } else if (*at == '\\' && at[1]) {
            at++;
            if (!extended && (*at == '(' || *at == ')' || *at == '|'))
                return true;
        } else if (extended && strchr("()|", *at)) {
            return true;
        }
    }
    return false;
}

// How long what stands at `at` is, which is no ordinary character; whether what stands before it may be repeated 0 times.
static size_t special_length(const char *at, bool extended, bool *repeats) {
    *repeats = *at == '*' || (extended && strchr("+?{", *at)) || (!extended && at[0] == '\\' && at[1] == '{');
    if (*at == '[')
        return pattern_bracket_length(at, strlen(at));
    if (*at == '{' || (at[0] == '\\' && at[1] == '{'))
        return strcspn(at, "}") + (strchr(at, '}') != NULL);
    return *at == '\\' && at[1] ? 2 : 1;
}

size_t literal_required(const char *expression, bool extended, const char **text) {
    const char *special = extended ? "\\[.*^$+?{" : "\\[.*^$";
    struct stretch now = {0}, best = {.text = expression};
    if (has_groups(expression, extended))
        return 0;
    for (const char *at = expression; *at;) {
        if (!strchr(special, *at)) {
            now.text = now.length ? now.text : at;
            now.length++;
            at++;
            continue;
        }
        bool repeats;
        size_t length = special_length(at, extended, &repeats);
        now.length -= repeats && now.length;
        end_stretch(&now, &best);
        at += length;
    }
    end_stretch(&now, &best);
    *text = best.text;
    return best.length;
}
