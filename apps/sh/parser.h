// Makes trees of a script, one line (or as many as it goes on over) at a time.
//
//   list:     and_or { (";" | "&" | newline) and_or }
//   and_or:   pipeline { ("&&" | "||") pipeline }
//   pipeline: {"!" | "time"} command { ("|" | "|&") command }
//   command:  { assignment | word | redirection }   or   compound { redirection }   or   NAME "(" ")" compound
//             or   "function" NAME [ "(" ")" ] compound
//   compound: "(" list ")"   or   "{" list "}"   or   "if" list "then" list { "elif" ... } [ "else" list ] "fi"
//             or   ( "while" | "until" ) list "do" list "done"   or   "for" NAME [ "in" words ] "do" list "done"
//             or   "case" word "in" { ["("] pattern { "|" pattern } ")" [ list ] ";;" } "esac"
//             or   "((" arithmetic "))"   or   "[[" words "]]"   or   "for" "((" [arithmetic] ";" [..] ";" [..] "))" [ ";" ] ...
//
// Words in quotes here mean themselves only where a command may begin, and `time` only before one: with an option, or alone, it
// is the tool. The lines of a here-document follow the line of its <<.
// Rules: pure. The script must stay where it is as long as a tree is used: nodes point to their source.
#pragma once

#include "apps/sh/arena.h"
#include "apps/sh/lexer.h"
#include "apps/sh/tree.h"

enum parse_result {
    PARSE_DONE,  // a list; `tree` is null where the line was empty
    PARSE_END,   // the script has ended
    PARSE_OPEN,  // the script ends where more must come
    PARSE_WRONG, // `problem` and `found` say what
};

enum { PARSE_DEPTH_MAX = 100 }; // commands inside each other

struct parser {
    struct lexer lexer;
    struct token token; // the next one
    const char *end;    // of the last one that was taken
    struct arena *arena;
    bool failed, open;
    unsigned depth;           // of commands inside each other
    struct redirection *here; // those whose lines follow, the last first
    const char *problem;
    struct token found; // where it was noticed
};

void parser_start(struct parser *parser, const char *script, struct arena *arena);

// Parses up to the next line end.
enum parse_result parser_next(struct parser *parser, struct node **tree);

// Whether a word as typed assigns a variable: NAME=... or NAME+=...
bool parser_is_assignment(const char *text, size_t length);
