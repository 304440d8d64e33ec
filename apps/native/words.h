// The kernel's constants in words, and times as people read them.
#pragma once

#include <kernel/abi/types.h>

#include "apps/common/output.h"

enum { DURATION_TEXT_SIZE = 32 };

// "pipe", "process", ...; "?" for none.
const char *words_object_kind(uint32_t kind);

// The kind of this name, OBJECT_ANY if there is none.
uint32_t words_kind_named(const char *name);

// "for data in a pipe", ...; "for something" for none.
const char *words_wait_reason(uint32_t reason);
const char *words_account_item(uint32_t item);
const char *words_gate_kind(uint32_t kind);
const char *words_thread_state(uint32_t state);

// "250 us", "1.5 s", "3 min 20 s"; a final 0 behind.
const char *words_duration(uint64_t nanoseconds, char text[DURATION_TEXT_SIZE]);
