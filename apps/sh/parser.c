// Makes trees of a script by recursive descent: a function per rule of the grammar in parser.h.
#include "apps/sh/parser_rules.h"

#include <string.h>

void parser_advance(struct parser *parser) {
    parser->end = parser->token.text + parser->token.length;
    if (parser->token.kind == TOKEN_NEWLINE)
        parser_take_here(parser);
    parser->token = lexer_next(&parser->lexer);
}

void parser_start(struct parser *parser, const char *script, struct arena *arena) {
    *parser = (struct parser){.arena = arena};
    lexer_start(&parser->lexer, script);
    parser->token = lexer_next(&parser->lexer);
}

// Notes the first thing that is wrong. Where the script has ended, more may come.
void *parser_fail(struct parser *parser, const char *problem) {
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
    i += i && i + 1 < length && text[i] == '+';
    return i && i < length && text[i] == '=';
}

struct node *parser_node(struct parser *parser, enum node_kind kind, const char *source) {
    struct node *node = arena_allocate(parser->arena, sizeof(*node));
    node->kind = kind;
    node->line = parser->token.line;
    node->source = source;
    node->pending = parser->here;
    return node;
}

// The source reaches to the end of the last token that was taken.
struct node *parser_end_node(const struct parser *parser, struct node *node) {
    node->source_length = (size_t)(parser->end - node->source);
    return node;
}

// Where the next token begins: the digit before a redirection is a part of it.
static const char *next_source(const struct parser *parser) {
    return parser->token.text - (parser->token.descriptor >= 0);
}

static enum redirection_kind redirection_of(enum token_kind kind) {
    static const enum redirection_kind kinds[] = {
        [TOKEN_READ] = REDIRECT_READ,
        [TOKEN_WRITE] = REDIRECT_WRITE,
        [TOKEN_APPEND] = REDIRECT_APPEND,
        [TOKEN_READ_WRITE] = REDIRECT_READ_WRITE,
        [TOKEN_DUPLICATE_READ] = REDIRECT_DUPLICATE,
        [TOKEN_DUPLICATE_WRITE] = REDIRECT_DUPLICATE,
        [TOKEN_HERE] = REDIRECT_HERE,
        [TOKEN_HERE_TABS] = REDIRECT_HERE,
        [TOKEN_HERE_STRING] = REDIRECT_HERE_STRING,
        [TOKEN_WRITE_BOTH] = REDIRECT_WRITE,
        [TOKEN_APPEND_BOTH] = REDIRECT_APPEND,
    };
    return kinds[kind];
}

static bool writes_both(enum token_kind kind) {
    return kind == TOKEN_WRITE_BOTH || kind == TOKEN_APPEND_BOTH;
}

static bool reads(enum token_kind kind) {
    return kind != TOKEN_WRITE && kind != TOKEN_APPEND && kind != TOKEN_DUPLICATE_WRITE && !writes_both(kind);
}

bool parser_is_at_redirection(const struct parser *parser) {
    return parser->token.kind >= TOKEN_READ;
}

char *parser_take_text(struct parser *parser) {
    char *text = arena_copy(parser->arena, parser->token.text, parser->token.length);
    parser_advance(parser);
    return text;
}

static void append_redirection(struct node *node, struct redirection *redirection) {
    struct redirection **end = &node->redirections;
    while (*end)
        end = &(*end)->next;
    *end = redirection;
}

// 2>&1
static void add_errors(struct parser *parser, struct node *node) {
    struct redirection *redirection = arena_allocate(parser->arena, sizeof(*redirection));
    redirection->kind = REDIRECT_DUPLICATE;
    redirection->descriptor = 2;
    redirection->target = arena_copy(parser->arena, "1", 1);
    append_redirection(node, redirection);
}

bool parser_redirection(struct parser *parser, struct node *node) {
    struct redirection *redirection = arena_allocate(parser->arena, sizeof(*redirection));
    bool both = writes_both(parser->token.kind);
    redirection->tabs = parser->token.kind == TOKEN_HERE_TABS;
    redirection->kind = redirection_of(parser->token.kind);
    redirection->descriptor = parser->token.descriptor >= 0 ? parser->token.descriptor : !reads(parser->token.kind);
    parser_advance(parser);
    if (parser->token.kind != TOKEN_WORD) {
        parser_fail(parser, "a file name is wanted behind the redirection");
        return false;
    }
    if (redirection->kind == REDIRECT_HERE) {
        redirection->next_here = parser->here;
        redirection->here_before = parser->here;
        parser->here = redirection;
    }
    redirection->target = parser_take_text(parser);
    append_redirection(node, redirection);
    if (both)
        add_errors(parser, node);
    return true;
}

void parser_add_word(struct parser *parser, struct word ***end) {
    struct word *word = arena_allocate(parser->arena, sizeof(*word));
    word->text = parser_take_text(parser);
    **end = word;
    *end = &word->next;
}

static struct node *parse_simple(struct parser *parser) {
    struct node *node = parser_node(parser, NODE_COMMAND, next_source(parser));
    struct word **words = &node->words, **assignments = &node->assignments;
    for (;;) {
        bool assigns = !node->words && parser_is_assignment(parser->token.text, parser->token.length);
        if (parser->token.kind == TOKEN_WORD)
            parser_add_word(parser, assigns ? &assignments : &words);
        else if (!parser_is_at_redirection(parser))
            break;
        else if (!parser_redirection(parser, node))
            return NULL;
    }
    if (!node->words && !node->assignments && !node->redirections)
        return parser_fail(parser, "a command is wanted");
    bool lone = node->words && !node->words->next && !node->assignments && !node->redirections;
    if (parser->token.kind == TOKEN_LEFT)
        return lone ? parser_function(parser, node)
                    : parser_fail(parser, "parentheses stand before a command, not behind its words");
    return parser_end_node(parser, node);
}

bool parser_is_word(const struct parser *parser, const char *text) {
    return parser->token.kind == TOKEN_WORD && parser->token.length == strlen(text) &&
           !memcmp(parser->token.text, text, parser->token.length);
}

struct node *parser_command(struct parser *parser) {
    if (parser_is_word(parser, "!"))
        return parser_fail(parser, "! stands before a whole pipeline");
    if (parser_is_closing(parser))
        return parser_fail(parser, "nothing is open that it could go on with or end");
    if (parser_is_word(parser, "function"))
        return parser_named_function(parser);
    return parser_begins_compound(parser) ? parser_compound(parser) : parse_simple(parser);
}

void parser_skip_newlines(struct parser *parser) {
    while (parser->token.kind == TOKEN_NEWLINE)
        parser_advance(parser);
}

// `time` with an option, or with nothing to time, is the tool of that name.
static bool is_timing(const struct parser *parser) {
    struct lexer ahead = parser->lexer;
    if (!parser_is_word(parser, "time"))
        return false;
    struct token next = lexer_next(&ahead);
    return next.kind == TOKEN_LEFT || next.kind >= TOKEN_READ || (next.kind == TOKEN_WORD && *next.text != '-');
}

static struct node *parse_pipeline(struct parser *parser) {
    struct node *node = parser_node(parser, NODE_PIPELINE, next_source(parser)), **end = &node->children;
    for (bool timing; (timing = is_timing(parser)) || parser_is_word(parser, "!");) {
        node->timed |= timing;
        node->negated ^= !timing;
        parser_advance(parser);
    }
    for (;;) {
        *end = parser_command(parser);
        if (!*end)
            return NULL;
        bool both = parser->token.kind == TOKEN_PIPE_BOTH;
        (*end)->errors_too = both;
        if (both)
            add_errors(parser, *end);
        end = &(*end)->next;
        if (!both && parser->token.kind != TOKEN_PIPE)
            return parser_end_node(parser, node);
        parser_advance(parser);
        parser_skip_newlines(parser);
    }
}

static struct node *parse_and_or(struct parser *parser) {
    struct node *left = parse_pipeline(parser);
    while (left && (parser->token.kind == TOKEN_AND || parser->token.kind == TOKEN_OR)) {
        struct node *node = parser_node(parser, parser->token.kind == TOKEN_AND ? NODE_AND : NODE_OR, left->source);
        node->pending = left->pending;
        parser_advance(parser);
        parser_skip_newlines(parser);
        node->children = left;
        left->next = parse_pipeline(parser);
        left = left->next ? parser_end_node(parser, node) : NULL;
    }
    return left;
}

// Whether another part of the list may follow. Inside other commands line ends part it too.
static bool take_separator(struct parser *parser, struct node *last, enum token_kind end) {
    if (parser->token.kind == TOKEN_BACKGROUND || parser->token.kind == TOKEN_SEMICOLON) {
        last->background = parser->token.kind == TOKEN_BACKGROUND;
        parser_advance(parser);
    } else if (parser->token.kind != TOKEN_NEWLINE || end == TOKEN_NEWLINE) {
        return false;
    }
    if (end != TOKEN_NEWLINE)
        parser_skip_newlines(parser);
    return true;
}

static bool at_list_end(const struct parser *parser, enum token_kind end) {
    if (end == TOKEN_WORD)
        return parser->token.kind == TOKEN_CASE_END || parser_is_closing(parser);
    return parser->token.kind == end || (end == TOKEN_NEWLINE && parser->token.kind == TOKEN_END);
}

struct node *parser_list(struct parser *parser, enum token_kind end) {
    struct node *node = parser_node(parser, NODE_LIST, next_source(parser)), **last = &node->children;
    if (end != TOKEN_NEWLINE)
        parser_skip_newlines(parser);
    while (!at_list_end(parser, end)) {
        *last = parse_and_or(parser);
        if (!*last)
            return NULL;
        struct node *part = *last;
        last = &part->next;
        if (!take_separator(parser, part, end))
            break;
    }
    return node->children ? parser_end_node(parser, node) : NULL;
}

enum parse_result parser_next(struct parser *parser, struct node **tree) {
    *tree = NULL;
    if (parser->token.kind == TOKEN_END)
        return PARSE_END;
    *tree = parser_list(parser, TOKEN_NEWLINE);
    if (!parser->failed && !at_list_end(parser, TOKEN_NEWLINE))
        parser_fail(parser, parser->token.kind == TOKEN_OPEN ? "a quote or parenthesis is not closed"
                                                             : "it is not expected here");
    if (parser->failed)
        return parser->open ? PARSE_OPEN : PARSE_WRONG;
    if (parser->token.kind == TOKEN_NEWLINE)
        parser_advance(parser);
    if (parser->here)
        parser_fail(parser, "the here-document has no end");
    return parser->here ? PARSE_OPEN : PARSE_DONE;
}
