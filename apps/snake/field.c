// Moving, eating and ending.
#include "apps/snake/field.h"

#include <string.h>

enum { LENGTH_AT_START = 4, GROWTH = 3, POINTS = 1 };

static const struct {
    int8_t x, y;
} steps[] = {
    [DIRECTION_UP] = {0, -1},
    [DIRECTION_DOWN] = {0, 1},
    [DIRECTION_LEFT] = {-1, 0},
    [DIRECTION_RIGHT] = {1, 0},
};

// xorshift64*: a state of 0 would stay 0.
static uint32_t next_random(struct field *field) {
    field->random ^= field->random >> 12;
    field->random ^= field->random << 25;
    field->random ^= field->random >> 27;
    return (uint32_t)(field->random * UINT64_C(0x2545f4914f6cdd1d) >> 32);
}

static uint8_t *cell_at(struct field *field, struct place place) {
    return &field->cells[place.y][place.x];
}

static struct place head_of(const struct field *field) {
    return field->body[(field->tail + field->length - 1) % FIELD_CELLS];
}

static void push_head(struct field *field, struct place place) {
    field->body[(field->tail + field->length) % FIELD_CELLS] = place;
    field->length++;
    *cell_at(field, place) = CELL_HEAD + field->direction;
}

// On one of the free cells, each as likely as the others. None is free: the field is full, and the game won.
static void put_food(struct field *field) {
    uint32_t free_cells = 0;
    uint8_t *cells = &field->cells[0][0];
    for (uint32_t i = 0; i < FIELD_CELLS; i++)
        free_cells += cells[i] == CELL_EMPTY;
    if (free_cells == 0) {
        field->over = true;
        return;
    }
    uint32_t chosen = next_random(field) % free_cells;
    for (uint32_t i = 0; i < FIELD_CELLS; i++) {
        if (cells[i] != CELL_EMPTY)
            continue;
        if (chosen-- == 0) {
            cells[i] = CELL_FOOD;
            return;
        }
    }
}

void field_start(struct field *field, uint64_t seed) {
    *field = (struct field){.random = seed | 1, .direction = DIRECTION_RIGHT};
    for (int i = 0; i < LENGTH_AT_START; i++) {
        struct place place = {(uint8_t)(FIELD_COLUMNS / 4 + i), FIELD_ROWS / 2};
        push_head(field, place);
        *cell_at(field, place) = i == LENGTH_AT_START - 1 ? CELL_HEAD + DIRECTION_RIGHT : CELL_BODY;
    }
    put_food(field);
}

static bool is_on_one_line(enum direction one, enum direction other) {
    return (steps[one].x == 0) == (steps[other].x == 0);
}

void field_turn(struct field *field, enum direction direction) {
    uint8_t count = field->turn_count;
    enum direction last = count > 0 ? field->turns[count - 1] : field->direction;
    if (count < FIELD_TURNS_MAX && !is_on_one_line(last, direction))
        field->turns[field->turn_count++] = direction;
}

static void take_turn(struct field *field) {
    if (field->turn_count == 0)
        return;
    field->direction = field->turns[0];
    field->turn_count--;
    memmove(field->turns, field->turns + 1, field->turn_count);
}

static bool find_next(const struct field *field, struct place *next) {
    struct place head = head_of(field);
    int x = head.x + steps[field->direction].x, y = head.y + steps[field->direction].y;
    *next = (struct place){(uint8_t)x, (uint8_t)y};
    return x >= 0 && x < FIELD_COLUMNS && y >= 0 && y < FIELD_ROWS;
}

// The tail leaves its cell before the head comes: a snake may follow its own tail.
static void pull_tail(struct field *field) {
    if (field->growth > 0) {
        field->growth--;
        return;
    }
    *cell_at(field, field->body[field->tail]) = CELL_EMPTY;
    field->tail = (field->tail + 1) % FIELD_CELLS;
    field->length--;
}

static void eat(struct field *field) {
    field->score += POINTS;
    field->growth += GROWTH;
    put_food(field);
}

bool field_step(struct field *field) {
    struct place next, head = head_of(field);
    if (field->over)
        return false;
    take_turn(field);
    bool inside = find_next(field, &next);
    if (inside)
        pull_tail(field);
    if (!inside || *cell_at(field, next) >= CELL_BODY) {
        *cell_at(field, head) = CELL_HURT;
        field->over = true;
        return false;
    }
    bool found = *cell_at(field, next) == CELL_FOOD;
    *cell_at(field, head) = CELL_BODY;
    push_head(field, next);
    if (found)
        eat(field);
    return !field->over;
}
