// The driver of the keyboard and the mouse: takes their bytes from the i8042 controller, and sends keys and motion to the console.
//
// Granted: `data` and `command` (its two ports), `interrupt` (line 1), `mouse-interrupt` (line 12), `input` and `debug` (the
// machine's rights); told: the process id of `console`. Argument: the console's name in the directory.
#include "drivers/keyboard/controller.h"
#include "drivers/keyboard/decoder.h"
#include "drivers/keyboard/lights.h"
#include "drivers/keyboard/mouse_device.h"
#include "drivers/keyboard/requests.h"

#include <parley/calls.h>
#include <parley/clock.h>
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

enum { KEYBOARD_ENABLE_SCANNING = 0xf4 };

static struct decoder decoder;
static struct lights lights = {.wanted = UINT8_MAX}; // not known: they are set at the first key
static struct mouse mouse;
static int32_t interrupt, mouse_interrupt, input, debug;
static int32_t signals, mouse_signals; // our ends of the links that the interrupts signal
static uint32_t console;
static const char *console_name; // in the directory

// A console that does not keep up loses keys; the driver waits for nobody. One that was started again is found again.
static void send_event(const EVENT *event) {
    if (event_send(console, event, input, DEADLINE_NOW) == STATUS_NOT_FOUND) {
        uint32_t found = directory_find(console_name);
        console = found ? found : console;
        event_send(console, event, input, DEADLINE_NOW);
    }
}

static bool is_for_debugger(const EVENT *event) {
    const uint32_t chord = KEY_WITH_CONTROL | KEY_WITH_ALT;
    return event->Action == KEY_DOWN && event->Data1 == 'd' && (event->Data2 & chord) == chord;
}

// A person stays in the debugger for long: the line is not to count as one that nobody acknowledges.
static bool call_debugger(void) {
    interrupt_acknowledge(interrupt);
    return machine_debug(debug) == STATUS_OK;
}

// The debugger takes the bytes of the keyboard itself: those of keys that go up, too.
static void take_key(const EVENT *event) {
    if (is_for_debugger(event) && call_debugger()) {
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
            controller_tell_keyboard(answer);
        }
    } else if (decoder_take(&decoder, byte, &event)) {
        take_key(&event);
        if (lights_want(&lights, lights_of(decoder.modifiers), &answer)) {
            controller_tell_keyboard(answer);
        }
    }
}

static void take_keys(void) {
    for (int i = 0; i < CONTROLLER_BYTES_AT_ONCE && controller_next() == CONTROLLER_KEYBOARD; i++) {
        take_key_byte(controller_read());
    }
}

// A byte that comes between the last look and the unmasking raises no new edge on some controllers: look once more.
static void serve_keyboard(void) {
    int rounds = 0;
    do {
        take_keys();
        interrupt_acknowledge(interrupt);
    } while (controller_next() == CONTROLLER_KEYBOARD && ++rounds < CONTROLLER_BYTES_AT_ONCE);
}

// ---- the mouse has a thread of its own ----

static void take_motion(void) {
    EVENT events[MOUSE_EVENTS_MAX];
    for (int i = 0; i < CONTROLLER_BYTES_AT_ONCE && controller_next() == CONTROLLER_MOUSE; i++) {
        unsigned count = mouse_take(&mouse, controller_read(), clock_now(), events);
        for (unsigned j = 0; j < count; j++) {
            send_event(&events[j]);
        }
    }
}

static void *serve_mouse(void *argument) {
    take_motion();
    while (link_poll(mouse_signals, DEADLINE_NEVER, NULL) == STATUS_OK) {
        int rounds = 0;
        do {
            take_motion();
            interrupt_acknowledge(mouse_interrupt);
        } while (controller_next() == CONTROLLER_MOUSE && ++rounds < CONTROLLER_BYTES_AT_ONCE);
    }
    return argument;
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
    static const uint32_t kinds[] = {GATE_SHARED_MEMORY, GATE_LINK};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        gate_set(kinds[i], 0, NULL);
    }
}

// Interrupts come by links, each to a thread that waits for nothing else.
static enum status bind_by_link(int32_t line, int32_t *end) {
    struct link_create plan = {0};
    enum status status = link_create(&plan, end);
    return status == STATUS_OK ? interrupt_link(line, plan.other) : status;
}

// A machine without a mouse, or one that does not work, has its keyboard all the same.
static void start_mouse(void) {
    struct thread *thread;
    if (!mouse_device_start(&mouse, take_key_byte) || bind_by_link(mouse_interrupt, &mouse_signals) != STATUS_OK ||
        thread_start(serve_mouse, NULL, NULL, &thread) != STATUS_OK) {
        controller_stop_mouse();
    }
}

static enum status prepare(void) {
    interrupt = start_grant_number("interrupt");
    input = start_grant_number("input");
    debug = start_grant_number("debug");
    mouse_interrupt = start_grant_number("mouse-interrupt");
    console = start_service("console");
    decoder.layout = requests_layout_at_boot();
    enum status status = range_open(start_grant_number("data"));
    status = status == STATUS_OK ? range_open(start_grant_number("command")) : status;
    if (status == STATUS_OK &&
        !(controller_start(take_key_byte) && controller_tell_keyboard(KEYBOARD_ENABLE_SCANNING))) {
        status = STATUS_DEVICE_ERROR;
    }
    return status == STATUS_OK ? bind_by_link(interrupt, &signals) : status;
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
    start_mouse();
    take_keys();
    while (link_poll(signals, DEADLINE_NEVER, NULL) == STATUS_OK) {
        serve_keyboard();
    }
    return EXIT_FAILURE;
}
