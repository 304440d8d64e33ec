// The shell's functions.
#include "apps/sh/functions.h"

#include <stdlib.h>
#include <string.h>

#include "apps/common/tool.h"
#include "apps/sh/parser.h"

struct function *functions_find(const struct functions *functions, const char *name) {
    struct function *function = functions->first;
    while (function && (function->removed || strcmp(function->name, name) != 0))
        function = function->next;
    return function;
}

static void release(struct functions *functions, struct function *function) {
    struct function **place = &functions->first;
    while (*place != function)
        place = &(*place)->next;
    *place = function->next;
    arena_release(&function->arena);
    free(function->name);
    free(function->source);
    free(function);
}

void functions_remove(struct functions *functions, const char *name) {
    struct function *function = functions_find(functions, name);
    if (!function)
        return;
    function->removed = true;
    if (!function->running)
        release(functions, function);
}

void functions_begin(struct function *function) {
    function->running++;
}

void functions_end(struct functions *functions, struct function *function) {
    if (!--function->running && function->removed)
        release(functions, function);
}

// The list of one pipeline of one function that its text is.
static const struct node *find_body(const struct node *tree) {
    const struct node *definition = tree->children->children;
    return definition->children;
}

void functions_define(struct functions *functions, const struct node *definition) {
    struct function *function = tool_allocate(1, sizeof(*function));
    struct text source = {0};
    struct parser parser;
    struct node *tree;
    tree_source(definition, &source);
    *function = (struct function){.name = string_copy(definition->words->text), .source = text_take(&source)};
    parser_start(&parser, function->source, &function->arena);
    parser_next(&parser, &tree); // it was parsed before
    function->body = find_body(tree);
    functions_remove(functions, function->name);
    function->next = functions->first;
    functions->first = function;
}

void functions_source(const struct functions *functions, struct text *text) {
    for (const struct function *function = functions->first; function; function = function->next) {
        if (function->removed)
            continue;
        text_add_string(text, function->source);
        text_add_character(text, '\n');
    }
}
