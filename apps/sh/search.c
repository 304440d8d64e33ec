// Looking back in the history for a text, while it is typed (Ctrl-R).
#include "apps/sh/edit.h"

#include <string.h>

// The newest line before `place` that holds what is sought; the cursor goes to where it stands there.
static bool find_before(struct edit *edit, size_t place) {
    while (place-- > 0) {
        const char *line = edit->history->lines.list[place], *found = strstr(line, edit->sought.bytes);
        if (found) {
            edit_show_history(edit, place);
            edit->cursor = (size_t)(found - line);
            return true;
        }
    }
    return false;
}

static void begin(struct edit *edit) {
    text_clear(&edit->sought);
    text_add(&edit->sought, "", 0);
    edit->searching = true;
}

// What the line shows may still hold it.
static void look_anew(struct edit *edit) {
    size_t place = edit->history_place, count = edit->history->lines.count;
    edit->search_failed = edit->sought.length && !find_before(edit, place < count ? place + 1 : count);
}

static void remove_last(struct text *text) {
    size_t length = text->length;
    do
        length -= length > 0;
    while (length && ((unsigned char)text->bytes[length] & 0xc0) == 0x80);
    text_remove(text, length, text->length - length);
}

bool edit_search(struct edit *edit, const struct key_press *press) {
    if (!edit->searching && press->key != EDIT_KEY_SEARCH)
        return false;
    if (!edit->searching) {
        begin(edit);
    } else if (press->key == EDIT_KEY_SEARCH) {
        edit->search_failed = edit->sought.length && !find_before(edit, edit->history_place);
    } else if (press->key == EDIT_KEY_CHARACTER) {
        text_add(&edit->sought, press->bytes, press->length);
        look_anew(edit);
    } else if (press->key == EDIT_KEY_BACKSPACE) {
        remove_last(&edit->sought);
        edit_show_history(edit, edit->history->lines.count);
        look_anew(edit);
    } else if (press->key != EDIT_KEY_REDRAW) {
        edit->searching = edit->search_failed = false;
        return false;
    }
    return true;
}
