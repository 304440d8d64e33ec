// What a key types on a terminal: the bytes that programs on terminals know since long.
//
// Rules: pure.
#pragma once

#include "kernel/abi/event.h"

#include <stddef.h>

enum { KEYS_BYTES_MAX = 12 };

enum { KEYS_INTERRUPT = 0x03, KEYS_QUIT = 0x1c }; // Ctrl-C and Ctrl-\ as bytes

// Writes the bytes of a keyboard event to `bytes` (KEYS_BYTES_MAX); says how many, 0 for keys that type nothing and for
// keys that went up.
size_t keys_bytes_of(const EVENT *event, char *bytes);
