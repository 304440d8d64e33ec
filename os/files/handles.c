// The table of handles, in slots with generations, a list of them per client, and the tickets.
#include "os/files/handles.h"

#include <assert.h>
#include <stdlib.h>

enum { SLOT_BITS = 12, GENERATION_MAX = (1 << (32 - SLOT_BITS)) - 1 };
_Static_assert(1 << SLOT_BITS == HANDLES_MAX, "a slot fits its bits");

void handles_create(struct handles *handles, struct tree *tree) {
    *handles = (struct handles){.tree = tree};
    LIST_INIT(&handles->free);
    LIST_INIT(&handles->clients);
    for (uint32_t i = HANDLES_MAX; i > 0; i--) {
        handles->slots[i - 1].generation = 1;
        LIST_INSERT_HEAD(&handles->free, &handles->slots[i - 1], link);
    }
}

struct client *handles_find_client(struct handles *handles, uint32_t process) {
    struct client *client = NULL;
    LIST_FOREACH(client, &handles->clients, link) {
        if (client->process == process) {
            break;
        }
    }
    return client;
}

static enum status make_client(struct handles *handles, uint32_t process, struct client **made) {
    if (handles->client_count == HANDLES_CLIENTS_MAX) {
        return STATUS_LIMIT_REACHED;
    }
    struct client *client = calloc(1, sizeof(*client));
    if (!client) {
        return STATUS_NO_MEMORY;
    }
    client->process = process;
    LIST_INIT(&client->handles);
    enum status status = handles->watch ? handles->watch(client) : STATUS_OK;
    if (status != STATUS_OK) {
        free(client);
        return status;
    }
    LIST_INSERT_HEAD(&handles->clients, client, link);
    handles->client_count++;
    *made = client;
    return STATUS_OK;
}

static void release_opened(struct handles *handles, struct opened *opened) {
    assert(opened->references > 0);
    if (--opened->references == 0) {
        tree_release(handles->tree, opened->node);
        free(opened);
    }
}

// Whether the client can have `count` handles more; it is made if there is none yet.
static enum status prepare(struct handles *handles, uint32_t process, uint32_t count, struct client **client) {
    enum status status = STATUS_OK;
    *client = handles_find_client(handles, process);
    if (!*client) {
        status = make_client(handles, process, client);
    }
    if (status != STATUS_OK) {
        return status;
    }
    bool has_room = count <= HANDLES_MAX - handles->count && count <= HANDLES_PER_CLIENT - (*client)->count;
    return has_room ? STATUS_OK : STATUS_LIMIT_REACHED;
}

enum status handles_client(struct handles *handles, uint32_t process, struct client **client) {
    return prepare(handles, process, 0, client);
}

// After prepare: gives the client a handle for what is opened, and takes a reference.
static uint32_t give(struct handles *handles, struct client *client, struct opened *opened) {
    struct handle *handle = LIST_FIRST(&handles->free);
    assert(handle && !handle->client);
    LIST_REMOVE(handle, link);
    LIST_INSERT_HEAD(&client->handles, handle, link);
    client->count++;
    handles->count++;
    handle->client = client;
    handle->opened = opened;
    opened->references++;
    return handle->generation << SLOT_BITS | (uint32_t)(handle - handles->slots);
}

static void close_slot(struct handles *handles, struct handle *handle) {
    struct client *client = handle->client;
    assert(client && handle->opened);
    LIST_REMOVE(handle, link);
    LIST_INSERT_HEAD(&handles->free, handle, link);
    client->count--;
    handles->count--;
    release_opened(handles, handle->opened);
    handle->client = NULL;
    handle->opened = NULL;
    handle->generation = handle->generation == GENERATION_MAX ? 1 : handle->generation + 1;
}

static struct handle *find_slot(struct handles *handles, uint32_t process, uint32_t value) {
    struct handle *handle = &handles->slots[value & (HANDLES_MAX - 1)];
    bool is_its = handle->client && handle->client->process == process && handle->generation == value >> SLOT_BITS;
    return is_its ? handle : NULL;
}

enum status handles_open(struct handles *handles, uint32_t process, struct node *node, uint32_t flags,
                         uint32_t *handle) {
    struct client *client = NULL;
    enum status status = prepare(handles, process, 1, &client);
    if (status != STATUS_OK) {
        return status;
    }
    struct opened *opened = calloc(1, sizeof(*opened));
    if (!opened) {
        return STATUS_NO_MEMORY;
    }
    opened->node = node;
    opened->flags = flags;
    tree_hold(node);
    *handle = give(handles, client, opened);
    return STATUS_OK;
}

enum status handles_find(struct handles *handles, uint32_t process, uint32_t value, struct opened **opened) {
    struct handle *handle = find_slot(handles, process, value);
    *opened = handle ? handle->opened : NULL;
    return handle ? STATUS_OK : STATUS_BAD_NUMBER;
}

enum status handles_close(struct handles *handles, uint32_t process, uint32_t value) {
    struct handle *handle = find_slot(handles, process, value);
    if (!handle) {
        return STATUS_BAD_NUMBER;
    }
    close_slot(handles, handle);
    return STATUS_OK;
}

void handles_end_process(struct handles *handles, uint32_t process) {
    struct client *client = handles_find_client(handles, process);
    if (!client) {
        return;
    }
    while (!LIST_EMPTY(&client->handles)) {
        close_slot(handles, LIST_FIRST(&client->handles));
    }
    if (handles->unwatch) {
        handles->unwatch(client);
    }
    LIST_REMOVE(client, link);
    handles->client_count--;
    free(client);
}

static void drop_ticket(struct handles *handles, struct ticket *ticket) {
    for (uint32_t i = 0; i < ticket->count; i++) {
        release_opened(handles, ticket->opened[i]);
    }
    *ticket = (struct ticket){0};
}

void handles_expire(struct handles *handles, uint64_t now) {
    for (uint32_t i = 0; i < HANDLES_TICKETS_MAX; i++) {
        if (handles->tickets[i].value && handles->tickets[i].expires <= now) {
            drop_ticket(handles, &handles->tickets[i]);
        }
    }
}

static struct ticket *find_ticket(struct handles *handles, uint64_t value) {
    for (uint32_t i = 0; i < HANDLES_TICKETS_MAX; i++) {
        if (handles->tickets[i].value == value) {
            return &handles->tickets[i];
        }
    }
    return NULL;
}

enum status handles_share(struct handles *handles, uint32_t process, const uint32_t *list, uint32_t count,
                          uint64_t value, uint64_t now) {
    handles_expire(handles, now);
    struct ticket *ticket = find_ticket(handles, 0);
    if (count == 0 || count > FILES_SHARE_MAX) {
        return STATUS_INVALID_ARGUMENT;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!find_slot(handles, process, list[i])) {
            return STATUS_BAD_NUMBER;
        }
    }
    if (!ticket) {
        return STATUS_LIMIT_REACHED;
    }
    *ticket = (struct ticket){.value = value, .expires = now + FILES_TICKET_TIME, .count = count};
    for (uint32_t i = 0; i < count; i++) {
        ticket->opened[i] = find_slot(handles, process, list[i])->opened;
        ticket->opened[i]->references++;
    }
    return STATUS_OK;
}

enum status handles_adopt(struct handles *handles, uint32_t process, uint64_t value, uint64_t now, uint32_t *list,
                          uint32_t *count) {
    struct client *client = NULL;
    handles_expire(handles, now);
    struct ticket *ticket = value ? find_ticket(handles, value) : NULL;
    if (!ticket) {
        return STATUS_NOT_FOUND;
    }
    enum status status = prepare(handles, process, ticket->count, &client);
    if (status != STATUS_OK) {
        return status;
    }
    for (uint32_t i = 0; i < ticket->count; i++) {
        list[i] = give(handles, client, ticket->opened[i]);
    }
    *count = ticket->count;
    drop_ticket(handles, ticket);
    return STATUS_OK;
}
