// What head and tail share: the options that say how much of each file is wanted, and the file names between the parts.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct input;

struct part_options {
    uint64_t count; // of lines, or bytes
    bool in_bytes;
    bool marked;  // the count had the tool's own mark before it, which turns its meaning round
    bool quiet;   // no file names
    bool verbose; // file names always
    bool follows; // -f was given
};

#define PART_OPTIONS "#n:c:qv" // of struct tool

// Reads the options, up to the operands. A count starts as 10; '-' and '+' before one mean nothing but `mark`.
void part_read_options(struct part_options *options, char mark);

// "==> NAME <==", behind an empty line unless it is the first.
void part_write_name(const char *name, bool is_first);

// Has `copy` write its part of each operand, or of standard input, with the names between them.
void part_of_each(const struct part_options *options, void (*copy)(struct input *input));
