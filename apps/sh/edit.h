// The line that is being typed: a text with a cursor, and what each key does to it. Pure.
#pragma once

#include "apps/sh/history.h"
#include "apps/sh/keys.h"
#include "apps/sh/text.h"

struct edit {
    struct text line;
    size_t cursor;      // in bytes, never inside a character
    struct text killed; // what Ctrl-K, U and W took out last; Ctrl-Y puts it in
    const struct history *history;
    size_t history_place; // which of its lines this is; its count: none, the line is new
    struct text new_line; // the new line, while another is shown
    bool searching;       // Ctrl-R: what is typed is looked for in the history
    bool search_failed;   // no line, or no older one, holds it
    struct text sought;
};

enum edit_result {
    EDIT_GOES_ON,
    EDIT_DONE,   // Enter
    EDIT_CANCEL, // Ctrl-C
    EDIT_FINISH, // Ctrl-D in an empty line
    // The line goes on behind these.
    EDIT_CLEAR,    // Ctrl-L: the screen is to be emptied
    EDIT_REDRAW,   // Ctrl-], also from the console that wrote into the row: it is to be drawn again
    EDIT_COMPLETE, // Tab: the word before the cursor is to be completed
};

// Begins an empty line. What was killed stays.
void edit_start(struct edit *edit, const struct history *history);

// Puts `bytes` in place of what stands from `start` to the cursor.
void edit_replace(struct edit *edit, size_t start, const char *bytes, size_t length);

// A line of the history, or at its count the new line, takes the line's place.
void edit_show_history(struct edit *edit, size_t place);

// Whether the key was for the search: Ctrl-R begins one and goes on to older lines, characters and Backspace change what is
// sought, and any other key ends it, keeps the line, and is to be applied to that.
bool edit_search(struct edit *edit, const struct key_press *press);
enum edit_result edit_apply(struct edit *edit, const struct key_press *press);
