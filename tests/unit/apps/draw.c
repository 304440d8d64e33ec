// What draw shows: painting, the pointer, and which part is to be shown anew.
#include "apps/draw/sheet.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { SET = 0x123456, MIDDLE_X = SHEET_WIDTH / 2, MIDDLE_Y = SHEET_HEIGHT / 2 };

static struct sheet sheet;
static uint32_t pixels[SHEET_HEIGHT][SHEET_WIDTH], before[SHEET_HEIGHT][SHEET_WIDTH];

static void show(uint32_t shown[SHEET_HEIGHT][SHEET_WIDTH]) {
    struct part all = {0, 0, SHEET_WIDTH, SHEET_HEIGHT};
    for (int y = 0; y < SHEET_HEIGHT; y++)
        sheet_row(&sheet, &all, y, shown[y]);
}

static void start(void) {
    struct part changed;
    for (int i = 0; i < SHEET_WIDTH * SHEET_HEIGHT; i++)
        sheet.set[i / SHEET_WIDTH][i % SHEET_WIDTH] = SET;
    sheet_start(&sheet);
    cr_assert(sheet_take_changed(&sheet, &changed));
}

static uint32_t at(int x, int y) {
    show(pixels);
    return pixels[y][x];
}

Test(draw, shows_the_set_alone_before_the_mouse_moves) {
    start();
    show(pixels);
    for (int i = 0; i < SHEET_WIDTH * SHEET_HEIGHT; i++)
        cr_assert_eq(pixels[i / SHEET_WIDTH][i % SHEET_WIDTH], SET);
}

Test(draw, the_pointer_goes_with_the_mouse_and_stays_on_the_sheet) {
    start();
    sheet_move(&sheet, 10, -20);
    cr_assert_eq(sheet.x, MIDDLE_X + 10);
    cr_assert_eq(sheet.y, MIDDLE_Y - 20);
    cr_assert_neq(at(sheet.x, sheet.y), SET);
    sheet_move(&sheet, INT32_MAX, INT32_MIN);
    cr_assert_eq(sheet.x, SHEET_WIDTH - 1);
    cr_assert_eq(sheet.y, 0);
    sheet_move(&sheet, INT32_MIN, INT32_MAX);
    cr_assert_eq(sheet.x, 0);
    cr_assert_eq(sheet.y, SHEET_HEIGHT - 1);
}

Test(draw, a_stroke_has_no_gaps_however_far_the_mouse_moved_at_once) {
    start();
    sheet_take_brush(&sheet, BRUSH_PAINTS);
    sheet_move(&sheet, 150, 60);
    sheet_take_brush(&sheet, BRUSH_UP);
    sheet_move(&sheet, -SHEET_WIDTH, SHEET_HEIGHT);
    uint32_t colour = at(MIDDLE_X, MIDDLE_Y);
    cr_assert_neq(colour, SET);
    for (int i = 0; i <= 150; i++)
        cr_assert_eq(pixels[MIDDLE_Y + 60 * i / 150][MIDDLE_X + i], colour);
}

Test(draw, a_brush_that_is_up_paints_nothing) {
    start();
    sheet_move(&sheet, 50, 50);
    sheet_move(&sheet, -50, 90);
    cr_assert_eq(at(MIDDLE_X + 25, MIDDLE_Y + 25), SET);
}

Test(draw, rubbing_out_and_wiping_show_the_set_again) {
    start();
    sheet_take_brush(&sheet, BRUSH_PAINTS);
    sheet_move(&sheet, 100, 0);
    sheet_take_brush(&sheet, BRUSH_RUBS);
    sheet_move(&sheet, -50, 0);
    sheet_take_brush(&sheet, BRUSH_UP);
    sheet_move(&sheet, 0, 100);
    cr_assert_eq(at(MIDDLE_X + 80, MIDDLE_Y), SET);
    cr_assert_neq(at(MIDDLE_X + 20, MIDDLE_Y), SET);
    sheet_wipe(&sheet);
    cr_assert_eq(at(MIDDLE_X + 20, MIDDLE_Y), SET);
}

Test(draw, the_wheel_goes_round_the_colours_both_ways) {
    start();
    for (int i = 0; i < SHEET_COLOURS; i++) {
        cr_assert_eq(sheet.colour, (unsigned)i);
        sheet_choose(&sheet, 1);
    }
    cr_assert_eq(sheet.colour, 0u);
    sheet_choose(&sheet, -1);
    cr_assert_eq(sheet.colour, SHEET_COLOURS - 1u);
    sheet_choose(&sheet, INT32_MIN);
    sheet_choose(&sheet, INT32_MAX);
    cr_assert_lt(sheet.colour, (unsigned)SHEET_COLOURS);
}

Test(draw, nothing_has_changed_when_nothing_was_done) {
    struct part changed;
    start();
    cr_assert_not(sheet_take_changed(&sheet, &changed));
    sheet_choose(&sheet, 1); // the pointer is not shown yet
    cr_assert_not(sheet_take_changed(&sheet, &changed));
}

static void do_something(void) {
    switch (rand() % 4) {
    case 0:
        sheet_take_brush(&sheet, (enum brush)(rand() % 3));
        break;
    case 1:
        sheet_choose(&sheet, rand() % 5 - 2);
        break;
    default:
        sheet_move(&sheet, rand() % 201 - 100, rand() % 201 - 100);
    }
}

// Shows the part alone, as draw does, and compares with the whole.
static void check_part(void) {
    struct part part;
    if (sheet_take_changed(&sheet, &part)) {
        cr_assert(part.left >= 0 && part.top >= 0 && part.right <= SHEET_WIDTH && part.bottom <= SHEET_HEIGHT);
        for (int y = part.top; y < part.bottom; y++)
            sheet_row(&sheet, &part, y, &before[y][part.left]);
    }
    show(pixels);
    cr_assert_eq(memcmp(pixels, before, sizeof(pixels)), 0);
}

Test(draw, all_that_differs_lies_in_the_part_that_changed) {
    start();
    show(before);
    srand(5);
    for (int i = 0; i < 1000; i++) {
        for (int n = rand() % 3; n >= 0; n--)
            do_something();
        check_part();
    }
}
