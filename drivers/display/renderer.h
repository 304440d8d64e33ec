// Draws the cells of a terminal as pixels, and only those that changed since they were last drawn.
//
// Rules: pure but for the pixels. These are written, in runs of 16 bytes, and never read: reading video memory is slow.
// A glyph in its colours is made once and kept in a cache, so that a cell costs its copying. Where the memory of the screen is
// higher than the screen and the adapter shows any part of it, text that scrolls stays where it is in that memory, and the
// surface moves down over it: a line then costs its own cells alone, and all of them each time the memory's end is reached.
#pragma once

#include "drivers/display/font.h"
#include "drivers/display/terminal.h"

enum { RENDERER_CACHE_SLOTS = 256 };

// Where pixels go: 32 bits each, blue in the lowest byte. The address and the pitch are multiples of 16 bytes.
struct surface {
    uint8_t *pixels;
    uint32_t width;
    uint32_t height;
    uint32_t pitch; // bytes from a row to the next
};

struct renderer {
    struct surface *surface; // its pixels move
    const struct font *font;
    struct terminal *terminal;
    uint64_t
        *drawn; // what each place of the screen shows, a struct cell as a word; rows from drawn_first on, in a ring
    uint32_t drawn_first;
    uint64_t *cache_keys;   // RENDERER_CACHE_SLOTS
    uint32_t *cache_pixels; // as many images of a cell
    uint32_t cursor_row;    // where the cursor was drawn
    uint32_t cursor_column;
    bool cursor_drawn;
    // Where it is set, images of cells go there instead of to the surface. They are as wide and high as the font's.
    void (*put)(uint32_t x, uint32_t y, const uint32_t *image);
    // How many lines of pixels the memory has from where the surface was at first, and what shows the screen from one of them on.
    uint32_t lines; // 0: the surface does not move
    void (*show_from)(uint32_t line);
    uint32_t line;     // where the surface is
    uint64_t scrolled; // as the terminal counts it, when the renderer last looked
};

// How many bytes of memory a renderer for this terminal and font needs.
size_t renderer_memory_size(const struct terminal *terminal, const struct font *font);

// UNSUPPORTED: a font whose width is no multiple of 4, or too large for the surface; a surface that breaks its rules.
// `memory`: of renderer_memory_size bytes, 16-byte aligned. The surface is taken to be black.
enum status renderer_create(struct renderer *renderer, struct surface *surface, const struct font *font,
                            struct terminal *terminal, void *memory);

// From now on the surface moves in so many lines, where whole cells fill it.
void renderer_let_move(struct renderer *renderer, uint32_t lines, void (*show_from)(uint32_t line));

// Brings the surface up to what the terminal holds.
void renderer_update(struct renderer *renderer);

// What is on the surface is not known any more: the next update draws all.
void renderer_forget(struct renderer *renderer);

// Makes the whole surface black.
void renderer_clear(const struct surface *surface);
