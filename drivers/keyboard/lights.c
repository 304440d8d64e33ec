// The conversation about lights.
#include "drivers/keyboard/lights.h"

#include <parley/key.h>

enum {
    COMMAND_LIGHTS = 0xed,
    ANSWER_ACKNOWLEDGED = 0xfa,
    ANSWER_AGAIN = 0xfe,
    LIGHT_NUM = 1 << 1,
    LIGHT_CAPS = 1 << 2
};
enum { AWAITS_NOTHING, AWAITS_COMMAND, AWAITS_BITS };

uint8_t lights_of(uint32_t modifiers) {
    return (modifiers & KEY_WITH_CAPS_LOCK ? LIGHT_CAPS : 0) | (modifiers & KEY_WITH_NUM_LOCK ? LIGHT_NUM : 0);
}

// A keyboard that never answered the last time is asked again at the next change.
bool lights_want(struct lights *lights, uint8_t wanted, uint8_t *byte) {
    if (lights->wanted == wanted) {
        return false;
    }
    lights->wanted = wanted;
    lights->awaited = AWAITS_COMMAND;
    *byte = COMMAND_LIGHTS;
    return true;
}

bool lights_take(struct lights *lights, uint8_t byte, bool *send, uint8_t *reply) {
    *send = false;
    if (lights->awaited == AWAITS_NOTHING || (byte != ANSWER_ACKNOWLEDGED && byte != ANSWER_AGAIN)) {
        return false;
    }
    if (byte == ANSWER_AGAIN) {
        lights->awaited = AWAITS_NOTHING;
    } else if (lights->awaited == AWAITS_COMMAND) {
        lights->awaited = AWAITS_BITS;
        lights->shown = *reply = lights->wanted;
        *send = true;
    } else {
        lights->awaited = AWAITS_NOTHING;
    }
    return true;
}
