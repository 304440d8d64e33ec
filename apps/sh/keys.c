// From the bytes that a terminal sends to keys.
#include "apps/sh/keys.h"

#include <string.h>

enum { ESCAPE = 0x1b, DELETE = 0x7f, MODIFIER_ALT = 3, MODIFIER_CONTROL = 5 };

static const enum edit_key controls[0x20] = {
    ['A' & 0x1f] = EDIT_KEY_HOME,        ['B' & 0x1f] = EDIT_KEY_LEFT,  ['C' & 0x1f] = EDIT_KEY_CANCEL,
    ['D' & 0x1f] = EDIT_KEY_FINISH,      ['E' & 0x1f] = EDIT_KEY_END,   ['F' & 0x1f] = EDIT_KEY_RIGHT,
    ['H' & 0x1f] = EDIT_KEY_BACKSPACE,   ['I' & 0x1f] = EDIT_KEY_TAB,   ['J' & 0x1f] = EDIT_KEY_ENTER,
    ['K' & 0x1f] = EDIT_KEY_KILL_TO_END, ['L' & 0x1f] = EDIT_KEY_CLEAR, ['M' & 0x1f] = EDIT_KEY_ENTER,
    ['N' & 0x1f] = EDIT_KEY_DOWN,        ['P' & 0x1f] = EDIT_KEY_UP,    ['U' & 0x1f] = EDIT_KEY_KILL_TO_START,
    ['W' & 0x1f] = EDIT_KEY_KILL_WORD,   ['Y' & 0x1f] = EDIT_KEY_YANK,  ['R' & 0x1f] = EDIT_KEY_SEARCH,
    [']' & 0x1f] = EDIT_KEY_REDRAW,
};

static bool give(struct key_press *press, enum edit_key key) {
    press->key = key;
    press->length = 0;
    return true;
}

// ESC [ ... LETTER
static enum edit_key key_of_letter(unsigned char letter, unsigned modifier) {
    bool by_word = modifier == MODIFIER_CONTROL || modifier == MODIFIER_ALT;
    switch (letter) {
    case 'A':
        return EDIT_KEY_UP;
    case 'B':
        return EDIT_KEY_DOWN;
    case 'C':
        return by_word ? EDIT_KEY_WORD_RIGHT : EDIT_KEY_RIGHT;
    case 'D':
        return by_word ? EDIT_KEY_WORD_LEFT : EDIT_KEY_LEFT;
    case 'F':
        return EDIT_KEY_END;
    case 'H':
        return EDIT_KEY_HOME;
    default:
        return EDIT_KEY_NONE;
    }
}

// ESC [ NUMBER ~
static enum edit_key key_of_number(unsigned number) {
    static const enum edit_key keys[] = {
        [1] = EDIT_KEY_HOME, [3] = EDIT_KEY_DELETE, [4] = EDIT_KEY_END, [7] = EDIT_KEY_HOME, [8] = EDIT_KEY_END};
    return number < sizeof(keys) / sizeof(keys[0]) ? keys[number] : EDIT_KEY_NONE;
}

static bool decode_sequence(struct key_decoder *decoder, unsigned char byte, struct key_press *press) {
    unsigned *parameter = &decoder->parameters[decoder->parameter];
    if (byte >= '0' && byte <= '9') {
        *parameter = (*parameter * 10 + (byte - '0')) % 1000;
        return false;
    }
    if (byte == ';' || (byte >= 0x20 && byte < 0x40)) {
        decoder->parameter = byte == ';' ? 1 : decoder->parameter;
        return false;
    }
    decoder->state = KEYS_PLAIN;
    return give(press,
                byte == '~' ? key_of_number(decoder->parameters[0]) : key_of_letter(byte, decoder->parameters[1]));
}

// Behind ESC: the start of a sequence, or a key with Alt.
static bool decode_escape(struct key_decoder *decoder, unsigned char byte, struct key_press *press) {
    if (byte == '[' || byte == 'O') {
        memset(decoder->parameters, 0, sizeof(decoder->parameters));
        decoder->parameter = 0;
        decoder->state = KEYS_SEQUENCE;
        return false;
    }
    if (byte == ESCAPE)
        return false;
    decoder->state = KEYS_PLAIN;
    if (byte == 'b' || byte == 'f')
        return give(press, byte == 'b' ? EDIT_KEY_WORD_LEFT : EDIT_KEY_WORD_RIGHT);
    return give(press, byte == DELETE ? EDIT_KEY_KILL_WORD : EDIT_KEY_NONE);
}

static bool give_character(struct key_decoder *decoder, struct key_press *press) {
    decoder->state = KEYS_PLAIN;
    press->key = EDIT_KEY_CHARACTER;
    press->length = decoder->have;
    memcpy(press->bytes, decoder->bytes, decoder->have);
    return true;
}

// How many bytes the character has that starts with this one; 0: none does.
static size_t length_of(unsigned char byte) {
    if (byte < 0x80)
        return 1;
    if (byte < 0xc2 || byte > 0xf4)
        return 0;
    return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

static bool decode_plain(struct key_decoder *decoder, unsigned char byte, struct key_press *press) {
    decoder->state = KEYS_PLAIN;
    if (byte == ESCAPE) {
        decoder->state = KEYS_ESCAPE;
        return false;
    }
    if (byte < 0x20)
        return give(press, controls[byte]);
    if (byte == DELETE)
        return give(press, EDIT_KEY_BACKSPACE);
    decoder->want = length_of(byte);
    if (!decoder->want)
        return false;
    decoder->bytes[0] = (char)byte;
    decoder->have = 1;
    if (decoder->want == 1)
        return give_character(decoder, press);
    decoder->state = KEYS_CHARACTER;
    return false;
}

static bool decode_character(struct key_decoder *decoder, unsigned char byte, struct key_press *press) {
    if ((byte & 0xc0) != 0x80)
        return decode_plain(decoder, byte, press); // the one before is broken off
    decoder->bytes[decoder->have++] = (char)byte;
    return decoder->have == decoder->want && give_character(decoder, press);
}

bool key_decode(struct key_decoder *decoder, unsigned char byte, struct key_press *press) {
    static bool (*const states[])(struct key_decoder *, unsigned char, struct key_press *) = {
        [KEYS_PLAIN] = decode_plain,
        [KEYS_ESCAPE] = decode_escape,
        [KEYS_SEQUENCE] = decode_sequence,
        [KEYS_CHARACTER] = decode_character,
    };
    return states[decoder->state](decoder, byte, press);
}
