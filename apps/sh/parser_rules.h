// What the files of the parser share: parser.c (lists, pipelines, simple commands), parser_compound.c (if, for, functions and
// the like) and parser_here.c (here-documents).
//
// Rules: a rule takes its tokens and returns its node; null: parser_fail was called, or, for a list, nothing stands there.
#pragma once

#include "apps/sh/parser.h"

// Goes on to the next token.
void parser_advance(struct parser *parser);
void parser_skip_newlines(struct parser *parser);

// Notes the first thing that is wrong; null. Where the script has ended, more may come.
void *parser_fail(struct parser *parser, const char *problem);

// A node whose text begins at `source`, and the same with the end of that text: behind the last token that was taken.
struct node *parser_node(struct parser *parser, enum node_kind kind, const char *source);
struct node *parser_end_node(const struct parser *parser, struct node *node);

// Whether the next token is this word as typed.
bool parser_is_word(const struct parser *parser, const char *text);
char *parser_take_text(struct parser *parser);

// Takes the next token as a word behind `*end`.
void parser_add_word(struct parser *parser, struct word ***end);
bool parser_is_at_redirection(const struct parser *parser);

// Adds one redirection at the end of the node's; false at an error.
bool parser_redirection(struct parser *parser, struct node *node);

// Up to the token that ends the list: TOKEN_NEWLINE, TOKEN_RIGHT, or TOKEN_WORD for any word of parser_is_closing and ;;
struct node *parser_list(struct parser *parser, enum token_kind end);

// One part of a pipeline.
struct node *parser_command(struct parser *parser);

// Whether the next token goes on with, or ends, a command: then, fi, done, } and the like.
bool parser_is_closing(const struct parser *parser);

// Whether the next token begins what parser_compound takes.
bool parser_begins_compound(const struct parser *parser);
struct node *parser_compound(struct parser *parser);

// NAME ( ) and the body; the name was taken as the command's only word.
struct node *parser_function(struct parser *parser, struct node *command);

// "function", NAME, perhaps ( ), and the body.
struct node *parser_named_function(struct parser *parser);

// At the end of a line: takes the lines of its here-documents. Those that have no end stay in parser->here.
void parser_take_here(struct parser *parser);
