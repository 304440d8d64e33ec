// Making the images, and putting those that changed.
#include "apps/snake/picture.h"

#include <string.h>

enum {
    COLOUR_GROUND = 0x1c2b1f,
    COLOUR_GROUND_LIGHT = 0x203024,
    COLOUR_STRIP = 0x101812,
    COLOUR_WALL = 0x6b705c,
    COLOUR_BODY = 0x57a05a,
    COLOUR_BODY_EDGE = 0x3f7d43,
    COLOUR_HEAD = 0x8fd48f,
    COLOUR_HURT = 0xd9534f,
    COLOUR_EYE = 0x101010,
    COLOUR_FOOD = 0xe0533d,
    COLOUR_LEAF = 0x7fb069,
    COLOUR_SEGMENT = 0xf2e8cf,
    COLOUR_SEGMENT_OFF = 0x1b261e,
    CENTRE = PICTURE_CELL - 1, // of a cell, in halves of pixels
};

static int square(int number) {
    return number * number;
}

// Twice the distance from the cell's centre, squared.
static int distance(int x, int y) {
    return square(2 * x - CENTRE) + square(2 * y - CENTRE);
}

// ---- a pixel of each kind of cell ----

static uint32_t food_pixel(int x, int y, uint32_t ground) {
    if (y < 4 && x > 7 && x < 12 && x + y > 10)
        return COLOUR_LEAF;
    return distance(x, y - 1) <= square(11) ? COLOUR_FOOD : ground;
}

static uint32_t round_pixel(int x, int y, uint32_t ground, uint32_t colour, uint32_t edge) {
    int from_centre = distance(x, y);
    if (from_centre > square(17))
        return ground;
    return from_centre > square(14) ? edge : colour;
}

// The eyes of a head that looks up stand above its middle; the other directions mirror and swap that.
static bool is_eye(int x, int y, enum direction direction) {
    bool vertical = direction == DIRECTION_UP || direction == DIRECTION_DOWN;
    int along = vertical ? y : x, across = vertical ? x : y;
    if (direction == DIRECTION_DOWN || direction == DIRECTION_RIGHT)
        along = PICTURE_CELL - 1 - along;
    return along >= 3 && along <= 5 && ((across >= 3 && across <= 5) || (across >= 10 && across <= 12));
}

static uint32_t cell_pixel(enum cell cell, int x, int y, uint32_t ground) {
    if (cell == CELL_EMPTY)
        return ground;
    if (cell == CELL_FOOD)
        return food_pixel(x, y, ground);
    if (cell == CELL_BODY)
        return round_pixel(x, y, ground, COLOUR_BODY, COLOUR_BODY_EDGE);
    if (cell == CELL_HURT)
        return round_pixel(x, y, ground, COLOUR_HURT, COLOUR_BODY_EDGE);
    if (is_eye(x, y, (enum direction)(cell - CELL_HEAD)))
        return COLOUR_EYE;
    return round_pixel(x, y, ground, COLOUR_HEAD, COLOUR_BODY_EDGE);
}

static void make_cells(struct picture *picture) {
    static const uint32_t grounds[2] = {COLOUR_GROUND, COLOUR_GROUND_LIGHT};
    for (int cell = 0; cell < CELL_COUNT; cell++)
        for (int shade = 0; shade < 2; shade++)
            for (int i = 0; i < PICTURE_CELL * PICTURE_CELL; i++)
                picture->cells[cell][shade][i] =
                    cell_pixel((enum cell)cell, i % PICTURE_CELL, i / PICTURE_CELL, grounds[shade]);
}

// ---- digits of seven segments, and signs ----

static const struct {
    uint8_t left, top, width, height;
} segments[] = {
    {3, 1, 10, 3}, {11, 3, 3, 8}, {11, 13, 3, 8}, {3, 20, 10, 3}, {2, 13, 3, 8}, {2, 3, 3, 8}, {3, 11, 10, 3},
};
enum { SEGMENT_COUNT = sizeof(segments) / sizeof(segments[0]) };

// From the top clockwise, the middle last.
static const uint8_t segments_of[10] = {0x3f, 0x06, 0x5b, 0x4f, 0x66, 0x6d, 0x7d, 0x07, 0x7f, 0x6f};

static void fill(uint32_t *image, unsigned left, unsigned top, unsigned width, unsigned height, uint32_t colour) {
    for (unsigned y = top; y < top + height; y++)
        for (unsigned x = left; x < left + width; x++)
            image[y * DIGIT_WIDTH + x] = colour;
}

static void make_digit(uint32_t *image, uint8_t lit) {
    fill(image, 0, 0, DIGIT_WIDTH, DIGIT_HEIGHT, COLOUR_STRIP);
    for (unsigned i = 0; i < SEGMENT_COUNT; i++)
        fill(image, segments[i].left, segments[i].top, segments[i].width, segments[i].height,
             lit >> i & 1 ? COLOUR_SEGMENT : COLOUR_SEGMENT_OFF);
}

static bool sign_has(enum sign sign, unsigned x, unsigned y) {
    if (y < 4 || y >= 20)
        return false;
    if (sign == SIGN_PLAYING) // a triangle
        return x >= 2 && x - 2 <= (y < 12 ? y - 4 : 19 - y) * 3 / 2;
    if (sign == SIGN_PAUSED) // two bars
        return (x >= 3 && x <= 5) || (x >= 10 && x <= 12);
    return x >= 2 && x <= 13; // a square
}

static void make_sign(uint32_t *image, enum sign sign) {
    uint32_t colour = sign == SIGN_OVER ? COLOUR_HURT : COLOUR_SEGMENT;
    for (unsigned i = 0; i < DIGIT_WIDTH * DIGIT_HEIGHT; i++)
        image[i] = sign_has(sign, i % DIGIT_WIDTH, i / DIGIT_WIDTH) ? colour : COLOUR_STRIP;
}

void picture_start(struct picture *picture) {
    make_cells(picture);
    for (int i = 0; i < 10; i++)
        make_digit(picture->digits[i], segments_of[i]);
    for (int i = 0; i < SIGN_COUNT; i++)
        make_sign(picture->signs[i], (enum sign)i);
    picture_forget(picture);
}

void picture_forget(struct picture *picture) {
    memset(picture->shown, UINT8_MAX, sizeof(picture->shown));
    memset(picture->digits_shown, UINT8_MAX, sizeof(picture->digits_shown));
    picture->sign_shown = UINT8_MAX;
    picture->whole = true;
}

// ---- putting what changed ----

static bool put_bar(struct picture *picture, uint32_t x, uint32_t y, uint32_t width, uint32_t height, uint32_t colour) {
    uint32_t row[PICTURE_WIDTH];
    bool good = true;
    for (uint32_t i = 0; i < width; i++)
        row[i] = colour;
    for (uint32_t i = 0; good && i < height; i++)
        good = picture->put(x, y + i, width, 1, row);
    return good;
}

// The strip and the walls.
static bool put_frame(struct picture *picture) {
    const uint32_t below = PICTURE_HEIGHT - PICTURE_MARGIN, sides = PICTURE_HEIGHT - PICTURE_STRIP;
    picture->whole = false;
    return put_bar(picture, 0, 0, PICTURE_WIDTH, PICTURE_STRIP, COLOUR_STRIP) &&
           put_bar(picture, 0, PICTURE_STRIP, PICTURE_WIDTH, PICTURE_MARGIN, COLOUR_WALL) &&
           put_bar(picture, 0, below, PICTURE_WIDTH, PICTURE_MARGIN, COLOUR_WALL) &&
           put_bar(picture, 0, PICTURE_STRIP, PICTURE_MARGIN, sides, COLOUR_WALL) &&
           put_bar(picture, PICTURE_WIDTH - PICTURE_MARGIN, PICTURE_STRIP, PICTURE_MARGIN, sides, COLOUR_WALL);
}

static bool put_score(struct picture *picture, uint32_t score) {
    const uint32_t top = (PICTURE_STRIP - DIGIT_HEIGHT) / 2;
    bool good = true;
    for (int i = PICTURE_DIGITS - 1; good && i >= 0; i--, score /= 10) {
        uint8_t digit = score % 10;
        if (picture->digits_shown[i] == digit)
            continue;
        picture->digits_shown[i] = digit;
        good = picture->put(PICTURE_MARGIN + (uint32_t)i * DIGIT_WIDTH, top, DIGIT_WIDTH, DIGIT_HEIGHT,
                            picture->digits[digit]);
    }
    return good;
}

static bool put_sign(struct picture *picture, enum sign sign) {
    if (picture->sign_shown == sign)
        return true;
    picture->sign_shown = sign;
    return picture->put(PICTURE_WIDTH - PICTURE_MARGIN - DIGIT_WIDTH, (PICTURE_STRIP - DIGIT_HEIGHT) / 2, DIGIT_WIDTH,
                        DIGIT_HEIGHT, picture->signs[sign]);
}

static bool put_row(struct picture *picture, const struct field *field, uint32_t y) {
    bool good = true;
    for (uint32_t x = 0; good && x < FIELD_COLUMNS; x++) {
        uint8_t cell = field->cells[y][x];
        if (picture->shown[y][x] == cell)
            continue;
        picture->shown[y][x] = cell;
        good = picture->put(PICTURE_MARGIN + x * PICTURE_CELL, PICTURE_STRIP + PICTURE_MARGIN + y * PICTURE_CELL,
                            PICTURE_CELL, PICTURE_CELL, picture->cells[cell][(x + y) % 2]);
    }
    return good;
}

bool picture_update(struct picture *picture, const struct field *field, enum sign sign) {
    bool good = !picture->whole || put_frame(picture);
    good = good && put_score(picture, field->score) && put_sign(picture, sign);
    for (uint32_t y = 0; good && y < FIELD_ROWS; y++)
        if (memcmp(picture->shown[y], field->cells[y], FIELD_COLUMNS) != 0)
            good = put_row(picture, field, y);
    return good;
}
