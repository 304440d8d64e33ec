// Painting on the sheet, and putting its three layers together.
#include "apps/draw/sheet.h"

#include <stdlib.h>
#include <string.h>

enum { ARROW_WIDTH = 12, ARROW_HEIGHT = 18, BRUSH_RADIUS = 3, OUTLINE = 0x101010 };

static const uint32_t colours[SHEET_COLOURS] = {0xf2e8cf, 0xe0533d, 0xf2a541, 0xf4e04d,
                                                0x57a05a, 0x3fb8c9, 0x4a6fdc, 0xb565c9};

// '#' is its outline, '.' its inside; its tip stands at the upper left.
static const char arrow[ARROW_HEIGHT][ARROW_WIDTH + 1] = {
    "#           ", "##          ", "#.#         ", "#..#        ", "#...#       ", "#....#      ",
    "#.....#     ", "#......#    ", "#.......#   ", "#........#  ", "#.........# ", "#......#####",
    "#...#..#    ", "#..##..#    ", "#.#  #..#   ", "##   #..#   ", "#     #..#  ", "       ##   ",
};

static int least(int a, int b) {
    return a < b ? a : b;
}

static int most(int a, int b) {
    return a > b ? a : b;
}

static int bounded(int least_one, int number, int most_one) {
    return most(least_one, least(number, most_one));
}

// ---- what changed ----

static void change(struct sheet *sheet, int left, int top, int right, int bottom) {
    struct part *changed = &sheet->changed;
    struct part more = {most(left, 0), most(top, 0), least(right, SHEET_WIDTH), least(bottom, SHEET_HEIGHT)};
    if (changed->right > changed->left)
        more = (struct part){least(more.left, changed->left), least(more.top, changed->top),
                             most(more.right, changed->right), most(more.bottom, changed->bottom)};
    *changed = more;
}

static void change_pointer(struct sheet *sheet) {
    if (sheet->shows_pointer)
        change(sheet, sheet->x, sheet->y, sheet->x + ARROW_WIDTH, sheet->y + ARROW_HEIGHT);
}

void sheet_change_all(struct sheet *sheet) {
    change(sheet, 0, 0, SHEET_WIDTH, SHEET_HEIGHT);
}

bool sheet_take_changed(struct sheet *sheet, struct part *changed) {
    *changed = sheet->changed;
    sheet->changed = (struct part){0};
    return changed->right > changed->left;
}

// ---- painting ----

// What the brush covers at a point.
static void dab(struct sheet *sheet, int x, int y) {
    uint8_t paint = sheet->brush == BRUSH_PAINTS ? (uint8_t)(1 + sheet->colour) : 0;
    for (int down = -BRUSH_RADIUS; down <= BRUSH_RADIUS; down++)
        for (int right = -BRUSH_RADIUS; right <= BRUSH_RADIUS; right++)
            if (right * right + down * down <= BRUSH_RADIUS * BRUSH_RADIUS + 1 && x + right >= 0 &&
                x + right < SHEET_WIDTH && y + down >= 0 && y + down < SHEET_HEIGHT)
                sheet->paint[y + down][x + right] = paint;
    change(sheet, x - BRUSH_RADIUS, y - BRUSH_RADIUS, x + BRUSH_RADIUS + 1, y + BRUSH_RADIUS + 1);
}

// A straight line to a point, a dab at each pixel of it.
static void stroke(struct sheet *sheet, int x, int y) {
    int right = x - sheet->x, down = y - sheet->y, steps = most(abs(right), abs(down));
    for (int i = 1; i <= steps; i++)
        dab(sheet, sheet->x + right * i / steps, sheet->y + down * i / steps);
}

void sheet_start(struct sheet *sheet) {
    sheet->x = SHEET_WIDTH / 2;
    sheet->y = SHEET_HEIGHT / 2;
    sheet_change_all(sheet);
}

void sheet_move(struct sheet *sheet, int right, int down) {
    // No mouse goes that far at once, but what it says is anybody's number.
    int x = bounded(0, sheet->x + bounded(-SHEET_WIDTH, right, SHEET_WIDTH), SHEET_WIDTH - 1);
    int y = bounded(0, sheet->y + bounded(-SHEET_HEIGHT, down, SHEET_HEIGHT), SHEET_HEIGHT - 1);
    change_pointer(sheet);
    if (sheet->brush != BRUSH_UP)
        stroke(sheet, x, y);
    sheet->x = x;
    sheet->y = y;
    sheet->shows_pointer = true;
    change_pointer(sheet);
}

void sheet_take_brush(struct sheet *sheet, enum brush brush) {
    bool touches = brush != BRUSH_UP && sheet->brush != brush;
    sheet->brush = brush;
    if (touches)
        dab(sheet, sheet->x, sheet->y);
}

void sheet_choose(struct sheet *sheet, int steps) {
    sheet->colour = (unsigned)((int)sheet->colour + steps % SHEET_COLOURS + SHEET_COLOURS) % SHEET_COLOURS;
    change_pointer(sheet);
}

void sheet_wipe(struct sheet *sheet) {
    memset(sheet->paint, 0, sizeof(sheet->paint));
    sheet_change_all(sheet);
}

// ---- the pixels ----

static uint32_t pixel(const struct sheet *sheet, int x, int y) {
    int across = x - sheet->x, below = y - sheet->y;
    if (sheet->shows_pointer && across >= 0 && across < ARROW_WIDTH && below >= 0 && below < ARROW_HEIGHT &&
        arrow[below][across] != ' ')
        return arrow[below][across] == '#' ? OUTLINE : colours[sheet->colour];
    uint8_t paint = sheet->paint[y][x];
    return paint ? colours[paint - 1] : sheet->set[y][x];
}

void sheet_row(const struct sheet *sheet, const struct part *part, int y, uint32_t *pixels) {
    for (int x = part->left; x < part->right; x++)
        *pixels++ = pixel(sheet, x, y);
}
