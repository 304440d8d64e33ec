// Aliases: looked for in the tokens of lines.
#include "apps/sh/alias.h"

#include <stdlib.h>
#include <string.h>

#include "apps/sh/lexer.h"
#include "apps/sh/parser.h"

enum { HERE_MAX = 16, DEPTH_MAX = 32 };

static char **find(const struct aliases *aliases, const char *name, size_t length) {
    for (size_t i = 0; i < aliases->list.count; i++) {
        char *alias = aliases->list.list[i];
        if (!strncmp(alias, name, length) && alias[length] == '=')
            return &aliases->list.list[i];
    }
    return NULL;
}

const char *aliases_find(const struct aliases *aliases, const char *name) {
    char **alias = find(aliases, name, strlen(name));
    return alias ? *alias + strlen(name) + 1 : NULL;
}

bool aliases_set(struct aliases *aliases, const char *name, const char *value) {
    if (!*name || name[strcspn(name, " \t\n=$`'\"\\/|&;()<>")])
        return false;
    struct text text = {0};
    char **before = find(aliases, name, strlen(name));
    text_add_string(&text, name);
    text_add_character(&text, '=');
    text_add_string(&text, value);
    if (!before) {
        strings_add(&aliases->list, text_take(&text));
        return true;
    }
    free(*before);
    *before = text_take(&text);
    return true;
}

bool aliases_remove(struct aliases *aliases, const char *name) {
    struct strings *list = &aliases->list;
    char **alias = find(aliases, name, strlen(name));
    if (!alias)
        return false;
    free(*alias);
    memmove(alias, alias + 1, (size_t)(list->list + list->count - alias) * sizeof(*alias)); // the null pointer too
    list->count--;
    return true;
}

// One text that is gone through: the lines, or what an alias stands for.
struct reading {
    const struct aliases *aliases;
    const struct reading *outer; // in which an alias stood for this one
    const char *name;            // of that alias
    size_t name_length;
    bool at_command; // the next word may be an alias
    struct text *result;
};

static bool is_within(const struct reading *reading, const char *name, size_t length) {
    unsigned depth = 0;
    for (; reading; reading = reading->outer)
        if (++depth > DEPTH_MAX || (reading->name_length == length && !memcmp(reading->name, name, length)))
            return true;
    return false;
}

// Behind these a command begins.
static bool opens(const struct token *token) {
    static const char *const words[] = {"!", "do", "elif", "else", "if", "then", "time", "until", "while", "{"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (token->length == strlen(words[i]) && !memcmp(token->text, words[i], token->length))
            return true;
    return false;
}

static bool parts_commands(enum token_kind kind) {
    switch (kind) {
    case TOKEN_PIPE:
    case TOKEN_PIPE_BOTH:
    case TOKEN_AND:
    case TOKEN_OR:
    case TOKEN_SEMICOLON:
    case TOKEN_BACKGROUND:
    case TOKEN_NEWLINE:
    case TOKEN_LEFT:
    case TOKEN_CASE_END:
        return true;
    default:
        return false;
    }
}

static void expand(struct reading *reading, const char *text);

static bool put_alias(struct reading *reading, const struct token *token) {
    char **alias = find(reading->aliases, token->text, token->length);
    if (!alias || is_within(reading, token->text, token->length))
        return false;
    const char *value = *alias + token->length + 1;
    struct reading inner = {reading->aliases, reading, token->text, token->length, true, reading->result};
    expand(&inner, value);
    bool next_too = *value && strchr(" \t", value[strlen(value) - 1]);
    reading->at_command = next_too || inner.at_command;
    return true;
}

static void put_word(struct reading *reading, const struct token *token) {
    bool at_command = reading->at_command;
    if (at_command && put_alias(reading, token))
        return;
    reading->at_command = at_command && (opens(token) || parser_is_assignment(token->text, token->length));
    text_add(reading->result, token->text, token->length);
}

// Here-documents that were announced in a line, and begin behind it.
struct documents {
    char *delimiters[HERE_MAX];
    bool tabs[HERE_MAX];
    size_t count;
};

static void announce(struct documents *documents, const struct token *delimiter, bool tabs) {
    struct text text = {0};
    text_add(&text, "", 0);
    for (size_t i = 0; i < delimiter->length; i++)
        if (!strchr("'\"\\", delimiter->text[i]))
            text_add_character(&text, delimiter->text[i]);
    documents->tabs[documents->count] = tabs;
    documents->delimiters[documents->count++] = text_take(&text);
}

// Goes over their lines. One without an end goes on to that of the text.
static void skip(struct documents *documents, struct lexer *lexer) {
    struct here here;
    bool ended = true;
    for (size_t i = 0; i < documents->count; i++) {
        ended = ended && lexer_take_here(lexer, documents->delimiters[i], documents->tabs[i], &here);
        free(documents->delimiters[i]);
    }
    if (!ended)
        lexer->next += strlen(lexer->next);
    documents->count = 0;
}

// Behind a redirection stands a file, or the delimiter of a document.
static bool is_redirection(enum token_kind kind) {
    return kind >= TOKEN_READ;
}

static void expand(struct reading *reading, const char *text) {
    struct documents documents = {.count = 0};
    const char *done = text;
    struct lexer lexer;
    lexer_start(&lexer, text);
    enum token_kind before = TOKEN_NEWLINE;
    struct token token = lexer_next(&lexer);
    for (; token.kind != TOKEN_END && token.kind != TOKEN_OPEN; token = lexer_next(&lexer)) {
        text_add(reading->result, done, (size_t)(token.text - done)); // blanks
        done = token.text + token.length;
        if (token.kind == TOKEN_WORD && !is_redirection(before)) {
            put_word(reading, &token);
        } else {
            text_add(reading->result, token.text, token.length);
            reading->at_command |= parts_commands(token.kind);
        }
        bool is_here = before == TOKEN_HERE || before == TOKEN_HERE_TABS;
        if (token.kind == TOKEN_WORD && is_here && documents.count < HERE_MAX)
            announce(&documents, &token, before == TOKEN_HERE_TABS);
        if (token.kind == TOKEN_NEWLINE)
            skip(&documents, &lexer);
        before = token.kind;
    }
    text_add_string(reading->result, done);
    for (size_t i = 0; i < documents.count; i++)
        free(documents.delimiters[i]);
}

char *aliases_expand(const struct aliases *aliases, const char *lines) {
    struct text result = {0};
    struct reading reading = {.aliases = aliases, .at_command = true, .result = &result};
    expand(&reading, lines);
    return text_take(&result);
}
