// Here-documents: their lines follow the line of the <<, one document after the other.
#include <string.h>

#include "apps/sh/parser_rules.h"

// The delimiter without its quotes; with some, the text means itself.
static void unquote(struct redirection *here) {
    char *to = here->target;
    for (const char *from = here->target; *from; from++) {
        bool quote = *from == '\'' || *from == '"' || *from == '\\';
        here->quoted |= quote;
        if (!quote)
            *to++ = *from;
    }
    *to = 0;
}

static void drop_tabs(char *text) {
    char *to = text;
    for (const char *from = text; *from;) {
        from += strspn(from, "\t");
        while (*from && *from != '\n')
            *to++ = *from++;
        if (*from)
            *to++ = *from++;
    }
    *to = 0;
}

static bool take(struct parser *parser, struct redirection *redirection) {
    struct here here;
    unquote(redirection);
    if (!lexer_take_here(&parser->lexer, redirection->target, redirection->tabs, &here))
        return false;
    redirection->target = arena_copy(parser->arena, here.text, here.length);
    redirection->here = here.text;
    redirection->here_length = here.whole_length;
    if (redirection->tabs)
        drop_tabs(redirection->target);
    return true;
}

static struct redirection *reverse(struct redirection *list) {
    struct redirection *reversed = NULL;
    while (list) {
        struct redirection *next = list->next_here;
        list->next_here = reversed;
        reversed = list;
        list = next;
    }
    return reversed;
}

void parser_take_here(struct parser *parser) {
    parser->here = reverse(parser->here);
    while (parser->here && take(parser, parser->here))
        parser->here = parser->here->next_here;
    if (parser->here)
        parser->lexer.next += strlen(parser->lexer.next);
}
