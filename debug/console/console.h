// The debugger's console: a person at the keyboard and the screen, or at the first serial port, or at both at once.
//
// Rules: all of it is polled, by the CPU that holds the machine; no lock is taken, nothing is allocated. When the machine goes on, the devices
// are as their drivers left them.
#pragma once

#include "debug/commands/commands.h"

// At boot, when devices can be mapped.
void console_start_devices(void);

// Whether anybody could type.
bool console_is_there(void);

// A conversation: true: the machine goes on as the person wished; false: a GDB has come, which is to take over.
bool console_run(struct debug_stop *stop);

// The kernel panicked: who, and what this CPU did last, into the log.
void console_tell_panic(void);

// ---- the devices, each: take it from its driver, a key (or EDITOR_NOTHING), and give it back ----
bool console_serial_is_there(void);
void console_serial_take(void);
// Whether a break came since this was asked last, and nobody else took notice.
bool console_serial_is_broken(void);
int console_serial_key(void);
void console_serial_give_back(void);

bool console_keyboard_is_there(void);
void console_keyboard_take(void);
int console_keyboard_key(void);
bool console_keyboard_waits(void);       // whether the controller holds a byte of its
bool console_keyboard_takes_chord(void); // takes one: whether it is the last of Ctrl+Alt+D

void console_screen_start(void);
void console_screen_take(void);
void console_screen_put(const char *text, size_t size);
void console_screen_show(void); // what was put since the last time
void console_screen_give_back(void);
