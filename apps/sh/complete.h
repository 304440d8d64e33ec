// What a word that is being typed could become: the names of programs where a command stands, else those of files.
#pragma once

#include "apps/sh/text.h"

struct completion {
    size_t start;         // where the word begins in the line
    struct strings words; // what it could become, sorted; directories end with a slash
    struct text common;   // what all of these begin with
};

// `path`: $PATH. The caller releases the completion.
void complete(const char *line, size_t cursor, const char *path, struct completion *completion);
void completion_release(struct completion *completion);

// A word as it must be typed: a backslash before what has a meaning. In memory of the caller's.
char *complete_quote(const char *word);
