// Events: the small notices by which the kernel, and those it trusts, tell a program what happened.
// Source: seeds/002, "Events (Signals)"; DESIGN "The IPC designs" 1.
#pragma once

#include "kernel/abi/types.h"

// Exactly the founding document's struct.
typedef struct {
    unsigned int Type;
    unsigned int Action;
    unsigned int Data1;
    unsigned int Data2;
    unsigned int Data3;
} EVENT;

_Static_assert(sizeof(EVENT) == 20, "EVENT is the document's five words");

// Types below EVENT_USER come from the kernel alone, but the input types, which also a holder of the input right sends.
// Those from EVENT_USER on are user-defined: any process sends them to one whose gate lets its user in.
enum event_type {
    NOTHING = 0,        // event_get found nothing pending
    EVENT_KEYBOARD = 1, // input. Action: enum key_action. Data1: key (parley/key.h), Data2: modifiers, Data3: character
    EVENT_MOUSE = 2,    // input. Action: enum mouse_action. Data1, Data2: right, down (merging adds), Data3: buttons
    EVENT_MESSAGE = 3,  // a message arrived. Data1: message id, Data2: size, Data3: sender's process id
    EVENT_PIPE = 4,     // Action: enum pipe_action. Data1: number, Data2: process id of the other side, Data3: mode
    EVENT_SHARED_MEMORY =
        5, // Action: enum shared_action. Data1: offer id, Data2: process id of the other side, Data3: pages
    EVENT_INTERRUPT = 6, // Data1: the interrupt's number, Data2: how often since the last, Data3: line
    EVENT_TIMER = 7,     // Data1: the timer's number, Data2: how often since the last
    EVENT_PROCESS = 8,   // a child ended. Action: enum process_end_reason. Data1: process id, Data2: exit code
    EVENT_READY = 9,     // a watched number. Action: enum watch_condition bits. Data1: number, Data2: the watch's key
    EVENT_OVERFLOW = 10, // events were refused while the queue was full. Data1: how many
    EVENT_INTERFACE =
        11, // Action: enum interface_action. Data1: number, Data2: process id of the client, Data3: id, version
    EVENT_INPUT_LAST = EVENT_MOUSE,
    EVENT_USER = 0x100,
};

enum key_action { KEY_DOWN = 1, KEY_UP = 2, KEY_REPEAT = 3 };
enum mouse_action { MOUSE_MOVED = 1, MOUSE_BUTTON_DOWN = 2, MOUSE_BUTTON_UP = 3, MOUSE_WHEEL = 4 };
enum pipe_action { PIPE_CREATED = 1, PIPE_CLOSED = 2 };
enum shared_action { SHARED_OFFERED = 1, SHARED_ACCEPTED = 2, SHARED_REFUSED = 3, SHARED_WITHDRAWN = 4 };

// What event_watch can watch a number for; also the Action of EVENT_READY. A watch fires when its condition becomes
// true, and at once if it is true already; then it is spent and must be set again (no storm of repeats).
enum watch_condition {
    WATCH_READABLE =
        1 << 0, // pipe: data or its end. port: a message. machine: its log has grown since the watch was set
    WATCH_WRITABLE = 1 << 1, // pipe, port entry: room
    WATCH_CLOSED = 1 << 2,   // pipe, port, port entry: the other side is gone. process, thread: ended
};

// Who sent an event, written by the kernel: the EVENT itself has no place for it.
struct event_source {
    uint32_t process;  // process id; 0: the kernel
    uint32_t user;     // user id of that process
    uint64_t object;   // id of the object that it is about, 0: none
    uint64_t time;     // when it was first raised
    uint32_t count;    // how many were merged into this one, 1 or more
    uint32_t reserved; // 0
};

enum { EVENT_QUEUE_CAPACITY = 256 }; // of events that other processes send; the kernel's notices have their own places
