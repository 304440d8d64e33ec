// Braces: one word as typed becomes several, a{b,c} ab and ac, {1..3} 1 2 3.
//
// Rules: braces without a comma or a range between them mean themselves, and so do quoted ones and those of ${...}. A range is of whole
// numbers, with zeros in front where an end has them, or of letters of one case, and may have a step: {1..9..2}. Pure.
#pragma once

#include "apps/sh/text.h"

enum { BRACE_MAX = 100000 }; // words that one becomes; what would be more stays as it was typed

// Whether there is anything to do.
bool brace_is_in(const char *word);

// Adds what a word becomes, as typed still: quotes and $ stand in it.
void brace_expand(const char *word, struct strings *words);
