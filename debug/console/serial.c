// The first serial port as the debugger's terminal: polled, while its driver's interrupts are off.
#include "kernel/arch/x86_64/serial.h"
#include "debug/console/console.h"
#include "debug/console/editor.h"
#include "kernel/arch/x86_64/registers.h"

enum {
    LINE_CONTROL = SERIAL_PORT + 3,
    INTERRUPTS = SERIAL_PORT + 1,
    DIVISOR_ACCESS = 0x80,
    BREAK = 0x10,
    RECEIVED = 1
};

static struct terminal_keys keys;
static uint8_t interrupts, line_control;

bool console_serial_is_there(void) {
    return serial_is_there();
}

void console_serial_take(void) {
    if (!serial_is_there())
        return;
    line_control = io_port_read_8(LINE_CONTROL);
    io_port_write_8(LINE_CONTROL, (uint8_t)(line_control & ~DIVISOR_ACCESS));
    interrupts = io_port_read_8(INTERRUPTS);
    io_port_write_8(INTERRUPTS, 0);
}

// A break brings a zero byte along.
int console_serial_key(void) {
    if (!serial_is_there())
        return EDITOR_NOTHING;
    uint8_t status = io_port_read_8(SERIAL_PORT + SERIAL_LINE_STATUS);
    if (!(status & RECEIVED))
        return EDITOR_NOTHING;
    uint8_t byte = io_port_read_8(SERIAL_PORT);
    return status & BREAK ? EDITOR_NOTHING : terminal_key(&keys, byte);
}

void console_serial_give_back(void) {
    if (!serial_is_there())
        return;
    io_port_write_8(INTERRUPTS, interrupts);
    io_port_write_8(LINE_CONTROL, line_control);
}
