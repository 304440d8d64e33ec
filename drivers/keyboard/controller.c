// The controller's commands and its configuration.
#include "drivers/keyboard/controller.h"

#include <parley/clock.h>
#include <parley/io_ports.h>

enum {
    PORT_DATA = 0x60,
    PORT_STATUS = 0x64,
    PORT_COMMAND = 0x64,
    STATUS_OUTPUT_FULL = 1 << 0, // a byte waits for us
    STATUS_INPUT_FULL = 1 << 1,  // the controller has not taken our last byte
    STATUS_FROM_MOUSE = 1 << 5,
    COMMAND_READ_CONFIGURATION = 0x20,
    COMMAND_WRITE_CONFIGURATION = 0x60,
    COMMAND_DISABLE_MOUSE = 0xa7,
    COMMAND_ENABLE_MOUSE = 0xa8,
    COMMAND_DISABLE_KEYBOARD = 0xad,
    COMMAND_ENABLE_KEYBOARD = 0xae,
    COMMAND_TELL_MOUSE = 0xd4,
    CONFIGURATION_KEYBOARD_INTERRUPT = 1 << 0,
    CONFIGURATION_MOUSE_INTERRUPT = 1 << 1,
    CONFIGURATION_KEYBOARD_OFF = 1 << 4,
    CONFIGURATION_MOUSE_OFF = 1 << 5,
    CONFIGURATION_TRANSLATE = 1 << 6,
    READS_UNTIL_READY = 10000, // it answers within microseconds
    ANSWER_LOOKS = 20,         // a mouse answers within milliseconds
};

static bool wait_for(uint8_t mask, uint8_t value) {
    for (int i = 0; i < READS_UNTIL_READY; i++) {
        if ((io_port_read_8(PORT_STATUS) & mask) == value) {
            return true;
        }
    }
    return false;
}

static bool send(uint16_t port, uint8_t byte) {
    if (!wait_for(STATUS_INPUT_FULL, 0)) {
        return false;
    }
    io_port_write_8(port, byte);
    return true;
}

enum controller_source controller_next(void) {
    uint8_t status = io_port_read_8(PORT_STATUS);
    if (!(status & STATUS_OUTPUT_FULL) || status == UINT8_MAX) {
        return CONTROLLER_NOBODY;
    }
    return status & STATUS_FROM_MOUSE ? CONTROLLER_MOUSE : CONTROLLER_KEYBOARD;
}

uint8_t controller_read(void) {
    return io_port_read_8(PORT_DATA);
}

bool controller_tell_keyboard(uint8_t byte) {
    return send(PORT_DATA, byte);
}

// Takes all that waits, up to the mouse's first byte. False: none of it was the mouse's.
static bool take_until_mouse(uint8_t *byte, void (*take)(uint8_t byte)) {
    for (int i = 0; i < CONTROLLER_BYTES_AT_ONCE; i++) {
        enum controller_source source = controller_next();
        if (source == CONTROLLER_NOBODY) {
            return false;
        }
        *byte = controller_read();
        if (source == CONTROLLER_MOUSE) {
            return true;
        }
        take(*byte);
    }
    return false;
}

bool controller_ask_mouse(uint8_t byte, uint8_t *answer, void (*take)(uint8_t byte)) {
    if (!send(PORT_COMMAND, COMMAND_TELL_MOUSE) || !send(PORT_DATA, byte)) {
        return false;
    }
    for (int i = 0; i < ANSWER_LOOKS; i++) {
        if (take_until_mouse(answer, take)) {
            return true;
        }
        thread_sleep(deadline_after(NANOSECONDS_PER_MILLISECOND));
    }
    return false;
}

static bool read_configuration(uint8_t *configuration) {
    if (!send(PORT_COMMAND, COMMAND_READ_CONFIGURATION) || !wait_for(STATUS_OUTPUT_FULL, STATUS_OUTPUT_FULL)) {
        return false;
    }
    *configuration = controller_read();
    return true;
}

bool controller_start(void (*take)(uint8_t byte)) {
    uint8_t byte = 0, configuration = 0;
    if (!send(PORT_COMMAND, COMMAND_DISABLE_KEYBOARD) || !send(PORT_COMMAND, COMMAND_DISABLE_MOUSE)) {
        return false;
    }
    for (int i = 0; i < CONTROLLER_BYTES_AT_ONCE && take_until_mouse(&byte, take); i++) {
    }
    if (!read_configuration(&configuration)) {
        return false;
    }
    configuration |= CONFIGURATION_KEYBOARD_INTERRUPT | CONFIGURATION_MOUSE_INTERRUPT | CONFIGURATION_TRANSLATE;
    configuration &= ~(CONFIGURATION_KEYBOARD_OFF | CONFIGURATION_MOUSE_OFF);
    return send(PORT_COMMAND, COMMAND_WRITE_CONFIGURATION) && send(PORT_DATA, configuration) &&
           send(PORT_COMMAND, COMMAND_ENABLE_MOUSE) && send(PORT_COMMAND, COMMAND_ENABLE_KEYBOARD);
}

void controller_stop_mouse(void) {
    send(PORT_COMMAND, COMMAND_DISABLE_MOUSE);
}
