// The protocol of the keyboard's driver: which layout is in use, and choosing another.
//
// start_service("keyboard") is the process id to ask; a machine whose console is the serial line alone has none. A request is one
// message of a struct keyboard_request, answered by one of a struct keyboard_reply.
// At boot the layout is `us`, or what the kernel's command line says: keymap=NAME.
#pragma once

#include "kernel/abi/status.h"
#include "kernel/abi/types.h"

enum { KEYBOARD_NAME_SIZE = 16 };

enum keyboard_operation {
    KEYBOARD_LAYOUT_GET = 1, // reply: the name of the layout in use
    KEYBOARD_LAYOUT_SET = 2, // `name`: what to use from now on. NOT_FOUND: there is no such layout
    KEYBOARD_LAYOUT_AT = 3,  // reply: the name of the layout number `index`, from 0. NOTHING: there are no more
};

struct keyboard_request {
    uint32_t operation; // enum keyboard_operation
    uint32_t index;     // 0 where it is not used; so is the name
    char name[KEYBOARD_NAME_SIZE];
};

struct keyboard_reply {
    int32_t status; // enum status
    char name[KEYBOARD_NAME_SIZE];
};
