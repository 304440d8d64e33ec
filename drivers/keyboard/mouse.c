// Packets of a mouse.
#include "drivers/keyboard/mouse.h"

#include <parley/mouse.h>

enum {
    FIRST_BUTTONS = 7, // as enum mouse_button has them
    FIRST_ALWAYS = 1 << 3,
    FIRST_RIGHT_SIGN = 1 << 4,
    FIRST_UP_SIGN = 1 << 5,
    FIRST_TOO_FAR = 3 << 6, // more than the byte can tell: what it tells is wrong
    BUTTON_COUNT = 3,
};

// Within a packet, bytes follow each other within two milliseconds or so.
#define PAUSE UINT64_C(100000000)

static EVENT *add(const struct mouse *mouse, EVENT *event, enum mouse_action action, int first, int second) {
    *event = (EVENT){
        .Type = EVENT_MOUSE,
        .Action = action,
        .Data1 = (unsigned)first,
        .Data2 = (unsigned)second,
        .Data3 = mouse->buttons,
    };
    return event + 1;
}

static EVENT *tell_motion(const struct mouse *mouse, EVENT *event) {
    uint8_t first = mouse->bytes[0];
    int right = mouse->bytes[1] - (first & FIRST_RIGHT_SIGN ? 0x100 : 0);
    int up = mouse->bytes[2] - (first & FIRST_UP_SIGN ? 0x100 : 0);
    bool moved = (right || up) && !(first & FIRST_TOO_FAR);
    return moved ? add(mouse, event, MOUSE_MOVED, right, -up) : event;
}

static EVENT *tell_buttons(struct mouse *mouse, EVENT *event) {
    uint32_t changed = mouse->buttons ^ (mouse->bytes[0] & FIRST_BUTTONS);
    for (unsigned i = 0; i < BUTTON_COUNT; i++) {
        uint32_t button = changed & 1u << i;
        if (button) {
            mouse->buttons ^= button;
            enum mouse_action action = mouse->buttons & button ? MOUSE_BUTTON_DOWN : MOUSE_BUTTON_UP;
            event = add(mouse, event, action, (int)button, 0);
        }
    }
    return event;
}

static EVENT *tell_wheel(const struct mouse *mouse, EVENT *event) {
    int turned = mouse->bytes[3] < 128 ? mouse->bytes[3] : mouse->bytes[3] - 256; // two's complement
    return mouse->size == MOUSE_PACKET_WHEEL && turned ? add(mouse, event, MOUSE_WHEEL, 0, turned) : event;
}

unsigned mouse_take(struct mouse *mouse, uint8_t byte, uint64_t now, EVENT *events) {
    if (now - mouse->last > PAUSE) {
        mouse->count = 0;
    }
    mouse->last = now;
    if (mouse->count == 0 && !(byte & FIRST_ALWAYS)) {
        return 0;
    }
    mouse->bytes[mouse->count++] = byte;
    if (mouse->count < mouse->size) {
        return 0;
    }
    mouse->count = 0;
    EVENT *end = tell_motion(mouse, events);
    end = tell_buttons(mouse, end);
    return (unsigned)(tell_wheel(mouse, end) - events);
}
