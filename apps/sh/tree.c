// The script's text of a tree.
#include "apps/sh/tree.h"

#include "apps/sh/text.h"

static void add_here(const struct node *root, const struct node *node, struct text *text) {
    const char *end = root->source + root->source_length;
    for (const struct node *child = node->children; child; child = child->next)
        add_here(root, child, text);
    for (const struct redirection *redirection = node->redirections; redirection; redirection = redirection->next)
        if (redirection->here && redirection->here >= end)
            text_add(text, redirection->here, redirection->here_length);
}

void tree_source(const struct node *node, struct text *text) {
    text_add(text, node->source, node->source_length);
    size_t before = text->length;
    text_add_character(text, '\n');
    add_here(node, node, text);
    if (text->length == before + 1)
        text_remove(text, before, 1);
}
