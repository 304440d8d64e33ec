// Makes trees of a script by recursive descent: a function per rule of the grammar in parser.h.
#include "apps/sh/parser.h"

#include <string.h>

static void advance(struct parser *parser) {
    parser->end = parser->token.text + parser->token.length;
    parser->token = lexer_next(&parser->lexer);
}

void parser_start(struct parser *parser, const char *script, struct arena *arena) {
    *parser = (struct parser){.arena = arena};
    lexer_start(&parser->lexer, script);
    parser->token = lexer_next(&parser->lexer);
}

// Notes the first thing that is wrong. Where the script has ended, more may come.
static void *fail(struct parser *parser, const char *problem) {
    if (!parser->failed) {
        parser->failed = true;
        parser->open = parser->token.kind == TOKEN_END || parser->token.kind == TOKEN_OPEN;
        parser->problem = problem;
        parser->found = parser->token;
    }
    return NULL;
}

bool parser_is_assignment(const char *text, size_t length) {
    size_t i = 0;
    while (i < length && (text[i] == '_' || ((text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'z') ||
                          (i && text[i] >= '0' && text[i] <= '9')))
        i++;
    return i && i < length && text[i] == '=';
}

static struct node *node_of(struct parser *parser, enum node_kind kind, const char *source) {
    struct node *node = arena_allocate(parser->arena, sizeof(*node));
    node->kind = kind;
    node->line = parser->token.line;
    node->source = source;
    return node;
}

// The source reaches to the end of the last token that was taken.
static struct node *end_node(const struct parser *parser, struct node *node) {
    node->source_length = (size_t)(parser->end - node->source);
    return node;
}

static enum redirection_kind redirection_of(enum token_kind kind) {
    static const enum redirection_kind kinds[] = {
        [TOKEN_READ] = REDIRECT_READ,
        [TOKEN_WRITE] = REDIRECT_WRITE,
        [TOKEN_APPEND] = REDIRECT_APPEND,
        [TOKEN_READ_WRITE] = REDIRECT_READ_WRITE,
        [TOKEN_DUPLICATE_READ] = REDIRECT_DUPLICATE,
        [TOKEN_DUPLICATE_WRITE] = REDIRECT_DUPLICATE,
    };
    return kinds[kind];
}

static bool reads(enum token_kind kind) {
    return kind == TOKEN_READ || kind == TOKEN_READ_WRITE || kind == TOKEN_DUPLICATE_READ;
}

static bool is_redirection(const struct parser *parser) {
    return parser->token.kind >= TOKEN_READ;
}

static char *take_text(struct parser *parser) {
    char *text = arena_copy(parser->arena, parser->token.text, parser->token.length);
    advance(parser);
    return text;
}

// Adds one redirection at the end of the node's; false at an error.
static bool parse_redirection(struct parser *parser, struct node *node) {
    struct redirection *redirection = arena_allocate(parser->arena, sizeof(*redirection));
    struct redirection **end = &node->redirections;
    redirection->kind = redirection_of(parser->token.kind);
    redirection->descriptor = parser->token.descriptor >= 0 ? parser->token.descriptor : !reads(parser->token.kind);
    advance(parser);
    if (parser->token.kind != TOKEN_WORD) {
        fail(parser, "a file name is wanted behind the redirection");
        return false;
    }
    redirection->target = take_text(parser);
    while (*end)
        end = &(*end)->next;
    *end = redirection;
    return true;
}

static void add_word(struct parser *parser, struct word ***end) {
    struct word *word = arena_allocate(parser->arena, sizeof(*word));
    word->text = take_text(parser);
    **end = word;
    *end = &word->next;
}

static struct node *parse_simple(struct parser *parser) {
    struct node *node = node_of(parser, NODE_COMMAND, parser->token.text);
    struct word **words = &node->words, **assignments = &node->assignments;
    if (parser->token.descriptor >= 0)
        node->source--;
    for (;;) {
        bool assigns = !node->words && parser_is_assignment(parser->token.text, parser->token.length);
        if (parser->token.kind == TOKEN_WORD)
            add_word(parser, assigns ? &assignments : &words);
        else if (!is_redirection(parser))
            break;
        else if (!parse_redirection(parser, node))
            return NULL;
    }
    if (!node->words && !node->assignments && !node->redirections)
        return fail(parser, "a command is wanted");
    if (parser->token.kind == TOKEN_LEFT)
        return fail(parser, "parentheses stand before a command, not behind its name");
    return end_node(parser, node);
}

static struct node *parse_list(struct parser *parser, enum token_kind end);

static struct node *parse_subshell(struct parser *parser) {
    struct node *node = node_of(parser, NODE_SUBSHELL, parser->token.text);
    if (++parser->depth > PARSE_DEPTH_MAX)
        return fail(parser, "too many parentheses inside each other");
    advance(parser);
    node->children = parse_list(parser, TOKEN_RIGHT);
    if (!node->children)
        return fail(parser, "a command is wanted");
    if (parser->token.kind != TOKEN_RIGHT)
        return fail(parser, "a ) is wanted");
    parser->depth--;
    advance(parser);
    while (is_redirection(parser))
        if (!parse_redirection(parser, node))
            return NULL;
    return end_node(parser, node);
}

static bool is_word(const struct parser *parser, const char *text) {
    return parser->token.kind == TOKEN_WORD && parser->token.length == strlen(text) &&
           !memcmp(parser->token.text, text, parser->token.length);
}

// Here words that begin a compound command will branch off.
static struct node *parse_command(struct parser *parser) {
    if (is_word(parser, "!"))
        return fail(parser, "! stands before a whole pipeline");
    return parser->token.kind == TOKEN_LEFT ? parse_subshell(parser) : parse_simple(parser);
}

static void skip_newlines(struct parser *parser) {
    while (parser->token.kind == TOKEN_NEWLINE)
        advance(parser);
}

static struct node *parse_pipeline(struct parser *parser) {
    struct node *node = node_of(parser, NODE_PIPELINE, parser->token.text), **end = &node->children;
    while (is_word(parser, "!")) {
        node->negated = !node->negated;
        advance(parser);
    }
    if (parser->token.descriptor >= 0)
        node->source--;
    for (;;) {
        *end = parse_command(parser);
        if (!*end)
            return NULL;
        end = &(*end)->next;
        if (parser->token.kind != TOKEN_PIPE)
            return end_node(parser, node);
        advance(parser);
        skip_newlines(parser);
    }
}

static struct node *parse_and_or(struct parser *parser) {
    struct node *left = parse_pipeline(parser);
    while (left && (parser->token.kind == TOKEN_AND || parser->token.kind == TOKEN_OR)) {
        struct node *node = node_of(parser, parser->token.kind == TOKEN_AND ? NODE_AND : NODE_OR, left->source);
        advance(parser);
        skip_newlines(parser);
        node->children = left;
        left->next = parse_pipeline(parser);
        left = left->next ? end_node(parser, node) : NULL;
    }
    return left;
}

// Whether another part of the list may follow. Inside parentheses line ends part it too.
static bool take_separator(struct parser *parser, struct node *last, enum token_kind end) {
    if (parser->token.kind == TOKEN_BACKGROUND || parser->token.kind == TOKEN_SEMICOLON) {
        last->background = parser->token.kind == TOKEN_BACKGROUND;
        advance(parser);
    } else if (parser->token.kind != TOKEN_NEWLINE || end == TOKEN_NEWLINE) {
        return false;
    }
    if (end != TOKEN_NEWLINE)
        skip_newlines(parser);
    return true;
}

static bool at_list_end(const struct parser *parser, enum token_kind end) {
    return parser->token.kind == end || (end == TOKEN_NEWLINE && parser->token.kind == TOKEN_END);
}

// Null: an error, or nothing before the end.
static struct node *parse_list(struct parser *parser, enum token_kind end) {
    struct node *node = node_of(parser, NODE_LIST, parser->token.text), **last = &node->children;
    if (end != TOKEN_NEWLINE)
        skip_newlines(parser);
    while (!at_list_end(parser, end)) {
        *last = parse_and_or(parser);
        if (!*last)
            return NULL;
        struct node *part = *last;
        last = &part->next;
        if (!take_separator(parser, part, end))
            break;
    }
    return node->children ? end_node(parser, node) : NULL;
}

enum parse_result parser_next(struct parser *parser, struct node **tree) {
    *tree = NULL;
    if (parser->token.kind == TOKEN_END)
        return PARSE_END;
    *tree = parse_list(parser, TOKEN_NEWLINE);
    if (!parser->failed && !at_list_end(parser, TOKEN_NEWLINE))
        fail(parser,
             parser->token.kind == TOKEN_OPEN ? "a quote or parenthesis is not closed" : "it is not expected here");
    if (parser->failed)
        return parser->open ? PARSE_OPEN : PARSE_WRONG;
    if (parser->token.kind == TOKEN_NEWLINE)
        advance(parser);
    return PARSE_DONE;
}
