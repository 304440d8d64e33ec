// The scan code decoder: prefixes, held keys, modifiers, and what a key types.
#include "drivers/keyboard/decoder.h"

#include <parley/key.h>

enum {
    CODE_RELEASE = 0x80, // this bit of a code says that the key went up
    PREFIX_EXTENDED = 0xe0,
    PREFIX_PAUSE = 0xe1, // then 1d 45: the Pause key goes down; then 9d c5: it goes up
    PAUSE_FIRST = 0x1d,
    PAUSE_SECOND = 0x45,
    CODE_PAUSE = LAYOUT_EXTENDED + 0x46,
    LOCKS = KEY_WITH_CAPS_LOCK | KEY_WITH_NUM_LOCK,
};

struct modifier_key {
    uint16_t key;
    uint16_t pair; // the same key on the other side
    uint32_t bit;
};

static const struct modifier_key modifier_keys[] = {
    {KEY_LEFT_SHIFT, KEY_RIGHT_SHIFT, KEY_WITH_SHIFT},
    {KEY_LEFT_CONTROL, KEY_RIGHT_CONTROL, KEY_WITH_CONTROL},
    {KEY_LEFT_ALT, KEY_RIGHT_ALT, KEY_WITH_ALT},
    {KEY_LEFT_META, KEY_RIGHT_META, KEY_WITH_META},
    {KEY_CAPS_LOCK, 0, KEY_WITH_CAPS_LOCK},
    {KEY_NUM_LOCK, 0, KEY_WITH_NUM_LOCK},
};
enum { MODIFIER_KEY_COUNT = sizeof(modifier_keys) / sizeof(modifier_keys[0]) };

static bool is_held(const struct decoder *decoder, unsigned code) {
    return decoder->held[code / 64] >> code % 64 & 1;
}

static bool key_is_held(const struct decoder *decoder, uint16_t key) {
    for (unsigned code = 0; code < LAYOUT_CODE_COUNT; code++) {
        if (layout_us[code].key == key && is_held(decoder, code)) {
            return true;
        }
    }
    return false;
}

// The modifiers are known from the keys that are down; a lock changes when its key goes down.
static void update_modifiers(struct decoder *decoder, uint16_t key, enum key_action action) {
    for (unsigned i = 0; i < MODIFIER_KEY_COUNT; i++) {
        const struct modifier_key *modifier = &modifier_keys[i];
        if (key != modifier->key && key != modifier->pair) {
            continue;
        }
        if (modifier->bit & LOCKS) {
            decoder->modifiers ^= action == KEY_DOWN ? modifier->bit : 0;
        } else if (key_is_held(decoder, modifier->key) || key_is_held(decoder, modifier->pair)) {
            decoder->modifiers |= modifier->bit;
        } else {
            decoder->modifiers &= ~modifier->bit;
        }
    }
}

static uint32_t character_of(const struct layout_key *key, uint32_t modifiers) {
    bool shifted = modifiers & KEY_WITH_SHIFT;
    if (key->class == LAYOUT_LETTER && modifiers & KEY_WITH_CAPS_LOCK) {
        shifted = !shifted;
    } else if (key->class == LAYOUT_PAD) {
        shifted = !shifted && modifiers & KEY_WITH_NUM_LOCK;
    }
    return shifted ? key->shifted : key->plain;
}

static enum key_action mark(struct decoder *decoder, unsigned code, bool release) {
    uint64_t bit = UINT64_C(1) << code % 64;
    enum key_action action = release ? KEY_UP : decoder->held[code / 64] & bit ? KEY_REPEAT : KEY_DOWN;
    if (release) {
        decoder->held[code / 64] &= ~bit;
    } else {
        decoder->held[code / 64] |= bit;
    }
    return action;
}

static bool tell(struct decoder *decoder, unsigned code, bool release, EVENT *event) {
    const struct layout_key *key = &layout_us[code];
    // Extended codes of a Shift key are no keys: the keyboard puts them around others for the sake of old programs.
    if (key->key == 0 || (release && !is_held(decoder, code))) {
        return false;
    }
    enum key_action action = mark(decoder, code, release);
    update_modifiers(decoder, key->key, action);
    *event = (EVENT){
        .Type = EVENT_KEYBOARD,
        .Action = action,
        .Data1 = key->key,
        .Data2 = decoder->modifiers,
        .Data3 = character_of(key, decoder->modifiers),
    };
    return true;
}

// Within 0xe1: true when `byte` was the last of a whole Pause. What does not fit ends the sequence and is taken afresh.
static bool take_pause(struct decoder *decoder, uint8_t byte, EVENT *event) {
    if (decoder->pause_second == 0 && (byte & ~CODE_RELEASE) == PAUSE_FIRST) {
        decoder->pause_second = PAUSE_SECOND | (byte & CODE_RELEASE);
        return false;
    }
    bool whole = decoder->pause_second == byte && byte != 0;
    decoder->prefix = 0;
    decoder->pause_second = 0;
    return whole ? tell(decoder, CODE_PAUSE, byte & CODE_RELEASE, event) : decoder_take(decoder, byte, event);
}

bool decoder_take(struct decoder *decoder, uint8_t byte, EVENT *event) {
    if (decoder->prefix == PREFIX_PAUSE) {
        return take_pause(decoder, byte, event);
    }
    if (byte == PREFIX_EXTENDED || byte == PREFIX_PAUSE) {
        decoder->prefix = byte;
        return false;
    }
    unsigned code = (byte & ~CODE_RELEASE) + (decoder->prefix == PREFIX_EXTENDED ? LAYOUT_EXTENDED : 0);
    decoder->prefix = 0;
    return tell(decoder, code, byte & CODE_RELEASE, event);
}

void decoder_release_all(struct decoder *decoder) {
    *decoder = (struct decoder){.modifiers = decoder->modifiers & LOCKS};
}
