// From the bytes that a terminal sends to keys: UTF-8, control characters, and the escape sequences of cursor
// keys. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum edit_key {
    EDIT_KEY_NONE, // a sequence that means nothing here
    EDIT_KEY_CHARACTER,
    EDIT_KEY_ENTER,
    EDIT_KEY_LEFT,
    EDIT_KEY_RIGHT,
    EDIT_KEY_UP,
    EDIT_KEY_DOWN,
    EDIT_KEY_HOME,
    EDIT_KEY_END,
    EDIT_KEY_DELETE,
    EDIT_KEY_BACKSPACE,
    EDIT_KEY_WORD_LEFT,
    EDIT_KEY_WORD_RIGHT,
    EDIT_KEY_KILL_TO_END,
    EDIT_KEY_KILL_TO_START,
    EDIT_KEY_KILL_WORD,
    EDIT_KEY_YANK,
    EDIT_KEY_CLEAR,
    EDIT_KEY_REDRAW, // Ctrl-]
    EDIT_KEY_CANCEL,
    EDIT_KEY_FINISH, // Ctrl-D
    EDIT_KEY_TAB,
    EDIT_KEY_SEARCH, // Ctrl-R
    EDIT_KEY_COUNT,
};

struct key_press {
    enum edit_key key;
    char bytes[4]; // of a character
    size_t length;
};

// Starts as zeros.
struct key_decoder {
    enum { KEYS_PLAIN, KEYS_ESCAPE, KEYS_SEQUENCE, KEYS_CHARACTER } state;
    unsigned parameters[2];
    unsigned parameter;
    char bytes[4];
    size_t have, want;
};

// True: the byte completes a key. Bytes that are no UTF-8 are passed over.
bool key_decode(struct key_decoder *decoder, unsigned char byte, struct key_press *press);
