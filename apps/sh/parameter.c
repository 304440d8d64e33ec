// $NAME, ${...} and $((...)): the values of variables, arguments and the shell's own.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apps/common/match.h"
#include "apps/common/number.h"
#include "apps/sh/arithmetic.h"
#include "apps/sh/expand.h"
#include "apps/sh/lexer.h"
#include "apps/sh/replace.h"

// What stands between the braces: [#] NAME [[:]OPERATOR WORD].
struct parameter {
    const char *name;
    size_t name_length;
    bool wants_length;
    bool indirect;     // ${!NAME}: of the variable whose name it holds
    bool empty_counts; // a colon: empty is as good as unset
    char operator;     // - = ? + # % : / ^ , or 0
    bool longest;      // ## or %%; also // ^^ ,,
    const char *word;
    size_t word_length;
};

static size_t name_length(const char *text, size_t left) {
    size_t length = 0;
    if (left && strchr("?$#@*!-", *text))
        return 1;
    while (length < left && (text[length] == '_' || ((text[length] | 0x20) >= 'a' && (text[length] | 0x20) <= 'z') ||
                             (text[length] >= '0' && text[length] <= '9')))
        length++;
    return length;
}

// False: it is no parameter.
static bool parse(struct parameter *parameter, const char *text, size_t left) {
    *parameter = (struct parameter){0};
    if (left > 1 && *text == '#' && name_length(text + 1, left - 1) == left - 1) {
        parameter->wants_length = true;
        text++, left--;
    }
    if (left > 1 && *text == '!' && variables_is_name((char[]){text[1], 0})) {
        parameter->indirect = true;
        text++, left--;
    }
    parameter->name = text;
    parameter->name_length = name_length(text, left);
    text += parameter->name_length, left -= parameter->name_length;
    if (left && strchr("#%/^,", *text)) {
        size_t length = left > 1 && text[1] == *text ? 2 : 1;
        parameter->operator= * text;
        parameter->longest = length > 1;
        parameter->word = text + length;
        parameter->word_length = left - length;
        return parameter->name_length && (!parameter->word_length || !strchr("^,", parameter->operator));
    }
    if (left > 1 && *text == ':' && !strchr("-=?+", text[1])) {
        parameter->operator= ':';
        parameter->word = text + 1;
        parameter->word_length = left - 1;
        return parameter->name_length;
    }
    if (left && *text == ':') {
        parameter->empty_counts = true;
        text++, left--;
    }
    if (left && strchr("-=?+", *text)) {
        parameter->operator= * text;
        text++, left--;
    }
    parameter->word = text;
    parameter->word_length = left;
    return parameter->name_length && (parameter->operator||(!left && !parameter->empty_counts));
}

static const char *number_value(struct text *buffer, unsigned long number) {
    text_add_number(buffer, number);
    return buffer->bytes;
}

static const char *argument_value(const struct expander *expander, const char *digits) {
    uint64_t index;
    return number_parse(digits, &index) && index < expander->argument_count ? expander->arguments[index] : NULL;
}

// Null: not set. `buffer` holds what has no other place.
static const char *value_of(const struct expander *expander, const char *name, struct text *buffer) {
    switch (*name) {
    case '?':
        return number_value(buffer, (unsigned)expander->status);
    case '$':
        return number_value(buffer, expander->process);
    case '#':
        return number_value(buffer, expander->argument_count ? expander->argument_count - 1 : 0);
    case '!':
        return expander->last_background ? number_value(buffer, expander->last_background) : NULL;
    case '-':
        text_add_string(buffer, expander->options);
        return buffer->bytes;
    default:
        return *name >= '0' && *name <= '9' ? argument_value(expander, name) : variables_get(expander->variables, name);
    }
}

static bool assign(struct expansion *expansion, const struct parameter *parameter, const char *name) {
    struct text word = {0};
    text_add(&word, parameter->word, parameter->word_length);
    char *value = expand_string(expansion->expander, word.bytes);
    text_release(&word);
    if (!value)
        return false;
    const char *problem = !variables_is_name(name)                                      ? "cannot be set so"
                          : !variables_set(expansion->expander->variables, name, value) ? VARIABLE_IS_FIXED
                                                                                        : NULL;
    free(value);
    if (problem)
        return expansion_fail(expansion, name, strlen(name), problem);
    expansion_put_value(expansion, variables_get(expansion->expander->variables, name));
    return true;
}

static bool fail_unset(struct expansion *expansion, const char *name, const char *reason) {
    expansion_fail(expansion, name, strlen(name), reason);
    expansion->expander->unset = true;
    return false;
}

static bool complain_unset(struct expansion *expansion, const struct parameter *parameter, const char *name) {
    struct text word = {0};
    text_add(&word, parameter->word, parameter->word_length);
    char *reason = word.length ? expand_string(expansion->expander, word.bytes) : string_copy("not set");
    text_release(&word);
    if (reason)
        fail_unset(expansion, name, reason);
    free(reason);
    return false;
}

static bool put_word(struct expansion *expansion, const struct parameter *parameter) {
    bool before = expansion->splits;
    expansion->splits = true;
    bool done = expansion_put_word(expansion, parameter->word, parameter->word_length);
    expansion->splits = before;
    return done;
}

// The length of the part of `value` that is cut off: from its start for #, from its end for %.
static size_t cut_length(const struct parameter *parameter, const char *pattern, const char *value) {
    size_t length = strlen(value), found = 0;
    bool at_start = parameter->operator== '#', any = false;
    char *copy = string_copy(value);
    for (size_t size = 0; size <= length && (!any || parameter->longest); size++) {
        char *part = at_start ? copy : copy + length - size, kept = part[size];
        part[size] = 0;
        if (pattern_matches(pattern, part)) {
            any = true;
            found = size;
        }
        part[size] = kept;
    }
    free(copy);
    return found;
}

static bool put_cut(struct expansion *expansion, const struct parameter *parameter, const char *value) {
    struct text word = {0};
    text_add(&word, parameter->word, parameter->word_length);
    char *pattern = expand_pattern(expansion->expander, word.bytes);
    text_clear(&word);
    bool is_sound = pattern;
    if (is_sound) {
        size_t length = cut_length(parameter, pattern, value);
        size_t start = parameter->operator== '#' ? length : 0;
        text_add(&word, value + start, strlen(value) - length);
        expansion_put_value(expansion, word.bytes);
    }
    text_release(&word);
    free(pattern);
    return is_sound;
}

// Where the pattern of ${NAME/PATTERN/TEXT} ends. One of // may begin with a slash.
static size_t pattern_length(const struct parameter *parameter) {
    const char *start = parameter->word, *end = start + parameter->word_length, *at = start;
    at += parameter->longest && parameter->word_length && *at == '/';
    while (at && at < end && *at != '/')
        at = lexer_skip_part(at, false);
    return at && at < end ? (size_t)(at - start) : parameter->word_length;
}

static char *expand_part(struct expansion *expansion, const char *part, size_t length, const char *special) {
    struct text word = {0};
    text_add(&word, part, length);
    char *expanded = special ? expand_special(expansion->expander, word.bytes, special)
                             : expand_pattern(expansion->expander, word.bytes);
    text_release(&word);
    return expanded;
}

static bool put_replaced(struct expansion *expansion, const struct parameter *parameter, const char *value) {
    bool anchored = !parameter->longest && parameter->word_length && strchr("#%", *parameter->word);
    struct replacement replacement = {.everywhere = parameter->longest, .at = anchored ? *parameter->word : 0};
    const char *start = parameter->word + anchored, *end = parameter->word + parameter->word_length;
    const char *slash = parameter->word + pattern_length(parameter), *text = slash + (slash < end);
    char *pattern = expand_part(expansion, start, (size_t)(slash - start), NULL);
    char *with = pattern ? expand_part(expansion, text, (size_t)(end - text), "&\\") : NULL;
    bool is_sound = with;
    if (is_sound) {
        replacement.pattern = pattern;
        replacement.text = with;
        char *replaced = replace_matches(&replacement, value);
        expansion_put_value(expansion, replaced);
        free(replaced);
    }
    free(pattern);
    free(with);
    return is_sound;
}

static bool put_case(struct expansion *expansion, const struct parameter *parameter, const char *value) {
    char *changed = replace_case(value, parameter->operator== '^', parameter->longest);
    expansion_put_value(expansion, changed);
    free(changed);
    return true;
}

static size_t characters_of(const char *value) {
    size_t count = 0;
    for (; *value; value++)
        count += ((unsigned char)*value & 0xc0) != 0x80;
    return count;
}

// The number that a part of the word is, as $((...)). False: it was complained about.
static bool number_of(struct expansion *expansion, const char *part, size_t length, int64_t *number) {
    struct text word = {0};
    text_add_string(&word, "$((");
    text_add(&word, part, length);
    text_add_string(&word, "))");
    char *digits = expand_string(expansion->expander, word.bytes);
    text_release(&word);
    if (!digits)
        return false;
    *number = strtoll(digits, NULL, 10);
    free(digits);
    return true;
}

static const char *skip_characters(const char *value, int64_t count) {
    for (; count > 0 && *value; count--) {
        value++;
        while (((unsigned char)*value & 0xc0) == 0x80)
            value++;
    }
    return value;
}

// The two numbers of ${NAME:START:COUNT}, of `size` in all; what is below 0 counts from the end. False: they were complained about.
static bool take_slice(struct expansion *expansion, const struct parameter *parameter, int64_t size, int64_t *start,
                       int64_t *count) {
    const char *count_text = memchr(parameter->word, ':', parameter->word_length);
    size_t start_length = count_text ? (size_t)(count_text - parameter->word) : parameter->word_length;
    *count = size;
    if (!number_of(expansion, parameter->word, start_length, start))
        return false;
    if (count_text && !number_of(expansion, count_text + 1, parameter->word_length - start_length - 1, count))
        return false;
    *start += *start < 0 ? size : 0;
    if (*start < 0 || *start > size) {
        *start = *count = 0;
        return true;
    }
    *count = *count < 0 ? size + *count - *start : *count;
    *count = *count < size - *start ? *count : size - *start;
    return *count >= 0 || expansion_fail(expansion, parameter->word, parameter->word_length, "ends before its start");
}

// ${@:START:COUNT}: $0 is one of them where it begins there.
static bool put_some_arguments(struct expansion *expansion, const struct parameter *parameter) {
    int64_t start, count;
    if (!take_slice(expansion, parameter, (int64_t)expansion->expander->argument_count, &start, &count))
        return false;
    expansion_put_arguments(expansion, *parameter->name, (size_t)start, (size_t)count);
    return true;
}

// In characters.
static bool put_slice(struct expansion *expansion, const struct parameter *parameter, const char *value) {
    int64_t start, count;
    if (!take_slice(expansion, parameter, (int64_t)characters_of(value), &start, &count))
        return false;
    const char *first = skip_characters(value, start);
    struct text slice = {0};
    text_add(&slice, first, (size_t)(skip_characters(first, count) - first));
    expansion_put_value(expansion, slice.bytes);
    text_release(&slice);
    return true;
}

// `value` is null where the parameter counts as unset.
static bool apply(struct expansion *expansion, const struct parameter *parameter, const char *name, const char *value) {
    switch (parameter->operator) {
    case '-':
        if (!value)
            return put_word(expansion, parameter);
        break;
    case '+':
        return !value || put_word(expansion, parameter);
    case '=':
        if (!value)
            return assign(expansion, parameter, name);
        break;
    case '?':
        if (!value)
            return complain_unset(expansion, parameter, name);
        break;
    case '#':
    case '%':
        return !value || put_cut(expansion, parameter, value);
    case ':':
        return !value || put_slice(expansion, parameter, value);
    case '/':
        return !value || put_replaced(expansion, parameter, value);
    case '^':
    case ',':
        return !value || put_case(expansion, parameter, value);
    default:
        break;
    }
    if (value)
        expansion_put_value(expansion, value);
    return true;
}

// The name that the variable holds takes the place of its own. False: it holds none.
static bool follow_name(struct expansion *expansion, struct text *name) {
    const char *held = variables_get(expansion->expander->variables, name->bytes);
    if (!held || !variables_is_name(held))
        return expansion_fail(expansion, name->bytes, name->length, "holds no name of a variable");
    char *copy = string_copy(held);
    text_clear(name);
    text_add_string(name, copy);
    free(copy);
    return true;
}

static bool put_number(struct expansion *expansion, size_t number) {
    struct text text = {0};
    text_add_number(&text, number);
    expansion_put_value(expansion, text.bytes);
    text_release(&text);
    return true;
}

// $@ and $*.
static bool put_list(struct expansion *expansion, const struct parameter *parameter, const char *name) {
    const struct expander *expander = expansion->expander;
    size_t count = expander->argument_count ? expander->argument_count - 1 : 0;
    const char *value = !count || (parameter->empty_counts && count == 1 && !*expander->arguments[1]) ? NULL : "set";
    if (parameter->wants_length)
        return put_number(expansion, count);
    if (parameter->operator== ':')
        return put_some_arguments(expansion, parameter);
    if (parameter->operator&& strchr("#%/^,", parameter->operator))
        return expansion_fail(expansion, name, strlen(name), "each argument cannot be changed at once");
    if (parameter->operator&&(!value || parameter->operator== '+'))
        return apply(expansion, parameter, name, value);
    expansion_put_arguments(expansion, *parameter->name, 1, count);
    return true;
}

static bool put_one(struct expansion *expansion, const struct parameter *parameter, const char *name) {
    struct text buffer = {0};
    const char *value = value_of(expansion->expander, name, &buffer);
    bool stands_for_unset = parameter->operator&& strchr("-=?+", parameter->operator), done;
    if (!value && !stands_for_unset && expansion->expander->unset_fails)
        done = fail_unset(expansion, name, "not set");
    else if (parameter->wants_length)
        done = put_number(expansion, value ? characters_of(value) : 0);
    else
        done = apply(expansion, parameter, name, parameter->empty_counts && value && !*value ? NULL : value);
    text_release(&buffer);
    return done;
}

static bool put(struct expansion *expansion, const struct parameter *parameter) {
    struct text name = {0};
    text_add(&name, parameter->name, parameter->name_length);
    bool done = (!parameter->indirect || follow_name(expansion, &name)) &&
                (strchr("@*", *parameter->name) ? put_list : put_one)(expansion, parameter, name.bytes);
    text_release(&name);
    return done;
}

bool expansion_put_parameter(struct expansion *expansion, const char *text, size_t length) {
    struct parameter parameter;
    if (length == 1) {
        bool before = expansion->quoted;
        expansion->quoted = !expansion->special; // a lone $ means itself, but at the end of a regular expression
        expansion_put_value(expansion, "$");
        expansion->quoted = before;
        return true;
    }
    bool braces = text[1] == '{';
    const char *inside = braces ? text + 2 : text + 1;
    size_t inside_length = braces ? length - 3 : length - 1;
    if (!parse(&parameter, inside, inside_length))
        return expansion_fail(expansion, text, length, "bad substitution");
    return put(expansion, &parameter);
}

bool expansion_put_arithmetic(struct expansion *expansion, const char *text, size_t length) {
    struct text inside = {0};
    int64_t number;
    const char *problem;
    char digits[NUMBER_TEXT_SIZE];
    text_add(&inside, text, length);
    char *expanded = expand_here(expansion->expander, inside.bytes);
    text_release(&inside);
    if (!expanded)
        return false;
    bool done = arithmetic_evaluate(expansion->expander->variables, expanded, &number, &problem) ||
                expansion_fail(expansion, expanded, strlen(expanded), problem);
    free(expanded);
    if (!done)
        return false;
    snprintf(digits, sizeof(digits), "%lld", (long long)number);
    expansion_put_value(expansion, digits);
    return true;
}
