// The renderer: which cells differ from what is drawn, and the copying of their images.
#include "drivers/display/renderer.h"

#include <string.h>

enum { PIXEL_SIZE = 4, RUN_SIZE = 16, RUN_PIXELS = RUN_SIZE / PIXEL_SIZE, NARROW = 8, BRIGHT = 8, COLOUR_COUNT = 16 };

typedef uint32_t run __attribute__((vector_size(RUN_SIZE), may_alias));
typedef uint64_t words_of_cells __attribute__((may_alias));

static const uint32_t palette[COLOUR_COUNT] = {
    0x000000, 0xcd3131, 0x26a269, 0xc7a034, 0x3465a4, 0xa347ba, 0x2aa1b3, 0xd0cfcc,
    0x5e5c64, 0xf66151, 0x33da7a, 0xf9f06b, 0x62a0ea, 0xdc8add, 0x4fd6e0, 0xffffff,
};

static uint32_t image_size(const struct font *font) {
    return font->width * font->height;
}

size_t renderer_memory_size(const struct terminal *terminal, const struct font *font) {
    size_t cells = (size_t)terminal->columns * terminal->rows;
    return RENDERER_CACHE_SLOTS * (image_size(font) * PIXEL_SIZE + sizeof(uint64_t)) + cells * sizeof(uint64_t);
}

static bool is_aligned(const struct surface *surface) {
    return (uintptr_t)surface->pixels % RUN_SIZE == 0 && surface->pitch % RUN_SIZE == 0 &&
           surface->pitch / PIXEL_SIZE >= surface->width;
}

static uint64_t word_of(struct cell cell) {
    uint64_t word;
    memcpy(&word, &cell, sizeof(word));
    return word;
}

enum status renderer_create(struct renderer *renderer, struct surface *surface, const struct font *font,
                            struct terminal *terminal, void *memory) {
    size_t cells = (size_t)terminal->columns * terminal->rows;
    if (!is_aligned(surface) || font->width % RUN_PIXELS || terminal->columns > surface->width / font->width ||
        terminal->rows > surface->height / font->height) {
        return STATUS_UNSUPPORTED;
    }
    *renderer = (struct renderer){.surface = surface, .font = font, .terminal = terminal, .cache_pixels = memory};
    renderer->cache_keys = (uint64_t *)(renderer->cache_pixels + RENDERER_CACHE_SLOTS * image_size(font));
    renderer->drawn = renderer->cache_keys + RENDERER_CACHE_SLOTS;
    memset(renderer->cache_keys, 0xff, RENDERER_CACHE_SLOTS * sizeof(uint64_t));
    uint64_t black = word_of((struct cell){' ', TERMINAL_FOREGROUND, TERMINAL_BACKGROUND, 0, 0});
    for (size_t i = 0; i < cells; i++) {
        renderer->drawn[i] = black;
    }
    return STATUS_OK;
}

void renderer_clear(const struct surface *surface) {
    for (uint32_t row = 0; row < surface->height; row++) {
        run *runs = (run *)(surface->pixels + (size_t)row * surface->pitch);
        for (uint32_t i = 0; i < surface->pitch / RUN_SIZE; i++) {
            runs[i] = (run){0};
        }
    }
}

static void make_row(uint32_t *pixels, const uint8_t *bits, uint32_t width, const uint32_t colours[2]) {
    for (uint32_t x = 0; x < width; x++) {
        pixels[x] = colours[bits[x / 8] >> (7 - x % 8) & 1];
    }
}

// The image of a cell: the glyph in its colours. Bold is shown by a bright foreground.
static void make_image(const struct renderer *renderer, struct cell cell, uint32_t *pixels) {
    const struct font *font = renderer->font;
    const uint8_t *bits = font_glyph_pixels(font, font_glyph_of(font, cell.character));
    bool reverse = cell.flags & CELL_REVERSE;
    uint32_t bright = cell.flags & CELL_BOLD ? BRIGHT : 0;
    uint32_t foreground = palette[(cell.foreground | bright) % COLOUR_COUNT];
    uint32_t background = palette[cell.background % COLOUR_COUNT];
    uint32_t colours[2] = {reverse ? foreground : background, reverse ? background : foreground};
    static const uint8_t full[FONT_WIDTH_MAX / 8] = {0xff, 0xff, 0xff, 0xff};
    for (uint32_t y = 0; y < font->height; y++) {
        bool underline = cell.flags & CELL_UNDERLINE && y == font->height - 2;
        make_row(pixels + y * font->width, underline ? full : bits + y * font->row_size, font->width, colours);
    }
}

static __attribute__((noinline)) void fill_slot(struct renderer *renderer, uint32_t slot, uint64_t word) {
    struct cell cell;
    memcpy(&cell, &word, sizeof(cell));
    make_image(renderer, cell, renderer->cache_pixels + slot * image_size(renderer->font));
    renderer->cache_keys[slot] = word;
}

// Characters of one look, and below 256, each have a slot of their own.
static inline const uint32_t *image_of(struct renderer *renderer, uint64_t word, uint32_t size) {
    uint32_t look = (uint32_t)(word >> 32);
    uint8_t slot = (uint8_t)((uint32_t)word ^ (look * 0x9e3779b1u) >> 24);
    if (renderer->cache_keys[slot] != word) {
        fill_slot(renderer, slot, word);
    }
    return renderer->cache_pixels + (size_t)slot * size;
}

static inline void copy_row(uint8_t *target, const run *image) {
    run *runs = (run *)target;
    runs[0] = image[0];
    runs[1] = image[1];
}

// Eight pixels wide is what nearly all fonts are: two runs a row. Eight rows at a time, so that a row costs its four moves.
static inline void copy_narrow(uint8_t *target, const run *image, uint32_t height, size_t pitch) {
    for (; height >= 8; height -= 8, target += 8 * pitch, image += 16) {
        copy_row(target, image);
        copy_row(target + pitch, image + 2);
        copy_row(target + 2 * pitch, image + 4);
        copy_row(target + 3 * pitch, image + 6);
        copy_row(target + 4 * pitch, image + 8);
        copy_row(target + 5 * pitch, image + 10);
        copy_row(target + 6 * pitch, image + 12);
        copy_row(target + 7 * pitch, image + 14);
    }
    for (; height > 0; height--, target += pitch, image += 2) {
        copy_row(target, image);
    }
}

static void copy_wide(uint8_t *target, const run *image, uint32_t height, size_t pitch, uint32_t runs_per_row) {
    for (uint32_t y = 0; y < height; y++, target += pitch) {
        run *runs = (run *)target;
        for (uint32_t i = 0; i < runs_per_row; i++) {
            runs[i] = *image++;
        }
    }
}

static void draw(struct renderer *renderer, uint32_t row, uint32_t column, uint64_t word) {
    const struct font *font = renderer->font;
    const uint32_t *image = image_of(renderer, word, image_size(font));
    if (renderer->put) {
        renderer->put(column * font->width, row * font->height, image);
        return;
    }
    size_t pitch = renderer->surface->pitch;
    uint8_t *target =
        renderer->surface->pixels + row * font->height * pitch + (size_t)column * font->width * PIXEL_SIZE;
    copy_wide(target, (const run *)image, font->height, pitch, font->width / RUN_PIXELS);
}

// As draw, for all that changed in a row, where most of a screen's time goes: straight to the surface, of a narrow font.
static void update_row_narrow(struct renderer *renderer, uint32_t row, const words_of_cells *words, uint64_t *drawn) {
    uint32_t height = renderer->font->height, size = image_size(renderer->font);
    size_t pitch = renderer->surface->pitch;
    uint8_t *target = renderer->surface->pixels + row * height * pitch;
    for (const words_of_cells *end = words + renderer->terminal->columns; words != end; words++, drawn++) {
        if (*words != *drawn) {
            *drawn = *words;
            copy_narrow(target, (const run *)image_of(renderer, *words, size), height, pitch);
        }
        target += NARROW * PIXEL_SIZE;
    }
}

static uint64_t *drawn_row(const struct renderer *renderer, uint32_t row) {
    uint32_t place = renderer->drawn_first + row, rows = renderer->terminal->rows;
    return renderer->drawn + (size_t)(place < rows ? place : place - rows) * renderer->terminal->columns;
}

static void update_row(struct renderer *renderer, uint32_t row) {
    uint32_t columns = renderer->terminal->columns;
    const words_of_cells *words = (const words_of_cells *)terminal_view_row(renderer->terminal, row);
    uint64_t *drawn = drawn_row(renderer, row);
    if (!renderer->put && renderer->font->width == NARROW) {
        update_row_narrow(renderer, row, words, drawn);
        return;
    }
    for (uint32_t column = 0; column < columns; column++) {
        if (words[column] != drawn[column]) {
            drawn[column] = words[column];
            draw(renderer, row, column, words[column]);
        }
    }
}

// The cursor is its cell in reverse, drawn over it.
static void draw_cursor(struct renderer *renderer) {
    const struct terminal *terminal = renderer->terminal;
    renderer->cursor_row = terminal->cursor.row;
    renderer->cursor_column = terminal->cursor.column;
    renderer->cursor_drawn = terminal->cursor_shown && terminal->view == 0;
    if (renderer->cursor_drawn) {
        struct cell cell = terminal_row(terminal, renderer->cursor_row)[renderer->cursor_column];
        cell.flags ^= CELL_REVERSE;
        uint64_t word = word_of(cell);
        drawn_row(renderer, renderer->cursor_row)[renderer->cursor_column] = word;
        draw(renderer, renderer->cursor_row, renderer->cursor_column, word);
    }
}

// ---- the surface that moves ----

void renderer_let_move(struct renderer *renderer, uint32_t lines, void (*show_from)(uint32_t line)) {
    const struct terminal *terminal = renderer->terminal;
    const struct font *font = renderer->font;
    bool whole = terminal->rows * font->height == renderer->surface->height &&
                 terminal->columns * font->width == renderer->surface->width;
    renderer->lines = whole ? lines : 0;
    renderer->show_from = show_from;
}

// No cell is all ones.
static void forget_rows(struct renderer *renderer, uint32_t row, uint32_t count) {
    for (uint32_t end = row + count; row < end; row++) {
        memset(drawn_row(renderer, row), 0xff, renderer->terminal->columns * sizeof(renderer->drawn[0]));
    }
}

static void move_to(struct renderer *renderer, uint32_t line) {
    renderer->surface->pixels += ((ptrdiff_t)line - renderer->line) * renderer->surface->pitch;
    renderer->line = line;
}

// Where there is room for as many rows below as the text has moved up, the surface follows it. What comes in there is not known.
static void follow_scrolling(struct renderer *renderer) {
    uint32_t rows = renderer->terminal->rows, height = renderer->font->height;
    uint64_t count = renderer->terminal->scrolled - renderer->scrolled;
    renderer->scrolled += count;
    if (count == 0 || count >= rows || renderer->lines == 0 || renderer->put) {
        return;
    }
    uint32_t line = renderer->line + (uint32_t)count * height;
    if (line + rows * height <= renderer->lines) {
        move_to(renderer, line);
        renderer->drawn_first = (renderer->drawn_first + (uint32_t)count) % rows;
        forget_rows(renderer, rows - (uint32_t)count, (uint32_t)count);
    } else {
        move_to(renderer, 0);
        forget_rows(renderer, 0, rows);
    }
}

// The screen is turned to where the surface is when all is drawn there.
void renderer_update(struct renderer *renderer) {
    struct terminal *terminal = renderer->terminal;
    uint32_t line = renderer->line;
    follow_scrolling(renderer);
    if (renderer->cursor_drawn) {
        terminal->touched[renderer->cursor_row] = true;
    }
    for (uint32_t row = 0; row < terminal->rows; row++) {
        if (terminal->touched[row]) {
            terminal->touched[row] = false;
            update_row(renderer, row);
        }
    }
    draw_cursor(renderer);
    if (renderer->line != line) {
        renderer->show_from(renderer->line);
    }
}

void renderer_forget(struct renderer *renderer) {
    forget_rows(renderer, 0, renderer->terminal->rows);
    memset(renderer->terminal->touched, true, renderer->terminal->rows * sizeof(renderer->terminal->touched[0]));
}
