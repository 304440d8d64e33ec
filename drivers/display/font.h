// A bitmap font in the PC Screen Font format, version 1 or 2, read where it lies in memory.
//
// Rules: pure. The bytes are checked once, in font_open: every glyph and every table entry lies inside them.
#pragma once

#include "kernel/abi/status.h"

#include <stddef.h>
#include <stdint.h>

enum { FONT_DIRECT = 0x180, FONT_WIDTH_MAX = 32, FONT_HEIGHT_MAX = 64, FONT_MAP_MAX = 2048 };

struct font_entry {
    uint32_t character;
    uint32_t glyph;
};

struct font {
    const uint8_t *glyphs;
    uint32_t glyph_count;
    uint32_t glyph_size; // bytes
    uint32_t row_size;   // bytes; the leftmost pixel is the highest bit of the first
    uint32_t width;
    uint32_t height;
    uint32_t missing;                    // the glyph for characters that the font lacks
    uint16_t direct[FONT_DIRECT];        // glyphs of the first characters
    struct font_entry map[FONT_MAP_MAX]; // of the others, by rising character
    uint32_t map_count;
};

// CORRUPT: it is no such font, or contradicts itself. UNSUPPORTED: glyphs larger than FONT_WIDTH_MAX, FONT_HEIGHT_MAX.
enum status font_open(struct font *font, const void *bytes, size_t size);

// The glyph that shows a character.
uint32_t font_glyph_of(const struct font *font, uint32_t character);

// The pixels of a glyph, row by row.
static inline const uint8_t *font_glyph_pixels(const struct font *font, uint32_t glyph) {
    return font->glyphs + (size_t)glyph * font->glyph_size;
}
