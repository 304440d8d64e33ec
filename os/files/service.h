// The file service: what each request of the protocol does to the tree and to the handles, and what it answers.
//
// Rules: pure but for the hooks; one thread; it never waits. Nothing in a request is believed: lengths,
// flags, handles and paths are checked, fields that the operation does not use must be 0.
#pragma once

#include "os/files/handles.h"

struct service {
    struct tree tree;
    struct handles handles;
    // Makes sealed shared memory of a file's bytes.
    enum status (*make_image)(const struct node *file, int32_t *number);
    // Makes the heap of a client that has none, client->memory and client->heap, and says the memory's id.
    enum status (*make_heap)(struct client *client, uint64_t *id);
    // Takes the memory that a client brings over as its heap, if it is the one that the client's record names.
    enum status (*adopt_heap)(struct client *client, int32_t number);
    // Sends a client duplicates of pages, without waiting (FILES_READ_PAGES). Null: there is no such way.
    enum status (*send_pages)(uint32_t process, const void *pages, uint32_t count);
    uint64_t (*random)(void);
    uint64_t (*uptime)(void);      // monotonic nanoseconds, for tickets
    uint64_t (*time_of_day)(void); // nanoseconds, for files
};

struct service_client {
    uint32_t process;
    uint32_t user;
};

// A request; nobody else writes the payload meanwhile, but that of a FILES_WRITE.
struct service_request {
    struct files_request request;
    const void *payload;
    size_t payload_size;
    uint64_t tag;   // of the call, the client's own; 0: it has none
    int32_t number; // that came with it, 0: none; it is the caller's to close, unless the answer says otherwise
    void *room;     // for the payload of the reply, 8-byte aligned
    size_t room_size;
};

struct service_answer {
    struct files_reply reply;
    size_t payload_size; // bytes in the room
    int32_t number;      // shared memory that goes with it, 0: none; it stays the server's
    uint32_t rights;     // that go with the number
    bool took_number;    // the one that came with the request is the service's now
};

struct service_answer service_answer(struct service *service, struct service_client client,
                                     const struct service_request *request);
