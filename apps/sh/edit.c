// The line that is being typed: a function per key.
#include "apps/sh/edit.h"

#include <string.h>

static const char *bytes_of(const struct text *text) {
    return text->bytes ? text->bytes : "";
}

void edit_start(struct edit *edit, const struct history *history) {
    text_clear(&edit->line);
    text_clear(&edit->new_line);
    edit->cursor = 0;
    edit->history = history;
    edit->history_place = history->lines.count;
    edit->searching = edit->search_failed = false;
}

static bool is_continuation(const struct edit *edit, size_t place) {
    return place < edit->line.length && ((unsigned char)edit->line.bytes[place] & 0xc0) == 0x80;
}

static size_t before(const struct edit *edit, size_t place) {
    do
        place -= place > 0;
    while (place && is_continuation(edit, place));
    return place;
}

static size_t behind(const struct edit *edit, size_t place) {
    do
        place += place < edit->line.length;
    while (is_continuation(edit, place));
    return place;
}

static bool is_blank(const struct edit *edit, size_t place) {
    return edit->line.bytes[place] == ' ' || edit->line.bytes[place] == '\t';
}

static size_t word_start(const struct edit *edit) {
    size_t place = edit->cursor;
    while (place && is_blank(edit, place - 1))
        place--;
    while (place && !is_blank(edit, place - 1))
        place--;
    return place;
}

static size_t word_end(const struct edit *edit) {
    size_t place = edit->cursor;
    while (place < edit->line.length && is_blank(edit, place))
        place++;
    while (place < edit->line.length && !is_blank(edit, place))
        place++;
    return place;
}

static void insert(struct edit *edit, const char *bytes, size_t length) {
    text_insert(&edit->line, edit->cursor, bytes, length);
    edit->cursor += length;
}

void edit_replace(struct edit *edit, size_t start, const char *bytes, size_t length) {
    text_remove(&edit->line, start, edit->cursor - start);
    edit->cursor = start;
    insert(edit, bytes, length);
}

// Takes out from `start` to `end`, and keeps it.
static void kill(struct edit *edit, size_t start, size_t end) {
    if (start == end)
        return;
    text_clear(&edit->killed);
    text_add(&edit->killed, edit->line.bytes + start, end - start);
    text_remove(&edit->line, start, end - start);
    edit->cursor = start;
}

void edit_show_history(struct edit *edit, size_t place) {
    if (edit->history_place == edit->history->lines.count) {
        text_clear(&edit->new_line);
        text_add(&edit->new_line, bytes_of(&edit->line), edit->line.length);
    }
    edit->history_place = place;
    bool is_new = place == edit->history->lines.count;
    text_clear(&edit->line);
    text_add_string(&edit->line, is_new ? bytes_of(&edit->new_line) : edit->history->lines.list[place]);
    edit->cursor = edit->line.length;
}

static enum edit_result do_nothing(struct edit *edit, const struct key_press *press) {
    return EDIT_GOES_ON;
}

static enum edit_result do_character(struct edit *edit, const struct key_press *press) {
    insert(edit, press->bytes, press->length);
    return EDIT_GOES_ON;
}

static enum edit_result do_enter(struct edit *edit, const struct key_press *press) {
    edit->cursor = edit->line.length;
    return EDIT_DONE;
}

static enum edit_result do_left(struct edit *edit, const struct key_press *press) {
    edit->cursor = before(edit, edit->cursor);
    return EDIT_GOES_ON;
}

static enum edit_result do_right(struct edit *edit, const struct key_press *press) {
    edit->cursor = behind(edit, edit->cursor);
    return EDIT_GOES_ON;
}

static enum edit_result do_up(struct edit *edit, const struct key_press *press) {
    if (edit->history_place)
        edit_show_history(edit, edit->history_place - 1);
    return EDIT_GOES_ON;
}

static enum edit_result do_down(struct edit *edit, const struct key_press *press) {
    if (edit->history_place < edit->history->lines.count)
        edit_show_history(edit, edit->history_place + 1);
    return EDIT_GOES_ON;
}

static enum edit_result do_home(struct edit *edit, const struct key_press *press) {
    edit->cursor = 0;
    return EDIT_GOES_ON;
}

static enum edit_result do_end(struct edit *edit, const struct key_press *press) {
    edit->cursor = edit->line.length;
    return EDIT_GOES_ON;
}

static enum edit_result do_delete(struct edit *edit, const struct key_press *press) {
    text_remove(&edit->line, edit->cursor, behind(edit, edit->cursor) - edit->cursor);
    return EDIT_GOES_ON;
}

static enum edit_result do_backspace(struct edit *edit, const struct key_press *press) {
    size_t start = before(edit, edit->cursor);
    text_remove(&edit->line, start, edit->cursor - start);
    edit->cursor = start;
    return EDIT_GOES_ON;
}

static enum edit_result do_word_left(struct edit *edit, const struct key_press *press) {
    edit->cursor = word_start(edit);
    return EDIT_GOES_ON;
}

static enum edit_result do_word_right(struct edit *edit, const struct key_press *press) {
    edit->cursor = word_end(edit);
    return EDIT_GOES_ON;
}

static enum edit_result do_kill_to_end(struct edit *edit, const struct key_press *press) {
    kill(edit, edit->cursor, edit->line.length);
    return EDIT_GOES_ON;
}

static enum edit_result do_kill_to_start(struct edit *edit, const struct key_press *press) {
    kill(edit, 0, edit->cursor);
    return EDIT_GOES_ON;
}

static enum edit_result do_kill_word(struct edit *edit, const struct key_press *press) {
    kill(edit, word_start(edit), edit->cursor);
    return EDIT_GOES_ON;
}

static enum edit_result do_yank(struct edit *edit, const struct key_press *press) {
    insert(edit, bytes_of(&edit->killed), edit->killed.length);
    return EDIT_GOES_ON;
}

static enum edit_result do_clear(struct edit *edit, const struct key_press *press) {
    return EDIT_CLEAR;
}

static enum edit_result do_redraw(struct edit *edit, const struct key_press *press) {
    return EDIT_REDRAW;
}

static enum edit_result do_complete(struct edit *edit, const struct key_press *press) {
    return EDIT_COMPLETE;
}

static enum edit_result do_cancel(struct edit *edit, const struct key_press *press) {
    return EDIT_CANCEL;
}

static enum edit_result do_finish(struct edit *edit, const struct key_press *press) {
    return edit->line.length ? do_delete(edit, press) : EDIT_FINISH;
}

enum edit_result edit_apply(struct edit *edit, const struct key_press *press) {
    static enum edit_result (*const actions[EDIT_KEY_COUNT])(struct edit *, const struct key_press *) = {
        [EDIT_KEY_NONE] = do_nothing,
        [EDIT_KEY_CHARACTER] = do_character,
        [EDIT_KEY_ENTER] = do_enter,
        [EDIT_KEY_LEFT] = do_left,
        [EDIT_KEY_RIGHT] = do_right,
        [EDIT_KEY_UP] = do_up,
        [EDIT_KEY_DOWN] = do_down,
        [EDIT_KEY_HOME] = do_home,
        [EDIT_KEY_END] = do_end,
        [EDIT_KEY_DELETE] = do_delete,
        [EDIT_KEY_BACKSPACE] = do_backspace,
        [EDIT_KEY_WORD_LEFT] = do_word_left,
        [EDIT_KEY_WORD_RIGHT] = do_word_right,
        [EDIT_KEY_KILL_TO_END] = do_kill_to_end,
        [EDIT_KEY_KILL_TO_START] = do_kill_to_start,
        [EDIT_KEY_KILL_WORD] = do_kill_word,
        [EDIT_KEY_YANK] = do_yank,
        [EDIT_KEY_CLEAR] = do_clear,
        [EDIT_KEY_REDRAW] = do_redraw,
        [EDIT_KEY_CANCEL] = do_cancel,
        [EDIT_KEY_FINISH] = do_finish,
        [EDIT_KEY_TAB] = do_complete,
    };
    return edit_search(edit, press) ? EDIT_GOES_ON : actions[press->key](edit, press);
}
