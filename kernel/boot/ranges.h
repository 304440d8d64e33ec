// Lists of physical ranges: sorted by address, not overlapping, at most BOOT_RANGES_MAX long.
//
// Rules: a list that is full loses what would be added (memory is not used then), never more; an end beyond 2^64 is cut.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/boot/boot.h"

// Adds [base, base + size), merging it with what it touches.
void range_add(struct boot_range *list, uint32_t *count, uint64_t base, uint64_t size);

// Takes [base, base + size) out of whatever has parts of it.
void range_remove(struct boot_range *list, uint32_t *count, uint64_t base, uint64_t size);

// Whether one entry covers all of [base, base + size).
bool range_covers(const struct boot_range *list, uint32_t count, uint64_t base, uint64_t size);

// Cuts each entry down to whole pages and drops what is none.
void ranges_align(struct boot_range *list, uint32_t *count);

uint64_t ranges_size(const struct boot_range *list, uint32_t count);
