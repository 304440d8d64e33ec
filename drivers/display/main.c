// The display driver: a terminal on a linear framebuffer, the boot loader's or that of QEMU's adapter.
//
// Granted: `framebuffer` (the memory of the screen) and `video-ports` (of the adapter, used where the boot loader set no
// mode). A console makes the pipes (<parley/terminal.h>).
#include "drivers/display/adapter.h"
#include "drivers/display/renderer.h"
#include "drivers/terminal_service.h"

#include <parley/calls.h>
#include <parley/directory.h>
#include <parley/log.h>
#include <parley/start.h>
#include <parley/status.h>
#include <stdlib.h>

enum { WIDTH = 1024, HEIGHT = 768, PIXEL_BITS = 32, TEXT_SIZE = 16384, READS_AT_ONCE = 16 };

extern const uint8_t font_data[];
extern const uint64_t font_data_size;

static struct terminal_service service;
static struct surface surface;
static struct font font;
static struct terminal terminal;
static struct renderer renderer;

// Sets the mode itself where the boot loader set none.
static enum status choose_mode(const struct machine_information *machine) {
    if (machine->framebuffer_address) {
        surface.width = machine->framebuffer_width;
        surface.height = machine->framebuffer_height;
        surface.pitch = machine->framebuffer_pitch;
        return machine->framebuffer_bits == PIXEL_BITS ? STATUS_OK : STATUS_UNSUPPORTED;
    }
    surface.width = WIDTH;
    surface.height = HEIGHT;
    surface.pitch = WIDTH * (PIXEL_BITS / 8);
    enum status status = range_open(start_grant_number("video-ports"));
    return status == STATUS_OK ? adapter_set_mode(WIDTH, HEIGHT) : status;
}

static enum status open_screen(void) {
    struct machine_information machine;
    uint64_t base = 0;
    enum status status = machine_information(&machine);
    status = status == STATUS_OK ? choose_mode(&machine) : status;
    if (status != STATUS_OK) {
        return status;
    }
    size_t size = (size_t)surface.pitch * surface.height;
    size = (size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
    status = range_map(start_grant_number("framebuffer"), 0, size, RANGE_WRITE_COMBINING, &base);
    surface.pixels = (uint8_t *)base;
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
    return memory ? renderer_create(&renderer, &surface, &font, &terminal, memory) : STATUS_NO_MEMORY;
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
    renderer_update(&renderer);
    if (status == STATUS_OK || status == STATUS_WOULD_WAIT || status == STATUS_TIMED_OUT) {
        event_watch(service.output, WATCH_READABLE, 0);
    } else {
        terminal_service_end(&service);
    }
}

static void take_event(const EVENT *event) {
    if (event->Type == EVENT_READY && service.output != NUMBER_NONE) {
        show_text();
    } else if (event->Type == EVENT_MESSAGE) {
        terminal_service_answer(&service, event->Data1);
    } else if (event->Type == EVENT_PIPE && terminal_service_take_pipe(&service, event)) {
        show_text();
    }
}

static enum status prepare(void) {
    enum status status = font_open(&font, font_data, font_data_size);
    status = status == STATUS_OK ? open_screen() : status;
    return status == STATUS_OK ? open_terminal() : status;
}

int main(void) {
    EVENT event;
    enum status status = prepare();
    if (status != STATUS_OK) {
        log_line("display: %s", status_text(status));
        return EXIT_FAILURE;
    }
    directory_join();
    for (;;) {
        event_wait(DEADLINE_NEVER);
        while (event_get(&event, NULL) == STATUS_OK) {
            if (!directory_take(&event)) {
                take_event(&event);
            }
        }
    }
}
