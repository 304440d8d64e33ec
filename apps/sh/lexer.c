// Cuts a script into tokens.
#include "apps/sh/lexer.h"

#include <string.h>

void lexer_start(struct lexer *lexer, const char *script) {
    *lexer = (struct lexer){.script = script, .next = script, .line = 1};
}

size_t lexer_column(const struct lexer *lexer, const struct token *token) {
    const char *start = token->text;
    while (start > lexer->script && start[-1] != '\n')
        start--;
    return (size_t)(token->text - start) + 1;
}

enum { NESTING_MAX = 100 };

static const char *skip_part(const char *text, unsigned depth, bool in_double_quotes);

// From behind the opening character to behind the closing one; quotes and substitutions inside are skipped as
// wholes.
static const char *skip_until(const char *text, char close, const char *quotes, unsigned depth) {
    unsigned parentheses = 0;
    bool in_double_quotes = !strchr(quotes, '\'');
    while (*text && (*text != close || parentheses)) {
        if (close == ')' && (*text == '(' || *text == ')'))
            parentheses += *text == '(' ? 1 : -1u;
        bool part = *text == '\\' || *text == '$' || *text == '`' || strchr(quotes, *text);
        text = part ? skip_part(text, depth + 1, in_double_quotes) : text + 1;
        if (!text)
            return NULL;
    }
    return *text ? text + 1 : NULL;
}

// What a backslash stands before does not end it.
static const char *skip_escaped(const char *text, char close) {
    while (*text && *text != close)
        text += *text == '\\' && text[1] ? 2 : 1;
    return *text ? text + 1 : NULL;
}

// Behind $: in double quotes a ' between the braces means itself, but not between the parentheses.
static const char *skip_dollar(const char *text, unsigned depth, bool in_double_quotes) {
    if (text[1] == '(')
        return skip_until(text + 2, ')', "'\"", depth);
    if (text[1] == '{')
        return skip_until(text + 2, '}', in_double_quotes ? "\"" : "'\"", depth);
    if (text[1] == '\'' && !in_double_quotes)
        return skip_escaped(text + 2, '\'');
    return text + 1;
}

static const char *skip_part(const char *text, unsigned depth, bool in_double_quotes) {
    if (depth > NESTING_MAX)
        return NULL;
    switch (*text) {
    case '\\':
        return text[1] ? text + 2 : NULL;
    case '\'':
        text = strchr(text + 1, '\'');
        return text ? text + 1 : NULL;
    case '"':
        return skip_until(text + 1, '"', "", depth);
    case '`':
        return skip_escaped(text + 1, '`');
    case '$':
        return skip_dollar(text, depth, in_double_quotes);
    default:
        return text + 1;
    }
}

const char *lexer_skip_part(const char *text, bool in_double_quotes) {
    return skip_part(text, 0, in_double_quotes);
}

const char *lexer_skip_arithmetic(const char *text) {
    for (unsigned depth = 0; *text && (*text != ')' || depth);) {
        depth += *text == '(' ? 1u : *text == ')' ? -1u : 0u;
        text = lexer_skip_part(text, true);
        if (!text)
            return NULL;
    }
    return text[0] == ')' && text[1] == ')' ? text + 2 : NULL;
}

void lexer_stretch(struct lexer *lexer, struct token *token, const char *end) {
    for (; lexer->next < end; lexer->next++)
        lexer->line += *lexer->next == '\n';
    token->length = (size_t)(end - token->text);
}

static bool ends_word(char character) {
    return !character || strchr(" \t\n|&;()<>", character);
}

// Blanks, comments, and line ends behind a backslash.
static void skip_blanks(struct lexer *lexer) {
    for (;;) {
        const char *next = lexer->next;
        if (*next == ' ' || *next == '\t' || *next == '\r')
            lexer->next++;
        else if (next[0] == '\\' && next[1] == '\n')
            lexer->next += 2, lexer->line++;
        else if (*next == '#')
            lexer->next += strcspn(next, "\n");
        else
            return;
    }
}

static struct token token_of(struct lexer *lexer, enum token_kind kind, size_t length) {
    struct token token = {kind, lexer->next, length, -1, lexer->line};
    lexer->next += length;
    for (size_t i = 0; i < length; i++)
        lexer->line += token.text[i] == '\n';
    return token;
}

static const struct {
    const char *text;
    enum token_kind kind;
} operators[] = {
    // the longer first
    {"<<-", TOKEN_HERE_TABS},
    {"<<<", TOKEN_HERE_STRING},
    {"&>>", TOKEN_APPEND_BOTH},
    {"&>", TOKEN_WRITE_BOTH},
    {"|&", TOKEN_PIPE_BOTH},
    {"<<", TOKEN_HERE},
    {"&&", TOKEN_AND},
    {"||", TOKEN_OR},
    {";;", TOKEN_CASE_END},
    {">>", TOKEN_APPEND},
    {">&", TOKEN_DUPLICATE_WRITE},
    {">|", TOKEN_WRITE},
    {"<&", TOKEN_DUPLICATE_READ},
    {"<>", TOKEN_READ_WRITE},
    {"\n", TOKEN_NEWLINE},
    {"|", TOKEN_PIPE},
    {"&", TOKEN_BACKGROUND},
    {";", TOKEN_SEMICOLON},
    {"(", TOKEN_LEFT},
    {")", TOKEN_RIGHT},
    {"<", TOKEN_READ},
    {">", TOKEN_WRITE},
};

static struct token take_operator(struct lexer *lexer) {
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        size_t length = strlen(operators[i].text);
        if (!strncmp(lexer->next, operators[i].text, length))
            return token_of(lexer, operators[i].kind, length);
    }
    return token_of(lexer, TOKEN_END, 0);
}

static struct token take_word(struct lexer *lexer) {
    const char *end = lexer->next;
    while (!ends_word(*end)) {
        const char *part = end;
        end = lexer_skip_part(part, false);
        if (!end)
            return token_of(lexer, TOKEN_OPEN, strlen(lexer->next));
    }
    return token_of(lexer, TOKEN_WORD, (size_t)(end - lexer->next));
}

// One digit right before < or > says which descriptor is redirected.
static bool is_descriptor(const char *text) {
    return text[0] >= '0' && text[0] <= '9' && (text[1] == '<' || text[1] == '>');
}

struct token lexer_next(struct lexer *lexer) {
    skip_blanks(lexer);
    if (is_descriptor(lexer->next)) {
        int descriptor = *lexer->next++ - '0';
        struct token token = take_operator(lexer);
        token.descriptor = descriptor;
        return token;
    }
    return ends_word(*lexer->next) ? take_operator(lexer) : take_word(lexer);
}

bool lexer_take_here(struct lexer *lexer, const char *delimiter, bool tabs, struct here *here) {
    size_t wanted = strlen(delimiter);
    here->text = lexer->next;
    for (const char *line = lexer->next; *line;) {
        const char *start = line + (tabs ? strspn(line, "\t") : 0);
        size_t length = strcspn(start, "\n");
        const char *behind = start + length + (start[length] == '\n');
        lexer->line++;
        if (length == wanted && !memcmp(start, delimiter, length)) {
            here->length = (size_t)(line - here->text);
            here->whole_length = (size_t)(behind - here->text);
            lexer->next = behind;
            return true;
        }
        line = behind;
    }
    return false;
}
