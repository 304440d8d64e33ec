// The protocol of the file server: what requests and replies hold.
//
// A request is one call of the server's port (<parley/port.h>): struct files_call; the reply is struct files_answer. A payload that is
// too long for the message lies in the client's heap (FILES_HEAP): shared memory that the server made for this client, of which the client
// says which parts a request uses. The server looks at offsets and sizes once, and copies what it checks before it does.
// Rules for the server: it trusts no field. Unknown operations, flags and handles get INVALID_ARGUMENT or BAD_NUMBER. A
// handle is good for the process that it was given to alone, and is closed when that process ends. Paths are absolute,
// without a final 0, at most FILES_PATH_MAX bytes, with no empty, "." or ".." part (libc normalises them); else
// INVALID_ARGUMENT. The server never waits for a client. A server that is started anew knows all files, handles and tickets of the one
// before it; a call that got no answer can be made again (`tag`).
// NO_MEMORY with a value: so many bytes of the machine's memory were not to be had. The server does not wait for them; the client may have the
// memory daemon make room (<parley/mapping.h>), and ask again with another tag.
#pragma once

#include "kernel/abi/status.h"
#include "kernel/abi/types.h"

enum {
    FILES_PATH_MAX = 1024,
    FILES_NAME_MAX = 255,
    FILES_DATA_MAX = 64 << 10, // payload of one read or write
    FILES_SHARE_MAX = 64,      // handles that one ticket stands for
    FILES_PAGES_MAX = 256,     // of one FILES_READ_PAGES
    FILES_PAGE_TYPE = 0x46494c45,
};

// FILES_OFFSET_CURRENT: read and write at the handle's own offset, and move it. The offset belongs to what was opened: all
// handles that came from it by FILES_SHARE move together.
#define FILES_OFFSET_CURRENT UINT64_MAX

// What each asks, with the fields of the request that it uses; all others are 0. `a` and `b`: the payload holds a path of
// name_size bytes, and one of other_size bytes right after it.
enum files_operation {
    // a, flags (enum files_open_flag), offset (mode bits of a new file). Reply: handle, value (size), payload: files_stat.
    // NOT_FOUND, EXISTS, IS_DIRECTORY (opened to write), NOT_DIRECTORY, DENIED (read-only file)
    FILES_OPEN = 1,
    // handle. BAD_NUMBER
    FILES_CLOSE = 2,
    // handle, size, offset. Reply: value (bytes read, 0 at the end), payload: the bytes. IS_DIRECTORY, NO_RIGHT
    FILES_READ = 3,
    // handle, size, offset, payload: so many bytes. Reply: value (bytes written). With FILES_APPEND, always at the end.
    // NO_RIGHT, LIMIT_REACHED (the server's memory is used up), DENIED (read-only file)
    FILES_WRITE = 4,
    // handle, offset (signed), flags (enum files_seek_from). Reply: value (the new offset). INVALID_ARGUMENT below 0
    FILES_SEEK = 5,
    // a. Reply: payload: files_stat
    FILES_STAT = 6,
    // handle. Reply: payload: files_stat
    FILES_STAT_HANDLE = 7,
    // handle, offset (the new size). NO_RIGHT, IS_DIRECTORY
    FILES_TRUNCATE = 8,
    // a, offset (mode bits). EXISTS
    FILES_MAKE_DIRECTORY = 9,
    // a. NOT_DIRECTORY, NOT_EMPTY
    FILES_REMOVE_DIRECTORY = 10,
    // a. IS_DIRECTORY. What is open stays readable until it is closed
    FILES_REMOVE = 11,
    // a (from), b (to; a file there is replaced, an empty directory too). INVALID_ARGUMENT into itself
    FILES_RENAME = 12,
    // handle (of a directory), offset (0, or what the last reply said), size (room for entries). Reply: value (the offset
    // to go on from), payload: struct files_entry, 8-byte aligned each; none: the end. NOT_DIRECTORY, TOO_SMALL
    FILES_LIST = 13,
    // a. Reply: value (size in bytes), and one number comes with the message: shared memory, sealed, with the file's
    // contents, with the rights READ, EXECUTE, SEND and COPY. For process_spawn and for reading without copying.
    FILES_IMAGE = 14,
    // size, payload: uint32_t handles[] of so many bytes. Reply: value: a ticket, which one process may change into
    // handles of its own, in the same order, within FILES_TICKET_TIME. The caller keeps its handles.
    FILES_SHARE = 15,
    // offset: the ticket. Reply: payload: uint32_t handles[]. NOT_FOUND
    FILES_ADOPT = 16,
    // a, offset (mode bits)
    FILES_SET_MODE = 17,
    // a, offset (nanoseconds since 1970; FILES_TIME_NOW): when it was last changed
    FILES_SET_TIME = 18,
    // One number comes with the reply: the client's heap, with the rights READ, WRITE and SEND, once. A client whose server was started
    // anew sends the number of the heap that it has, and goes on with that. EXISTS, LIMIT_REACHED, DENIED (not the one that it was given)
    FILES_HEAP = 19,
    // handle, size (whole pages), offset. Reply: value (bytes that are on their way: as many whole pages of the file as lie there, at most
    // FILES_PAGES_MAX; 0: none, the bytes are to be read), payload: uint64_t, the offset that they are from. They come as duplicates,
    // before the reply, to the client's page handler of FILES_PAGE_TYPE. As FILES_READ
    FILES_READ_PAGES = 20,
};

#define FILES_TIME_NOW UINT64_MAX
#define FILES_TICKET_TIME UINT64_C(10000000000) // nanoseconds that a ticket is good for

enum files_open_flag {
    FILES_FOR_READ = 1 << 0,
    FILES_FOR_WRITE = 1 << 1,
    FILES_APPEND = 1 << 2,
    FILES_CREATE = 1 << 3,
    FILES_EXCLUSIVE = 1 << 4, // with CREATE: EXISTS if it is there
    FILES_CUT = 1 << 5,       // empty it
    FILES_DIRECTORY = 1 << 6, // NOT_DIRECTORY if it is none
};

enum files_seek_from { FILES_FROM_START = 0, FILES_FROM_CURRENT = 1, FILES_FROM_END = 2 };
enum files_type { FILES_TYPE_FILE = 1, FILES_TYPE_DIRECTORY = 2 };

struct files_request {
    uint32_t operation; // enum files_operation
    uint32_t flags;
    uint32_t handle;
    uint32_t size;
    uint64_t offset;
    uint32_t name_size;
    uint32_t other_size;
};

struct files_reply {
    int32_t status; // enum status
    uint32_t handle;
    uint64_t value;
};

struct files_stat {
    uint64_t id;       // of the file, never used again
    uint64_t size;     // bytes; of a directory: entries
    uint64_t modified; // nanoseconds since 1970, or since boot where the time of day is unknown
    uint32_t type;     // enum files_type
    uint32_t mode;     // permission bits as POSIX has them
    uint32_t links;    // names that it has
    uint32_t user;     // whose it is
};

struct files_entry {
    uint64_t id;
    uint32_t type;      // enum files_type
    uint32_t name_size; // bytes of the name, which follows, padded with zeros to a multiple of 8
};

// ---- how they travel ----

enum {
    FILES_MESSAGE_SIZE = 512,                    // of the server's port
    FILES_CALL_BYTES = FILES_MESSAGE_SIZE - 56,  // of payload in the message itself
    FILES_SHORT_MAX = FILES_CALL_BYTES,          // what always fits both ways
    FILES_HEAP_SIZE = FILES_DATA_MAX + (8 << 10) // for one long payload beside short ones
};

struct files_call {
    struct files_request request;
    uint32_t payload; // offset in the heap; 0: in `bytes`
    uint32_t payload_size;
    uint32_t room; // offset in the heap of the place for the reply's payload; 0: the reply's own `bytes`
    uint32_t room_size;
    uint64_t
        tag; // the client's own for each call that may be made again (after the server ended): it is carried out once. 0: none
    uint8_t bytes[FILES_CALL_BYTES];
};

struct files_answer {
    struct files_reply reply;
    uint32_t payload_size;
    uint32_t reserved;
    uint8_t bytes[FILES_MESSAGE_SIZE - 24];
};

union files_message {
    struct files_call call;
    struct files_answer answer;
};

_Static_assert(sizeof(struct files_call) == FILES_MESSAGE_SIZE && sizeof(struct files_answer) == FILES_MESSAGE_SIZE,
               "the size of the port's messages");
_Static_assert(sizeof(struct files_request) == 32 && sizeof(struct files_reply) == 16, "headers of the file protocol");
_Static_assert(sizeof(struct files_stat) == 40 && sizeof(struct files_entry) == 16, "records of the file protocol");
