// The debugger's line: the second serial port, polled; while the machine runs, a byte that comes is an NMI.
#include "debug/kernel/private.h"
#include "kernel/arch/x86_64/interrupts.h"
#include "kernel/arch/x86_64/local_apic.h"
#include "kernel/arch/x86_64/registers.h"

enum {
    PORT = 0x2f8,
    INTERRUPT_LINE = 3,
    REGISTER_DATA = 0,
    REGISTER_INTERRUPTS = 1,
    REGISTER_FIFO = 2,
    REGISTER_LINE_CONTROL = 3,
    REGISTER_MODEM_CONTROL = 4,
    REGISTER_LINE_STATUS = 5,
    REGISTER_SCRATCH = 7,
    DIVISOR_ACCESS = 0x80,
    LINE_8N1 = 3,
    FIFO_TRIGGER_14 = 0xc7, // on, emptied, and few interruptions of whoever sends
    MODEM_READY = 0x0b,     // with the interrupt's gate open
    INTERRUPT_RECEIVED = 1,
    CAN_RECEIVE = 1,
    CAN_SEND = 0x20,
    SCRATCH_PATTERN = 0x5a,
    SEND_TRIES = 1000000,
    FIFO_SIZE = 16,
};

static bool is_there, is_routed;

bool line_start(void) {
    io_port_write_8(PORT + REGISTER_SCRATCH, SCRATCH_PATTERN);
    is_there = io_port_read_8(PORT + REGISTER_SCRATCH) == SCRATCH_PATTERN;
    if (!is_there)
        return false;
    io_port_write_8(PORT + REGISTER_LINE_CONTROL, DIVISOR_ACCESS);
    io_port_write_8(PORT + REGISTER_DATA, 1); // 115,200 baud
    io_port_write_8(PORT + REGISTER_INTERRUPTS, 0);
    io_port_write_8(PORT + REGISTER_LINE_CONTROL, LINE_8N1);
    io_port_write_8(PORT + REGISTER_FIFO, FIFO_TRIGGER_14);
    io_port_write_8(PORT + REGISTER_MODEM_CONTROL, MODEM_READY);
    return true;
}

bool line_is_there(void) {
    return is_there;
}

bool line_has_byte(void) {
    return is_there && (io_port_read_8(PORT + REGISTER_LINE_STATUS) & CAN_RECEIVE) != 0;
}

bool line_get(uint8_t *byte) {
    if (!line_has_byte())
        return false;
    *byte = io_port_read_8(PORT + REGISTER_DATA);
    return true;
}

void line_put(const char *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        // An empty line takes as many as it has room for.
        for (int tries = 0;
             i % FIFO_SIZE == 0 && tries < SEND_TRIES && !(io_port_read_8(PORT + REGISTER_LINE_STATUS) & CAN_SEND);
             tries++)
            processor_pause();
        io_port_write_8(PORT + REGISTER_DATA, (uint8_t)bytes[i]);
    }
}

void line_ignore(void) {
    if (is_there)
        io_port_write_8(PORT + REGISTER_INTERRUPTS, 0);
}

// Off and on: the interrupt is told by its edge, which a byte that lies there already would not make again.
void line_listen(void) {
    line_ignore();
    if (is_there)
        io_port_write_8(PORT + REGISTER_INTERRUPTS, INTERRUPT_RECEIVED);
}

void line_look(void) {
    if (line_has_byte())
        local_apic_send_non_maskable(processors[0].arch.apic_id);
}

void line_route(void) {
    interrupt_line_deliver_non_maskable(INTERRUPT_LINE);
    is_routed = true;
}

bool line_is_routed(void) {
    return is_routed;
}
