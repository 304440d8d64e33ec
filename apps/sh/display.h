// What must be written to the terminal so that it shows the line that is being typed. Pure.
//
// The line takes one row: one that is longer than the terminal is wide is moved sideways, so that the cursor
// is seen. A character takes one column.
#pragma once

#include "apps/sh/edit.h"

struct display {
    const char *prompt;
    size_t columns;    // of the terminal
    size_t first;      // column of the line that stands right behind the prompt
    struct text shown; // what the terminal shows of the line, and where the cursor is in it
    size_t cursor;
};

// Begins a new row with the prompt.
void display_start(struct display *display, const char *prompt, size_t columns, struct text *output);

// Adds what changes the row to how the line is now.
void display_update(struct display *display, const struct edit *edit, struct text *output);

// The same from an empty row on: after the screen was emptied.
void display_again(struct display *display, const struct edit *edit, struct text *output);

// The same over whatever stands in the row.
void display_redraw(struct display *display, const struct edit *edit, struct text *output);
