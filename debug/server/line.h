// The line to GDB: the machine's third serial port, through its driver, or the program's own input and output.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/abi/status.h"

enum { LINE_GONE = -1, LINE_EMPTY = -2 };

// By the driver "debug-line". NOT_FOUND: the machine was not started with that port. BUSY: another server has it.
enum status line_open_port(void);

// By standard input and output, which must be pipes. WRONG_TYPE: they are not.
enum status line_open_pipes(void);

// Waits until everything was taken.
void line_put(const char *bytes, size_t size);

// The next byte; LINE_EMPTY: none now; LINE_GONE: nor ever again.
int line_get(void);

// EVENT_READY comes when there is a byte.
void line_watch(void);
