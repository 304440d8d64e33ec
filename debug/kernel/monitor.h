// A command of the debugger's console: how it gets its words, and where it writes.
#pragma once

#include "debug/kernel/private.h"

struct monitor_call {
    struct writer *out;
    const struct debug_thread *thread; // the chosen one
    uint32_t count;                    // of the words behind the name
    const char *const *words;
};

struct monitor_command {
    const char *name, *arguments, *help;
    void (*run)(const struct monitor_call *call);
};

// A number in decimal, or in hex with 0x.
bool monitor_number(const char *text, uint64_t *value);

// monitor_waits.c
void monitor_waits(const struct monitor_call *call);
void monitor_why(const struct monitor_call *call);
