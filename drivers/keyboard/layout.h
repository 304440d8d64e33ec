// Which key a scan code of set 1 stands for, and what it types in which layout.
//
// The layouts come from Debian's keymaps (os/tools/keymaps.py); each says what the keys of the main block type. What the others
// type, and whether they do, is the same in all.
// Rules: pure. A code is 0 to 127 for a plain key; 128 is added to codes that follow the prefix 0xe0.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { LAYOUT_CODE_COUNT = 256, LAYOUT_EXTENDED = 128, LAYOUT_TYPING = 0x57, LAYOUT_LEVELS = 4 };

// What Caps Lock or Num Lock does to a key.
enum layout_class { LAYOUT_PLAIN, LAYOUT_LETTER, LAYOUT_PAD };

struct layout_key {
    uint16_t key;    // enum key or its character; 0: no such key
    uint8_t plain;   // character typed alone on a us keyboard, 0: none
    uint8_t shifted; // with Shift (letters: or Caps Lock; number block: with Num Lock)
    uint8_t class;   // enum layout_class
};

extern const struct layout_key layout_keys[LAYOUT_CODE_COUNT];

// From here on a character is an accent, which changes the next one.
enum { LAYOUT_DEAD = 0xe000, LAYOUT_DEAD_LAST = 0xe0ff };

struct layout_characters {
    uint16_t typed[LAYOUT_LEVELS]; // Unicode, or an accent: alone, with Shift, with AltGr, with both; 0: nothing
    uint8_t class;                 // enum layout_class
};

// What an accent makes of a character.
struct layout_composition {
    uint16_t accent, base, whole;
};

struct layout {
    const char *name;
    bool has_altgr;                                // else the right Alt key is one like the left
    struct layout_characters keys[LAYOUT_TYPING];  // all zeros: as layout_keys says
    const struct layout_composition *compositions; // up to one of zeros
};

extern const struct layout layouts[];
extern const uint32_t layout_count;

// Null: there is none of this name.
const struct layout *layout_find(const char *name);
