// The keyboard as the debugger's: the controller polled, its bytes understood by the driver's own decoder.
#include "debug/console/console.h"
#include "debug/console/editor.h"
#include "drivers/keyboard/decoder.h"
#include "kernel/arch/x86_64/registers.h"

#include <parley/key.h>

enum {
    PORT_DATA = 0x60,
    PORT_STATUS = 0x64,
    OUTPUT_FULL = 1 << 0,
    FROM_MOUSE = 1 << 5,
    NO_CONTROLLER = 0xff,
    CONTROL_MASK = 0x1f,
};

static struct decoder decoder;

bool console_keyboard_is_there(void) {
    return io_port_read_8(PORT_STATUS) != NO_CONTROLLER;
}

void console_keyboard_take(void) {
    decoder_release_all(&decoder);
}

static int key_of(const EVENT *event) {
    static const struct {
        uint16_t key, edits;
    } keys[] = {{KEY_UP_ARROW, EDITOR_UP},       {KEY_DOWN_ARROW, EDITOR_DOWN}, {KEY_LEFT_ARROW, EDITOR_LEFT},
                {KEY_RIGHT_ARROW, EDITOR_RIGHT}, {KEY_HOME, EDITOR_HOME},       {KEY_END, EDITOR_END},
                {KEY_DELETE, EDITOR_DELETE}};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (event->Data1 == keys[i].key)
            return keys[i].edits;
    uint32_t character = event->Data3;
    if ((event->Data2 & KEY_WITH_CONTROL) && character >= '@' && character < KEY_DELETE)
        character &= CONTROL_MASK;
    return character < KEY_DELETE ? (int)character : EDITOR_NOTHING;
}

bool console_keyboard_waits(void) {
    uint8_t status = io_port_read_8(PORT_STATUS);
    return status != NO_CONTROLLER && (status & OUTPUT_FULL) && !(status & FROM_MOUSE);
}

bool console_keyboard_takes_chord(void) {
    const uint32_t chord = KEY_WITH_CONTROL | KEY_WITH_ALT;
    EVENT event;
    return decoder_take(&decoder, io_port_read_8(PORT_DATA), &event) && event.Action == KEY_DOWN &&
           event.Data1 == 'd' && (event.Data2 & chord) == chord;
}

int console_keyboard_key(void) {
    uint8_t status = io_port_read_8(PORT_STATUS);
    EVENT event;
    if (status == NO_CONTROLLER || !(status & OUTPUT_FULL))
        return EDITOR_NOTHING;
    uint8_t byte = io_port_read_8(PORT_DATA);
    bool is_key = !(status & FROM_MOUSE) && decoder_take(&decoder, byte, &event);
    return is_key && event.Action != KEY_UP ? key_of(&event) : EDITOR_NOTHING;
}
