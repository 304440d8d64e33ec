// The registers of the 16550 serial port, by the names of its data sheet.
#pragma once

enum {
    SERIAL_BASE = 0x3f8,
    SERIAL_RBR = SERIAL_BASE,     // receiver buffer (read)
    SERIAL_THR = SERIAL_BASE,     // transmitter holding (write)
    SERIAL_DLL = SERIAL_BASE,     // divisor latch, low, with LCR_DLAB
    SERIAL_IER = SERIAL_BASE + 1, // interrupt enable
    SERIAL_DLM = SERIAL_BASE + 1, // divisor latch, high, with LCR_DLAB
    SERIAL_IIR = SERIAL_BASE + 2, // interrupt identification (read)
    SERIAL_FCR = SERIAL_BASE + 2, // FIFO control (write)
    SERIAL_LCR = SERIAL_BASE + 3, // line control
    SERIAL_MCR = SERIAL_BASE + 4, // modem control
    SERIAL_LSR = SERIAL_BASE + 5, // line status
    SERIAL_MSR = SERIAL_BASE + 6, // modem status
    SERIAL_SCR = SERIAL_BASE + 7, // scratch

    IER_RECEIVED = 1 << 0,
    IER_TRANSMITTER_EMPTY = 1 << 1,
    IER_LINE_STATUS = 1 << 2, // errors and breaks
    FCR_ENABLE = 1 << 0,
    FCR_CLEAR_RECEIVER = 1 << 1,
    FCR_CLEAR_TRANSMITTER = 1 << 2,
    FCR_TRIGGER_14 = 3 << 6,
    LCR_8_BITS = 3,
    LCR_DLAB = 1 << 7,
    MCR_DTR = 1 << 0,
    MCR_RTS = 1 << 1,
    MCR_OUT2 = 1 << 3, // lets its interrupts through to the controller
    LSR_DATA_READY = 1 << 0,
    LSR_BREAK = 1 << 4,
    LSR_TRANSMITTER_EMPTY = 1 << 5,

    SERIAL_FIFO_SIZE = 16,
    SERIAL_DIVISOR_115200 = 1,
};
