// The file service: what each request of the protocol does to the tree and to the handles, and what it answers.
//
// Rules: pure but for the hooks; one thread; it never waits. A request is bytes of which nothing is believed: lengths,
// flags, handles and paths are checked, fields that the operation does not use must be 0.
#pragma once

#include "os/files/handles.h"

enum { SERVICE_REPLY_MAX = sizeof(struct files_reply) + FILES_DATA_MAX };

struct service {
    struct tree tree;
    struct handles handles;
    // Makes sealed shared memory of a file's bytes.
    enum status (*make_image)(const struct node *file, int32_t *number);
    uint64_t (*random)(void);
    uint64_t (*uptime)(void);      // monotonic nanoseconds, for tickets
    uint64_t (*time_of_day)(void); // nanoseconds, for files
};

struct service_client {
    uint32_t process;
    uint32_t user;
};

struct service_answer {
    size_t size;     // bytes of the reply
    int32_t number;  // shared memory that goes with it, 0: none; it stays the tree's
    bool executable; // with RIGHT_EXECUTE
};

// Answers one request. `reply` has room for SERVICE_REPLY_MAX bytes, 8-byte aligned; `message` is 8-byte aligned too.
struct service_answer service_answer(struct service *service, struct service_client client, const void *message,
                                     size_t size, void *reply);
