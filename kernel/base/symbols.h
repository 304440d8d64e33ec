// The kernel's functions by address, for backtraces. The table is made by the build from the linked kernel.
#pragma once

#include <stdint.h>

struct writer;

// The name of the function that `address` lies in, and how far behind its start; null: none.
const char *symbol_find(uint64_t address, uint64_t *offset);

// Writes "function+0x12", or the bare address where no function is known.
void symbol_write(struct writer *out, uint64_t address);

// Writes a line per call, from the frame that the frame pointer names outwards. Stops at what cannot be a kernel frame.
void backtrace_write(struct writer *out, uint64_t instruction, uint64_t frame_pointer);
