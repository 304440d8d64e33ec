// What keys mean to the game, and when it moves: a constant speed by the clock, a higher one while a key is held.
//
// Rules: pure; times are nanoseconds.
#pragma once

#include <kernel/abi/event.h>

#include "apps/snake/field.h"

struct control {
    uint64_t next;  // when the next step is due
    uint32_t hurry; // a bit for each key held down that hurries
    bool paused, anew, quit;
};

void control_start(struct control *control, uint64_t now);

// Takes one event, whatever it is.
void control_take(struct control *control, struct field *field, const EVENT *event);

// Whether a step is due; if so, the next one is due an interval after this one was. A game that was held up does not run
// after what it missed.
bool control_step_is_due(struct control *control, uint64_t now);
