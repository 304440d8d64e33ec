// The font parser and the renderer, with the packaged font and with broken ones.
#include "drivers/display/renderer.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 6, ROWS = 3, WIDTH = 8, HEIGHT = 16 };

static uint8_t bytes[1 << 16];
static size_t size;
static struct font font;
static struct terminal terminal;
static struct renderer renderer;
static struct surface surface;
static void *terminal_memory, *renderer_memory;
static uint8_t *screen_memory;

static void read_font(void) {
    FILE *file = fopen("build/packages/font.psf", "rb");
    cr_assert(file, "run from the root of the tree, after the build");
    size = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
}

static void setup(void) {
    read_font();
    cr_assert_eq(font_open(&font, bytes, size), STATUS_OK);
    terminal_memory = malloc(terminal_memory_size(COLUMNS, ROWS));
    terminal_create(&terminal, COLUMNS, ROWS, terminal_memory);
    surface = (struct surface){.width = COLUMNS * WIDTH + 5, .height = ROWS * HEIGHT + 3, .pitch = 256};
    surface.pixels = screen_memory = aligned_alloc(16, surface.pitch * surface.height);
    memset(surface.pixels, 0, surface.pitch * surface.height);
    renderer_memory = aligned_alloc(16, (renderer_memory_size(&terminal, &font) + 15) / 16 * 16);
    cr_assert_eq(renderer_create(&renderer, &surface, &font, &terminal, renderer_memory), STATUS_OK);
}

static void teardown(void) {
    free(terminal_memory);
    free(renderer_memory);
    free(screen_memory);
}

TestSuite(font, .init = read_font);
TestSuite(renderer, .init = setup, .fini = teardown);

Test(font, the_packaged_font_has_latin_letters_and_says_what_it_lacks) {
    cr_assert_eq(font_open(&font, bytes, size), STATUS_OK);
    cr_assert_eq(font.width, WIDTH);
    cr_assert_eq(font.height, HEIGHT);
    cr_assert_neq(font_glyph_of(&font, 'A'), font.missing);
    cr_assert_neq(font_glyph_of(&font, 0xe9), font.missing);
    cr_assert_neq(font_glyph_of(&font, 0x2500), font.missing); // a line of a box, beyond the direct table
    cr_assert_eq(font_glyph_of(&font, 0x4e00), font.missing);
    cr_assert_eq(font_glyph_of(&font, 0x10ffff), font.missing);
}

Test(font, every_cut_of_the_font_is_refused_or_stays_inside) {
    for (size_t cut = 0; cut < size; cut += 7) {
        uint8_t *copy = malloc(cut ? cut : 1);
        memcpy(copy, bytes, cut);
        if (font_open(&font, copy, cut) == STATUS_OK) {
            uint8_t sum = 0;
            for (uint32_t c = 0; c < 0x3000; c++) {
                sum += font_glyph_pixels(&font, font_glyph_of(&font, c))[font.glyph_size - 1];
            }
            cr_assert_geq(cut, 4 + 256 * 16, "%u", sum);
        }
        free(copy);
    }
}

static void write_psf2(uint32_t glyphs, uint32_t glyph_size, uint32_t height, uint32_t width) {
    uint32_t header[8] = {0x864ab572, 0, 32, 1, glyphs, glyph_size, height, width};
    memset(bytes, 0, sizeof(bytes));
    memcpy(bytes, header, sizeof(header));
}

Test(font, version_2_with_its_table) {
    write_psf2(2, 32, 16, 12);
    memcpy(bytes + 32 + 64,
           "A\xc3\xa9\xff"
           "B\xfe"
           "CD\xff",
           9);
    cr_assert_eq(font_open(&font, bytes, 32 + 64 + 9), STATUS_OK);
    cr_assert_eq(font.width, 12);
    cr_assert_eq(font_glyph_of(&font, 'A'), 0);
    cr_assert_eq(font_glyph_of(&font, 0xe9), 0);
    cr_assert_eq(font_glyph_of(&font, 'B'), 1);
    cr_assert_eq(font_glyph_of(&font, 'C'), font.missing); // only in a series with D
}

Test(font, contradictions_are_refused) {
    write_psf2(2, 8, 16, 8);
    cr_assert_eq(font_open(&font, bytes, 4096), STATUS_CORRUPT); // a glyph smaller than its rows
    write_psf2(0, 16, 16, 8);
    cr_assert_eq(font_open(&font, bytes, 4096), STATUS_CORRUPT);
    write_psf2(UINT32_MAX, 16, 16, 8);
    cr_assert_eq(font_open(&font, bytes, 4096), STATUS_CORRUPT);
    write_psf2(2, UINT32_MAX, 16, 8);
    cr_assert_eq(font_open(&font, bytes, 4096), STATUS_CORRUPT);
    write_psf2(2, 16, 16, 64);
    cr_assert_eq(font_open(&font, bytes, 4096), STATUS_UNSUPPORTED);
    write_psf2(2, 4096, 4096, 8);
    cr_assert_eq(font_open(&font, bytes, sizeof(bytes)), STATUS_UNSUPPORTED);
    write_psf2(2, 16, 16, 8);
    bytes[8] = 255;
    cr_assert_eq(font_open(&font, bytes, 64), STATUS_CORRUPT); // a header beyond the end
    cr_assert_eq(font_open(&font, "nothing", 7), STATUS_CORRUPT);
    cr_assert_eq(font_open(&font, "", 0), STATUS_CORRUPT);
}

static void put(const char *text) {
    terminal_write(&terminal, text, strlen(text));
}

static uint32_t pixel(uint32_t x, uint32_t y) {
    return ((uint32_t *)(surface.pixels + y * surface.pitch))[x];
}

// Whether the place shows the glyph of the character in these colours.
static bool shows(uint32_t column, uint32_t row, uint32_t character, uint32_t foreground, uint32_t background) {
    const uint8_t *glyph = font_glyph_pixels(&font, font_glyph_of(&font, character));
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            uint32_t expected = glyph[y] >> (7 - x) & 1 ? foreground : background;
            if (pixel(column * WIDTH + x, row * HEIGHT + y) != expected) {
                return false;
            }
        }
    }
    return true;
}

enum { GREY = 0xd0cfcc, BLACK = 0, RED = 0xcd3131 };

Test(renderer, text_is_shown_in_its_colours) {
    put("A\x1b[31mB\x1b[7mC\x1b[m");
    renderer_update(&renderer);
    cr_assert(shows(0, 0, 'A', GREY, BLACK));
    cr_assert(shows(1, 0, 'B', RED, BLACK));
    cr_assert(shows(2, 0, 'C', BLACK, RED));
}

Test(renderer, the_cursor_is_its_cell_in_reverse_and_moves_away_whole) {
    put("A\b");
    renderer_update(&renderer);
    cr_assert(shows(0, 0, 'A', BLACK, GREY));
    put("\x1b[2;2H");
    renderer_update(&renderer);
    cr_assert(shows(0, 0, 'A', GREY, BLACK));
    cr_assert(shows(1, 1, ' ', BLACK, GREY));
    put("\x1b[?25l");
    renderer_update(&renderer);
    cr_assert(shows(1, 1, ' ', GREY, BLACK));
}

Test(renderer, only_cells_that_changed_are_drawn) {
    put("ABC\x1b[3;1H");
    renderer_update(&renderer);
    memset(surface.pixels, 0x55, surface.pitch * surface.height);
    put("\x1b[1;2HX\x1b[3;1H");
    renderer_update(&renderer);
    cr_assert(shows(1, 0, 'X', GREY, BLACK));
    cr_assert_eq(pixel(0, 0), 0x55555555);
    cr_assert_eq(pixel(2 * WIDTH, 0), 0x55555555);
}

Test(renderer, after_any_changes_the_screen_shows_what_the_terminal_holds) {
    static const char pieces[][12] = {"hello",   "\n",   "\x1b[A",    "\x1b[L", "\x1b[M", "\x1b[H",
                                      "\x1b[2J", "wxyz", "\x1b[2;3r", "\x1b[r", "\x1bM",  "\x1b[K"};
    srandom(3);
    for (int round = 0; round < 500; round++) {
        put(pieces[(unsigned)random() % 12]);
        if (random() % 4 == 0) {
            renderer_update(&renderer);
        }
    }
    put("\x1b[?25l");
    renderer_update(&renderer);
    for (uint32_t row = 0; row < ROWS; row++) {
        for (uint32_t column = 0; column < COLUMNS; column++) {
            cr_assert(shows(column, row, terminal_row(&terminal, row)[column].character, GREY, BLACK));
        }
    }
}

// ---- a surface that moves over a memory that is higher ----

enum { LINES = 4 * ROWS * HEIGHT, BESIDE = 0x55555555 };

static uint32_t shown_from;

static void note_line(uint32_t line) {
    shown_from = line;
}

static void let_move(void) {
    free(screen_memory);
    surface.width = COLUMNS * WIDTH;
    surface.height = ROWS * HEIGHT;
    surface.pixels = screen_memory = aligned_alloc(16, surface.pitch * (LINES + 1));
    memset(screen_memory, 0, surface.pitch * LINES);
    memset(screen_memory + surface.pitch * LINES, 0x55, surface.pitch);
    renderer_let_move(&renderer, LINES, note_line);
    shown_from = 0;
}

static bool shows_all(void) {
    bool good = surface.pixels == screen_memory + shown_from * surface.pitch;
    for (uint32_t row = 0; row < ROWS; row++) {
        for (uint32_t column = 0; column < COLUMNS; column++) {
            good &= shows(column, row, terminal_row(&terminal, row)[column].character, GREY, BLACK);
        }
    }
    return good;
}

Test(renderer, a_line_that_scrolls_in_is_all_that_is_drawn_where_the_surface_moves) {
    let_move();
    put("\x1b[?25lab\ncd\nef");
    renderer_update(&renderer);
    memset(surface.pixels, 0x55, surface.pitch * surface.height);
    put("\ngh");
    renderer_update(&renderer);
    cr_assert_eq(shown_from, HEIGHT);
    cr_assert(shows(0, 2, 'g', GREY, BLACK));
    cr_assert(shows(5, 2, ' ', GREY, BLACK), "the blanks too: what lay there is not known");
    cr_assert_eq(pixel(0, 0), BESIDE);
    cr_assert_eq(pixel(COLUMNS * WIDTH - 1, 2 * HEIGHT - 1), BESIDE);
}

Test(renderer, wherever_the_surface_has_moved_it_shows_what_the_terminal_holds) {
    static const char pieces[][12] = {"hello",   "\n",        "\n\n",    "ab\ncd\n", "\x1b[H",
                                      "\x1b[2J", "\x1b[3;1H", "\x1b[2S", "\x1bM"};
    uint32_t highest = 0;
    let_move();
    put("\x1b[?25l");
    srandom(5);
    for (int round = 0; round < 2000; round++) {
        put(pieces[(unsigned)random() % 9]);
        if (random() % 3 == 0) {
            renderer_update(&renderer);
            cr_assert(shows_all(), "round %d", round);
            highest = shown_from > highest ? shown_from : highest;
        }
    }
    cr_assert_gt(highest, LINES - ROWS * HEIGHT - 2 * HEIGHT, "it went to the memory's end");
    cr_assert_eq(*(uint32_t *)(screen_memory + surface.pitch * LINES), BESIDE, "and not beyond");
}

Test(renderer, a_surface_that_cells_do_not_fill_stays) {
    renderer_let_move(&renderer, LINES, note_line);
    put("a\nb\nc\nd\ne");
    renderer_update(&renderer);
    cr_assert_eq(surface.pixels, screen_memory);
    cr_assert(shows(0, 2, 'e', BLACK, GREY) || shows(0, 2, 'e', GREY, BLACK));
}

static uint32_t images_put, last_x, last_y;

static void note_image(uint32_t x, uint32_t y, const uint32_t *image) {
    images_put++;
    last_x = x;
    last_y = y;
    cr_assert_eq(image[0], image[WIDTH * HEIGHT - 1], "a blank in one colour");
}

Test(renderer, images_go_to_who_takes_them_and_all_of_them_after_forgetting) {
    renderer.put = note_image;
    put("\x1b[3;6H ");
    renderer_update(&renderer);
    cr_assert_eq(images_put, 1, "the cursor");
    cr_assert_eq(last_x, (COLUMNS - 1) * WIDTH);
    cr_assert_eq(last_y, (ROWS - 1) * HEIGHT);
    renderer_forget(&renderer);
    renderer_update(&renderer);
    cr_assert_eq(images_put, 1 + COLUMNS * ROWS + 1);
    cr_assert_eq(pixel(last_x, last_y), 0, "nothing went to the surface");
}

Test(renderer, nothing_is_drawn_outside_the_cells) {
    put("\x1b[7m\x1b[2J");
    renderer_update(&renderer);
    cr_assert_eq(pixel(COLUMNS * WIDTH, 0), 0);
    cr_assert_eq(pixel(0, ROWS * HEIGHT), 0);
}

Test(renderer, surfaces_and_fonts_that_do_not_fit_are_refused) {
    struct surface bad = surface;
    bad.pitch = 250;
    cr_assert_eq(renderer_create(&renderer, &bad, &font, &terminal, renderer_memory), STATUS_UNSUPPORTED);
    bad = surface;
    bad.pixels += 4;
    cr_assert_eq(renderer_create(&renderer, &bad, &font, &terminal, renderer_memory), STATUS_UNSUPPORTED);
    bad = surface;
    bad.height = ROWS * HEIGHT - 1;
    cr_assert_eq(renderer_create(&renderer, &bad, &font, &terminal, renderer_memory), STATUS_UNSUPPORTED);
    font.width = 6;
    cr_assert_eq(renderer_create(&renderer, &surface, &font, &terminal, renderer_memory), STATUS_UNSUPPORTED);
}

Test(renderer, clearing_makes_the_surface_black) {
    memset(surface.pixels, 0xff, surface.pitch * surface.height);
    renderer_clear(&surface);
    for (uint32_t y = 0; y < surface.height; y++) {
        cr_assert_eq(pixel(0, y), 0);
        cr_assert_eq(pixel(surface.width - 1, y), 0);
    }
}
