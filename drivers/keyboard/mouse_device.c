// The commands of a PS/2 mouse, and the sequence of sample rates by which one with a wheel is told to use it.
#include "drivers/keyboard/mouse_device.h"

#include "drivers/keyboard/controller.h"

#include <stddef.h>

enum {
    ASK_IDENTITY = 0xf2,
    SET_RATE = 0xf3,
    START_REPORTING = 0xf4,
    STOP_REPORTING = 0xf5,
    SET_DEFAULTS = 0xf6,
    ANSWER_YES = 0xfa,
    IDENTITY_WITH_WHEEL = 3,
    READS_FOR_IDENTITY = 10000,
};

// What a mouse that is not asked at the moment still sends comes first: its last packet.
static bool tell(uint8_t byte, void (*take)(uint8_t byte)) {
    uint8_t answer = 0;
    if (!controller_ask_mouse(byte, &answer, take)) {
        return false;
    }
    for (int i = 0; answer != ANSWER_YES && i < MOUSE_PACKET_WHEEL; i++) {
        answer = controller_next() == CONTROLLER_MOUSE ? controller_read() : ANSWER_YES;
    }
    return answer == ANSWER_YES;
}

static bool read_identity(uint8_t *identity, void (*take)(uint8_t byte)) {
    if (!tell(ASK_IDENTITY, take)) {
        return false;
    }
    for (int i = 0; i < READS_FOR_IDENTITY; i++) {
        enum controller_source source = controller_next();
        if (source == CONTROLLER_MOUSE) {
            *identity = controller_read();
            return true;
        }
        if (source == CONTROLLER_KEYBOARD) {
            take(controller_read());
        }
    }
    return false;
}

bool mouse_device_start(struct mouse *mouse, void (*take)(uint8_t byte)) {
    static const uint8_t rates[] = {200, 100, 80};
    uint8_t identity = 0;
    bool good = tell(STOP_REPORTING, take) && tell(SET_DEFAULTS, take);
    for (size_t i = 0; good && i < sizeof(rates); i++) {
        good = tell(SET_RATE, take) && tell(rates[i], take);
    }
    good = good && read_identity(&identity, take) && tell(START_REPORTING, take);
    *mouse = (struct mouse){.size = identity == IDENTITY_WITH_WHEEL ? MOUSE_PACKET_WHEEL : MOUSE_PACKET};
    return good;
}
