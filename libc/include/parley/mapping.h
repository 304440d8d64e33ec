// Mapping files: the protocol of the memory daemon (os/memory), which fills the pages of mapped files when they are touched.
//
// A request is one call of the daemon's port (<parley/port.h>); the daemon is found in the directory as "memory". Programs use
// <sys/mman.h>, which stands on mapping_open and mapping_write_back.
//
// What a mapping shows: the file as it is when a page is first touched by anybody; all who map the same version of a file share its
// pages. What is written to a shared mapping is seen by the others at once, and is in the file after mapping_write_back, or soon
// after the last one who maps it is gone. Pages behind the file's end are refused: who touches one is ended by a fault that says so.
#pragma once

#include "kernel/abi/status.h"
#include "kernel/abi/types.h"

enum { MAPPING_MESSAGE_SIZE = 64 }; // of the daemon's port

enum mapping_operation {
    // ticket, flags, end. One number comes with the reply: memory that holds the file from its start on, with RIGHT_READ, and
    // RIGHT_WRITE with MAPPING_SHARED_WRITE. Reply: key.
    // NOT_FOUND the ticket is none; NO_RIGHT the file was not opened so; IS_DIRECTORY; TOO_LARGE; LIMIT_REACHED
    MAPPING_OPEN = 1,
    // key, start, end: bytes whose pages were written to go into the file. Reply when they are there. NOT_FOUND, and the file
    // server's statuses
    MAPPING_WRITE_BACK = 2,
    // end: so many bytes of the machine's memory are to be free, pages of programs out of the way. NO_MEMORY: the swap area is full, or there is
    // none; TOO_LARGE: more than a quarter of the machine's
    MAPPING_MAKE_ROOM = 3,
};

enum mapping_flag { MAPPING_SHARED_WRITE = 1 << 0 };

struct mapping_call {
    uint32_t operation; // enum mapping_operation
    uint32_t flags;     // enum mapping_flag
    uint64_t ticket;    // of one handle (FILES_SHARE)
    uint64_t key;
    uint64_t start, end; // bytes of the file
    uint64_t zero[3];
};

struct mapping_answer {
    int32_t status; // enum status
    uint32_t reserved;
    uint64_t key;
    uint64_t zero[6];
};

union mapping_message {
    struct mapping_call call;
    struct mapping_answer answer;
};

_Static_assert(sizeof(union mapping_message) == MAPPING_MESSAGE_SIZE, "the size of the daemon's messages");

// Memory that holds the file of a handle of the file server's, up to `end` at least; the caller closes the number. UNSUPPORTED: there is
// no memory daemon; PEER_DIED: it ended.
enum status mapping_open(uint32_t handle, uint32_t flags, uint64_t end, int32_t *memory, uint64_t *key);

enum status mapping_write_back(uint64_t key, uint64_t start, uint64_t end);

// For who was refused NO_MEMORY by a server that does not wait: behind OK it may try again. TIMED_OUT; UNSUPPORTED as above, and for the
// daemon itself.
enum status mapping_make_room(uint64_t bytes);
