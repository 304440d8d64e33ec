// What the game looks like: the images of cells, digits and signs, made once, and the drawing of what changed.
//
// Rules: pure but for `put`, by which all pixels leave. Pixels are 32 bits, blue in the lowest byte.
#pragma once

#include "apps/snake/field.h"

enum {
    PICTURE_CELL = 16,  // pixels
    PICTURE_STRIP = 32, // the height of the strip with the score
    PICTURE_MARGIN = 4, // the wall's thickness
    PICTURE_WIDTH = FIELD_COLUMNS * PICTURE_CELL + 2 * PICTURE_MARGIN,
    PICTURE_HEIGHT = FIELD_ROWS * PICTURE_CELL + 2 * PICTURE_MARGIN + PICTURE_STRIP,
    PICTURE_DIGITS = 4,
    DIGIT_WIDTH = 16,
    DIGIT_HEIGHT = 24,
};

enum sign { SIGN_PLAYING, SIGN_PAUSED, SIGN_OVER, SIGN_COUNT };

struct picture {
    // Shows `width` times `height` pixels, row after row. False: it could not, and nothing more is to be drawn.
    bool (*put)(uint32_t x, uint32_t y, uint32_t width, uint32_t height, const uint32_t *pixels);
    uint8_t shown[FIELD_ROWS][FIELD_COLUMNS];
    uint8_t digits_shown[PICTURE_DIGITS];
    uint8_t sign_shown;
    bool whole;                                                 // nothing is shown yet
    uint32_t cells[CELL_COUNT][2][PICTURE_CELL * PICTURE_CELL]; // each on both shades of the ground
    uint32_t digits[10][DIGIT_WIDTH * DIGIT_HEIGHT];
    uint32_t signs[SIGN_COUNT][DIGIT_WIDTH * DIGIT_HEIGHT];
};

void picture_start(struct picture *picture);

// What was shown is there no more: the next update draws all.
void picture_forget(struct picture *picture);

// Shows what differs from what is shown. False: `put` failed.
bool picture_update(struct picture *picture, const struct field *field, enum sign sign);
