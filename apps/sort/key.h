// What sort orders lines by: keys, each a part of the line with its own rules.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct key_rules {
    bool numeric, reverse, fold, skip_blanks, skip_end_blanks;
    bool given; // any was: the rules for all keys do not hold for this one
};

// From character `start_character` of field `start_field` to character `end_character` of `end_field`,
// counted from 1. end_field 0: the line's end; end_character 0: the field's.
struct key {
    size_t start_field, start_character, end_field, end_character;
    struct key_rules rules;
};

struct span {
    const char *text;
    size_t length;
};

enum { SEPARATOR_BLANKS = -1 };

// Reads "FIELD[.CHARACTER][bfnr][,FIELD[.CHARACTER][bfnr]]". False: it is not that.
bool key_parse(struct key *key, const char *text);

// Sets the rule that an option's letter names. False: none does.
bool key_set_rule(struct key_rules *rules, char letter);

// The part of the line that the key means. `separator`: a character, or SEPARATOR_BLANKS.
struct span key_find(const struct key *key, struct span line, int separator);

// The order of two parts: below 0, 0, above 0; reversed where the rules say so.
int key_compare(const struct key_rules *rules, struct span left, struct span right);

// A number that never orders two parts in another way than key_compare does: unequal numbers decide, equal
// ones do not.
uint64_t key_rank(const struct key_rules *rules, struct span part);
