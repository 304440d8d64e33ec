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

// Adds the source without the lines of others' here-documents, which lie one behind the other.
static void add_own(const struct node *node, struct text *text) {
    const struct redirection *last = node->pending, *first = last;
    const char *end = node->source + node->source_length;
    while (first && first->here_before)
        first = first->here_before;
    if (!first || !first->here || !last->here || first->here >= end) {
        text_add(text, node->source, node->source_length);
        return;
    }
    const char *behind = last->here + last->here_length;
    text_add(text, node->source, (size_t)(first->here - node->source));
    if (behind < end)
        text_add(text, behind, (size_t)(end - behind));
}

void tree_source(const struct node *node, struct text *text) {
    add_own(node, text);
    text_add_string(text, node->errors_too ? " 2>&1" : "");
    size_t before = text->length;
    text_add_character(text, '\n');
    add_here(node, node, text);
    if (text->length == before + 1)
        text_remove(text, before, 1);
}
