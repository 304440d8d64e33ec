// The order of lines, and the sorting of them.
#pragma once

#include "apps/sort/key.h"

// One line to be sorted. What is looked at most, the rank, stands first.
struct record {
    uint64_t rank;      // of the first key
    const char *text;   // the line, with its line end behind
    uint32_t length;    // without it
    uint32_t key_start; // of the first key, in the line
    uint32_t key_length;
};

struct order {
    const struct key *keys; // at least one
    size_t key_count;
    int separator;
    bool by_whole_line; // where all keys are equal the lines decide, byte by byte
    bool reverse;       // and that reversed
};

// Eight bytes behind the line may be read.
void record_set(struct record *record, const struct order *order, struct span line);

// Below 0, 0, above 0.
int record_compare(const struct order *order, const struct record *left, const struct record *right);

// Sorts; equal ones stay as they were. `scratch` has room for half of them.
void record_sort(const struct order *order, struct record *records, size_t count, struct record *scratch);
