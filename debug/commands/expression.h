// The values that a person types at the debugger: numbers, names, registers, memory, and sums of these.
//
//   42   0x2a   'a'   main   main+0x10   $rip   *($rsp+8)   (1<<12)-1
//
// Operators as in C, 64 bits without sign: | & << >> + - * / %, and before a value - ~ and * (the eight bytes in memory there).
// Rules: pure; what names and memory are is the scope's to say. Depth is bounded.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct expression_scope {
    void *context;
    bool (*symbol)(void *context, const char *name, size_t length, uint64_t *value);
    bool (*reg)(void *context, const char *name, size_t length, uint64_t *value); // without the $
    bool (*memory)(void *context, uint64_t address, uint64_t *value);
};

// Null: `value` is that of the whole text. Else what is wrong; *at is where.
const char *expression_read(const char *text, const struct expression_scope *scope, uint64_t *value, const char **at);
