// The display driver: a terminal on a linear framebuffer, the boot loader's or that of QEMU's adapter.
//
// It serves bitmaps (<parley/screen.h>); the terminal is the first client of that, and lies below all others.
//
// Granted: `bitmaps` and `publish` (interfaces), `framebuffer` (the memory of the screen) and `video-ports` (of the adapter, used
// where the boot loader set no mode). A console attaches itself (<parley/terminal.h>).
#include "drivers/display/adapter.h"
#include "drivers/display/renderer.h"
#include "drivers/display/screen_server.h"
#include "drivers/terminal_service.h"

#include <parley/calls.h>
#include <parley/directory.h>
#include <parley/log.h>
#include <parley/screen.h>
#include <parley/start.h>
#include <parley/status.h>
#include <stdlib.h>

enum { WIDTH = 1024, HEIGHT = 768, PIXEL_BITS = 32, SCREENS_MAX = 4, TEXT_SIZE = 16384, READS_AT_ONCE = 16 };

extern const uint8_t font_data[];
extern const uint64_t font_data_size;

static struct terminal_service service;
static struct surface surface;
static uint32_t
    lines; // of pixels in the memory of the screen: more than the screen has, where the adapter can show any of them
static struct font font;
static struct terminal terminal;
static struct renderer renderer;
static struct screen text_screen; // the terminal is a client like any other

// Bochs' and QEMU's adapter is told the mode, also where the boot loader did so before: all of its memory is of use then.
static enum status set_mode(uint32_t width, uint32_t height) {
    enum status status = range_open(start_grant_number("video-ports"));
    status = status == STATUS_OK ? adapter_set_mode(width, height) : status;
    if (status == STATUS_OK) {
        uint32_t all = adapter_lines(width, height);
        surface = (struct surface){.width = width, .height = height, .pitch = width * (PIXEL_BITS / 8)};
        lines = all < SCREENS_MAX * height ? all : SCREENS_MAX * height;
    }
    return status;
}

static enum status choose_mode(const struct machine_information *machine) {
    if (!machine->framebuffer_address) {
        return set_mode(WIDTH, HEIGHT);
    }
    if (machine->framebuffer_bits != PIXEL_BITS) {
        return STATUS_UNSUPPORTED;
    }
    if (set_mode(machine->framebuffer_width, machine->framebuffer_height) != STATUS_OK) {
        surface.width = machine->framebuffer_width;
        surface.height = machine->framebuffer_height;
        surface.pitch = machine->framebuffer_pitch;
    }
    return STATUS_OK;
}

static enum status map_screen(uint32_t rows) {
    uint64_t base = 0;
    size_t size = (size_t)surface.pitch * rows;
    size = (size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
    enum status status = range_map(start_grant_number("framebuffer"), 0, size, RANGE_WRITE_COMBINING, &base);
    surface.pixels = (uint8_t *)base;
    return status;
}

static enum status open_screen(void) {
    struct machine_information machine;
    enum status status = machine_information(&machine);
    status = status == STATUS_OK ? choose_mode(&machine) : status;
    if (status != STATUS_OK) {
        return status;
    }
    if (lines <= surface.height || map_screen(lines) != STATUS_OK) {
        lines = 0;
        status = map_screen(surface.height);
    }
    if (status == STATUS_OK && machine.framebuffer_address) {
        renderer_clear(&surface);
    }
    return status;
}

static enum status open_terminal(void) {
    uint32_t columns = surface.width / font.width, rows = surface.height / font.height;
    columns = columns < TERMINAL_COLUMNS_MAX ? columns : TERMINAL_COLUMNS_MAX;
    rows = rows < TERMINAL_ROWS_MAX ? rows : TERMINAL_ROWS_MAX;
    size_t size = terminal_memory_size(columns, rows);
    void *memory = size ? malloc(size) : NULL;
    if (!memory) {
        return size ? STATUS_NO_MEMORY : STATUS_UNSUPPORTED;
    }
    terminal_create(&terminal, columns, rows, memory);
    service.columns = columns;
    service.rows = rows;
    memory = malloc(renderer_memory_size(&terminal, &font));
    enum status status = memory ? renderer_create(&renderer, &surface, &font, &terminal, memory) : STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        renderer_let_move(&renderer, lines, adapter_show_from);
    }
    return status;
}

// ---- the terminal as a client of the screen ----

static void put_image(uint32_t x, uint32_t y, const uint32_t *image) {
    struct rectangle where = {x, y, font.width, font.height};
    screen_put(&text_screen, &where, image, font.width * SCREEN_PIXEL);
}

static void draw_posted(void) {
    screen_server_draw();
}

// Before it has its pages nothing is shown; then all is.
static void show_terminal(void) {
    if (!text_screen.page) {
        return;
    }
    if (screen_was_exposed(&text_screen)) {
        renderer_forget(&renderer);
    }
    // With nobody else on the screen there is nothing to draw around, and the images of cells need not go by the window.
    renderer.put = screen_server_has_one_client() ? NULL : put_image;
    renderer_update(&renderer);
    screen_flush(&text_screen);
}

static void send_reply(void) {
    char reply[TERMINAL_REPLY_MAX];
    size_t size = terminal_take_reply(&terminal, reply, sizeof(reply));
    if (size > 0 && service.input != NUMBER_NONE) {
        pipe_write(service.input, reply, size, DEADLINE_NOW, NULL);
    }
}

// Takes all the text that is there, then draws once: what scrolls by unseen costs no drawing.
static void show_text(void) {
    static char text[TEXT_SIZE];
    enum status status = STATUS_OK;
    size_t size = 0;
    for (int i = 0; i < READS_AT_ONCE && status == STATUS_OK && service.output != NUMBER_NONE; i++) {
        status = pipe_read(service.output, text, sizeof(text), DEADLINE_NOW, &size);
        if (status == STATUS_OK) {
            terminal_write(&terminal, text, size);
        }
    }
    send_reply();
    show_terminal();
    if (status == STATUS_OK || status == STATUS_WOULD_WAIT || status == STATUS_TIMED_OUT) {
        event_watch(service.output, WATCH_READABLE, 0);
    } else {
        terminal_service_end(&service);
    }
}

static void take_event(const EVENT *event) {
    if (event->Type == EVENT_READY && service.output != NUMBER_NONE) {
        show_text();
    } else if (event->Type == EVENT_MESSAGE && terminal_service_answer(&service, event->Data1)) {
        show_text();
    }
}

static enum status prepare(void) {
    enum status status = font_open(&font, font_data, font_data_size);
    status = status == STATUS_OK ? open_screen() : status;
    status = status == STATUS_OK ? open_terminal() : status;
    return status == STATUS_OK ? screen_server_start(&surface) : status;
}

static void take_any_event(const EVENT *event) {
    if (!screen_server_take(event) && !directory_take(event)) {
        take_event(event);
    }
}

// The request comes to this very process by event, behind what others have sent.
static enum status open_text_screen(void) {
    EVENT event;
    uint64_t base = 0;
    enum status status = interface_request(SCREEN_ID, SCREEN_VERSION, INTERFACE_DATA_ONLY, &base);
    if (status != STATUS_OK) {
        return status;
    }
    const struct screen_page *page = (const struct screen_page *)base;
    while (interface_word(page) == INTERFACE_NOT_READY && event_get(&event, NULL) == STATUS_OK) {
        take_any_event(&event);
    }
    status = interface_await_ready(page, SCREEN_ID, DEADLINE_NOW);
    if (status == STATUS_OK) {
        text_screen = (struct screen){.page = (struct screen_page *)base, .serve = draw_posted};
        text_screen.page->place = (struct rectangle){0, 0, surface.width, surface.height};
        show_terminal();
    }
    return status;
}

// Draws until nobody has anything more, one round for each event, so that a client that never stops holds nobody up.
static void sleep_or_draw(void) {
    bool sleeps = !screen_server_draw() && screen_server_arm();
    if (text_screen.page && doorbell_read(&text_screen.page->exposed) != text_screen.exposed) {
        show_terminal();
    }
    event_wait(sleeps ? DEADLINE_NEVER : DEADLINE_NOW);
}

int main(void) {
    EVENT event;
    enum status status = prepare();
    status = status == STATUS_OK ? open_text_screen() : status;
    if (status != STATUS_OK) {
        log_line("display: %s", status_text(status));
        return EXIT_FAILURE;
    }
    directory_join();
    for (;;) {
        sleep_or_draw();
        while (event_get(&event, NULL) == STATUS_OK) {
            take_any_event(&event);
        }
    }
}
