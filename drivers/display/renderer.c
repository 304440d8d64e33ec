// The renderer: which cells differ from what is drawn, and the copying of their images.
#include "drivers/display/renderer.h"

#include <string.h>

enum { PIXEL_SIZE = 4, RUN_SIZE = 16, RUN_PIXELS = RUN_SIZE / PIXEL_SIZE, BRIGHT = 8, COLOUR_COUNT = 16 };

typedef uint32_t run __attribute__((vector_size(RUN_SIZE), may_alias));

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

enum status renderer_create(struct renderer *renderer, const struct surface *surface, const struct font *font,
                            struct terminal *terminal, void *memory) {
    size_t cells = (size_t)terminal->columns * terminal->rows;
    if (!is_aligned(surface) || font->width % RUN_PIXELS || terminal->columns > surface->width / font->width ||
        terminal->rows > surface->height / font->height) {
        return STATUS_UNSUPPORTED;
    }
    *renderer = (struct renderer){.surface = *surface, .font = font, .terminal = terminal, .cache_pixels = memory};
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

static const uint32_t *image_of(struct renderer *renderer, uint64_t word) {
    struct cell cell;
    memcpy(&cell, &word, sizeof(cell));
    uint32_t look = cell.foreground * 7u ^ cell.background * 13u ^ cell.flags * 31u;
    uint32_t slot = (cell.character ^ look << 3) % RENDERER_CACHE_SLOTS;
    uint32_t *pixels = renderer->cache_pixels + slot * image_size(renderer->font);
    if (renderer->cache_keys[slot] != word) {
        make_image(renderer, cell, pixels);
        renderer->cache_keys[slot] = word;
    }
    return pixels;
}

// Eight pixels wide is what nearly all fonts are: two runs a row.
static void copy_narrow(uint8_t *target, const run *image, uint32_t height, uint32_t pitch) {
    for (uint32_t y = 0; y < height; y++, target += pitch, image += 2) {
        run *runs = (run *)target;
        runs[0] = image[0];
        runs[1] = image[1];
    }
}

static void copy_wide(uint8_t *target, const run *image, uint32_t height, uint32_t pitch, uint32_t runs_per_row) {
    for (uint32_t y = 0; y < height; y++, target += pitch) {
        run *runs = (run *)target;
        for (uint32_t i = 0; i < runs_per_row; i++) {
            runs[i] = *image++;
        }
    }
}

static void draw(struct renderer *renderer, uint32_t row, uint32_t column, uint64_t word) {
    const struct font *font = renderer->font;
    if (renderer->put) {
        renderer->put(column * font->width, row * font->height, image_of(renderer, word));
        return;
    }
    uint32_t pitch = renderer->surface.pitch, runs_per_row = font->width / RUN_PIXELS;
    size_t offset = (size_t)row * font->height * pitch + (size_t)column * font->width * PIXEL_SIZE;
    uint8_t *target = renderer->surface.pixels + offset;
    const run *image = (const run *)image_of(renderer, word);
    if (runs_per_row == 2) {
        copy_narrow(target, image, font->height, pitch);
    } else {
        copy_wide(target, image, font->height, pitch, runs_per_row);
    }
}

static void update_row(struct renderer *renderer, uint32_t row) {
    uint32_t columns = renderer->terminal->columns;
    const struct cell *cells = terminal_view_row(renderer->terminal, row);
    uint64_t *drawn = renderer->drawn + (size_t)row * columns;
    for (uint32_t column = 0; column < columns; column++) {
        uint64_t word = word_of(cells[column]);
        if (word != drawn[column]) {
            drawn[column] = word;
            draw(renderer, row, column, word);
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
        renderer->drawn[(size_t)renderer->cursor_row * terminal->columns + renderer->cursor_column] = word;
        draw(renderer, renderer->cursor_row, renderer->cursor_column, word);
    }
}

void renderer_update(struct renderer *renderer) {
    struct terminal *terminal = renderer->terminal;
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
}

// No cell is all ones.
void renderer_forget(struct renderer *renderer) {
    struct terminal *terminal = renderer->terminal;
    memset(renderer->drawn, 0xff, (size_t)terminal->columns * terminal->rows * sizeof(renderer->drawn[0]));
    for (uint32_t row = 0; row < terminal->rows; row++) {
        terminal->touched[row] = true;
    }
}
