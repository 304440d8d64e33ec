// What words become before a command sees them.
#include "apps/sh/expand.h"

#include <stdlib.h>
#include <string.h>

#include "apps/sh/brace.h"
#include "apps/sh/escapes.h"
#include "apps/sh/glob.h"
#include "apps/sh/lexer.h"

enum { DEPTH_MAX = 50 };

// A character that means itself.
static void put_literal(struct expansion *expansion, char character) {
    if (character && strchr(expansion->special ? expansion->special : "*?[]\\!-^", character))
        text_add_character(&expansion->field, '\\');
    text_add_character(&expansion->field, character);
    expansion->in_field = true;
}

// A character that may be a wildcard.
static void put_plain(struct expansion *expansion, char character) {
    expansion->has_bracket |= character == '[';
    expansion->has_wildcard |= character == '*' || character == '?' || (character == ']' && expansion->has_bracket);
    if (character == '\\' && !expansion->special)
        text_add_character(&expansion->field, '\\');
    text_add_character(&expansion->field, character);
    expansion->in_field = true;
}

static void end_field(struct expansion *expansion) {
    if (!expansion->in_field)
        return;
    text_add(&expansion->field, "", 0);
    size_t before = expansion->fields->count;
    if (expansion->has_wildcard && !expansion->whole)
        glob_add(expansion->field.bytes, expansion->fields);
    if (expansion->fields->count == before)
        strings_add(expansion->fields, glob_unescape(expansion->field.bytes));
    text_clear(&expansion->field);
    expansion->in_field = expansion->has_wildcard = expansion->has_bracket = false;
}

static bool is_separator(const struct expansion *expansion, char character) {
    const char *separators = variables_get(expansion->expander->variables, "IFS");
    return strchr(separators ? separators : " \t\n", character) != NULL;
}

void expansion_put_value(struct expansion *expansion, const char *value) {
    for (; *value; value++) {
        if (expansion->quoted)
            put_literal(expansion, *value);
        else if (!expansion->whole && is_separator(expansion, *value))
            end_field(expansion);
        else
            put_plain(expansion, *value);
    }
}

// "$@" is a field for each; all else joins them, with a blank between.
void expansion_put_arguments(struct expansion *expansion, char kind, size_t first, size_t count) {
    const struct expander *expander = expansion->expander;
    for (size_t i = 0; i < count; i++) {
        bool own_field = kind == '@' && expansion->quoted && !expansion->whole;
        expansion->in_field |= own_field;
        expansion_put_value(expansion, expander->arguments[first + i]);
        if (i + 1 == count)
            break;
        if (own_field)
            end_field(expansion);
        else
            expansion_put_value(expansion, " ");
    }
}

bool expander_fail(struct expander *expander, const char *name, size_t length, const char *reason) {
    struct text *problem = &expander->problem;
    expander->unset = false;
    text_clear(problem);
    text_add(problem, name, length);
    text_add_string(problem, ": ");
    text_add_string(problem, reason);
    return false;
}

bool expansion_fail(struct expansion *expansion, const char *name, size_t length, const char *reason) {
    return expander_fail(expansion->expander, name, length, reason);
}

static bool put_command(struct expansion *expansion, char *command) {
    struct expander *expander = expansion->expander;
    char *output = expander->substitute ? expander->substitute(expander->context, command) : NULL;
    bool done = output || expansion_fail(expansion, command, strlen(command), "cannot be run");
    if (output)
        expansion_put_value(expansion, output);
    free(output);
    free(command);
    return done;
}

// The command between backquotes: a backslash hides ` $ and \ there.
static char *unquote_command(const char *text, size_t length) {
    struct text command = {0};
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\\' && i + 1 < length && strchr("`$\\", text[i + 1]))
            i++;
        text_add_character(&command, text[i]);
    }
    return text_take(&command);
}

// $((...)), whose last two bytes close it; else it is a command in parentheses.
static bool is_arithmetic(const char *text, size_t length) {
    return length > 4 && !strncmp(text, "$((", 3) && !strncmp(text + length - 2, "))", 2);
}

static bool put_substitution(struct expansion *expansion, const char *text, size_t length) {
    if (is_arithmetic(text, length))
        return expansion_put_arithmetic(expansion, text + 3, length - 5);
    if (*text == '`')
        return put_command(expansion, unquote_command(text + 1, length - 2));
    struct text command = {0};
    text_add(&command, text + 2, length - 3);
    return put_command(expansion, text_take(&command));
}

// Inside "..." only these four, and a line end, are hidden by a backslash.
static void put_escaped(struct expansion *expansion, char character) {
    if (character == '\n')
        return;
    if (expansion->quoted && !strchr(expansion->here ? "$`\\" : "$`\"\\", character))
        put_literal(expansion, '\\');
    put_literal(expansion, character);
}

// "$@", "${@}" and "${@:2}" of no arguments are no field.
static bool is_arguments(const char *text, size_t length) {
    bool slice = length > 4 && text[3] == ':' && !strchr("-=?+", text[4]);
    return (length == 2 && !strncmp(text, "$@", 2)) ||
           (length > 3 && !strncmp(text, "${@", 3) && (length == 4 || slice) &&
            lexer_skip_part(text, true) == text + length);
}

static bool put_double_quoted(struct expansion *expansion, const char *text, size_t length) {
    bool before = expansion->quoted;
    expansion->in_field |= !is_arguments(text, length);
    expansion->quoted = true;
    bool done = expansion_put_word(expansion, text, length);
    expansion->quoted = before;
    return done;
}

static void put_single_quoted(struct expansion *expansion, const char *text, size_t length) {
    expansion->in_field = true;
    for (size_t i = 0; i < length; i++)
        put_literal(expansion, text[i]);
}

static void put_escapes(struct expansion *expansion, const char *text, size_t length) {
    char *meant = escapes_replace(text, length);
    put_single_quoted(expansion, meant, strlen(meant));
    free(meant);
}

// What was typed is split only where it stands for a variable: ${NAME:-a b}.
static void put_character(struct expansion *expansion, char character) {
    if (expansion->quoted)
        put_literal(expansion, character);
    else if (expansion->splits && !expansion->whole && is_separator(expansion, character))
        end_field(expansion);
    else
        put_plain(expansion, character);
}

static bool put_part(struct expansion *expansion, const char *part, size_t length) {
    if (length == 1 && *part != '$')
        put_character(expansion, *part);
    else if (*part == '\\')
        put_escaped(expansion, part[1]);
    else if (*part == '\'')
        put_single_quoted(expansion, part + 1, length - 2);
    else if (length > 2 && *part == '$' && part[1] == '\'')
        put_escapes(expansion, part + 2, length - 3);
    else if (*part == '"')
        return put_double_quoted(expansion, part + 1, length - 2);
    else if (*part == '`' || (*part == '$' && length > 1 && part[1] == '('))
        return put_substitution(expansion, part, length);
    else
        return expansion_put_parameter(expansion, part, length);
    return true;
}

static bool is_name_character(char character) {
    return character == '_' || ((character | 0x20) >= 'a' && (character | 0x20) <= 'z') ||
           (character >= '0' && character <= '9');
}

// $NAME is as long as its name; a lone $ is one byte, and so is what has no end here.
static size_t part_length(const char *text, size_t left, bool quoted, bool here) {
    size_t length = 1;
    if ((*text == '\'' && quoted) || (*text == '"' && here))
        return 1;
    if (*text != '$' || left < 2 || text[1] == '(' || text[1] == '{' || (text[1] == '\'' && !quoted)) {
        const char *end = lexer_skip_part(text, quoted);
        return end && (size_t)(end - text) <= left ? (size_t)(end - text) : 1;
    }
    if (strchr("?$#@*!-", text[1]) || (text[1] >= '0' && text[1] <= '9'))
        return 2;
    while (length < left && is_name_character(text[length]))
        length++;
    return length;
}

bool expansion_put_word(struct expansion *expansion, const char *word, size_t length) {
    if (++expansion->depth > DEPTH_MAX)
        return expansion_fail(expansion, word, length, "too much inside each other");
    bool done = true;
    while (done && length) {
        size_t part = part_length(word, length, expansion->quoted, expansion->here);
        done = put_part(expansion, word, part);
        word += part;
        length -= part;
    }
    expansion->depth--;
    return done;
}

// ~ and ~/... at the start of a word.
static const char *put_home(struct expansion *expansion, const char *word) {
    const char *home = variables_get(expansion->expander->variables, "HOME");
    if (word[0] != '~' || (word[1] && word[1] != '/') || !home)
        return word;
    for (; *home; home++)
        put_literal(expansion, *home);
    expansion->in_field = true;
    return word + 1;
}

static bool expand(struct expansion *expansion, const char *word) {
    word = put_home(expansion, word);
    if (!expansion_put_word(expansion, word, strlen(word))) {
        text_release(&expansion->field);
        return false;
    }
    end_field(expansion);
    text_release(&expansion->field);
    return true;
}

static bool expand_one(struct expander *expander, const char *word, struct strings *fields) {
    struct expansion expansion = {.expander = expander, .fields = fields};
    return expand(&expansion, word);
}

static bool expand_braces(struct expander *expander, const char *word, struct strings *fields) {
    struct strings words = {0};
    bool done = true;
    brace_expand(word, &words);
    for (size_t i = 0; i < words.count && done; i++)
        done = expand_one(expander, words.list[i], fields);
    strings_release(&words);
    return done;
}

bool expand_words(struct expander *expander, const struct word *words, struct strings *fields) {
    bool done = true;
    for (; words && done; words = words->next)
        done = brace_is_in(words->text) ? expand_braces(expander, words->text, fields)
                                        : expand_one(expander, words->text, fields);
    return done;
}

// The text before it is a field.
static char *expand_whole(struct expansion *expansion, const char *word) {
    if (!expansion->here)
        word = put_home(expansion, word);
    if (!expansion_put_word(expansion, word, strlen(word))) {
        text_release(&expansion->field);
        return NULL;
    }
    return text_take(&expansion->field);
}

static char *unescape(char *pattern) {
    char *text = pattern ? glob_unescape(pattern) : NULL;
    free(pattern);
    return text;
}

char *expand_string(struct expander *expander, const char *word) {
    struct expansion expansion = {.expander = expander, .whole = true};
    return unescape(expand_whole(&expansion, word));
}

char *expand_special(struct expander *expander, const char *word, const char *special) {
    struct expansion expansion = {.expander = expander, .whole = true, .special = special};
    return expand_whole(&expansion, word);
}

char *expand_pattern(struct expander *expander, const char *word) {
    struct expansion expansion = {.expander = expander, .whole = true};
    return expand_whole(&expansion, word);
}

char *expand_here(struct expander *expander, const char *text) {
    struct expansion expansion = {.expander = expander, .whole = true, .quoted = true, .here = true};
    return unescape(expand_whole(&expansion, text));
}
