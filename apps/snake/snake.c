// snake: the game. It polls its events and never waits for one; it draws through the display, and moves by the clock.
#include <parley/clock.h>
#include <parley/console.h>
#include <parley/event.h>
#include <parley/screen.h>
#include <parley/status.h>
#include <stdio.h>

#include "apps/common/tool.h"
#include "apps/native/console.h"
#include "apps/snake/control.h"
#include "apps/snake/picture.h"

#define FRAME (NANOSECONDS_PER_SECOND / 50)

static struct screen screen;
static struct picture picture;
static struct field field;
static struct control control;
static enum status drawing; // how the last pixels went

static bool put(uint32_t x, uint32_t y, uint32_t width, uint32_t height, const uint32_t *pixels) {
    struct rectangle where = {x, y, width, height};
    drawing = screen_put(&screen, &where, pixels, width * SCREEN_PIXEL);
    return drawing == STATUS_OK;
}

static void take_events(void) {
    EVENT event;
    while (event_get(&event, NULL) == STATUS_OK)
        control_take(&control, &field, &event);
}

static void start_anew(void) {
    field_start(&field, clock_now());
    control_start(&control, clock_now());
}

static enum status draw(void) {
    if (screen_was_exposed(&screen))
        picture_forget(&picture);
    picture_update(&picture, &field, field.over ? SIGN_OVER : control.paused ? SIGN_PAUSED : SIGN_PLAYING);
    return drawing == STATUS_OK ? screen_flush(&screen) : drawing;
}

static enum status open_place(void) {
    struct rectangle place = {0, 0, PICTURE_WIDTH, PICTURE_HEIGHT};
    enum status status = screen_open(&screen, &place, deadline_after(5 * NANOSECONDS_PER_SECOND));
    if (status != STATUS_OK)
        return status;
    if (screen.page->width < PICTURE_WIDTH || screen.page->height < PICTURE_HEIGHT) {
        screen_close(&screen);
        return STATUS_UNSUPPORTED;
    }
    screen.page->place.x = (screen.page->width - PICTURE_WIDTH) / 2;
    screen.page->place.y = (screen.page->height - PICTURE_HEIGHT) / 2;
    picture.put = put;
    picture_start(&picture);
    return STATUS_OK;
}

// The display's driver has ended, and is started again: the game goes on where it was.
static enum status reopen_place(void) {
    picture_forget(&picture);
    return screen_open_again(&screen, deadline_after(5 * NANOSECONDS_PER_SECOND));
}

// The time to the next frame is everybody else's.
static enum status play(void) {
    enum status status = STATUS_OK;
    uint64_t frame = clock_now();
    start_anew();
    while (status == STATUS_OK && !control.quit) {
        take_events();
        if (control.anew)
            start_anew();
        if (control_step_is_due(&control, clock_now()))
            field_step(&field);
        status = draw();
        if (status == STATUS_PEER_DIED)
            status = reopen_place();
        frame = clock_now() > frame + FRAME ? clock_now() : frame + FRAME;
        thread_sleep(frame);
    }
    return status;
}

static const struct tool tool = {
    .name = "snake",
    .usage = "usage: snake\n"
             "Arrows, h j k l or w a s d turn; Shift or the space bar, held down, hurries; p pauses, Enter\n"
             "starts anew at the end, q or Escape ends the game.\n",
    .options = "",
    .failure = 1,
};

static const char *why_no_keys(enum status status) {
    return status == STATUS_DENIED        ? "it is not in the foreground"
           : status == STATUS_UNSUPPORTED ? "this console has no keyboard"
           : status == STATUS_NOT_FOUND   ? "there is no console"
                                          : status_text(status);
}

int main(int argument_count, char **arguments) {
    uint32_t before, ours;
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        ;
    if (*tool_operands(NULL))
        tool_misused(*tool_operands(NULL), "it takes no words");
    enum status status = open_place();
    if (status != STATUS_OK)
        tool_fail(NULL, status == STATUS_NOT_FOUND ? "there is no screen" : status_text(status));
    status = console_set_mode(CONSOLE_EVENTS, &before);
    if (status != STATUS_OK) {
        screen_close(&screen);
        tool_fail(NULL, why_no_keys(status));
    }
    status = play();
    console_set_mode(before, &ours);
    screen_close(&screen);
    if (status != STATUS_OK)
        tool_fail(NULL, status_text(status));
    printf("snake: %u points\n", (unsigned)field.score);
    return 0;
}
