// A pattern of grep, made ready and looked for.
#include "apps/grep/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "apps/common/tool.h"

static bool is_plain(const char *text, size_t length, enum pattern_syntax syntax) {
    const char *special = syntax == PATTERN_EXTENDED ? "\\[].*^$+?(){}|" : "\\[].*^$";
    for (size_t i = 0; i < length; i++)
        if (strchr(special, text[i]))
            return syntax == PATTERN_FIXED;
    return true;
}

// regerror would bring printf along.
static const char *explain(int status) {
    static const struct {
        int status;
        const char *text;
    } reasons[] = {
        {REG_EBRACK, "a [ has no ]"},          {REG_EPAREN, "parentheses do not match"},
        {REG_EBRACE, "braces do not match"},   {REG_BADBR, "what stands in the braces is no count"},
        {REG_ERANGE, "a range is reversed"},   {REG_BADRPT, "nothing to repeat stands before the operator"},
        {REG_ECTYPE, "no such [:class:]"},     {REG_EESCAPE, "it ends with a backslash"},
        {REG_ESPACE, "out of memory"},         {REG_ESUBREG, "no such group"},
        {REG_ECOLLATE, "no such [.element.]"},
    };
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (reasons[i].status == status)
            return reasons[i].text;
    return status ? "not a regular expression" : NULL;
}

const char *pattern_compile(struct pattern *pattern, const char *text, size_t length,
                            const struct pattern_options *options) {
    bool extended = options->syntax == PATTERN_EXTENDED;
    *pattern = (struct pattern){.options = options, .is_literal = is_plain(text, length, options->syntax)};
    if (pattern->is_literal) {
        literal_make(&pattern->literal, text, length, options->ignore_case);
        return NULL;
    }
    char *expression = pattern_translate(text, length, &extended);
    int flags = (extended ? REG_EXTENDED : 0) | (options->ignore_case ? REG_ICASE : 0);
    int status = regcomp(&pattern->regex, expression, flags);
    const char *required;
    size_t required_length = literal_required(expression, extended, &required);
    if (required_length)
        literal_make(&pattern->literal, required, required_length, options->ignore_case);
    pattern->anchored = expression[0] == '^' && !extended;
    const char *lack = pattern_lacks(expression, extended);
    free(expression);
    return lack ? lack : explain(status);
}

static bool find_literal(const struct pattern *pattern, const char *line, size_t length, size_t from,
                         struct match *match) {
    const char *found = literal_find(&pattern->literal, line + from, length - from);
    if (!found)
        return false;
    match->start = (size_t)(found - line);
    match->end = match->start + pattern->literal.length;
    return true;
}

// A match's place costs regexec a second look at the line, so it is asked for only where it is needed.
static bool find_regex(const struct pattern *pattern, const char *line, size_t length, size_t from,
                       struct match *match) {
    regmatch_t found = {.rm_so = (regoff_t)from, .rm_eo = (regoff_t)length};
    if (from && pattern->anchored)
        return false;
    if (pattern->literal.text && !literal_find(&pattern->literal, line + from, length - from))
        return false;
    size_t places = pattern->options->only_whether ? 0 : 1;
    if (regexec(&pattern->regex, line, places, &found, REG_STARTEND | (from ? REG_NOTBOL : 0)))
        return false;
    match->start = (size_t)found.rm_so;
    match->end = (size_t)found.rm_eo;
    return true;
}

static bool is_word_part(unsigned char byte) {
    return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') || byte == '_';
}

static bool is_whole_word(const char *line, size_t length, const struct match *match) {
    return !(match->start && is_word_part((unsigned char)line[match->start - 1])) &&
           !(match->end < length && is_word_part((unsigned char)line[match->end]));
}

static bool find_anywhere(const struct pattern *pattern, const char *line, size_t length, size_t from,
                          struct match *match) {
    return pattern->is_literal ? find_literal(pattern, line, length, from, match)
                               : find_regex(pattern, line, length, from, match);
}

// Shorter matches from the same start may still be words where the longest is none.
static bool shorten_to_word(const struct pattern *pattern, const char *line, size_t length, struct match *match) {
    for (size_t end = match->end; end-- > match->start;) {
        struct match shorter;
        if (!find_anywhere(pattern, line, end, match->start, &shorter) || shorter.start != match->start)
            return false;
        if (shorter.end > shorter.start && is_whole_word(line, length, &shorter)) {
            *match = shorter;
            return true;
        }
        end = shorter.end < end ? shorter.end : end;
    }
    return false;
}

static bool find_word(const struct pattern *pattern, const char *line, size_t length, size_t from,
                      struct match *match) {
    for (; from <= length && find_anywhere(pattern, line, length, from, match); from = match->start + 1)
        if (is_whole_word(line, length, match) || shorten_to_word(pattern, line, length, match))
            return true;
    return false;
}

// The whole line is matched where the match from its start, the longest, reaches its end.
static bool find_line(const struct pattern *pattern, const char *line, size_t length, size_t from,
                      struct match *match) {
    if (pattern->is_literal && pattern->literal.length != length)
        return false;
    return !from && find_anywhere(pattern, line, length, 0, match) && !match->start && match->end == length;
}

bool pattern_find(const struct pattern *pattern, char *line, size_t length, size_t from, struct match *match) {
    if (pattern->options->whole_lines)
        return find_line(pattern, line, length, from, match);
    if (pattern->options->whole_words)
        return find_word(pattern, line, length, from, match);
    return find_anywhere(pattern, line, length, from, match);
}
