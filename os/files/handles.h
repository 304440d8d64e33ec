// Who has which files open: clients, their handles, and the tickets by which handles pass to a child.
//
// A handle names what was opened (struct opened: the file, the flags, the one offset); several handles, of several
// processes, may name the same. Its value is slot and generation, so that a closed handle is not soon another's. All of it stands in
// the store too, so that handles outlive the service (handles_recover). The tables, here and there, are as long as was ever needed at one time:
// they grow by HANDLES_STEP entries, when the machine can spare the memory.
// Rules: pure but for the two hooks; one thread. Statuses: BAD_NUMBER the handle is not this process's, LIMIT_REACHED too
// many handles or clients, or no room for more, NO_MEMORY, NOT_FOUND no such ticket, or no such process.
#pragma once

#include "os/files/tree.h"

#include <parley/shared_heap.h>

enum {
    HANDLES_MAX = STORE_HANDLES_MAX,
    HANDLES_PER_CLIENT = 512,
    HANDLES_STEP = 64, // FILES_SHARE_MAX at least
    HANDLES_CLIENTS_MAX = STORE_CLIENTS_MAX,
    HANDLES_TICKETS_MAX = STORE_TICKETS_MAX,
};

struct opened {
    SLIST_ENTRY(opened) link; // of the free ones
    struct node *node;
    struct store_opened *record; // has offset and flags
    uint32_t references;         // 0: free
};

struct handle {
    LIST_ENTRY(handle) link; // of the client's, or of the free ones
    struct client *client;   // null: free
    struct opened *opened;
    uint32_t generation;
};

struct client {
    LIST_ENTRY(client) link;
    LIST_HEAD(client_handles, handle)
    handles;
    struct store_client *record;
    uint32_t process;
    uint32_t count;
    int32_t watch;  // what the hook keeps to learn of its end
    int32_t memory; // its heap, 0: none
    struct shared_view heap;
};

struct ticket {
    uint64_t value; // 0: free
    uint64_t expires;
    uint32_t count;
    struct opened *opened[FILES_SHARE_MAX];
};

struct handles {
    struct tree *tree;
    LIST_HEAD(handle_free, handle)
    free;
    LIST_HEAD(handle_clients, client)
    clients;
    SLIST_HEAD(handle_opened, opened)
    unopened;
    uint32_t client_count;
    uint32_t count;       // handles in use
    uint32_t opened_end;  // entries from here on are not in use yet
    uint32_t slots_end;   // the same
    uint32_t tickets_end; // the same
    // Starts, and ends, watching a client for its end. NOT_FOUND: it has ended already. Both may be null.
    enum status (*watch)(struct client *client);
    void (*unwatch)(struct client *client);
    struct opened opened[STORE_OPENED_MAX];
    struct handle slots[HANDLES_MAX];
    struct ticket tickets[HANDLES_TICKETS_MAX];
};

// None are open (`handles` is zeroed, or was one before); or, with `nodes` by their indices in the store, those that the store tells of. What fits nothing there is left out; clients
// that have ended meanwhile are closed, so the hooks must be set. NO_MEMORY
void handles_create(struct handles *handles, struct tree *tree);
enum status handles_recover(struct handles *handles, struct node *const *nodes);

// Opens a node for a process; the node is held until its last handle is closed.
enum status handles_open(struct handles *handles, uint32_t process, struct node *node, uint32_t flags,
                         uint32_t *handle);
enum status handles_find(struct handles *handles, uint32_t process, uint32_t handle, struct opened **opened);
enum status handles_close(struct handles *handles, uint32_t process, uint32_t handle);

// The client, made where it is not there yet. LIMIT_REACHED, NO_MEMORY, NOT_FOUND.
enum status handles_client(struct handles *handles, uint32_t process, struct client **client);

// The same, but null where it is not there.
struct client *handles_find_client(struct handles *handles, uint32_t process);

// Notes the id of the memory that the client shares with the service.
void handles_set_heap(struct handles *handles, struct client *client, uint64_t heap);

// Closes all that a process has: it ended. Each is a change that holds by itself.
void handles_end_process(struct handles *handles, uint32_t process);

// Makes a ticket of this value, which must not be 0, good until `now` + FILES_TICKET_TIME.
enum status handles_share(struct handles *handles, uint32_t process, const uint32_t *list, uint32_t count,
                          uint64_t value, uint64_t now);

// Changes a ticket into handles of the process, all or none; says how many.
enum status handles_adopt(struct handles *handles, uint32_t process, uint64_t value, uint64_t now, uint32_t *list,
                          uint32_t *count);

// Drops tickets whose time is over.
void handles_expire(struct handles *handles, uint64_t now);
