// The us layout: which key a scan code of set 1 stands for, and what it types.
//
// Rules: pure. A code is 0 to 127 for a plain key; 128 is added to codes that follow the prefix 0xe0.
#pragma once

#include <stdint.h>

enum { LAYOUT_CODE_COUNT = 256, LAYOUT_EXTENDED = 128 };

// What Caps Lock or Num Lock does to a key.
enum layout_class { LAYOUT_PLAIN, LAYOUT_LETTER, LAYOUT_PAD };

struct layout_key {
    uint16_t key;    // enum key or its character; 0: no such key
    uint8_t plain;   // character typed alone, 0: none
    uint8_t shifted; // with Shift (letters: or Caps Lock; number block: with Num Lock)
    uint8_t class;   // enum layout_class
};

extern const struct layout_key layout_us[LAYOUT_CODE_COUNT];
