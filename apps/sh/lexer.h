// Cuts a script into tokens.
//
// A word keeps its quotes, and its $ and `: expansion (expand.h) takes them out. What is open at the end of
// the script (a quote, a $( or a backslash) makes the token TOKEN_OPEN: an interactive shell asks for another
// line then.
// A here-document is no token: who took the operator and its delimiter asks for the text once the line has ended
// (lexer_take_here).
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
    TOKEN_PIPE_BOTH,       // |&
    TOKEN_AND,             // &&
    TOKEN_OR,              // ||
    TOKEN_BACKGROUND,      // &
    TOKEN_SEMICOLON,       // ;
    TOKEN_CASE_END,        // ;;
    TOKEN_LEFT,            // (
    TOKEN_RIGHT,           // )
    TOKEN_READ,            // <
    TOKEN_WRITE,           // >, >|
    TOKEN_APPEND,          // >>
    TOKEN_READ_WRITE,      // <>
    TOKEN_DUPLICATE_READ,  // <&
    TOKEN_DUPLICATE_WRITE, // >&
    TOKEN_HERE,            // <<
    TOKEN_HERE_TABS,       // <<-, tabs before its lines are dropped
    TOKEN_HERE_STRING,     // <<<
    TOKEN_WRITE_BOTH,      // &>
    TOKEN_APPEND_BOTH,     // &>>
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

// A here-document as it stands in the script.
struct here {
    const char *text; // its lines
    size_t length;
    size_t whole_length; // with the delimiter's line
};

// Takes the lines from the next one on, up to one that is the delimiter alone (with `tabs`: behind tabs). The newline
// before them was the last token. False: the script ends before.
bool lexer_take_here(struct lexer *lexer, const char *delimiter, bool tabs, struct here *here);

// The column in which a token starts, from 1 on.
size_t lexer_column(const struct lexer *lexer, const struct token *token);

// Where the quoted or substituted part at `text` ends: '...', $'...', "...", `...`, $(...), ${...}, \x. One byte for
// all else. Null: the script ends inside it.
const char *lexer_skip_part(const char *text, bool in_double_quotes);

// Where arithmetic ends whose text begins here, behind ((: behind its )). Null: it has no such end, and is none.
const char *lexer_skip_arithmetic(const char *text);

// Has the token, which was the last one, be all up to `end`, and goes on there.
void lexer_stretch(struct lexer *lexer, struct token *token, const char *end);
