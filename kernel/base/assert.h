// Assertions: a mistake of the kernel's own stops the machine with a sentence. A program's mistake never gets here.
#pragma once

#include <build_kind.h>

// Stops the machine: says where, what, registers and a symbolised backtrace. `format` as writer_format (kernel/base/writer.h).
_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2), cold));

#define PARLEY_STRING_(x) #x
#define PARLEY_STRING(x) PARLEY_STRING_(x)

// Always checked.
#define assert(condition)                                                                                              \
    (__builtin_expect(!!(condition), 1) ? (void)0                                                                      \
                                        : panic("%s", __FILE__ ":" PARLEY_STRING(__LINE__) ": expected " #condition))

// Checked in debug builds only: for what a fast path would feel.
#define assert_debug(condition)                                                                                        \
    do {                                                                                                               \
        if (BUILD_CHECKS)                                                                                              \
            assert(condition);                                                                                         \
    } while (0)
