// The mouse as EVENT_MOUSE tells it: Action is an enum mouse_action (kernel/abi/event.h), Data3 the buttons that are down then.
//
// MOUSE_MOVED: Data1 and Data2, as signed numbers, are how far to the right and down since the last event; motion that was not
// taken yet adds up. MOUSE_WHEEL: Data2, signed, is by how many notches it was turned towards the person. Of a button that goes
// down or up, Data1 is the one (an enum mouse_button).
#pragma once

#include "kernel/abi/event.h"

enum mouse_button { MOUSE_LEFT = 1 << 0, MOUSE_RIGHT = 1 << 1, MOUSE_MIDDLE = 1 << 2 };
