// What must be written to the terminal so that it shows the line that is being typed.
#include "apps/sh/display.h"

#include <string.h>

enum { COLUMNS_LEAST = 8 };

static size_t columns_of(const char *bytes, size_t length) {
    size_t columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)bytes[i] & 0xc0) != 0x80;
    return columns;
}

// How many bytes so many columns take.
static size_t bytes_of(const char *bytes, size_t length, size_t columns) {
    size_t i = 0;
    while (i < length && (columns || ((unsigned char)bytes[i] & 0xc0) == 0x80)) {
        columns -= ((unsigned char)bytes[i] & 0xc0) != 0x80;
        i++;
    }
    return i;
}

// The columns behind the prompt; the last one stays free, as a cursor behind it would wrap.
static size_t room(const struct display *display) {
    size_t prompt = columns_of(display->prompt, strlen(display->prompt)) + 1;
    return display->columns > prompt + COLUMNS_LEAST ? display->columns - prompt : COLUMNS_LEAST;
}

void display_start(struct display *display, const char *prompt, size_t columns, struct text *output) {
    display->prompt = prompt;
    display->columns = columns;
    display->first = display->cursor = 0;
    text_clear(&display->shown);
    text_add_string(output, prompt);
}

static void scroll(struct display *display, size_t cursor) {
    size_t columns = room(display);
    if (cursor < display->first)
        display->first = cursor;
    if (cursor - display->first > columns)
        display->first = cursor - columns;
}

static void move_to(struct display *display, size_t column, struct text *output) {
    text_add_character(output, '\r');
    column += columns_of(display->prompt, strlen(display->prompt));
    if (!column)
        return;
    text_add_string(output, "\033[");
    text_add_number(output, column);
    text_add_character(output, 'C');
}

struct view {
    const char *bytes;
    size_t length;
    size_t cursor; // its column
};

static struct view view_of(struct display *display, const struct edit *edit) {
    const char *line = edit->line.bytes ? edit->line.bytes : "";
    size_t cursor = columns_of(line, edit->cursor);
    scroll(display, cursor);
    size_t start = bytes_of(line, edit->line.length, display->first);
    size_t length = bytes_of(line + start, edit->line.length - start, room(display));
    return (struct view){line + start, length, cursor - display->first};
}

// What is typed at the end of the line is simply written there.
static bool is_longer_at_end(const struct display *display, const struct view *view) {
    const struct text *shown = &display->shown;
    return view->length > shown->length && (!shown->length || !memcmp(view->bytes, shown->bytes, shown->length)) &&
           display->cursor == columns_of(shown->length ? shown->bytes : "", shown->length) &&
           view->cursor == columns_of(view->bytes, view->length);
}

static void write_view(struct display *display, const struct view *view, struct text *output) {
    text_add_character(output, '\r');
    text_add_string(output, display->prompt);
    text_add(output, view->bytes, view->length);
    text_add_string(output, "\033[K");
    if (view->cursor < columns_of(view->bytes, view->length))
        move_to(display, view->cursor, output);
}

static void note(struct display *display, const struct view *view) {
    text_clear(&display->shown);
    text_add(&display->shown, view->bytes, view->length);
    display->cursor = view->cursor;
}

void display_update(struct display *display, const struct edit *edit, struct text *output) {
    struct view view = view_of(display, edit);
    bool same = view.length == display->shown.length &&
                (!view.length || !memcmp(view.bytes, display->shown.bytes, view.length));
    if (same && view.cursor != display->cursor)
        move_to(display, view.cursor, output);
    else if (is_longer_at_end(display, &view))
        text_add(output, view.bytes + display->shown.length, view.length - display->shown.length);
    else if (!same)
        write_view(display, &view, output);
    note(display, &view);
}

void display_redraw(struct display *display, const struct edit *edit, struct text *output) {
    struct view view = view_of(display, edit);
    write_view(display, &view, output);
    note(display, &view);
}

void display_again(struct display *display, const struct edit *edit, struct text *output) {
    text_add_string(output, display->prompt);
    text_clear(&display->shown);
    display->cursor = 0;
    display_update(display, edit, output);
}
