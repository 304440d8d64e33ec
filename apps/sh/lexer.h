// Cuts a script into tokens.
//
// A word keeps its quotes, and its $ and `: expansion (expand.h) takes them out. What is open at the end of
// the script (a quote, a $( or a backslash) makes the token TOKEN_OPEN: an interactive shell asks for another
// line then.
// Rules: the script ends with a 0, and stays where it is as long as its tokens are used. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum token_kind {
    TOKEN_END,
    TOKEN_OPEN, // the script ends inside a quote; the text begins with it
    TOKEN_NEWLINE,
    TOKEN_WORD,
    TOKEN_PIPE,            // |
    TOKEN_AND,             // &&
    TOKEN_OR,              // ||
    TOKEN_BACKGROUND,      // &
    TOKEN_SEMICOLON,       // ;
    TOKEN_LEFT,            // (
    TOKEN_RIGHT,           // )
    TOKEN_READ,            // <
    TOKEN_WRITE,           // >, >|
    TOKEN_APPEND,          // >>
    TOKEN_READ_WRITE,      // <>
    TOKEN_DUPLICATE_READ,  // <&
    TOKEN_DUPLICATE_WRITE, // >&
};

struct token {
    enum token_kind kind;
    const char *text;
    size_t length;
    int descriptor; // of a redirection: the digits before it, -1 if there were none
    unsigned line;  // from 1 on
};

struct lexer {
    const char *script;
    const char *next;
    unsigned line;
};

void lexer_start(struct lexer *lexer, const char *script);
struct token lexer_next(struct lexer *lexer);

// The column in which a token starts, from 1 on.
size_t lexer_column(const struct lexer *lexer, const struct token *token);

// Where the quoted or substituted part at `text` ends: '...', "...", `...`, $(...), ${...}, \x. One byte for
// all else. Null: the script ends inside it.
const char *lexer_skip_part(const char *text, bool in_double_quotes);
