// The serial driver: a 16550 as the terminal of a console. Both ways are driven by its interrupt.
//
// Granted: `registers` (its ports), `interrupt`, `debug` (the machine's right, for breaks on the line; where it has none, breaks mean
// nothing). A console attaches itself (<parley/terminal.h>). With the arguments
// `raw` and a port, it is the one that begins there, and bytes go out as they are.
#include "drivers/serial/registers.h"
#include "drivers/terminal_service.h"

#include <parley/calls.h>
#include <parley/directory.h>
#include <parley/io_ports.h>
#include <parley/log.h>
#include <parley/start.h>
#include <parley/status.h>
#include <stdlib.h>
#include <string.h>

enum {
    TEXT_SIZE = 4096,
    INPUT_AT_ONCE = 256,
    FILLS_AT_ONCE = 1024,
    ROUNDS_MAX = 64,
    PROBE_VALUE = 0x5a,
    LOG_PART = 4096,
    PORT_FIRST = 0x3f8
};

// Text on its way out, with carriage returns added.
struct outgoing {
    uint8_t bytes[2 * TEXT_SIZE];
    size_t start;
    size_t end;
    uint8_t last; // the byte before, for line ends that have their carriage return
};

static struct terminal_service service;
static struct outgoing outgoing;
static int32_t interrupt, debug;
static uint8_t enabled; // what IER holds
static bool is_broken;  // a break came
static bool
    zero_is_due; // the byte of zero that a break brings along; the flag may stand before bytes that came earlier are read
static bool is_raw;         // no carriage returns are added
static uint16_t other_port; // how far its registers lie from those of the first one

static void enable(uint8_t interrupts) {
    if (enabled != interrupts) {
        enabled = interrupts;
        io_port_write_8(other_port + SERIAL_IER, interrupts);
    }
}

// Reading takes a break out of the register: it is kept here.
static uint8_t line_status(void) {
    uint8_t status = io_port_read_8(other_port + SERIAL_LSR);
    if (status != UINT8_MAX && (status & LSR_BREAK)) {
        is_broken = zero_is_due = true;
    }
    return status;
}

// A break asks for the kernel's debugger, which has the line until it lets the machine go on.
static void serve_break(void) {
    if (is_broken && debug != NUMBER_NONE) {
        is_broken = false;
        machine_debug(debug);
    }
}

static bool is_there(void) {
    io_port_write_8(other_port + SERIAL_SCR, PROBE_VALUE);
    return io_port_read_8(other_port + SERIAL_SCR) == PROBE_VALUE &&
           io_port_read_8(other_port + SERIAL_LSR) != UINT8_MAX;
}

static void prepare_device(void) {
    io_port_write_8(other_port + SERIAL_IER, 0);
    io_port_write_8(other_port + SERIAL_LCR, LCR_DLAB);
    io_port_write_8(other_port + SERIAL_DLL, SERIAL_DIVISOR_115200);
    io_port_write_8(other_port + SERIAL_DLM, 0);
    io_port_write_8(other_port + SERIAL_LCR, LCR_8_BITS);
    io_port_write_8(other_port + SERIAL_FCR, FCR_ENABLE | FCR_TRIGGER_14);
    io_port_write_8(other_port + SERIAL_MCR, MCR_DTR | MCR_RTS | MCR_OUT2);
    enable(IER_RECEIVED | IER_LINE_STATUS);
}

// A console that does not keep up loses input; the driver waits for nobody.
static void take_input(void) {
    uint8_t bytes[INPUT_AT_ONCE];
    size_t count = 0;
    for (int i = 0; i < INPUT_AT_ONCE; i++) {
        uint8_t status = line_status();
        if (!(status & LSR_DATA_READY) || status == UINT8_MAX) {
            break;
        }
        uint8_t byte = io_port_read_8(other_port + SERIAL_RBR);
        if (byte == 0 && zero_is_due) {
            zero_is_due = false;
        } else {
            bytes[count++] = byte;
        }
    }
    if (count > 0 && service.input != NUMBER_NONE) {
        pipe_write(service.input, bytes, count, DEADLINE_NOW, NULL);
    }
}

static void add_text(const uint8_t *text, size_t size) {
    outgoing.start = outgoing.end = 0;
    for (size_t i = 0; i < size; i++) {
        if (!is_raw && text[i] == '\n' && outgoing.last != '\r') {
            outgoing.bytes[outgoing.end++] = '\r';
        }
        outgoing.bytes[outgoing.end++] = outgoing.last = text[i];
    }
}

// Gets text from the session's pipe. False: there is none now; the pipe is watched, or has ended.
static bool fetch_text(void) {
    uint8_t text[TEXT_SIZE];
    size_t size = 0;
    if (service.output == NUMBER_NONE) {
        return false;
    }
    enum status status = pipe_read(service.output, text, sizeof(text), DEADLINE_NOW, &size);
    if (status == STATUS_OK && size > 0) {
        add_text(text, size);
        return true;
    }
    if (status == STATUS_WOULD_WAIT || status == STATUS_TIMED_OUT) {
        event_watch(service.output, WATCH_READABLE, 0);
    } else {
        terminal_service_end(&service);
    }
    return false;
}

static void fill_fifo(void) {
    size_t left = outgoing.end - outgoing.start;
    size_t count = left < SERIAL_FIFO_SIZE ? left : SERIAL_FIFO_SIZE;
    io_port_write_bytes(other_port + SERIAL_THR, outgoing.bytes + outgoing.start, count);
    outgoing.start += count;
}

// As long as the line takes text at once, no interrupt is needed; a machine's own line may take all.
static void send_text(void) {
    for (int i = 0; i < FILLS_AT_ONCE; i++) {
        if (outgoing.start == outgoing.end && !fetch_text()) {
            enable(IER_RECEIVED | IER_LINE_STATUS);
            return;
        }
        if (!(line_status() & LSR_TRANSMITTER_EMPTY)) {
            break;
        }
        fill_fifo();
    }
    enable(IER_RECEIVED | IER_LINE_STATUS | IER_TRANSMITTER_EMPTY);
}

// Input that comes between the last look and the unmasking raises no new edge on some controllers: look once more.
static void serve_interrupt(void) {
    int rounds = 0;
    do {
        io_port_read_8(other_port + SERIAL_IIR); // takes the transmitter's interrupt back
        take_input();
        send_text();
        interrupt_acknowledge(interrupt);
    } while (line_status() & LSR_DATA_READY && ++rounds < ROUNDS_MAX);
}

static void take_event(const EVENT *event) {
    if (event->Type == EVENT_INTERRUPT) {
        serve_interrupt();
    } else if (event->Type == EVENT_READY) {
        send_text();
    } else if (event->Type == EVENT_MESSAGE && terminal_service_answer(&service, event->Data1)) {
        send_text();
    }
}

// What the kernel's log holds now, it has shown on this line itself; it stops when the ports are this driver's.
static uint32_t end_of_log(void) {
    char part[LOG_PART];
    uint64_t position = 0;
    size_t size = 0;
    while (log_read(&position, part, sizeof(part), &size) == STATUS_OK && size > 0)
        continue;
    return (uint32_t)position;
}

static enum status prepare(void) {
    interrupt = start_grant_number("interrupt");
    debug = start_grant_number("debug");
    service.log_position = is_raw ? 0 : end_of_log();
    enum status status = range_open(start_grant_number("registers"));
    if (status != STATUS_OK) {
        return status;
    }
    if (!is_there()) {
        return STATUS_DEVICE_ERROR;
    }
    prepare_device();
    return interrupt_bind(interrupt);
}

int main(int count, char **arguments) {
    EVENT event;
    if (count == 3 && strcmp(arguments[1], "raw") == 0) {
        is_raw = true;
        other_port = (uint16_t)(strtoul(arguments[2], NULL, 0) - SERIAL_BASE);
    }
    enum status status = prepare();
    if (status != STATUS_OK) {
        log_line("serial: %s", status_text(status));
        return EXIT_FAILURE;
    }
    directory_join();
    for (;;) {
        event_wait(DEADLINE_NEVER);
        while (event_get(&event, NULL) == STATUS_OK) {
            if (!directory_take(&event)) {
                take_event(&event);
            }
            serve_break();
        }
    }
}
