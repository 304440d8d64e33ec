// All memory that the tested sources get: heap blocks, pages and frames, counted, and refused at will.
//
// Rules: fresh memory that need not be zeroed holds 0xa5, so that a leak of old bytes is seen. Allocating with an object's
// lock held panics (STYLE 10): only locks below RANK_OBJECT or from RANK_MEMORY on may be.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ALLOCATION_PATTERN = 0xa5 };

// From now on the n-th allocation fails (1: the next one), once; 0: none does.
void allocation_fail_at(uint32_t n);

// Whether it did. Ends the order.
bool allocation_has_failed(void);

// What is in use now.
size_t allocation_pages(void);
size_t allocation_blocks(void);

// All that the kernel takes for RAM (frame_range_is_managed): up to here.
#define ALLOCATION_RAM_END (UINT64_C(64) << 20)
