// The display's drawing: what is put where, under what lies above it, and which commands are refused.
#include "drivers/display/surface.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 40, HEIGHT = 30, ABOVE = 5 };

static uint32_t pixels[HEIGHT][WIDTH];
static const struct surface surface = {(uint8_t *)pixels, WIDTH, HEIGHT, WIDTH *SCREEN_PIXEL};

static bool holds(const struct rectangle *rectangle, uint32_t x, uint32_t y) {
    return x - rectangle->x < rectangle->width && y - rectangle->y < rectangle->height;
}

static struct rectangle draw_rectangle(void) {
    struct rectangle place = {(uint32_t)random() % WIDTH, (uint32_t)random() % HEIGHT, (uint32_t)random() % WIDTH,
                              (uint32_t)random() % HEIGHT};
    return surface_clip(&surface, &place);
}

// Every pixel of the rectangle that nothing covers shows the image's pixel of its own place, and no other is touched.
Test(surface, exactly_what_is_not_covered_is_drawn) {
    static uint32_t image_pixels[HEIGHT][WIDTH];
    srandom(7);
    for (int round = 0; round < 3000; round++) {
        struct rectangle where = draw_rectangle(), above[ABOVE];
        for (int i = 0; i < ABOVE; i++) {
            above[i] = draw_rectangle();
        }
        for (uint32_t i = 0; i < WIDTH * HEIGHT; i++) {
            image_pixels[i / WIDTH][i % WIDTH] = 1000 + i;
        }
        memset(pixels, 0, sizeof(pixels));
        const struct image image = {(const uint8_t *)image_pixels, sizeof(image_pixels[0])};
        surface_put_below(&surface, &where, &image, above, ABOVE);
        for (uint32_t y = 0; y < HEIGHT; y++) {
            for (uint32_t x = 0; x < WIDTH; x++) {
                bool shown = holds(&where, x, y);
                for (int i = 0; i < ABOVE; i++) {
                    shown &= !holds(&above[i], x, y);
                }
                uint32_t expected = shown ? image_pixels[y - where.y][x - where.x] : 0;
                cr_assert_eq(pixels[y][x], expected, "round %d at %u %u", round, x, y);
            }
        }
    }
}

Test(surface, a_place_is_clipped_to_the_surface) {
    static const struct {
        struct rectangle place, clipped;
    } rows[] = {
        {{0, 0, WIDTH, HEIGHT}, {0, 0, WIDTH, HEIGHT}},
        {{5, 6, 1000, 1000}, {5, 6, WIDTH - 5, HEIGHT - 6}},
        {{5, 6, UINT32_MAX, UINT32_MAX}, {5, 6, WIDTH - 5, HEIGHT - 6}},
        {{WIDTH, 0, 1, 1}, {0, 0, 0, 0}},
        {{UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX}, {0, 0, 0, 0}},
        {{0, 0, 0, 5}, {0, 0, 0, 0}},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rectangle clipped = surface_clip(&surface, &rows[i].place);
        cr_assert_eq(memcmp(&clipped, &rows[i].clipped, sizeof(clipped)), 0, "row %zu", i);
    }
}

Test(surface, commands_that_reach_outside_are_refused) {
    static const struct rectangle place = {3, 3, 100, 50};
    static const struct {
        struct screen_command command;
        bool sound;
    } rows[] = {
        {{{0, 0, 100, 50}, 0, 400}, true},
        {{{99, 49, 1, 1}, SCREEN_WINDOW - 4, 0}, true},
        {{{0, 0, 0, 1}, 0, 0}, false},
        {{{0, 0, 1, 0}, 0, 0}, false},
        {{{1, 0, 100, 1}, 0, 400}, false},
        {{{0, 1, 1, 50}, 0, 400}, false},
        {{{UINT32_MAX, 0, 2, 1}, 0, 400}, false},
        {{{0, UINT32_MAX, 1, 2}, 0, 400}, false},
        {{{0, 0, 1, 1}, SCREEN_WINDOW, 0}, false},
        {{{0, 0, 1, 1}, 2, 0}, false},
        {{{0, 0, 1, 2}, 0, 3}, false},
        {{{0, 0, 2, 1}, SCREEN_WINDOW - 4, 0}, false},
        {{{0, 0, 1, 50}, 0, UINT32_MAX - 3}, false},
        {{{0, 0, 1, 1}, UINT32_MAX - 3, 0}, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_assert_eq(screen_command_is_sound(&rows[i].command, &place), rows[i].sound, "row %zu", i);
    }
}
