// Measured at the prompt of a machine with a screen: a frame of the game, and a screen of text that scrolls.
#include "apps/bench/bench.h"

#include <parley/clock.h>
#include <parley/event.h>
#include <parley/screen.h>
#include <parley/thread.h>
#include <stdio.h>
#include <unistd.h>

#include "apps/native/terminal.h"
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

// ---- text moves up by a line, and the last one is written: standard error is the terminal ----

enum { REGION_ROWS = 25, REGION_COLUMNS = 80 };

static size_t columns, rows; // of the terminal

static void show(const char *text, size_t length) {
    if (write(STDERR_FILENO, text, length) != (ssize_t)length)
        bench_check(STATUS_PEER_DIED, "writing to the terminal");
}

// No character stands below the same one: every cell of the screen changes.
static void scroll(uint32_t round, size_t width) {
    char text[1 + UINT8_MAX] = "\n";
    for (size_t i = 0; i < width; i++)
        text[1 + i] = (char)('!' + (round * 7 + i) % ('~' - '!'));
    show(text, 1 + width);
}

// The display, which sinks while it works without a pause, must stay more urgent than this program: else it takes several lines at
// once, and draws the last ones alone.
static void scroll_prepare(size_t height, size_t width) {
    char place[32];
    bench_check(thread_set_priority(0, PRIORITY_LOW), "becoming less urgent");
    show(place, (size_t)snprintf(place, sizeof(place), "\x1b[1;%zur\x1b[%zu;1H", height, height));
    for (uint32_t i = 0; i < height; i++)
        scroll(i, width);
}

static void find_size(void) {
    terminal_size(&columns, &rows);
    if (!isatty(STDERR_FILENO) || rows < REGION_ROWS || columns < REGION_COLUMNS || columns > UINT8_MAX)
        bench_check(STATUS_WRONG_TYPE, "standard error as a terminal of 80x25 or more");
}

// The whole of the screen, which is larger than 80x25.
static void screen_prepare(void) {
    find_size();
    scroll_prepare(rows, columns);
}

// On one CPU a line is drawn when the write returns.
static void screen_run(uint32_t rounds) {
    static uint32_t round;
    for (uint32_t i = 0; i < rounds; i++)
        scroll(round++, columns);
}

// A part of it, 80x25: what lies around it stays.
static void region_prepare(void) {
    find_size();
    scroll_prepare(REGION_ROWS, REGION_COLUMNS);
}

static void region_run(uint32_t rounds) {
    static uint32_t round;
    for (uint32_t i = 0; i < rounds; i++)
        scroll(round++, REGION_COLUMNS);
}

static void scroll_finish(void) {
    static const char whole[] = "\x1b[r\x1b[2J\x1b[H";
    show(whole, sizeof(whole) - 1);
    bench_check(thread_set_priority(0, PRIORITY_NORMAL), "becoming as urgent as before");
}

const struct benchmark bench_screen[] = {
    {"snake_frame", 400, game_prepare, game_run, game_finish},
    {"scroll_screen", 500, screen_prepare, screen_run, scroll_finish},
    {"scroll_region", 100, region_prepare, region_run, scroll_finish},
    {0},
};
