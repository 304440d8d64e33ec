// Whole numbers as text: formatted fast, and parsed with every wrong character and overflow noticed.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NUMBER_TEXT_SIZE = 24 }; // room for any 64-bit number with its sign and a final 0

// Writes the digits so that the last stands before `end`; returns where the first stands. No final 0.
char *number_format(char *end, uint64_t value);

// The whole text is a number of digits, at least one, that fits.
bool number_parse(const char *text, uint64_t *value);

// As number_parse, with one optional letter behind: K, M, G for 2^10, 2^20, 2^30; b for 512.
bool number_parse_size(const char *text, uint64_t *value);
