// Bitmaps on the screen: the interface of the display driver, and a client's helpers for it.
//
// A client has a place on the screen, a window of memory for pixels, and a ring of commands: each says which rectangle of its place
// shows which pixels of the window. It writes pixels and commands, counts them up in `posted`, and rings the bell; the driver draws
// them, says so in `drawn`, and rings `done`. Between awake sides no system call is made. The client that came last lies on top;
// when one goes, or moves, the others are told by the bell `exposed` to draw anew. Pixels are 32 bits, blue in the lowest byte.
//
// Rules: helpers are for one thread per struct screen. The driver reads each command once, and draws none that reaches out of its
// place or of the window; it never waits for a client (R-I9).
#pragma once

#include <parley/interface.h>

enum {
    SCREEN_ID = 10, // "bitmaps" in the directory
    SCREEN_VERSION = 1,
    SCREEN_COMMANDS = 64,
    SCREEN_WINDOW = 32 << 10, // bytes
    SCREEN_WINDOW_OFFSET = PAGE_SIZE,
    SCREEN_PIXEL = 4, // bytes
};

struct rectangle {
    uint32_t x, y, width, height; // pixels
};

// Shows the pixels that begin `offset` bytes into the window, row after row `pitch` bytes apart, in a rectangle of the place.
struct screen_command {
    struct rectangle where;
    uint32_t offset, pitch; // multiples of SCREEN_PIXEL
};

struct screen_page {
    struct interface_page head;
    uint32_t process;                                // of the driver
    uint32_t width, height;                          // of the screen
    struct rectangle place;                          // the client's, on the screen; it may change it before it posts
    uint32_t posted;                                 // how many commands the client has posted
    uint32_t drawn;                                  // how many of them the driver has drawn or refused
    uint32_t refused;                                // how many it has refused
    struct doorbell bell;                            // rung by the client, by interface_ring where the driver sleeps
    struct doorbell done;                            // rung by the driver
    struct doorbell exposed;                         // rung by the driver
    uint32_t reserved;                               // 0
    uint64_t window;                                 // pointer to the window, good in the client
    struct screen_command commands[SCREEN_COMMANDS]; // command number n stands at n % SCREEN_COMMANDS
};

_Static_assert(sizeof(struct screen_page) <= SCREEN_WINDOW_OFFSET, "the window lies behind the page");

struct screen {
    struct screen_page *page;
    uint32_t used;       // bytes of the window
    uint32_t posted;     // commands
    uint32_t exposed;    // as the bell was read
    void (*serve)(void); // null; the driver's own client has it drawn by this
};

// Opens a place on the screen: as interface_open. NOT_FOUND: there is no display.
enum status screen_open(struct screen *screen, const struct rectangle *place, uint64_t deadline);

// The driver has ended, which said PEER_DIED, and is started again: opens the same place anew, as often as it takes until the
// deadline. What was put and not flushed is lost. With an error there is no place any more.
enum status screen_open_again(struct screen *screen, uint64_t deadline);

// Shows pixels in a rectangle of the place; they are copied into the window, piece by piece where they are many, and drawn at the
// latest by screen_flush. TIMED_OUT, PEER_DIED.
enum status screen_put(struct screen *screen, const struct rectangle *where, const void *pixels, uint32_t pitch);

// Has all drawn that was put, and waits until it is. TIMED_OUT, PEER_DIED.
enum status screen_flush(struct screen *screen);

// Whether the place is to be drawn anew since the last time that was asked.
bool screen_was_exposed(struct screen *screen);

void screen_close(struct screen *screen);
