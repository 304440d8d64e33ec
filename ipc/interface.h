// Interfaces: what a server registered, and whom it shares pages with. Source: seeds/001; shapes in kernel/abi/interface.h.
//
// Three kinds of object. An *interface* is a registration: its only number is its server's, and it ends with that or with the
// process. An *interface client* is one use of it: made at a client's request, charged to the client, known to the client by
// the address of its pages and to the server by a number that it gets when it takes the event. An *interface name* is the
// right to register one system id.
//
// A use is *open* until either side goes; then its word says INTERFACE_DEAD, nobody sleeps on its memory any more, and the
// server is told. The client keeps the dead pages until it releases them (or ends).
//
// Rules: no lock may be held. One lock guards all fields marked [l]; memory is marked dead after it was let go.
#pragma once

#include <bsd/sys/tree.h>

#include "kernel/abi/interface.h"
#include "kernel/memory/memory.h"
#include "kernel/memory/space.h"
#include "kernel/object/notice.h"
#include "kernel/process/process.h"

struct interface_client {
    struct object object;                      // charged to the client
    struct interface *interface;               // [I] a reference
    struct memory *memory;                     // [I] the data pages; a reference
    uint64_t base;                             // [I] where the client has them
    uint32_t process, user, flags;             // [I] the client's; enum interface_flag
    bool open;                                 // [l]
    bool held;                                 // [l] the client has not released it yet
    bool taken;                                // [l] the server has its number
    int32_t number;                            // [l] the server's
    LIST_ENTRY(interface_client) of_interface; // [l] while open
    LIST_ENTRY(interface_client) of_process;   // [l] until the client releases it; holds a reference
    struct notice requested;                   // to the server
    struct notice told;                        // to the server: rung, gone
};

LIST_HEAD(interface_client_list, interface_client);

struct interface {
    struct object object;
    RB_ENTRY(interface) link;          // [l] of the registry, while open
    uint32_t key;                      // [I] id << 16 | version
    uint32_t id, version;              // [I]
    uint64_t generation;               // [l]
    uint32_t server;                   // [I] process id
    uint32_t data_size;                // [I] bytes, whole pages
    struct memory *code;               // [I] sealed; a reference, may be null
    uint32_t clients_max;              // [I]
    uint32_t clients;                  // [l] open ones, and those in the making
    bool open;                         // [l]
    LIST_ENTRY(interface) of_process;  // [l] while open; holds a reference
    struct interface_client_list uses; // [l]
};

struct interface_name {
    struct object object;
    uint32_t id; // [I]
};

extern const struct object_type interface_type, interface_client_type, interface_name_type;

extern struct lock interfaces_lock;

static inline uint64_t interface_code_size(const struct interface *interface) {
    return interface->code != 0 ? interface->code->pages * PAGE_SIZE : 0;
}

// ---- the registry (ipc/interface_registry.c) ----

// Registers what the wish says; `code` is checked for its rights already, and may be null. INVALID_ARGUMENT, TOO_LARGE, EXISTS,
// LIMIT_REACHED, NO_MEMORY.
enum status interface_register(struct process *server, const struct interface_register *wish, struct memory *code,
                               int32_t *number);

// Finds what will do and takes one of its places for clients; with a reference. NOT_FOUND, PEER_FULL.
enum status interface_reserve(uint32_t id, uint32_t version, uint32_t flags, struct interface **interface);
void interface_unreserve(struct interface *interface);

// Ends a registration: it is unknown, and all its clients' pages are dead. Nothing where it has ended already.
void interface_close(struct interface *interface);

// Tells about the first one above `after` (id << 16 | version) and moves `after` to it. False: none.
bool interface_inform_next(uint32_t *after, struct interface_information *information);

// The id that a process provides, or provided; 0: none. And whether another process provides it now.
uint32_t interface_provided_by(const struct process *process);
bool interface_has_successor(uint32_t id, uint32_t process);

// ---- what a process has (ipc/interface.c) ----

struct interface_table {
    LIST_HEAD(, interface)
    registered;                             // [l]
    struct interface_client_list requested; // [l]
    uint32_t provided; // [l] id of the first that was registered, also when it has ended; 0: none was
};

static inline struct interface_table *interface_table_of(const struct process *process) {
    return process->attachments[ATTACHMENT_INTERFACES];
}

// ---- clients (ipc/interface_request.c) ----

struct interface_wish {
    uint32_t id, version, flags;
};

// INVALID_ARGUMENT, NOT_FOUND, PEER_FULL, DENIED, LIMIT_REACHED, NO_MEMORY.
enum status interface_request(struct process *client, const struct interface_wish *wish, uint64_t *base);

// Lets go of the pages at `base` and unmaps them. NOT_FOUND.
enum status interface_release(struct process *client, uint64_t base);

// Lets go of all that an ended process has; its address space goes by itself.
void interface_release_all(struct process *client);

// NOT_FOUND, PEER_DIED.
enum status interface_ring(struct process *client, uint64_t base);

// ---- both sides (ipc/interface_serve.c) ----

void interface_client_set_up_notices(struct interface_client *client, struct process *server);

// Raises the request at the server. The lock is held.
void interface_client_announce_locked(struct interface_client *client);

// Raises an event about a client at the server, where it has the number. The lock is held.
void interface_client_tell_locked(struct interface_client *client, enum interface_action action);

// Makes the pages dead. `tell`: the server is to learn of it. Nothing where they are already.
void interface_client_close(struct interface_client *client, bool tell);

// Maps the data pages and, where it is not null, the code behind them. NO_MEMORY, LIMIT_REACHED.
enum status interface_map_pages(struct space *space, struct memory *data, struct memory *code, uint64_t *base);

// Maps a client's pages into its server. PEER_DIED, NO_MEMORY, LIMIT_REACHED.
enum status interface_map(struct process *server, struct interface_client *client,
                          struct interface_client_information *information, uint64_t *base);

// The code that a client has behind its data; null: none.
static inline struct memory *interface_client_code(const struct interface_client *client) {
    return client->flags & INTERFACE_DATA_ONLY ? 0 : client->interface->code;
}

// What the client has mapped, in bytes.
static inline uint64_t interface_client_size(const struct interface_client *client) {
    uint64_t code = client->flags & INTERFACE_DATA_ONLY ? 0 : interface_code_size(client->interface);
    return client->interface->data_size + code;
}
