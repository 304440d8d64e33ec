// The first serial port as the kernel's own console, before and beside any driver: output only, polled.
#include "kernel/arch/x86_64/serial.h"
#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/registers.h"

enum {
    REGISTER_DATA = 0,
    REGISTER_INTERRUPTS = 1,
    REGISTER_FIFO = 2,
    REGISTER_LINE_CONTROL = 3,
    REGISTER_MODEM_CONTROL = 4,
    REGISTER_SCRATCH = 7,
    DIVISOR_ACCESS = 0x80,
    LINE_8N1 = 3,
    FIFO_ON = 7,
    MODEM_READY = 3,
    DIVISOR_115200 = 1,
    SCRATCH_PATTERN = 0x5a,
    SEND_TRIES = 100000,
};

static bool present;

void serial_start(void) {
    io_port_write_8(SERIAL_PORT + REGISTER_SCRATCH, SCRATCH_PATTERN);
    present = io_port_read_8(SERIAL_PORT + REGISTER_SCRATCH) == SCRATCH_PATTERN;
    if (!present)
        return;
    io_port_write_8(SERIAL_PORT + REGISTER_INTERRUPTS, 0);
    io_port_write_8(SERIAL_PORT + REGISTER_LINE_CONTROL, DIVISOR_ACCESS);
    io_port_write_8(SERIAL_PORT + REGISTER_DATA, DIVISOR_115200);
    io_port_write_8(SERIAL_PORT + REGISTER_INTERRUPTS, 0);
    io_port_write_8(SERIAL_PORT + REGISTER_LINE_CONTROL, LINE_8N1);
    io_port_write_8(SERIAL_PORT + REGISTER_FIFO, FIFO_ON);
    io_port_write_8(SERIAL_PORT + REGISTER_MODEM_CONTROL, MODEM_READY);
}

bool serial_is_there(void) {
    return present;
}

static void put(uint8_t byte) {
    for (int i = 0; i < SEND_TRIES && !(io_port_read_8(SERIAL_PORT + SERIAL_LINE_STATUS) & SERIAL_CAN_SEND); i++)
        processor_pause();
    io_port_write_8(SERIAL_PORT, byte);
}

void console_early_put(const char *text, size_t size) {
    for (size_t i = 0; present && i < size; i++) {
        if (text[i] == '\n')
            put('\r');
        put((uint8_t)text[i]);
    }
}
