// A client of the display: pixels go into the window, commands into the ring, and the driver is told.
#include <parley/clock.h>
#include <parley/screen.h>
#include <parley/thread.h>

enum { PATIENCE = 10 }; // seconds for the driver to draw what fits into a window

#define RETRY_PERIOD (NANOSECONDS_PER_SECOND / 50) // between two looks whether there is a driver again

enum status screen_open(struct screen *screen, const struct rectangle *place, uint64_t deadline) {
    void *pages;
    enum status status = interface_open(SCREEN_ID, SCREEN_VERSION, INTERFACE_DATA_ONLY, deadline, &pages);
    if (status != STATUS_OK)
        return status;
    *screen = (struct screen){.page = pages};
    screen->page->place = *place;
    return STATUS_OK;
}

enum status screen_open_again(struct screen *screen, uint64_t deadline) {
    struct rectangle place = screen->page->place;
    enum status status;
    screen_close(screen);
    do {
        thread_sleep(deadline_after(RETRY_PERIOD));
        status = screen_open(screen, &place, deadline);
    } while (status != STATUS_OK && clock_now() < deadline);
    return status;
}

// The driver may sleep for events: then the kernel carries the ring.
static void ring(struct screen *screen) {
    struct doorbell *bell = &screen->page->bell;
    __atomic_add_fetch(&bell->rung, 1, __ATOMIC_SEQ_CST);
    if (__atomic_exchange_n(&bell->sleeps, 0, __ATOMIC_SEQ_CST) != 0)
        interface_ring((uint64_t)screen->page);
}

static bool is_drawn(const struct screen *screen) {
    return __atomic_load_n(&screen->page->drawn, __ATOMIC_ACQUIRE) == screen->posted;
}

static enum status await_drawn(struct screen *screen) {
    struct doorbell *done = &screen->page->done;
    uint64_t deadline = deadline_after(PATIENCE * NANOSECONDS_PER_SECOND);
    for (;;) {
        uint32_t seen = doorbell_read(done);
        if (is_drawn(screen))
            return STATUS_OK;
        enum status status = doorbell_wait(done, seen, deadline);
        if (status != STATUS_OK)
            return status;
    }
}

enum status screen_flush(struct screen *screen) {
    __atomic_store_n(&screen->page->posted, screen->posted, __ATOMIC_RELEASE);
    if (screen->serve)
        screen->serve();
    else
        ring(screen);
    enum status status = await_drawn(screen);
    screen->used = 0;
    return status;
}

static bool has_room(const struct screen *screen, uint32_t size) {
    return screen->used + size <= SCREEN_WINDOW && screen->posted - screen->page->drawn < SCREEN_COMMANDS;
}

typedef uint64_t run __attribute__((vector_size(16), may_alias, aligned(4)));

// Rows of pixels one behind the other.
static void copy_rows(uint8_t *to, const struct rectangle *where, const uint8_t *pixels, uint32_t pitch) {
    uint32_t row = where->width * SCREEN_PIXEL;
    for (uint32_t y = 0; y < where->height; y++, to += row, pixels += pitch) {
        uint32_t done = 0;
        for (; done + sizeof(run) <= row; done += sizeof(run))
            *(run *)(to + done) = *(const run *)(pixels + done);
        if (done < row)
            memcpy(to + done, pixels + done, row - done);
    }
}

// A piece that fits into the window.
static enum status put_piece(struct screen *screen, const struct rectangle *where, const uint8_t *pixels,
                             uint32_t pitch) {
    uint32_t row = where->width * SCREEN_PIXEL, size = row * where->height;
    enum status status = has_room(screen, size) ? STATUS_OK : screen_flush(screen);
    if (status != STATUS_OK)
        return status;
    copy_rows((uint8_t *)screen->page + SCREEN_WINDOW_OFFSET + screen->used, where, pixels, pitch);
    screen->page->commands[screen->posted % SCREEN_COMMANDS] =
        (struct screen_command){.where = *where, .offset = screen->used, .pitch = row};
    screen->posted++;
    screen->used += size;
    return STATUS_OK;
}

enum status screen_put(struct screen *screen, const struct rectangle *where, const void *pixels, uint32_t pitch) {
    enum status status = STATUS_OK;
    uint32_t width_most = SCREEN_WINDOW / SCREEN_PIXEL;
    uint32_t rows = where->width != 0 && where->width <= width_most ? width_most / where->width : 0;
    if (rows == 0)
        return STATUS_INVALID_ARGUMENT;
    for (uint32_t y = 0; status == STATUS_OK && y < where->height; y += rows) {
        uint32_t height = where->height - y < rows ? where->height - y : rows;
        struct rectangle piece = {where->x, where->y + y, where->width, height};
        status = put_piece(screen, &piece, (const uint8_t *)pixels + (size_t)y * pitch, pitch);
    }
    return status;
}

bool screen_was_exposed(struct screen *screen) {
    uint32_t now = doorbell_read(&screen->page->exposed);
    bool was = now != screen->exposed;
    screen->exposed = now;
    return was;
}

void screen_close(struct screen *screen) {
    interface_close(screen->page);
    *screen = (struct screen){0};
}
