// The rules of the game: a snake in a walled field, which grows by what it eats and ends where it runs into something.
//
// Rules: pure. The same seed and the same turns make the same game.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { FIELD_COLUMNS = 30, FIELD_ROWS = 22, FIELD_CELLS = FIELD_COLUMNS * FIELD_ROWS, FIELD_TURNS_MAX = 3 };

enum direction { DIRECTION_UP, DIRECTION_DOWN, DIRECTION_LEFT, DIRECTION_RIGHT };

enum cell {
    CELL_EMPTY,
    CELL_FOOD,
    CELL_BODY,
    CELL_HEAD, // + enum direction
    CELL_HEAD_LAST = CELL_HEAD + DIRECTION_RIGHT,
    CELL_HURT, // the head, where it ran into something
    CELL_COUNT,
};

struct place {
    uint8_t x, y;
};

struct field {
    uint8_t cells[FIELD_ROWS][FIELD_COLUMNS]; // enum cell
    struct place body[FIELD_CELLS];           // a ring, from the tail to the head
    uint32_t tail, length;
    uint32_t growth; // steps for which the tail stays
    uint32_t score;
    uint64_t random; // state
    uint8_t direction;
    uint8_t turns[FIELD_TURNS_MAX]; // typed ahead, one is taken per step
    uint8_t turn_count;
    bool over;
};

void field_start(struct field *field, uint64_t seed);

// The snake turns at its next step, or at the one after the turns that came before. A turn back on itself is none.
void field_turn(struct field *field, enum direction direction);

// Moves the snake by one cell. False: the game is over, and nothing moves any more.
bool field_step(struct field *field);
