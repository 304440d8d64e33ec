// The floating-point and vector registers of threads, saved and loaded whole at each switch.
//
// Rules: an area is features.fpu_size bytes, 64-byte aligned. The kernel's own code uses none of these registers.
#pragma once

// An area with the clean state that a new program expects; null: no memory.
void *fpu_create(void);
void fpu_destroy(void *area); // null is nothing
void fpu_save(void *area);
void fpu_load(const void *area);
