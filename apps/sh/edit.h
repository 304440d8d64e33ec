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
};

enum edit_result {
    EDIT_GOES_ON,
    EDIT_DONE,     // Enter
    EDIT_CANCEL,   // Ctrl-C
    EDIT_FINISH,   // Ctrl-D in an empty line
    EDIT_CLEAR,    // Ctrl-L: the screen is to be emptied
    EDIT_COMPLETE, // Tab: the word before the cursor is to be completed
};

// Begins an empty line. What was killed stays.
void edit_start(struct edit *edit, const struct history *history);

// Puts `bytes` in place of what stands from `start` to the cursor.
void edit_replace(struct edit *edit, size_t start, const char *bytes, size_t length);
enum edit_result edit_apply(struct edit *edit, const struct key_press *press);
