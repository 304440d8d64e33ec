// draw: the Mandelbrot set in a place of its own on the screen, with keys to move and to come nearer.
#include <parley/clock.h>
#include <parley/screen.h>
#include <parley/status.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apps/draw/mandelbrot.h"
#include "apps/native/console.h"

enum { WIDTH = 400, HEIGHT = 300, MARGIN = 16 };

static const struct view start = {-0.6, 0, 0.0085};
static struct screen screen;
static uint32_t row[WIDTH];

static void draw_row(const struct view *view, uint32_t y) {
    for (uint32_t x = 0; x < WIDTH; x++) {
        double real = view->x + ((double)x - WIDTH / 2.0) * view->step;
        double imaginary = view->y + ((double)y - HEIGHT / 2.0) * view->step;
        row[x] = mandelbrot_colour(mandelbrot_count(real, imaginary));
    }
}

static enum status draw(const struct view *view) {
    enum status status = STATUS_OK;
    for (uint32_t y = 0; status == STATUS_OK && y < HEIGHT; y++) {
        struct rectangle where = {0, y, WIDTH, 1};
        draw_row(view, y);
        status = screen_put(&screen, &where, row, sizeof(row));
    }
    return status == STATUS_OK ? screen_flush(&screen) : status;
}

// ---- keys ----

static const struct {
    char key;
    double right, down, nearer;
} moves[] = {
    {'h', -40, 0, 1}, {'l', 40, 0, 1},  {'k', 0, -40, 1}, {'j', 0, 40, 1},
    {'D', -40, 0, 1}, {'C', 40, 0, 1},  {'A', 0, -40, 1}, {'B', 0, 40, 1}, // the last byte of an arrow key
    {'+', 0, 0, 0.5}, {'-', 0, 0, 2.0}, {'=', 0, 0, 0.5},
};

// False: the key means nothing.
static bool move(struct view *view, char key) {
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
        if (moves[i].key == key) {
            view->x += moves[i].right * view->step;
            view->y += moves[i].down * view->step;
            view->step *= moves[i].nearer;
            return true;
        }
    }
    return false;
}

// Until `q`, Ctrl-C, or the end of the input.
static enum status follow_keys(void) {
    enum status status = STATUS_OK;
    struct view view = start;
    char key;
    while (status == STATUS_OK && read(STDIN_FILENO, &key, 1) == 1 && key != 'q' && key != 3) {
        if (key == 'r')
            view = start;
        if (move(&view, key) || key == 'r')
            status = draw(&view);
    }
    return status;
}

// ---- the program ----

static enum status open_place(void) {
    struct rectangle place = {MARGIN, MARGIN, WIDTH, HEIGHT};
    enum status status = screen_open(&screen, &place, deadline_after(5 * NANOSECONDS_PER_SECOND));
    if (status == STATUS_OK && screen.page->width > WIDTH + MARGIN)
        screen.page->place.x = screen.page->width - WIDTH - MARGIN;
    return status;
}

static enum status show(bool still) {
    uint32_t before;
    enum status status = draw(&start);
    if (status != STATUS_OK)
        return status;
    if (still)
        return thread_sleep(DEADLINE_NEVER);
    bool raw = console_set_mode(CONSOLE_RAW, &before) == STATUS_OK;
    status = follow_keys();
    if (raw)
        console_set_mode(before, &before);
    return status;
}

int main(int argument_count, char **arguments) {
    bool still = argument_count == 2 && strcmp(arguments[1], "--still") == 0;
    if (argument_count > 1 && !still) {
        fprintf(stderr,
                "usage: draw [--still]\n"
                "Draws the Mandelbrot set on the screen. Keys: arrows or h j k l move, + and - come nearer and go\n"
                "back, r starts anew, q ends. With --still it draws once, and then does nothing until it is ended.\n");
        return 2;
    }
    enum status status = open_place();
    if (status == STATUS_OK) {
        status = show(still);
        screen_close(&screen);
    }
    if (status != STATUS_OK)
        fprintf(stderr, "draw: %s\n", status == STATUS_NOT_FOUND ? "there is no screen" : status_text(status));
    return status == STATUS_OK ? 0 : 1;
}
