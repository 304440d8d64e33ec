// The descriptor tables: segments, task state with its stacks, and the gates of all interrupt vectors.
#pragma once

#include <stdint.h>

struct processor;

// Builds the gates, the same for all CPUs. Once.
void descriptors_start(void);

// Builds the CPU's segments and task state and loads all tables. Leaves gs base as it was.
void descriptors_load(struct processor *processor);

// Gives a vector a stack of its own from now on: `top` for IST number `stack` (1 to 7) of this CPU.
void descriptors_set_stack(struct processor *processor, uint32_t stack, uint64_t top);

// Lets the vectors that need a stack of their own use it. When the first CPU has them; others get theirs before they start.
void descriptors_use_stacks(void);
