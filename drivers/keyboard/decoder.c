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
        if (layout_keys[code].key == key && is_held(decoder, code)) {
            return true;
        }
    }
    return false;
}

static bool has_altgr(const struct decoder *decoder) {
    return decoder->layout && decoder->layout->has_altgr;
}

// Alt and AltGr, each by its own key, where the layout tells them apart.
static void update_alt(struct decoder *decoder) {
    bool left = key_is_held(decoder, KEY_LEFT_ALT), right = key_is_held(decoder, KEY_RIGHT_ALT);
    bool altgr = right && has_altgr(decoder);
    decoder->modifiers &= ~(uint32_t)(KEY_WITH_ALT | KEY_WITH_ALTGR);
    decoder->modifiers |= left || (right && !altgr) ? KEY_WITH_ALT : 0;
    decoder->modifiers |= altgr ? KEY_WITH_ALTGR : 0;
}

// The modifiers are known from the keys that are down; a lock changes when its key goes down.
static void update_modifiers(struct decoder *decoder, uint16_t key, enum key_action action) {
    if (key == KEY_LEFT_ALT || key == KEY_RIGHT_ALT) {
        update_alt(decoder);
    }
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

// What the key types on a us keyboard, and on every other where the layout says nothing of it.
static uint32_t common_character_of(const struct layout_key *key, uint32_t modifiers) {
    bool shifted = modifiers & KEY_WITH_SHIFT;
    if (key->class == LAYOUT_LETTER && modifiers & KEY_WITH_CAPS_LOCK) {
        shifted = !shifted;
    } else if (key->class == LAYOUT_PAD) {
        shifted = !shifted && modifiers & KEY_WITH_NUM_LOCK;
    }
    return shifted ? key->shifted : key->plain;
}

static uint32_t character_of(const struct decoder *decoder, const struct layout *layout, unsigned code) {
    uint32_t modifiers = decoder->modifiers;
    if (!layout || code >= LAYOUT_TYPING || layout->keys[code].typed[0] == 0) {
        return common_character_of(&layout_keys[code], modifiers);
    }
    const struct layout_characters *characters = &layout->keys[code];
    bool shifted = modifiers & KEY_WITH_SHIFT;
    if (characters->class == LAYOUT_LETTER && modifiers & KEY_WITH_CAPS_LOCK) {
        shifted = !shifted;
    }
    return characters->typed[(shifted ? 1 : 0) + (modifiers & KEY_WITH_ALTGR ? 2 : 0)];
}

// What an accent makes of a character; 0: nothing.
static uint32_t compose(const struct layout *layout, uint32_t accent, uint32_t base) {
    for (const struct layout_composition *entry = layout->compositions; entry->accent; entry++) {
        if (entry->accent == accent && entry->base == base) {
            return entry->whole;
        }
    }
    return 0;
}

static bool is_accent(uint32_t character) {
    return character >= LAYOUT_DEAD && character <= LAYOUT_DEAD_LAST;
}

// An accent types nothing until the next character, and that with it. One that has no such form comes as it is; so does a
// character with Control or Alt, which is no text.
static uint32_t with_accents(struct decoder *decoder, const struct layout *layout, uint32_t character,
                             enum key_action action) {
    uint32_t accent = decoder->accent;
    if (!layout || character == 0 || action == KEY_UP) {
        return is_accent(character) ? 0 : character;
    }
    decoder->accent = 0;
    if (accent && !(decoder->modifiers & (KEY_WITH_CONTROL | KEY_WITH_ALT))) {
        uint32_t whole = compose(layout, accent, character);
        character = whole ? whole : character;
    }
    if (is_accent(character)) {
        decoder->accent = (uint16_t)character;
        return 0;
    }
    return character;
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
    const struct layout *layout = __atomic_load_n(&decoder->layout, __ATOMIC_RELAXED);
    const struct layout_key *key = &layout_keys[code];
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
        .Data3 = with_accents(decoder, layout, character_of(decoder, layout, code), action),
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
    *decoder = (struct decoder){.modifiers = decoder->modifiers & LOCKS, .layout = decoder->layout};
}
