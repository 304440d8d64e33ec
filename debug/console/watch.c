// Looks after keyboard and serial line where their drivers do not: the debugger's chord and a break are to work when these are gone, too.
//
// Four times a second the first CPU reads the status of both, which takes nothing away from a driver that serves them. A break that still
// stands in the serial port's status was seen by no driver. A byte that the keyboard's controller holds for two seconds is wanted
// by nobody any more: then the bytes are read here. What does not work so is a CPU 0 whose interrupts are off for ever.
#include "debug/console/console.h"
#include "debug/kernel/ask.h"
#include "debug/kernel/kill.h"
#include "debug/kernel/output.h"
#include "debug/kernel/private.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/clock.h"
#include "kernel/base/debugger.h"
#include "kernel/base/log.h"
#include "kernel/boot/boot.h"
#include "kernel/object/trace.h"
#include "kernel/process/subsystem.h"
#include "kernel/thread/processor.h"
#include "kernel/thread/timer.h"

enum {
    LOOK_NANOSECONDS = 250000000,
    ASK_NANOSECONDS = 1000000,
    BYTES_AT_ONCE = 64,
};

#define WAIT_NANOSECONDS UINT64_C(2000000000)

static struct timer timer;
static uint64_t waits_since; // of the keyboard's byte; 0: none
static uint64_t next_look;   // at the devices

static bool chord_is_pressed(void) {
    uint64_t now = clock_now();
    if (!console_keyboard_waits())
        waits_since = 0;
    else if (waits_since == 0)
        waits_since = now;
    if (waits_since == 0 || now - waits_since < WAIT_NANOSECONDS)
        return false;
    bool is_pressed = false;
    for (int i = 0; i < BYTES_AT_ONCE && console_keyboard_waits(); i++)
        is_pressed |= console_keyboard_takes_chord();
    if (is_pressed)
        waits_since = 0;
    return is_pressed;
}

// Not as often as operations are looked after: reading takes the break out of the status, and a driver that serves the line sees none then.
static bool is_called(void) {
    if (clock_now() < next_look)
        return false;
    next_look = clock_now() + LOOK_NANOSECONDS;
    bool is_broken = console_serial_is_broken(), is_pressed = chord_is_pressed();
    return is_broken || is_pressed;
}

static void look(struct timer *expired) {
    line_look();
    kill_look();
    output_look();
    if (is_called())
        debugger_enter();
    timer_arm(expired, clock_now() + (ask_look() ? ASK_NANOSECONDS : LOOK_NANOSECONDS));
}

// `trace=on`: everything is recorded from the start, for a panic or the console to tell.
static enum status start(void) {
    struct object *trace;
    if (boot_has_word("trace=on") && trace_create(0, &trace) != STATUS_OK)
        log_line("debugger: there is no memory to record in");
    timer_start(&timer, look);
    if (machine.is_ready)
        timer_arm(&timer, clock_now() + LOOK_NANOSECONDS);
    return STATUS_OK;
}

SUBSYSTEM(console_watch_subsystem) = {
    .name = "debugger's console",
    .start = start,
};
