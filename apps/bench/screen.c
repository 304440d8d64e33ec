// Measured at the prompt of a machine with a screen: a frame of the game, and a screen of text that scrolls.
#include "apps/bench/bench.h"

#include <parley/clock.h>
#include <parley/event.h>
#include <parley/screen.h>
#include <unistd.h>

#include "apps/snake/control.h"
#include "apps/snake/picture.h"

static struct screen screen;
static struct picture picture;
static struct field field;
static struct control control;

static bool put(uint32_t x, uint32_t y, uint32_t width, uint32_t height, const uint32_t *pixels) {
    struct rectangle where = {x, y, width, height};
    bench_check(screen_put(&screen, &where, pixels, width * SCREEN_PIXEL), "putting pixels");
    return true;
}

static void game_prepare(void) {
    struct rectangle place = {500, 300, PICTURE_WIDTH, PICTURE_HEIGHT};
    bench_check(screen_open(&screen, &place, deadline_after(5 * NANOSECONDS_PER_SECOND)),
                "opening a place on the screen");
    picture.put = put;
    picture_start(&picture);
    field_start(&field, 1);
    control_start(&control, clock_now());
}

// Around in a square of four cells, a step in every frame: the game itself steps in one of six.
static void frame(uint32_t round) {
    static const enum direction square[] = {DIRECTION_DOWN, DIRECTION_LEFT, DIRECTION_UP, DIRECTION_RIGHT};
    EVENT event;
    while (event_get(&event, NULL) == STATUS_OK)
        control_take(&control, &field, &event);
    control_step_is_due(&control, clock_now());
    field_turn(&field, square[round % 4]);
    field_step(&field);
    picture_update(&picture, &field, SIGN_PLAYING);
    bench_check(screen_flush(&screen), "drawing");
    thread_sleep(clock_now());
}

static void game_run(uint32_t rounds) {
    static uint32_t round;
    for (uint32_t i = 0; i < rounds; i++)
        frame(round++);
    if (field.over)
        bench_check(STATUS_CORRUPT, "the game that was not to end");
}

static void game_finish(void) {
    screen_close(&screen);
}

// ---- 25 rows of 80 characters move up by one, and the last one is written: standard error is the terminal ----

enum { ROWS = 25, COLUMNS = 80 };

static void show(const char *text, size_t size) {
    if (write(STDERR_FILENO, text, size) != (ssize_t)size)
        bench_check(STATUS_PEER_DIED, "writing to the terminal");
}

// No character stands below the same one: every cell of the screen changes.
static void scroll(uint32_t round) {
    char text[1 + COLUMNS] = "\n";
    for (uint32_t i = 0; i < COLUMNS; i++)
        text[1 + i] = (char)('!' + (round * 7 + i) % ('~' - '!'));
    show(text, sizeof(text));
}

static void scroll_prepare(void) {
    static const char region[] = "\x1b[1;25r\x1b[25;1H";
    if (!isatty(STDERR_FILENO))
        bench_check(STATUS_WRONG_TYPE, "standard error is no terminal");
    show(region, sizeof(region) - 1);
    for (uint32_t i = 0; i < ROWS; i++)
        scroll(i);
}

// The display is more urgent than this program: on one CPU a line is drawn when the write returns.
static void scroll_run(uint32_t rounds) {
    static uint32_t round;
    for (uint32_t i = 0; i < rounds; i++)
        scroll(round++);
}

static void scroll_finish(void) {
    static const char whole[] = "\x1b[r\x1b[2J\x1b[H";
    show(whole, sizeof(whole) - 1);
}

const struct benchmark bench_screen[] = {
    {"snake_frame", 400, game_prepare, game_run, game_finish},
    {"scroll_screen", 100, scroll_prepare, scroll_run, scroll_finish},
    {0},
};
