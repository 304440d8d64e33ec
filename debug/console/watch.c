// Looks after keyboard and serial line where their drivers do not: the debugger's chord and a break are to work when these are gone, too.
//
// Four times a second the first CPU reads the status of both, which takes nothing away from a driver that serves them. A break that still
// stands in the serial port's status was seen by no driver. A byte that the keyboard's controller holds for WAIT_LOOKS is wanted
// by nobody any more: then the bytes are read here. What does not work so is a CPU 0 whose interrupts are off for ever.
#include "debug/console/console.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/clock.h"
#include "kernel/base/debugger.h"
#include "kernel/base/log.h"
#include "kernel/boot/boot.h"
#include "kernel/object/trace.h"
#include "kernel/process/subsystem.h"
#include "kernel/thread/timer.h"

enum { LOOK_NANOSECONDS = 250000000, WAIT_LOOKS = 8, BYTES_AT_ONCE = 64, SERIAL_BREAK = 0x10, NO_PORT = 0xff };

static struct timer timer;
static uint32_t unserved; // how often in a row a byte waited

static bool line_is_broken(void) {
    uint8_t status = console_serial_is_there() ? io_port_read_8(SERIAL_PORT + SERIAL_LINE_STATUS) : 0;
    return status != NO_PORT && (status & SERIAL_BREAK);
}

static bool chord_is_pressed(void) {
    unserved = console_keyboard_waits() ? unserved + 1 : 0;
    if (unserved < WAIT_LOOKS)
        return false;
    bool is_pressed = false;
    for (int i = 0; i < BYTES_AT_ONCE && console_keyboard_waits(); i++)
        is_pressed |= console_keyboard_takes_chord();
    unserved = is_pressed ? 0 : WAIT_LOOKS;
    return is_pressed;
}

static void look(struct timer *expired) {
    bool is_broken = line_is_broken(), is_pressed = chord_is_pressed();
    if (is_broken || is_pressed)
        debugger_enter();
    timer_arm(expired, clock_now() + LOOK_NANOSECONDS);
}

// `trace=on`: everything is recorded from the start, for a panic or the console to tell.
static enum status start(void) {
    struct object *trace;
    if (boot_has_word("trace=on") && trace_create(0, &trace) != STATUS_OK)
        log_line("debugger: there is no memory to record in");
    timer_start(&timer, look);
    if (console_is_there())
        timer_arm(&timer, clock_now() + LOOK_NANOSECONDS);
    return STATUS_OK;
}

SUBSYSTEM(console_watch_subsystem) = {
    .name = "debugger's console",
    .start = start,
};
