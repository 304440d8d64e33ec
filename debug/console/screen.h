// Where the debugger's console draws: a page of its own in the memory of the display adapter, or the text screen.
//
// Rules: the adapter of Bochs and QEMU shows whichever part of its memory it is told to, so that what the display driver drew is never
// touched. Before a graphics mode is set there is the text screen, which is put back as it was.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct screen_place {
    volatile uint32_t *pixels; // null: text
    volatile uint16_t *text;   // null: there is no screen
    uint32_t width, height;    // in pixels, or in characters
    uint32_t pitch;            // of pixels, from line to line
};

// At boot: finds the adapter and maps its memory.
void screen_adapter_start(void);

// Says where to draw, as the adapter stands now.
void screen_adapter_take(struct screen_place *place);

// Shows the page of the debugger; and what was shown before.
void screen_adapter_show(const struct screen_place *place);
void screen_adapter_give_back(const struct screen_place *place);
