// The game: its rules, its keys and pace, and which pixels it shows.
#include "apps/snake/control.h"
#include "apps/snake/picture.h"

#include <criterion/criterion.h>
#include <parley/key.h>
#include <string.h>

static struct field field;
static struct control control;

static struct place find(uint8_t cell) {
    for (uint8_t y = 0; y < FIELD_ROWS; y++)
        for (uint8_t x = 0; x < FIELD_COLUMNS; x++)
            if (field.cells[y][x] == cell)
                return (struct place){x, y};
    return (struct place){UINT8_MAX, UINT8_MAX};
}

static uint32_t count(uint8_t first, uint8_t last) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < FIELD_CELLS; i++)
        found += field.cells[i / FIELD_COLUMNS][i % FIELD_COLUMNS] >= first &&
                 field.cells[i / FIELD_COLUMNS][i % FIELD_COLUMNS] <= last;
    return found;
}

static uint32_t snake_cells(void) {
    return count(CELL_BODY, CELL_HURT);
}

// Takes the food away, and puts it where it is wanted.
static void put_food(uint8_t x, uint8_t y) {
    struct place old = find(CELL_FOOD);
    field.cells[old.y][old.x] = CELL_EMPTY;
    field.cells[y][x] = CELL_FOOD;
}

static void start(void) {
    field_start(&field, 7);
    control = (struct control){0};
    control_start(&control, 0);
    put_food(0, 0);
}

TestSuite(snake, .init = start);

Test(snake, it_moves_by_a_cell_a_step_and_keeps_its_length) {
    struct place before = find(CELL_HEAD + DIRECTION_RIGHT);
    cr_assert(field_step(&field));
    struct place after = find(CELL_HEAD + DIRECTION_RIGHT);
    cr_assert_eq(after.x, before.x + 1);
    cr_assert_eq(after.y, before.y);
    cr_assert_eq(snake_cells(), 4);
}

Test(snake, it_does_not_turn_back_on_itself) {
    field_turn(&field, DIRECTION_LEFT);
    cr_assert(field_step(&field));
    cr_assert_eq(field.direction, DIRECTION_RIGHT);
}

Test(snake, turns_typed_ahead_are_taken_one_a_step) {
    field_turn(&field, DIRECTION_UP);
    field_turn(&field, DIRECTION_UP);
    field_turn(&field, DIRECTION_LEFT);
    field_step(&field);
    cr_assert_eq(field.direction, DIRECTION_UP);
    field_step(&field);
    cr_assert_eq(field.direction, DIRECTION_LEFT);
}

Test(snake, it_grows_by_what_it_eats_and_finds_new_food) {
    struct place head = find(CELL_HEAD + DIRECTION_RIGHT);
    put_food(head.x + 1, head.y);
    cr_assert(field_step(&field));
    cr_assert_eq(field.score, 1);
    cr_assert_eq(count(CELL_FOOD, CELL_FOOD), 1);
    put_food(0, 0);
    for (int i = 0; i < 5; i++)
        field_step(&field);
    cr_assert_eq(snake_cells(), 7);
}

Test(snake, a_wall_ends_the_game_and_nothing_moves_any_more) {
    while (field_step(&field))
        continue;
    cr_assert(field.over);
    struct place hurt = find(CELL_HURT);
    cr_assert_eq(hurt.x, FIELD_COLUMNS - 1);
    cr_assert_eq(snake_cells(), 4);
    cr_assert_not(field_step(&field));
    cr_assert_eq(find(CELL_HURT).x, hurt.x);
}

Test(snake, its_own_body_ends_the_game_but_not_the_cell_that_the_tail_leaves) {
    const enum direction square[] = {DIRECTION_DOWN, DIRECTION_LEFT, DIRECTION_UP, DIRECTION_RIGHT};
    for (int i = 0; i < 40; i++) { // four cells around and around
        field_turn(&field, square[i % 4]);
        cr_assert(field_step(&field));
    }
    field.growth = 1;
    field_turn(&field, DIRECTION_DOWN);
    cr_assert_not(field_step(&field));
    cr_assert(field.over);
}

Test(snake, a_full_field_is_the_end) {
    memset(field.cells, CELL_BODY, sizeof(field.cells));
    struct place head = field.body[(field.tail + field.length - 1) % FIELD_CELLS];
    field.growth = 2;
    field.cells[head.y][head.x] = CELL_HEAD + DIRECTION_RIGHT;
    field.cells[head.y][head.x + 1] = CELL_FOOD;
    cr_assert_not(field_step(&field));
    cr_assert(field.over);
    cr_assert_eq(field.score, 1);
    cr_assert_eq(count(CELL_HURT, CELL_HURT), 0);
}

Test(snake, food_comes_to_every_free_cell_in_time) {
    static bool seen[FIELD_ROWS][FIELD_COLUMNS];
    uint32_t places = 0;
    for (uint64_t seed = 1; seed < 20000; seed++) {
        field_start(&field, seed);
        struct place food = find(CELL_FOOD);
        cr_assert_neq(food.x, UINT8_MAX);
        places += !seen[food.y][food.x];
        seen[food.y][food.x] = true;
    }
    cr_assert_eq(places, FIELD_CELLS - 4);
}

// ---- keys and pace ----

static void press(unsigned key, enum key_action action) {
    const EVENT event = {.Type = EVENT_KEYBOARD, .Action = action, .Data1 = key};
    control_take(&control, &field, &event);
}

// How many steps come until then, looked at every millisecond.
static unsigned steps_between(uint64_t from, uint64_t until) {
    unsigned steps = 0;
    for (uint64_t now = from; now < until; now += 1000000)
        steps += control_step_is_due(&control, now);
    return steps;
}

Test(snake, it_keeps_a_constant_speed) {
    cr_assert_eq(steps_between(0, UINT64_C(1200000000)), 9);
    cr_assert_eq(steps_between(UINT64_C(1200000000), UINT64_C(2400000000)), 10);
}

Test(snake, it_hurries_while_a_key_is_held_and_no_longer) {
    press(KEY_SPACE, KEY_DOWN);
    press(KEY_SPACE, KEY_REPEAT);
    unsigned hurried = steps_between(0, UINT64_C(1200000000));
    cr_assert_gt(hurried, 25);
    press(KEY_LEFT_SHIFT, KEY_DOWN);
    press(KEY_SPACE, KEY_UP);
    cr_assert(control.hurry);
    press(KEY_LEFT_SHIFT, KEY_UP);
    cr_assert_leq(steps_between(UINT64_C(1200000000), UINT64_C(2400000000)), 10);
}

Test(snake, a_game_that_was_held_up_does_not_run_after_what_it_missed) {
    cr_assert_eq(steps_between(UINT64_C(60000000000), UINT64_C(60100000000)), 1);
}

Test(snake, a_pause_stops_it_and_keys_do_nothing_then) {
    press('p', KEY_DOWN);
    press(KEY_UP_ARROW, KEY_DOWN);
    cr_assert_eq(steps_between(0, UINT64_C(1200000000)), 0);
    cr_assert_eq(field.turn_count, 0);
    press('p', KEY_DOWN);
    cr_assert_neq(steps_between(UINT64_C(1200000000), UINT64_C(2400000000)), 0);
}

Test(snake, keys_turn_quit_and_start_anew) {
    press('k', KEY_DOWN);
    cr_assert_eq(field.turn_count, 1);
    press(KEY_ENTER, KEY_DOWN);
    cr_assert_not(control.anew);
    field.over = true;
    press(KEY_PAD + KEY_ENTER, KEY_DOWN);
    cr_assert(control.anew);
    press(KEY_ESCAPE, KEY_UP);
    cr_assert_not(control.quit);
    press(KEY_ESCAPE, KEY_DOWN);
    cr_assert(control.quit);
}

Test(snake, other_events_mean_nothing) {
    const EVENT event = {.Type = EVENT_MOUSE, .Action = KEY_DOWN, .Data1 = 'q'};
    control_take(&control, &field, &event);
    cr_assert_not(control.quit);
}

// ---- the picture ----

static struct picture picture;
static uint32_t canvas[PICTURE_HEIGHT][PICTURE_WIDTH];
static uint32_t puts_count, puts_allowed;

static bool put(uint32_t x, uint32_t y, uint32_t width, uint32_t height, const uint32_t *pixels) {
    if (puts_allowed == 0)
        return false;
    puts_allowed--;
    puts_count++;
    cr_assert_leq(x + width, PICTURE_WIDTH);
    cr_assert_leq(y + height, PICTURE_HEIGHT);
    for (uint32_t i = 0; i < height; i++)
        memcpy(&canvas[y + i][x], pixels + i * width, width * sizeof(pixels[0]));
    return true;
}

static void start_picture(void) {
    start();
    memset(canvas, 0xee, sizeof(canvas));
    puts_count = 0;
    puts_allowed = UINT32_MAX;
    picture.put = put;
    picture_start(&picture);
}

TestSuite(snake_picture, .init = start_picture);

Test(snake_picture, it_covers_all_of_its_place) {
    cr_assert(picture_update(&picture, &field, SIGN_PLAYING));
    for (uint32_t y = 0; y < PICTURE_HEIGHT; y++)
        for (uint32_t x = 0; x < PICTURE_WIDTH; x++)
            cr_assert_neq(canvas[y][x], 0xeeeeeeee, "%u, %u", x, y);
}

Test(snake_picture, a_step_draws_what_changed_alone) {
    static uint32_t before[PICTURE_HEIGHT][PICTURE_WIDTH];
    picture_update(&picture, &field, SIGN_PLAYING);
    puts_count = 0;
    picture_update(&picture, &field, SIGN_PLAYING);
    cr_assert_eq(puts_count, 0);
    field_step(&field);
    picture_update(&picture, &field, SIGN_PLAYING);
    cr_assert_eq(puts_count, 3); // the head, what was the head, what was the tail
    memcpy(before, canvas, sizeof(canvas));
    picture_forget(&picture);
    picture_update(&picture, &field, SIGN_PLAYING);
    cr_assert_arr_eq(before, canvas, sizeof(canvas));
}

Test(snake_picture, the_score_is_shown_in_digits) {
    picture_update(&picture, &field, SIGN_PLAYING);
    puts_count = 0;
    field.score = 12;
    picture_update(&picture, &field, SIGN_PLAYING);
    cr_assert_eq(puts_count, 2);
    cr_assert_eq(canvas[4][PICTURE_MARGIN + 4], picture.digits[0][4]);
    for (uint32_t y = 0; y < DIGIT_HEIGHT; y++) {
        cr_assert_arr_eq(&canvas[4 + y][PICTURE_MARGIN + 2 * DIGIT_WIDTH], &picture.digits[1][y * DIGIT_WIDTH], 64);
        cr_assert_arr_eq(&canvas[4 + y][PICTURE_MARGIN + 3 * DIGIT_WIDTH], &picture.digits[2][y * DIGIT_WIDTH], 64);
    }
    cr_assert_neq(memcmp(picture.digits[1], picture.digits[2], sizeof(picture.digits[1])), 0);
}

Test(snake_picture, heads_differ_by_where_they_look) {
    for (int one = CELL_HEAD; one < CELL_HEAD_LAST; one++)
        for (int other = one + 1; other <= CELL_HEAD_LAST; other++)
            cr_assert_neq(memcmp(picture.cells[one][0], picture.cells[other][0], sizeof(picture.cells[0][0])), 0);
}

Test(snake_picture, a_screen_that_fails_is_told) {
    puts_allowed = 10;
    cr_assert_not(picture_update(&picture, &field, SIGN_PLAYING));
}
