// From the bytes of a keyboard (scan code set 1, as the i8042 translates) to the events that programs get.
//
// Rules: pure; a decoder of zeros is ready. Any byte may come at any time: what is no key is dropped, and the next whole
// code is understood again.
#pragma once

#include "drivers/keyboard/layout.h"
#include "kernel/abi/event.h"

#include <stdbool.h>

struct decoder {
    uint8_t prefix;                        // 0, 0xe0 or 0xe1: what came before
    uint8_t pause_second;                  // within 0xe1: the second byte, still to be matched; 0: the first is awaited
    uint32_t modifiers;                    // enum key_modifier
    uint64_t held[LAYOUT_CODE_COUNT / 64]; // a bit per code whose key is down
    const struct layout *layout;           // null: us. It may be changed at any time
    uint16_t accent;                       // typed, and waiting for its letter; 0: none
};

// Takes one byte. True: `event` holds what happened; it is wholly written.
bool decoder_take(struct decoder *decoder, uint8_t byte, EVENT *event);

// Forgets which keys are down: after bytes were lost. Caps Lock, Num Lock and the layout stay.
void decoder_release_all(struct decoder *decoder);
