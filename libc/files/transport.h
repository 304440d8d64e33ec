// One exchange with the file server: a request goes, its reply comes. The one place that knows how they travel.
//
// Rules: the calling thread sleeps until the reply is there; no lock of the library may be held but a stream's.
#pragma once

#include <parley/files.h>
#include <stdbool.h>

struct files_exchange {
    struct files_request request;
    const void *payload[2]; // sent one after the other behind the request
    size_t payload_size[2];
    void *into; // where the reply's payload goes; may be null
    size_t capacity;
    bool wants_number; // a number comes with the reply
    // filled in:
    struct files_reply reply;
    size_t received; // bytes of payload, at most `capacity`
    int32_t number;  // that came with the reply, else NUMBER_NONE
    int32_t entry;   // through which it went
};

// Goes on with a server that was started again in the midst of it: what was asked for is done once. The server's status, or one of the way
// there: PEER_DIED (the server ended, and is not back after ten seconds), NOT_FOUND (there is none), NO_MEMORY.
enum status files_exchange(struct files_exchange *exchange);

// The server's process id, where an exchange was made already.
uint32_t files_server(void);

// How much of `size` bytes of data one exchange can carry.
size_t files_piece(size_t size);
