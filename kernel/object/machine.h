// The machine object: the root of all authority over devices. Its one number goes to init, which hands parts of it on.
#pragma once

#include "kernel/object/object.h"

// The rights that exist on it.
#define MACHINE_RIGHTS                                                                                                 \
    (RIGHT_COPY | RIGHT_SEND | RIGHT_RANGE | RIGHT_LINE | RIGHT_INPUT | RIGHT_POWER | RIGHT_USER | RIGHT_LIMIT |       \
     RIGHT_PRIORITY | RIGHT_PUBLISH | RIGHT_DEBUG | RIGHT_SWAP | RIGHT_WAIT)

// Makes the one machine object, with the caller's reference.
enum status machine_object_create(struct object **machine);

// The log has more than before: tells who watches the machine. No lock is held.
void machine_log_grew(void);

// OK where the number names the machine and has the rights; else as number_find.
struct process;
enum status machine_right_check(struct process *process, int32_t number, uint32_t rights);
