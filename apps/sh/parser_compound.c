// Commands that hold others: ( ), { }, if, while, until, for, case, and functions.
#include <string.h>

#include "apps/sh/parser_rules.h"

static const char command_wanted[] = "a command is wanted";

bool parser_is_closing(const struct parser *parser) {
    static const char *const words[] = {"then", "elif", "else", "fi", "do", "done", "esac", "}"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (parser_is_word(parser, words[i]))
            return true;
    return false;
}

static bool take_word(struct parser *parser, const char *word, const char *problem) {
    bool there = parser_is_word(parser, word);
    if (there)
        parser_advance(parser);
    else
        parser_fail(parser, problem);
    return there;
}

// Adds a list as the last child of what `*end` belongs to.
static bool take_list(struct parser *parser, struct node ***end) {
    **end = parser_list(parser, TOKEN_WORD);
    if (!**end) {
        parser_fail(parser, command_wanted);
        return false;
    }
    *end = &(**end)->next;
    return true;
}

static struct node *parse_subshell(struct parser *parser) {
    struct node *node = parser_node(parser, NODE_SUBSHELL, parser->token.text);
    parser_advance(parser);
    node->children = parser_list(parser, TOKEN_RIGHT);
    if (!node->children)
        return parser_fail(parser, command_wanted);
    if (parser->token.kind != TOKEN_RIGHT)
        return parser_fail(parser, "a ) is wanted");
    parser_advance(parser);
    return node;
}

static struct node *parse_group(struct parser *parser) {
    struct node *node = parser_node(parser, NODE_GROUP, parser->token.text), **end = &node->children;
    parser_advance(parser);
    return take_list(parser, &end) && take_word(parser, "}", "a } is wanted") ? node : NULL;
}

static struct node *parse_if(struct parser *parser) {
    struct node *node = parser_node(parser, NODE_IF, parser->token.text), **end = &node->children;
    do {
        parser_advance(parser);
        if (!take_list(parser, &end) || !take_word(parser, "then", "then is wanted") || !take_list(parser, &end))
            return NULL;
    } while (parser_is_word(parser, "elif"));
    if (parser_is_word(parser, "else")) {
        parser_advance(parser);
        if (!take_list(parser, &end))
            return NULL;
    }
    return take_word(parser, "fi", "elif, else or fi is wanted") ? node : NULL;
}

static bool parse_body(struct parser *parser, struct node **end) {
    return take_word(parser, "do", "do is wanted") && take_list(parser, &end) &&
           take_word(parser, "done", "done is wanted");
}

static struct node *parse_loop(struct parser *parser) {
    struct node *node = parser_node(parser, NODE_LOOP, parser->token.text), **end = &node->children;
    node->negated = parser_is_word(parser, "until");
    parser_advance(parser);
    return take_list(parser, &end) && parse_body(parser, end) ? node : NULL;
}

static bool is_name(const struct token *token) {
    for (size_t i = 0; i < token->length; i++) {
        char letter = token->text[i];
        bool is_letter = letter == '_' || ((letter | 0x20) >= 'a' && (letter | 0x20) <= 'z');
        if (!is_letter && !(i && letter >= '0' && letter <= '9'))
            return false;
    }
    return token->kind == TOKEN_WORD && token->length;
}

// Stretches the token, a (, to all of an ((...)); false: it begins none.
static bool is_arithmetic(struct parser *parser) {
    struct token *token = &parser->token;
    const char *end =
        token->kind == TOKEN_LEFT && token->text[1] == '(' ? lexer_skip_arithmetic(token->text + 2) : NULL;
    if (end)
        lexer_stretch(&parser->lexer, token, end);
    return end;
}

// Adds "$((TEXT))", which expands to the number; nothing of blanks alone.
static void add_number(struct parser *parser, struct word ***end, const char *text, size_t length) {
    static const char before[] = "$((", behind[] = "))";
    struct word *word = arena_allocate(parser->arena, sizeof(*word));
    size_t start = sizeof(before) - 1, blanks = 0;
    while (blanks < length && strchr(" \t\n", text[blanks]))
        blanks++;
    word->text = arena_allocate(parser->arena, start + length + sizeof(behind));
    if (blanks < length) {
        memcpy(word->text, before, start);
        memcpy(word->text + start, text, length);
        memcpy(word->text + start + length, behind, sizeof(behind));
    }
    **end = word;
    *end = &word->next;
}

static struct node *parse_arithmetic(struct parser *parser) {
    struct node *node = parser_node(parser, NODE_ARITHMETIC, parser->token.text);
    struct word **words = &node->words;
    add_number(parser, &words, parser->token.text + 2, parser->token.length - 4);
    parser_advance(parser);
    return node;
}

// for ((START; WHILE; THEN)): the token is all from (( to )).
static struct node *parse_counted(struct parser *parser, struct node *node) {
    enum { PARTS = 3 };
    struct word **words = &node->words;
    const char *text = parser->token.text + 2, *end = parser->token.text + parser->token.length - 2;
    node->kind = NODE_COUNTED;
    for (int part = 0; part < PARTS; part++) {
        const char *next = memchr(text, ';', (size_t)(end - text));
        if (!next != (part == PARTS - 1))
            return parser_fail(parser, "three parts are wanted, with ; between: for ((i = 0; i < 3; i++))");
        next = next ? next : end;
        add_number(parser, &words, text, (size_t)(next - text));
        text = next + 1;
    }
    parser_advance(parser);
    if (parser->token.kind == TOKEN_SEMICOLON)
        parser_advance(parser);
    parser_skip_newlines(parser);
    return parse_body(parser, &node->children) ? node : NULL;
}

// Between [[ and ]] these are words.
static bool is_condition_word(enum token_kind kind) {
    static const enum token_kind kinds[] = {TOKEN_WORD,  TOKEN_AND,  TOKEN_OR,   TOKEN_LEFT,
                                            TOKEN_RIGHT, TOKEN_READ, TOKEN_WRITE};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i] == kind)
            return true;
    return false;
}

// Where the regular expression that begins here ends: at a blank, or what goes on with the condition, outside of its parentheses.
static const char *expression_end(const char *text) {
    unsigned depth = 0;
    while (text && *text && (depth || !strchr(" \t\r\n;&<>", *text)) &&
           (depth || (*text != ')' && strncmp(text, "||", 2) != 0))) {
        depth += *text == '(' ? 1u : *text == ')' ? -1u : 0u;
        text = lexer_skip_part(text, false);
    }
    return text;
}

// Has the expression be one word, whatever is in it.
static void join_expression(struct parser *parser) {
    const char *end = expression_end(parser->token.text);
    if (!end || end <= parser->token.text || end < parser->lexer.next)
        return;
    parser->token.kind = TOKEN_WORD;
    parser->token.descriptor = -1;
    lexer_stretch(&parser->lexer, &parser->token, end);
}

static struct node *parse_condition(struct parser *parser) {
    struct node *node = parser_node(parser, NODE_CONDITION, parser->token.text);
    struct word **words = &node->words;
    parser_advance(parser);
    parser_skip_newlines(parser);
    while (!parser_is_word(parser, "]]") && is_condition_word(parser->token.kind)) {
        bool is_match = node->words && parser_is_word(parser, "=~");
        parser_add_word(parser, &words);
        if (is_match)
            join_expression(parser);
        parser_skip_newlines(parser);
    }
    if (!node->words)
        return parser_fail(parser, "a condition is wanted");
    return take_word(parser, "]]", "]] is wanted") ? node : NULL;
}

static struct node *parse_for(struct parser *parser) {
    struct node *node = parser_node(parser, NODE_FOR, parser->token.text);
    struct word **words = &node->words;
    parser_advance(parser);
    if (is_arithmetic(parser))
        return parse_counted(parser, node);
    if (!is_name(&parser->token))
        return parser_fail(parser, "the name of a variable is wanted");
    parser_add_word(parser, &words);
    parser_skip_newlines(parser);
    node->has_in = parser_is_word(parser, "in");
    if (node->has_in) {
        parser_advance(parser);
        while (parser->token.kind == TOKEN_WORD)
            parser_add_word(parser, &words);
    }
    if (parser->token.kind == TOKEN_SEMICOLON)
        parser_advance(parser);
    else if (node->has_in && parser->token.kind != TOKEN_NEWLINE)
        return parser_fail(parser, "; or the end of the line is wanted");
    parser_skip_newlines(parser);
    return parse_body(parser, &node->children) ? node : NULL;
}

// A way of a case, with the ;; behind it.
static struct node *parse_way(struct parser *parser) {
    struct node *node = parser_node(parser, NODE_WAY, parser->token.text);
    struct word **words = &node->words;
    if (parser->token.kind == TOKEN_LEFT)
        parser_advance(parser);
    for (;;) {
        if (parser->token.kind != TOKEN_WORD)
            return parser_fail(parser, "a pattern is wanted");
        parser_add_word(parser, &words);
        if (parser->token.kind != TOKEN_PIPE)
            break;
        parser_advance(parser);
    }
    if (parser->token.kind != TOKEN_RIGHT)
        return parser_fail(parser, "a ) is wanted behind the pattern");
    parser_advance(parser);
    node->children = parser_list(parser, TOKEN_WORD);
    if (parser->token.kind == TOKEN_CASE_END)
        parser_advance(parser);
    else if (!parser_is_word(parser, "esac"))
        return parser_fail(parser, ";; or esac is wanted");
    parser_skip_newlines(parser);
    return parser->failed ? NULL : parser_end_node(parser, node);
}

static struct node *parse_case(struct parser *parser) {
    struct node *node = parser_node(parser, NODE_CASE, parser->token.text), **end = &node->children;
    struct word **words = &node->words;
    parser_advance(parser);
    if (parser->token.kind != TOKEN_WORD)
        return parser_fail(parser, "a word is wanted");
    parser_add_word(parser, &words);
    parser_skip_newlines(parser);
    if (!take_word(parser, "in", "in is wanted"))
        return NULL;
    parser_skip_newlines(parser);
    while (!parser_is_word(parser, "esac")) {
        *end = parse_way(parser);
        if (!*end)
            return NULL;
        end = &(*end)->next;
    }
    parser_advance(parser);
    return node;
}

static const struct {
    const char *word;
    struct node *(*parse)(struct parser *parser);
} compounds[] = {
    {"{", parse_group}, {"if", parse_if},     {"while", parse_loop},   {"until", parse_loop},
    {"for", parse_for}, {"case", parse_case}, {"[[", parse_condition},
};

enum { COMPOUND_COUNT = sizeof(compounds) / sizeof(compounds[0]) };

static size_t find_compound(const struct parser *parser) {
    size_t i = 0;
    while (i < COMPOUND_COUNT && !parser_is_word(parser, compounds[i].word))
        i++;
    return i;
}

bool parser_begins_compound(const struct parser *parser) {
    return parser->token.kind == TOKEN_LEFT || find_compound(parser) < COMPOUND_COUNT;
}

struct node *parser_compound(struct parser *parser) {
    if (++parser->depth > PARSE_DEPTH_MAX)
        return parser_fail(parser, "too many commands inside each other");
    size_t which = find_compound(parser);
    struct node *node = which < COMPOUND_COUNT  ? compounds[which].parse(parser)
                        : is_arithmetic(parser) ? parse_arithmetic(parser)
                                                : parse_subshell(parser);
    parser->depth--;
    if (!node)
        return NULL;
    while (parser_is_at_redirection(parser))
        if (!parser_redirection(parser, node))
            return NULL;
    return parser_end_node(parser, node);
}

static struct node *parse_function_body(struct parser *parser, struct node *command) {
    parser_skip_newlines(parser);
    command->kind = NODE_FUNCTION;
    if (!parser_begins_compound(parser))
        return parser_fail(parser, "the function's body is wanted: { ... }");
    command->children = parser_compound(parser);
    return command->children ? parser_end_node(parser, command) : NULL;
}

struct node *parser_named_function(struct parser *parser) {
    struct node *node = parser_node(parser, NODE_FUNCTION, parser->token.text);
    struct word **words = &node->words;
    parser_advance(parser);
    if (!is_name(&parser->token))
        return parser_fail(parser, "the name of a function is wanted");
    parser_add_word(parser, &words);
    struct lexer ahead = parser->lexer;
    bool empty = parser->token.kind == TOKEN_LEFT && lexer_next(&ahead).kind == TOKEN_RIGHT;
    return empty ? parser_function(parser, node) : parse_function_body(parser, node);
}

struct node *parser_function(struct parser *parser, struct node *command) {
    const char *name = command->words->text;
    struct token left = parser->token;
    parser_advance(parser);
    if (parser->token.kind != TOKEN_RIGHT) {
        parser_fail(parser, "parentheses stand before a command, not behind its name");
        parser->found = left;
        return NULL;
    }
    struct token token = {.kind = TOKEN_WORD, .text = name, .length = strlen(name)};
    if (!is_name(&token))
        return parser_fail(parser, "letters, digits and _ make the name of a function");
    parser_advance(parser);
    return parse_function_body(parser, command);
}
