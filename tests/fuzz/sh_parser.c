// Fuzz target: the shell's lexer, parser, expansion, aliases, lines of before and regular expressions. Whatever is typed is parsed,
// told, or asked to go on, and ends.
//
// Every node's source must lie inside the script, and what was parsed from a node's source alone must parse
// again: a shell below is given it so. Build and run: ninja build/unit/fuzz-sh-parser &&
// build/unit/fuzz-sh-parser -max_total_time=60
#include <stdlib.h>
#include <string.h>

#include "apps/sh/alias.h"
#include "apps/sh/expand.h"
#include "apps/sh/expression.h"
#include "apps/sh/glob.h"
#include "apps/sh/parser.h"
#include "apps/sh/recall.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

// In place of glob.c: the files of the machine are not to be seen.
void glob_add(const char *pattern, struct strings *paths) {
    (void)pattern;
    (void)paths;
}

char *glob_unescape(const char *pattern) {
    struct text text = {0};
    for (; *pattern; pattern++) {
        if (*pattern == '\\' && pattern[1])
            pattern++;
        text_add_character(&text, *pattern);
    }
    return text_take(&text);
}

static char *substitute(void *context, const char *command) {
    (void)context;
    return strlen(command) % 2 ? string_copy(command) : NULL;
}

static void require(int condition) {
    if (!condition)
        abort();
}

static void expand_all(struct expander *expander, const struct word *words) {
    struct strings fields = {0};
    expand_words(expander, words, &fields);
    strings_release(&fields);
    for (; words; words = words->next)
        free(expand_string(expander, words->text));
}

static void reparse(const struct node *node) {
    struct arena arena = {0};
    struct parser parser;
    struct node *tree;
    struct text source = {0};
    tree_source(node, &source);
    parser_start(&parser, source.bytes, &arena);
    require(parser_next(&parser, &tree) == PARSE_DONE && tree);
    arena_release(&arena);
    text_release(&source);
}

static void check(struct expander *expander, const struct node *node, const char *script, size_t size) {
    for (; node; node = node->next) {
        require(node->source >= script && node->source + node->source_length <= script + size);
        bool over_lines = node->kind == NODE_LIST && memchr(node->source, '\n', node->source_length);
        if (node->kind != NODE_WAY && !over_lines)
            reparse(node);
        expand_all(expander, node->words);
        expand_all(expander, node->assignments);
        for (const struct redirection *to = node->redirections; to; to = to->next)
            free(expand_here(expander, to->target));
        check(expander, node->children, script, size);
    }
}

static void run(const char *script, size_t size) {
    struct variables variables = {0};
    char *arguments[] = {(char *)"sh", (char *)"one two", NULL};
    struct expander expander = {
        .variables = &variables, .arguments = arguments, .argument_count = 2, .substitute = substitute};
    struct arena arena = {0};
    struct parser parser;
    struct node *tree;
    variables_set(&variables, "x", " a *b ");
    parser_start(&parser, script, &arena);
    while (parser_next(&parser, &tree) == PARSE_DONE)
        check(&expander, tree, script, size);
    arena_release(&arena);
    variables_release(&variables);
    text_release(&expander.problem);
}

static void expand_aliases(const char *script) {
    struct aliases aliases = {0};
    aliases_set(&aliases, "a", "b ");
    aliases_set(&aliases, "b", "a; echo");
    free(aliases_expand(&aliases, script));
    strings_release(&aliases.list);
}

static void recall(const char *script) {
    struct history history = {0};
    struct text result = {0};
    history_add(&history, "echo 'a b' c");
    history_add(&history, script);
    recall_expand(&history, "", script, &result);
    text_release(&result);
    strings_release(&history.lines);
}

// The script is an expression, and what it is to be found in.
static void match(const char *script) {
    struct expression_match match;
    if (strlen(script) < 200 && expression_find(script, script, &match) == EXPRESSION_MATCHES)
        require(match.start <= match.end && match.end <= strlen(script));
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
    char *script = malloc(size + 1);
    if (!script)
        return 0;
    memcpy(script, data, size);
    script[size] = 0;
    run(script, strlen(script));
    expand_aliases(script);
    recall(script);
    match(script);
    free(script);
    return 0;
}
