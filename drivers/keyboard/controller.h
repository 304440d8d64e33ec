// The i8042 controller: the keyboard's and the mouse's bytes come through its one data port, each marked with whose it is.
//
// Rules: the caller has opened both ports. A byte waits until it is read, so that two threads can each read their own device's.
// What the devices are told is for one thread at a time.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { CONTROLLER_BYTES_AT_ONCE = 64 }; // no controller holds more: one that always says "full" is not believed longer

enum controller_source { CONTROLLER_NOBODY, CONTROLLER_KEYBOARD, CONTROLLER_MOUSE };

// Whose byte is the next one.
enum controller_source controller_next(void);

uint8_t controller_read(void);

// Sends a byte to the keyboard. False: the controller does not take it.
bool controller_tell_keyboard(uint8_t byte);

// Sends a byte to the mouse, and says what it answers, if it does within a few milliseconds. Keys that come meanwhile are given
// to `take`.
bool controller_ask_mouse(uint8_t byte, uint8_t *answer, void (*take)(uint8_t byte));

// Brings the controller into order with both devices on; bytes that it kept go to `take`, if they are the keyboard's: this may
// be a driver's second life. Translation gives scan code set 1, which every keyboard can be read in.
bool controller_start(void (*take)(uint8_t byte));

// Switches the mouse off for good: there is none, or nobody for it.
void controller_stop_mouse(void);
