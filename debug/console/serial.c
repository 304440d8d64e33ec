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
    RECEIVED = 1,
    NO_PORT = 0xff
};

static struct terminal_keys keys;
static uint8_t interrupts, line_control;
static bool zero_is_due; // of a break

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

// Reading takes the break out of the register. It brings a byte of zero along, and may stand there before bytes that came earlier are read.
static uint8_t status_read(void) {
    uint8_t status = serial_is_there() ? io_port_read_8(SERIAL_PORT + SERIAL_LINE_STATUS) : NO_PORT;
    if (status == NO_PORT)
        return 0;
    zero_is_due |= status & BREAK;
    return status;
}

bool console_serial_is_broken(void) {
    return status_read() & BREAK;
}

int console_serial_key(void) {
    if (!(status_read() & RECEIVED))
        return EDITOR_NOTHING;
    uint8_t byte = io_port_read_8(SERIAL_PORT);
    if (byte != 0 || !zero_is_due)
        return terminal_key(&keys, byte);
    zero_is_due = false;
    return EDITOR_NOTHING;
}

void console_serial_give_back(void) {
    if (!serial_is_there())
        return;
    io_port_write_8(INTERRUPTS, interrupts);
    io_port_write_8(LINE_CONTROL, line_control);
}
