// Messages: blocks of any size to a process id. Source: seeds/002, "Messages"; DESIGN "The IPC designs" 1.
#pragma once

#include "kernel/abi/types.h"

enum {
    MESSAGE_NUMBERS_MAX = 8,       // numbers that travel with one message
    MESSAGE_SIZE_MAX = 16 << 20,   // bytes
    MESSAGE_QUEUE_CAPACITY = 1024, // messages waiting at one process; a limit per sender lies below (accounts)
    MESSAGE_ID_NONE = 0,           // no message has this id
};

// What rides along; every field may be 0. Pass a null pointer for none.
struct message_options {
    uint32_t in_reply_to;  // id of the message, received from the addressee, that this one answers. It goes to the
                           // thread that awaits it (message_wait), raises no event, and needs no gate
    uint32_t number_count; // how many of `numbers` travel
    int32_t numbers[MESSAGE_NUMBERS_MAX]; // the sender keeps its own; each needs RIGHT_SEND
    uint32_t rights[MESSAGE_NUMBERS_MAX]; // what the receiver gets of the sender's rights
};

// What the receiver learns. `numbers` are filled in by message_receive alone, when it took the message.
struct message_information {
    uint32_t id;     // MESSAGE_ID_NONE: nothing is waiting
    uint32_t sender; // process id, written by the kernel
    uint32_t user;   // the sender's user id
    uint32_t in_reply_to;
    uint64_t size;    // bytes
    uint32_t waiting; // how many messages wait, this one included
    uint32_t number_count;
    int32_t numbers[MESSAGE_NUMBERS_MAX];
};

// Which message to wait for; 0 leaves a field open. A null filter means the first one that is no awaited reply.
struct message_filter {
    uint32_t sender;
    uint32_t in_reply_to;
};
