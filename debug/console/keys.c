// The keys of a terminal: which sequences of bytes are which key.
#include "debug/console/editor.h"

enum { STATE_PLAIN, STATE_ESCAPE, STATE_SEQUENCE, ESCAPE = 0x1b, NUMBER_MAX = 1000 };

static int key_of_letter(uint8_t letter) {
    switch (letter) {
    case 'A':
        return EDITOR_UP;
    case 'B':
        return EDITOR_DOWN;
    case 'C':
        return EDITOR_RIGHT;
    case 'D':
        return EDITOR_LEFT;
    case 'H':
        return EDITOR_HOME;
    case 'F':
        return EDITOR_END;
    default:
        return EDITOR_NOTHING;
    }
}

static int key_of_number(uint32_t number) {
    switch (number) {
    case 1:
    case 7:
        return EDITOR_HOME;
    case 3:
        return EDITOR_DELETE;
    case 4:
    case 8:
        return EDITOR_END;
    default:
        return EDITOR_NOTHING;
    }
}

// ESC [ number ~, or ESC [ letter, or ESC O letter.
static int take_in_sequence(struct terminal_keys *keys, uint8_t byte) {
    if (byte >= '0' && byte <= '9') {
        if (keys->number < NUMBER_MAX)
            keys->number = keys->number * 10 + (byte - '0');
        return EDITOR_NOTHING;
    }
    if (byte == ';')
        return EDITOR_NOTHING;
    keys->state = STATE_PLAIN;
    return byte == '~' ? key_of_number(keys->number) : key_of_letter(byte);
}

int terminal_key(struct terminal_keys *keys, uint8_t byte) {
    if (keys->state == STATE_SEQUENCE)
        return take_in_sequence(keys, byte);
    bool begins = keys->state == STATE_ESCAPE && (byte == '[' || byte == 'O');
    keys->number = 0;
    keys->state = begins ? STATE_SEQUENCE : byte == ESCAPE ? STATE_ESCAPE : STATE_PLAIN;
    return begins || byte == ESCAPE || byte >= 0x80 ? EDITOR_NOTHING : byte;
}
