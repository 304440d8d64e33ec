// From the bytes of a PS/2 mouse to the events that programs get.
//
// A packet is three bytes, or four where the mouse has a wheel: buttons and signs, right, up, wheel.
// Rules: pure; a mouse of zeros with its size set is ready. Any byte may come at any time: a byte that cannot be a packet's first
// is dropped, and after a pause the next one is taken for a first.
#pragma once

#include "kernel/abi/event.h"

#include <stdbool.h>

enum { MOUSE_PACKET = 3, MOUSE_PACKET_WHEEL = 4, MOUSE_EVENTS_MAX = 5 };

struct mouse {
    uint8_t size; // of a packet
    uint8_t count;
    uint8_t bytes[MOUSE_PACKET_WHEEL];
    uint32_t buttons; // enum mouse_button
    uint64_t last;    // when the last byte came, nanoseconds
};

// Takes one byte; says how many of `events` (MOUSE_EVENTS_MAX) it led to.
unsigned mouse_take(struct mouse *mouse, uint8_t byte, uint64_t now, EVENT *events);
