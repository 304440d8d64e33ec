// draw: the Mandelbrot set in a place of its own on the screen, with keys to move and to come nearer.
#include <parley/clock.h>
#include <parley/event.h>
#include <parley/key.h>
#include <parley/mouse.h>
#include <parley/screen.h>
#include <parley/status.h>

#include "apps/common/tool.h"
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

// ---- keys and mouse ----

static const struct {
    unsigned key;
    double right, down, nearer;
} moves[] = {
    {'h', -40, 0, 1},
    {'l', 40, 0, 1},
    {'k', 0, -40, 1},
    {'j', 0, 40, 1},
    {KEY_LEFT_ARROW, -40, 0, 1},
    {KEY_RIGHT_ARROW, 40, 0, 1},
    {KEY_UP_ARROW, 0, -40, 1},
    {KEY_DOWN_ARROW, 0, 40, 1},
    {'+', 0, 0, 0.5},
    {'-', 0, 0, 2.0},
    {'=', 0, 0, 0.5},
};

static void move(struct view *view, double right, double down, double nearer) {
    view->x += right * view->step;
    view->y += down * view->step;
    view->step *= nearer;
}

// Keys are known by what they type, and by their names where they type nothing.
static void press(struct view *view, const EVENT *event, bool *ends) {
    unsigned key = event->Data3 ? event->Data3 : event->Data1;
    *ends |= key == 'q' || key == KEY_ESCAPE;
    if (key == 'r')
        *view = start;
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
        if (moves[i].key == key)
            move(view, moves[i].right, moves[i].down, moves[i].nearer);
}

// The picture is dragged with the left button; the wheel goes nearer and back.
static void point(struct view *view, const EVENT *event) {
    if (event->Action == MOUSE_MOVED && event->Data3 & MOUSE_LEFT)
        move(view, -(double)(int)event->Data1, -(double)(int)event->Data2, 1);
    else if (event->Action == MOUSE_WHEEL)
        move(view, 0, 0, (int)event->Data2 < 0 ? 0.5 : 2.0);
}

// Takes all that has happened, so that one picture shows it; false: it is over.
static bool take_events(struct view *view) {
    EVENT event;
    bool ends = false;
    while (event_get(&event, NULL) == STATUS_OK) {
        if (event.Type == EVENT_KEYBOARD && event.Action != KEY_UP)
            press(view, &event, &ends);
        else if (event.Type == EVENT_MOUSE)
            point(view, &event);
    }
    return !ends;
}

static enum status follow_events(void) {
    enum status status = STATUS_OK;
    struct view view = start, shown = start;
    while (status == STATUS_OK && take_events(&view)) {
        if (view.x != shown.x || view.y != shown.y || view.step != shown.step) {
            shown = view;
            status = draw(&view);
        }
        event_wait(DEADLINE_NEVER);
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
    status = console_set_mode(CONSOLE_EVENTS, &before);
    if (status == STATUS_OK) {
        status = follow_events();
        console_set_mode(before, &before);
    }
    return status;
}

static const struct tool_name names[] = {{"still", 's'}, {0}};
static const struct tool tool = {
    .name = "draw",
    .usage =
        "usage: draw [--still]\n"
        "Draws the Mandelbrot set on the screen. Keys: arrows or h j k l move, + and - come nearer and go back, r\n"
        "starts anew, q ends. The mouse drags it, the wheel comes nearer and goes back. With --still it draws\n"
        "once, and then does nothing until it is ended.\n",
    .options = "s",
    .names = names,
    .failure = 1,
};

int main(int argument_count, char **arguments) {
    bool still = false;
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        still = true;
    if (*tool_operands(NULL))
        tool_misused(*tool_operands(NULL), "it takes no words");
    enum status status = open_place();
    if (status == STATUS_OK) {
        status = show(still);
        screen_close(&screen);
    }
    if (status != STATUS_OK)
        tool_fail(NULL, status == STATUS_NOT_FOUND ? "there is no screen" : status_text(status));
    return 0;
}
