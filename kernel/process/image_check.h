// Reading an ELF64 program's headers: every field checked, nothing touched, so that a broken or hostile file is BAD_IMAGE.
//
// Rules: pure functions over the first bytes of the file. What they accept: x86-64, static PIE or fixed addresses, loadable segments in
// rising order that share no page, none both writable and executable, the entry inside an executable one, the program headers inside a
// loaded one. Addresses in the plan are those of the file (a PIE starts near 0).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/abi/status.h"

enum { IMAGE_SEGMENTS_MAX = 12, IMAGE_HEADERS_MAX = 32 };

// One loadable segment, in whole pages but for what the file does not fill.
struct image_segment {
    uint64_t base, end;   // page-aligned
    uint64_t file_offset; // page-aligned, of `base`
    uint64_t file_end;    // address up to which the file fills it; above are zeros. May be `base`
    uint32_t protection;  // enum protection
};

struct image_plan {
    bool is_fixed;      // at these very addresses, else anywhere
    uint64_t base, end; // page-aligned, over all segments
    uint64_t entry;
    uint64_t headers; // address of the program headers
    uint32_t header_count;
    uint32_t segment_count;
    struct image_segment segments[IMAGE_SEGMENTS_MAX];
};

// `start`: the first `size` bytes of a file of `file_size`, with all headers in them. OK or BAD_IMAGE.
enum status image_check(const void *start, size_t size, uint64_t file_size, struct image_plan *plan);
