// The console: the terminal of one session, between its driver, the keyboard and a shell.
//
// Told: the process id of `terminal`. Arguments: the terminal's name in the directory, the shell and its arguments. Keys come as events from the keyboard's
// driver, or as bytes from the terminal's. Granted: `log` (the machine's right to wait), to be told when the kernel's log grows; where it
// has a keyboard, `input` (the machine's input right), to hand keys on as events. Its gate lets in its own user and user 0 alone.
#include "os/console/keys.h"
#include "os/console/log.h"
#include "os/console/session.h"

#include <fcntl.h>
#include <parley/calls.h>
#include <parley/clock.h>
#include <parley/directory.h>
#include <parley/key.h>
#include <parley/log.h>
#include <parley/start.h>
#include <parley/status.h>
#include <stdlib.h>
#include <unistd.h>

enum { WELCOME_MAX = 2048 };

static struct session session;
static int32_t log_right;

static void close_gate(void) {
    uint64_t users = UINT64_C(1) << start_information()->user | UINT64_C(1) << USER_SYSTEM;
    gate_set(GATE_MESSAGE, users, NULL);
    gate_set(GATE_SHARED_MEMORY, 0, NULL);
}

static void show_welcome(void) {
    char text[WELCOME_MAX];
    int file = open("/etc/welcome", O_RDONLY);
    if (file >= 0) {
        ssize_t size = read(file, text, sizeof(text));
        close(file);
        session_show(&session, text, size > 0 ? size : 0);
    }
}

enum { WHEEL_LINES = 3 };

// Shift with Page Up and Page Down is for the terminal: it looks back at what has scrolled off.
static bool is_for_terminal(const EVENT *event) {
    unsigned key = event->Data1 & ~(unsigned)KEY_PAD;
    return event->Data2 & KEY_WITH_SHIFT && event->Data3 == 0 && (key == KEY_PAGE_UP || key == KEY_PAGE_DOWN);
}

static void look_back_by_key(const EVENT *event) {
    int lines = (int)session.rows / 2;
    if (event->Action != KEY_UP) {
        session_look_back(&session, (event->Data1 & ~(unsigned)KEY_PAD) == KEY_PAGE_UP ? lines : -lines);
    }
}

static void take_mouse(const EVENT *event) {
    if (!session_hand_on(&session, event) && event->Action == MOUSE_WHEEL) {
        session_look_back(&session, -(int)event->Data2 * WHEEL_LINES);
    }
}

// Keys go as they are to the program that wants them so; what is to end it does not depend on that program.
static void take_key(const EVENT *event) {
    char bytes[KEYS_BYTES_MAX];
    size_t size = keys_bytes_of(event, bytes);
    if (session_hand_on(&session, event)) {
        bool ends = size == 1 && (bytes[0] == KEYS_INTERRUPT || bytes[0] == KEYS_QUIT);
        session_type(&session, bytes, ends ? size : 0);
    } else if (is_for_terminal(event)) {
        look_back_by_key(event);
    } else {
        session_type(&session, bytes, size);
    }
}

static void take_event(const EVENT *event) {
    switch (event->Type) {
    case EVENT_KEYBOARD:
        take_key(event);
        break;
    case EVENT_MOUSE:
        take_mouse(event);
        break;
    case EVENT_READY:
        if ((int32_t)event->Data1 == log_right) {
            log_watch(log_right); // before it is read, so that nothing comes unseen
        }
        session_take_ready(&session, (int32_t)event->Data1);
        break;
    case EVENT_TIMER:
        session_look_for_terminal(&session);
        break;
    case EVENT_MESSAGE:
        session_answer(&session, event->Data1);
        break;
    case EVENT_PROCESS:
        if (event->Data1 == session.shell) {
            session_restart_shell(&session);
        }
        break;
    }
}

static enum status prepare(const char *terminal, char **command) {
    session.command = command;
    session.input_right = start_grant_number("input");
    start_grant_add("console", NUMBER_NONE, start_information()->process);
    enum status status = session_connect(&session, start_service("terminal"), terminal);
    if (status != STATUS_OK) {
        return status;
    }
    close_gate();
    log_right = start_grant_number("log");
    if (!log_watch(log_right)) {
        log_line("console: what comes into the log is not told: no right `log`");
    }
    log_skip(&session);
    show_welcome();
    return session_start_shell(&session);
}

int main(int count, char **arguments) {
    EVENT event;
    enum status status = count < 3 ? STATUS_INVALID_ARGUMENT : prepare(arguments[1], arguments + 2);
    if (status != STATUS_OK) {
        log_line("console: %s", status_text(status));
        return EXIT_FAILURE;
    }
    directory_join();
    for (;;) {
        event_wait(DEADLINE_NEVER);
        while (event_get(&event, NULL) == STATUS_OK) {
            if (!directory_take(&event)) {
                take_event(&event);
            }
        }
        log_show_new(&session);
    }
}
