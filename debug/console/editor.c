// Editing a line by single keys, with history and completion.
#include "debug/console/editor.h"

#include "kernel/base/string.h"
#include "kernel/base/writer.h"

enum {
    CONTROL_A = 1,
    CONTROL_B = 2,
    CONTROL_C = 3,
    CONTROL_D = 4,
    CONTROL_E = 5,
    CONTROL_F = 6,
    BACKSPACE = 8,
    TAB = 9,
    LINE_FEED = 10,
    CONTROL_K = 11,
    CONTROL_L = 12,
    RETURN = 13,
    CONTROL_N = 14,
    CONTROL_P = 16,
    CONTROL_U = 21,
    CONTROL_W = 23,
    RUBOUT = 127,
};

// ---- showing ----

static void put_repeated(struct writer *out, const char *text, size_t count) {
    for (; count > 0; count--)
        writer_text(out, text);
}

// The line from the cursor on is shown anew; `gone` characters behind its end are blanked.
static void show_rest(const struct line_editor *editor, struct writer *out, size_t gone) {
    out->put(out, editor->line + editor->cursor, editor->length - editor->cursor);
    put_repeated(out, " ", gone);
    put_repeated(out, "\b", editor->length - editor->cursor + gone);
}

static void move_to(struct line_editor *editor, struct writer *out, size_t place) {
    if (place < editor->cursor)
        put_repeated(out, "\b", editor->cursor - place);
    else
        out->put(out, editor->line + editor->cursor, place - editor->cursor);
    editor->cursor = place;
}

// ---- changing ----

static void insert(struct line_editor *editor, struct writer *out, const char *text, size_t size) {
    if (size > EDITOR_LINE_SIZE - editor->length)
        size = EDITOR_LINE_SIZE - editor->length;
    memmove(editor->line + editor->cursor + size, editor->line + editor->cursor, editor->length - editor->cursor);
    memcpy(editor->line + editor->cursor, text, size);
    editor->length += size;
    editor->line[editor->length] = 0;
    out->put(out, text, size);
    editor->cursor += size;
    show_rest(editor, out, 0);
}

// What lies between a place and the cursor, whichever comes first.
static void remove_to(struct line_editor *editor, struct writer *out, size_t place) {
    size_t from = place < editor->cursor ? place : editor->cursor;
    size_t to = place < editor->cursor ? editor->cursor : place;
    move_to(editor, out, from);
    memmove(editor->line + from, editor->line + to, editor->length - to);
    editor->length -= to - from;
    editor->line[editor->length] = 0;
    show_rest(editor, out, to - from);
}

static void replace(struct line_editor *editor, struct writer *out, const char *text) {
    move_to(editor, out, editor->length);
    remove_to(editor, out, 0);
    insert(editor, out, text, strlen(text));
}

static size_t word_start(const struct line_editor *editor) {
    size_t place = editor->cursor;
    while (place > 0 && editor->line[place - 1] == ' ')
        place--;
    while (place > 0 && editor->line[place - 1] != ' ')
        place--;
    return place;
}

// ---- history ----

const char *editor_history(const struct line_editor *editor, uint32_t back) {
    if (back == 0 || back > editor->entered || back > EDITOR_HISTORY)
        return 0;
    return editor->history[(editor->entered - back) % EDITOR_HISTORY];
}

static void recall(struct line_editor *editor, struct writer *out, uint32_t back) {
    const char *line = back == 0 ? "" : editor_history(editor, back);
    if (line == 0)
        return;
    editor->shown = back;
    replace(editor, out, line);
}

static void remember(struct line_editor *editor) {
    const char *newest = editor_history(editor, 1);
    if (editor->length == 0 || (newest != 0 && strcmp(newest, editor->line) == 0))
        return;
    memcpy(editor->history[editor->entered++ % EDITOR_HISTORY], editor->line, editor->length + 1);
}

// ---- completion ----

static bool holds_blank(const char *text, size_t size) {
    while (size > 0 && text[size - 1] != ' ')
        size--;
    return size > 0;
}

static size_t common_length(const char *a, const char *b, size_t most) {
    size_t length = 0;
    while (length < most && a[length] == b[length])
        length++;
    return length;
}

// Several words: what they have in common is put in; where that is nothing, they are listed.
static void complete(struct line_editor *editor, const char *prompt, struct writer *out) {
    size_t size = editor->cursor;
    const char *first = editor->complete(0, editor->line, size);
    if (first == 0 || holds_blank(editor->line, size))
        return;
    size_t common = strlen(first);
    const char *word = first;
    bool is_only = editor->complete(first, editor->line, size) == 0;
    while ((word = editor->complete(word, editor->line, size)) != 0)
        common = common_length(first, word, common);
    if (common > size || is_only) {
        insert(editor, out, first + size, common - size);
        if (is_only)
            insert(editor, out, " ", 1);
        return;
    }
    writer_text(out, "\n");
    for (word = first; word != 0; word = editor->complete(word, editor->line, size))
        writer_format(out, "%s ", word);
    writer_format(out, "\n%s", prompt);
    out->put(out, editor->line, editor->cursor);
    show_rest(editor, out, 0);
}

// ---- keys ----

static void take_control(struct line_editor *editor, int key, struct writer *out) {
    switch (key) {
    case CONTROL_A:
    case EDITOR_HOME:
        move_to(editor, out, 0);
        break;
    case CONTROL_E:
    case EDITOR_END:
        move_to(editor, out, editor->length);
        break;
    case CONTROL_B:
    case EDITOR_LEFT:
        move_to(editor, out, editor->cursor - (editor->cursor > 0));
        break;
    case CONTROL_F:
    case EDITOR_RIGHT:
        move_to(editor, out, editor->cursor + (editor->cursor < editor->length));
        break;
    case BACKSPACE:
    case RUBOUT:
        remove_to(editor, out, editor->cursor - (editor->cursor > 0));
        break;
    case CONTROL_D:
    case EDITOR_DELETE:
        remove_to(editor, out, editor->cursor + (editor->cursor < editor->length));
        break;
    case CONTROL_K:
        remove_to(editor, out, editor->length);
        break;
    case CONTROL_U:
        remove_to(editor, out, 0);
        break;
    case CONTROL_W:
        remove_to(editor, out, word_start(editor));
        break;
    case CONTROL_P:
    case EDITOR_UP:
        recall(editor, out, editor->shown + 1);
        break;
    case CONTROL_N:
    case EDITOR_DOWN:
        recall(editor, out, editor->shown - (editor->shown > 0));
        break;
    default:
        break;
    }
}

void editor_begin(struct line_editor *editor, const char *prompt, struct writer *out) {
    editor->length = editor->cursor = editor->shown = 0;
    editor->line[0] = 0;
    writer_text(out, prompt);
}

bool editor_take(struct line_editor *editor, int key, const char *prompt, struct writer *out) {
    char character = (char)key;
    if (key == RETURN || key == LINE_FEED) {
        writer_text(out, "\n");
        remember(editor);
        return true;
    }
    if (key == CONTROL_C) {
        writer_text(out, "^C\n");
        editor_begin(editor, prompt, out);
    } else if (key == TAB) {
        complete(editor, prompt, out);
    } else if (key >= ' ' && key < RUBOUT) {
        insert(editor, out, &character, 1);
    } else {
        take_control(editor, key, out);
    }
    return false;
}
