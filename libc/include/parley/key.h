// Keys as EVENT_KEYBOARD tells them: which key, what was held down with it, and what character that types.
//
// Data1 is the key. A key that types a character on a us keyboard is named by what it types alone: 'a', '1', ';', ' '.
// The others are named here. Keys of the number block are told apart from those of the main block by KEY_PAD.
// Data2 holds enum key_modifier bits. Data3 is the character (Unicode) that the key types in the layout chosen, with Shift,
// AltGr, Caps Lock, Num Lock and an accent typed before, 0 where it types none; Control and Alt do not change it: what they mean
// is the reader's to say.
#pragma once

#include "kernel/abi/event.h"

enum key {
    KEY_BACKSPACE = 0x08,
    KEY_TAB = 0x09,
    KEY_ENTER = 0x0d,
    KEY_ESCAPE = 0x1b,
    KEY_SPACE = 0x20,
    KEY_DELETE = 0x7f,
    KEY_UP_ARROW = 0x100,
    KEY_DOWN_ARROW,
    KEY_LEFT_ARROW,
    KEY_RIGHT_ARROW,
    KEY_HOME,
    KEY_END,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_INSERT,
    KEY_PRINT_SCREEN,
    KEY_PAUSE,
    KEY_MENU,
    KEY_F1 = 0x120, // to KEY_F1 + 11
    KEY_F12 = KEY_F1 + 11,
    KEY_LEFT_SHIFT = 0x140,
    KEY_RIGHT_SHIFT,
    KEY_LEFT_CONTROL,
    KEY_RIGHT_CONTROL,
    KEY_LEFT_ALT,
    KEY_RIGHT_ALT,
    KEY_LEFT_META,
    KEY_RIGHT_META,
    KEY_CAPS_LOCK,
    KEY_NUM_LOCK,
    KEY_SCROLL_LOCK,
    KEY_LESS = 0x150, // the key beside the left Shift that a us keyboard lacks
    KEY_PAD = 0x200,  // added to the character or key of the main block: KEY_PAD + '7', KEY_PAD + KEY_ENTER
};

enum key_modifier {
    KEY_WITH_SHIFT = 1 << 0,
    KEY_WITH_CONTROL = 1 << 1,
    KEY_WITH_ALT = 1 << 2,
    KEY_WITH_META = 1 << 3,
    KEY_WITH_CAPS_LOCK = 1 << 4, // is on
    KEY_WITH_NUM_LOCK = 1 << 5,  // is on
    KEY_WITH_ALTGR = 1 << 6,     // the right Alt key, in layouts that give it characters
};
