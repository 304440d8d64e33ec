// The table of keys that type sequences, and the making of characters with Control and Alt.
#include "os/console/keys.h"

#include <parley/key.h>

#include <stdbool.h>
#include <stdio.h>

enum { SEQUENCE_LETTER, SEQUENCE_NUMBER, SEQUENCE_FUNCTION };
enum { BYTE_ESCAPE = 0x1b, NO_CHARACTER = UINT16_MAX };

struct key_sequence {
    uint16_t key;
    uint8_t shape; // ESC [ letter, ESC [ number ~, ESC O letter
    uint8_t value; // the letter or the number
};

static const struct key_sequence sequences[] = {
    {KEY_UP_ARROW, SEQUENCE_LETTER, 'A'},    {KEY_DOWN_ARROW, SEQUENCE_LETTER, 'B'},
    {KEY_RIGHT_ARROW, SEQUENCE_LETTER, 'C'}, {KEY_LEFT_ARROW, SEQUENCE_LETTER, 'D'},
    {KEY_HOME, SEQUENCE_LETTER, 'H'},        {KEY_END, SEQUENCE_LETTER, 'F'},
    {KEY_INSERT, SEQUENCE_NUMBER, 2},        {KEY_DELETE, SEQUENCE_NUMBER, 3},
    {KEY_PAGE_UP, SEQUENCE_NUMBER, 5},       {KEY_PAGE_DOWN, SEQUENCE_NUMBER, 6},
    {KEY_F1, SEQUENCE_FUNCTION, 'P'},        {KEY_F1 + 1, SEQUENCE_FUNCTION, 'Q'},
    {KEY_F1 + 2, SEQUENCE_FUNCTION, 'R'},    {KEY_F1 + 3, SEQUENCE_FUNCTION, 'S'},
    {KEY_F1 + 4, SEQUENCE_NUMBER, 15},       {KEY_F1 + 5, SEQUENCE_NUMBER, 17},
    {KEY_F1 + 6, SEQUENCE_NUMBER, 18},       {KEY_F1 + 7, SEQUENCE_NUMBER, 19},
    {KEY_F1 + 8, SEQUENCE_NUMBER, 20},       {KEY_F1 + 9, SEQUENCE_NUMBER, 21},
    {KEY_F1 + 10, SEQUENCE_NUMBER, 23},      {KEY_F12, SEQUENCE_NUMBER, 24},
};
enum { SEQUENCE_COUNT = sizeof(sequences) / sizeof(sequences[0]) };

static const struct key_sequence *find_sequence(unsigned key) {
    for (unsigned i = 0; i < SEQUENCE_COUNT; i++) {
        if (sequences[i].key == key) {
            return &sequences[i];
        }
    }
    return NULL;
}

// Terminals tell modifiers as a number: 1, plus 1 for Shift, 2 for Alt, 4 for Control.
static unsigned modifier_number(unsigned modifiers) {
    return 1 + (modifiers & KEY_WITH_SHIFT ? 1 : 0) + (modifiers & KEY_WITH_ALT ? 2 : 0) +
           (modifiers & KEY_WITH_CONTROL ? 4 : 0);
}

static size_t write_sequence(const struct key_sequence *sequence, unsigned modifiers, char *bytes) {
    unsigned number = modifier_number(modifiers);
    bool letter = sequence->shape != SEQUENCE_NUMBER;
    if (letter && number > 1) {
        return snprintf(bytes, KEYS_BYTES_MAX, "\x1b[1;%u%c", number, sequence->value);
    }
    if (letter) {
        char second = sequence->shape == SEQUENCE_FUNCTION ? 'O' : '[';
        return snprintf(bytes, KEYS_BYTES_MAX, "\x1b%c%c", second, sequence->value);
    }
    if (number > 1) {
        return snprintf(bytes, KEYS_BYTES_MAX, "\x1b[%u;%u~", sequence->value, number);
    }
    return snprintf(bytes, KEYS_BYTES_MAX, "\x1b[%u~", sequence->value);
}

static size_t write_utf8(unsigned character, char *bytes) {
    size_t more = character < 0x80 ? 0 : character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
    for (size_t i = more; i > 0; i--, character >>= 6) {
        bytes[i] = 0x80 | (character & 0x3f);
    }
    bytes[0] = lead[more] | character;
    return more + 1;
}

// Control with a letter or one of @[\]^_ is a control character, with a space it is 0.
static unsigned with_control(unsigned character) {
    if ((character >= '@' && character <= '_') || (character >= 'a' && character <= 'z')) {
        return character & 0x1f;
    }
    return character == ' ' ? 0 : character;
}

static unsigned character_of(const EVENT *event) {
    unsigned key = event->Data1 & ~KEY_PAD, modifiers = event->Data2;
    unsigned character = event->Data3;
    if (key == KEY_BACKSPACE) {
        return modifiers & KEY_WITH_CONTROL ? KEY_BACKSPACE : 0x7f;
    }
    if (character == 0) {
        return NO_CHARACTER;
    }
    return modifiers & KEY_WITH_CONTROL ? with_control(character) : character;
}

size_t keys_bytes_of(const EVENT *event, char *bytes) {
    if (event->Type != EVENT_KEYBOARD || event->Action == KEY_UP) {
        return 0;
    }
    bool types = event->Data3 != 0 && event->Data1 != KEY_DELETE;
    const struct key_sequence *sequence = types ? NULL : find_sequence(event->Data1 & ~KEY_PAD);
    if (sequence) {
        return write_sequence(sequence, event->Data2, bytes);
    }
    if (event->Data1 == KEY_TAB && event->Data2 & KEY_WITH_SHIFT) {
        return snprintf(bytes, KEYS_BYTES_MAX, "\x1b[Z");
    }
    unsigned character = character_of(event);
    if (character == NO_CHARACTER || character > 0x10ffff) {
        return 0;
    }
    size_t prefix = event->Data2 & KEY_WITH_ALT ? 1 : 0;
    bytes[0] = BYTE_ESCAPE;
    return prefix + write_utf8(character, bytes + prefix);
}
