// The kernel's functions by address, for backtraces. The table is made by the build from the linked kernel.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct writer;

// The name of the function that `address` lies in, and how far behind its start; null: none.
const char *symbol_find(uint64_t address, uint64_t *offset);

// The function of this name; of several, the first. False: there is none.
bool symbol_find_name(const char *name, uint64_t *address);

// The functions one by one, by rising address; null: there are no more.
const char *symbol_at(uint32_t index, uint64_t *address);

// Writes "function+0x12", or the bare address where no function is known.
void symbol_write(struct writer *out, uint64_t address);

// Writes a line per call, from the frame that the frame pointer names outwards. Stops at what cannot be a kernel frame.
void backtrace_write(struct writer *out, uint64_t instruction, uint64_t frame_pointer);
