// The lights of a keyboard: Scroll, Num and Caps Lock. Setting them is a conversation of two bytes, each acknowledged.
//
// Rules: pure. Lights of zeros are dark, and said to be so. What the keyboard does not answer is not said twice.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct lights {
    uint8_t shown;   // as the keyboard was told
    uint8_t wanted;  // bits as the keyboard has them: 1 Scroll, 2 Num, 4 Caps
    uint8_t awaited; // an acknowledgement for: 0 nothing, 1 the command, 2 its bits
};

// The bits for these modifiers (enum key_modifier).
uint8_t lights_of(uint32_t modifiers);

// They are to be so: true if `byte` is to be sent to the keyboard for it.
bool lights_want(struct lights *lights, uint8_t wanted, uint8_t *byte);

// A byte came. True: it was an answer to what was sent, and no key's; then `*send` says whether `*reply` is to be sent.
bool lights_take(struct lights *lights, uint8_t byte, bool *send, uint8_t *reply);
