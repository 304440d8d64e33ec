// What a program on a terminal asks of its console (<parley/console.h>).
#pragma once

#include <parley/console.h>
#include <parley/status.h>

// Sets the mode of the job in the foreground; `before`: what it was, to be set again at the end. NOT_FOUND: this program has
// no console. DENIED: CONSOLE_EVENTS for a program in the background. UNSUPPORTED: CONSOLE_EVENTS without a keyboard.
enum status console_set_mode(uint32_t mode, uint32_t *before);
