// The line editor of the debugger's console: keys in, a line and what is to be shown out.
//
// Rules: pure; an editor of zeros with `complete` set is ready. What is shown are printable characters, \b, \r and \n alone, so that the
// dullest terminal will do.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct writer;

enum { EDITOR_LINE_SIZE = 200, EDITOR_HISTORY = 16 };

// Keys that are no characters.
enum editor_key {
    EDITOR_NOTHING = 0,
    EDITOR_UP = 0x100,
    EDITOR_DOWN,
    EDITOR_LEFT,
    EDITOR_RIGHT,
    EDITOR_HOME,
    EDITOR_END,
    EDITOR_DELETE,
};

struct line_editor {
    // The next word behind `after` (null: the first) that begins with the text; null: no more.
    const char *(*complete)(const char *after, const char *text, size_t length);
    char line[EDITOR_LINE_SIZE + 1]; // ended by 0
    size_t length, cursor;
    char history[EDITOR_HISTORY][EDITOR_LINE_SIZE + 1];
    uint32_t entered; // lines ever; the newest EDITOR_HISTORY are kept
    uint32_t shown;   // how far back the line is from the newest
};

// Shows an empty line behind the prompt.
void editor_begin(struct line_editor *editor, const char *prompt, struct writer *out);

// Takes one key. True: the line is whole. Ctrl-C empties it.
bool editor_take(struct line_editor *editor, int key, const char *prompt, struct writer *out);

// A line from the history, 1 being the newest; null: there are not so many.
const char *editor_history(const struct line_editor *editor, uint32_t back);

// ---- the keys of a terminal ----

// Where a sequence stands; zeros are ready.
struct terminal_keys {
    uint8_t state;
    uint32_t number;
};

// Takes one byte of a terminal's; a key, or EDITOR_NOTHING where a sequence goes on or none is meant.
int terminal_key(struct terminal_keys *keys, uint8_t byte);
