// What draw shows: the set, what is painted over it, and the mouse's pointer on top of both. Pure.
//
// The pointer is an arrow in the colour that it paints with; its tip is the point that it stands at. A brush that is down
// paints, or rubs out, along the way that the pointer is moved. Wiping and rubbing out show the set again.
//
// Rules: a sheet of zeros is started by sheet_start. What differs since sheet_take_changed lies within the part that the next
// one hands out, and sheet_row makes the pixels of it.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { SHEET_WIDTH = 400, SHEET_HEIGHT = 300, SHEET_COLOURS = 8 };

enum brush { BRUSH_UP, BRUSH_PAINTS, BRUSH_RUBS };

// Columns left to right - 1, and rows top to bottom - 1; nothing where right <= left.
struct part {
    int left, top, right, bottom;
};

struct sheet {
    uint32_t set[SHEET_HEIGHT][SHEET_WIDTH]; // pixels, blue in the lowest byte; who changes them calls sheet_change_all
    uint8_t paint[SHEET_HEIGHT][SHEET_WIDTH]; // 0: nothing, else 1 + the colour
    int x, y;                                 // the pointer's tip
    bool shows_pointer;                       // from the first sheet_move on
    enum brush brush;
    unsigned colour; // below SHEET_COLOURS
    struct part changed;
};

// The pointer stands in the middle, and is not shown yet.
void sheet_start(struct sheet *sheet);

void sheet_change_all(struct sheet *sheet);

// The pointer goes so far, and no further than the edge.
void sheet_move(struct sheet *sheet, int right, int down);

// A brush that was not down before touches the sheet where the pointer stands.
void sheet_take_brush(struct sheet *sheet, enum brush brush);

// The colour that lies so many steps on, or back.
void sheet_choose(struct sheet *sheet, int steps);

// Nothing is painted any more.
void sheet_wipe(struct sheet *sheet);

// What is to be shown anew; false: nothing.
bool sheet_take_changed(struct sheet *sheet, struct part *changed);

// The pixels of a row of a part.
void sheet_row(const struct sheet *sheet, const struct part *part, int y, uint32_t *pixels);
