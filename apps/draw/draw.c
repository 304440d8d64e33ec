// draw: the Mandelbrot set in a place of its own on the screen, with keys and a mouse to move, to come nearer, and to paint on it.
#include <parley/clock.h>
#include <parley/event.h>
#include <parley/key.h>
#include <parley/mouse.h>
#include <parley/screen.h>
#include <parley/status.h>

#include "apps/common/tool.h"
#include "apps/draw/mandelbrot.h"
#include "apps/draw/sheet.h"
#include "apps/native/console.h"

enum { MARGIN = 16 };

#define PATIENCE (5 * NANOSECONDS_PER_SECOND)       // until there is a display
#define EXPOSED_PERIOD (NANOSECONDS_PER_SECOND / 4) // how long a picture may lie damaged that another one left

static const struct view start = {-0.6, 0, 0.0085};
static struct screen screen;
static struct sheet sheet;
static bool paints; // the mouse paints; else it moves the view

static void count_points(const struct view *view) {
    for (uint32_t y = 0; y < SHEET_HEIGHT; y++) {
        double imaginary = view->y + ((double)y - SHEET_HEIGHT / 2.0) * view->step;
        for (uint32_t x = 0; x < SHEET_WIDTH; x++) {
            double real = view->x + ((double)x - SHEET_WIDTH / 2.0) * view->step;
            sheet.set[y][x] = mandelbrot_colour(mandelbrot_count(real, imaginary));
        }
    }
    sheet_change_all(&sheet);
}

// Shows what has changed.
static enum status show_changed(void) {
    static uint32_t row[SHEET_WIDTH];
    enum status status = STATUS_OK;
    struct part part;
    if (!sheet_take_changed(&sheet, &part))
        return STATUS_OK;
    for (int y = part.top; status == STATUS_OK && y < part.bottom; y++) {
        struct rectangle where = {(uint32_t)part.left, (uint32_t)y, (uint32_t)(part.right - part.left), 1};
        sheet_row(&sheet, &part, y, row);
        status = screen_put(&screen, &where, row, sizeof(row));
    }
    return status == STATUS_OK ? screen_flush(&screen) : status;
}

// As show_changed. The display's driver may end, and is started again: then all is shown to the next one.
static enum status show_on(void) {
    enum status status = interface_is_dead(screen.page) ? STATUS_PEER_DIED : show_changed();
    while (status == STATUS_PEER_DIED) {
        status = screen_open_again(&screen, deadline_after(PATIENCE));
        sheet_change_all(&sheet);
        if (status == STATUS_OK)
            status = show_changed();
    }
    return status;
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
    if (key == 'c')
        sheet_wipe(&sheet);
    if (key == 'p') {
        paints = !paints;
        sheet_take_brush(&sheet, BRUSH_UP);
    }
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
        if (moves[i].key == key)
            move(view, moves[i].right, moves[i].down, moves[i].nearer);
}

// The left button paints and the right one rubs out; the wheel takes the next colour.
static void paint(const EVENT *event) {
    if (event->Action == MOUSE_WHEEL)
        sheet_choose(&sheet, (int)event->Data2);
    else
        sheet_take_brush(&sheet, event->Data3 & MOUSE_LEFT    ? BRUSH_PAINTS
                                 : event->Data3 & MOUSE_RIGHT ? BRUSH_RUBS
                                                              : BRUSH_UP);
}

// The picture is dragged with the left button; the wheel goes nearer and back.
static void drag(struct view *view, const EVENT *event) {
    if (event->Action == MOUSE_MOVED && event->Data3 & MOUSE_LEFT)
        move(view, -(double)(int)event->Data1, -(double)(int)event->Data2, 1);
    else if (event->Action == MOUSE_WHEEL)
        move(view, 0, 0, (int)event->Data2 < 0 ? 0.5 : 2.0);
}

static void point(struct view *view, const EVENT *event) {
    if (paints)
        paint(event);
    else
        drag(view, event);
    if (event->Action == MOUSE_MOVED)
        sheet_move(&sheet, (int)event->Data1, (int)event->Data2);
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
            count_points(&view);
        }
        if (screen_was_exposed(&screen))
            sheet_change_all(&sheet);
        status = show_on();
        event_wait(deadline_after(EXPOSED_PERIOD));
    }
    return status;
}

// ---- the program ----

static enum status open_place(void) {
    struct rectangle place = {MARGIN, MARGIN, SHEET_WIDTH, SHEET_HEIGHT};
    enum status status = screen_open(&screen, &place, deadline_after(PATIENCE));
    if (status == STATUS_OK && screen.page->width > SHEET_WIDTH + MARGIN)
        screen.page->place.x = screen.page->width - SHEET_WIDTH - MARGIN;
    return status;
}

static enum status keep_shown(void) {
    enum status status = STATUS_OK;
    while (status == STATUS_OK) {
        uint32_t seen = doorbell_read(&screen.page->exposed);
        sheet_change_all(&sheet);
        status = show_on();
        if (status == STATUS_OK)
            status = doorbell_wait(&screen.page->exposed, seen, DEADLINE_NEVER);
        if (status == STATUS_PEER_DIED)
            status = STATUS_OK; // the next one is asked
    }
    return status;
}

static enum status show(bool still) {
    uint32_t before;
    sheet_start(&sheet);
    count_points(&start);
    if (still)
        return keep_shown();
    enum status status = show_on();
    if (status == STATUS_OK)
        status = console_set_mode(CONSOLE_EVENTS, &before);
    if (status == STATUS_OK) {
        status = follow_events();
        console_set_mode(before, &before);
    }
    return status;
}

static const struct tool_name names[] = {{"paint", 'p'}, {"still", 's'}, {0}};
static const struct tool tool = {
    .name = "draw",
    .usage =
        "usage: draw [--paint | --still]\n"
        "Draws the Mandelbrot set on the screen. Keys: arrows or h j k l move, + and - come nearer and go back, r\n"
        "starts anew, q ends. The mouse drags it, the wheel comes nearer and goes back. With --paint, or from p on\n"
        "until the next p, the mouse paints: the left button paints, the right one rubs out, the wheel takes\n"
        "another colour, the pointer's; c wipes it all off. With --still it draws once, and then does nothing\n"
        "until it is ended.\n",
    .options = "ps",
    .names = names,
    .failure = 1,
};

int main(int argument_count, char **arguments) {
    bool still = false;
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());)
        *(option == 's' ? &still : &paints) = true;
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
