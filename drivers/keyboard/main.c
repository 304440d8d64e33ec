// The keyboard driver: takes scan codes from the i8042 controller and sends keys to the console.
//
// Granted: `data` and `command` (its two ports), `interrupt` (line 1), `input` and `debug` (the machine's rights); told: the
// process id of `console`. Argument: the console's name in the directory.
#include "drivers/keyboard/decoder.h"
#include "drivers/keyboard/lights.h"
#include "drivers/keyboard/requests.h"

#include <parley/calls.h>
#include <parley/directory.h>
#include <parley/event.h>
#include <parley/io_ports.h>
#include <parley/key.h>
#include <parley/link.h>
#include <parley/log.h>
#include <parley/start.h>
#include <parley/status.h>
#include <parley/thread.h>
#include <stdlib.h>

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
    COMMAND_DISABLE_KEYBOARD = 0xad,
    COMMAND_ENABLE_KEYBOARD = 0xae,
    CONFIGURATION_KEYBOARD_INTERRUPT = 1 << 0,
    CONFIGURATION_MOUSE_INTERRUPT = 1 << 1,
    CONFIGURATION_KEYBOARD_OFF = 1 << 4,
    CONFIGURATION_TRANSLATE = 1 << 6,
    KEYBOARD_ENABLE_SCANNING = 0xf4,
    BYTES_AT_ONCE = 64,        // no controller holds more: one that always says "full" is not believed longer
    READS_UNTIL_READY = 10000, // it answers within microseconds
};

static struct decoder decoder;
static struct lights lights = {.wanted = UINT8_MAX}; // not known: they are set at the first key
static int32_t interrupt, input, debug;
static int32_t signals; // our end of the link that the interrupt signals
static uint32_t console;
static const char *console_name; // in the directory

static bool wait_for(uint8_t mask, uint8_t value) {
    for (int i = 0; i < READS_UNTIL_READY; i++) {
        if ((io_port_read_8(PORT_STATUS) & mask) == value) {
            return true;
        }
    }
    return false;
}

static bool send_byte(uint16_t port, uint8_t byte) {
    if (!wait_for(STATUS_INPUT_FULL, 0)) {
        return false;
    }
    io_port_write_8(port, byte);
    return true;
}

// A console that does not keep up loses keys; the driver waits for nobody. One that was started again is found again.
static void send_event(const EVENT *event) {
    if (event_send(console, event, input, DEADLINE_NOW) == STATUS_NOT_FOUND) {
        uint32_t found = directory_find(console_name);
        console = found ? found : console;
        event_send(console, event, input, DEADLINE_NOW);
    }
}

static bool has_byte(uint8_t *status) {
    *status = io_port_read_8(PORT_STATUS);
    return *status & STATUS_OUTPUT_FULL && *status != UINT8_MAX;
}

static bool is_for_debugger(const EVENT *event) {
    const uint32_t chord = KEY_WITH_CONTROL | KEY_WITH_ALT;
    return event->Action == KEY_DOWN && event->Data1 == 'd' && (event->Data2 & chord) == chord;
}

// The debugger takes the bytes of the keyboard itself: those of keys that go up, too.
static void take_key(const EVENT *event) {
    if (is_for_debugger(event) && machine_debug(debug) == STATUS_OK) {
        decoder_release_all(&decoder);
    } else {
        send_event(event);
    }
}

static void take_key_byte(uint8_t byte) {
    EVENT event;
    uint8_t answer = 0;
    bool send = false;
    if (lights_take(&lights, byte, &send, &answer)) {
        if (send) {
            send_byte(PORT_DATA, answer);
        }
    } else if (decoder_take(&decoder, byte, &event)) {
        take_key(&event);
        if (lights_want(&lights, lights_of(decoder.modifiers), &answer)) {
            send_byte(PORT_DATA, answer);
        }
    }
}

static void take_bytes(void) {
    uint8_t status = 0;
    for (int i = 0; i < BYTES_AT_ONCE && has_byte(&status); i++) {
        uint8_t byte = io_port_read_8(PORT_DATA);
        if (!(status & STATUS_FROM_MOUSE)) {
            take_key_byte(byte);
        }
    }
}

// What was typed before is not lost: this may be a driver's second life. The mouse stays off until it has a driver. Translation
// gives scan code set 1, which every keyboard can be read in.
static bool prepare_controller(void) {
    if (!send_byte(PORT_COMMAND, COMMAND_DISABLE_KEYBOARD) || !send_byte(PORT_COMMAND, COMMAND_DISABLE_MOUSE)) {
        return false;
    }
    take_bytes();
    if (!send_byte(PORT_COMMAND, COMMAND_READ_CONFIGURATION) || !wait_for(STATUS_OUTPUT_FULL, STATUS_OUTPUT_FULL)) {
        return false;
    }
    uint8_t configuration = io_port_read_8(PORT_DATA);
    configuration |= CONFIGURATION_KEYBOARD_INTERRUPT | CONFIGURATION_TRANSLATE;
    configuration &= ~(CONFIGURATION_MOUSE_INTERRUPT | CONFIGURATION_KEYBOARD_OFF);
    return send_byte(PORT_COMMAND, COMMAND_WRITE_CONFIGURATION) && send_byte(PORT_DATA, configuration) &&
           send_byte(PORT_COMMAND, COMMAND_ENABLE_KEYBOARD) && send_byte(PORT_DATA, KEYBOARD_ENABLE_SCANNING);
}

// A byte that comes between the last look and the unmasking raises no new edge on some controllers: look once more.
static void serve_interrupt(void) {
    uint8_t status = 0;
    int rounds = 0;
    do {
        take_bytes();
        interrupt_acknowledge(interrupt);
    } while (has_byte(&status) && ++rounds < BYTES_AT_ONCE);
}

// A thread of its own shows the driver in the system's directory, and answers about layouts.
static void *answer_directory(void *argument) {
    EVENT event;
    directory_join();
    for (;;) {
        event_wait(DEADLINE_NEVER);
        while (event_get(&event, NULL) == STATUS_OK) {
            if (!directory_take(&event) && event.Type == EVENT_MESSAGE) {
                requests_answer(&decoder, event.Data1);
            }
        }
    }
    return argument;
}

static void close_gates(void) {
    static const uint32_t kinds[] = {GATE_PIPE, GATE_SHARED_MEMORY, GATE_LINK};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        gate_set(kinds[i], 0, NULL);
    }
}

// Interrupts come by a link: the first thread waits for nothing else.
static enum status bind_by_link(void) {
    struct link_create plan = {0};
    enum status status = link_create(&plan, &signals);
    return status == STATUS_OK ? interrupt_link(interrupt, plan.other) : status;
}

static enum status prepare(void) {
    interrupt = start_grant_number("interrupt");
    input = start_grant_number("input");
    debug = start_grant_number("debug");
    console = start_service("console");
    decoder.layout = requests_layout_at_boot();
    enum status status = range_open(start_grant_number("data"));
    status = status == STATUS_OK ? range_open(start_grant_number("command")) : status;
    if (status == STATUS_OK && !prepare_controller()) {
        status = STATUS_DEVICE_ERROR;
    }
    return status == STATUS_OK ? bind_by_link() : status;
}

int main(int count, char **arguments) {
    console_name = count > 1 ? arguments[1] : "";
    enum status status = prepare();
    if (status != STATUS_OK) {
        log_line("keyboard: %s", status_text(status));
        return EXIT_FAILURE;
    }
    struct thread *thread;
    close_gates();
    if (thread_start(answer_directory, NULL, NULL, &thread) != STATUS_OK) {
        log_line("keyboard: not in the directory");
    }
    take_bytes();
    while (link_poll(signals, DEADLINE_NEVER, NULL) == STATUS_OK) {
        serve_interrupt();
    }
    return EXIT_FAILURE;
}
