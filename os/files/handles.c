// The table of handles, in slots with generations, a list of them per client, and the tickets.
#include "os/files/handles.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SLOT_BITS = 12, GENERATION_MAX = (1 << (32 - SLOT_BITS)) - 1 };
enum { STEP_COST = 8 * TREE_PAGE }; // the most memory that a step of both tables may touch anew
_Static_assert(1 << SLOT_BITS == HANDLES_MAX, "a slot fits its bits");
_Static_assert(HANDLES_STEP >= FILES_SHARE_MAX, "one step is enough for a ticket");
_Static_assert(HANDLES_MAX % HANDLES_STEP == 0 && STORE_OPENED_MAX % HANDLES_STEP == 0, "the last step is a whole one");

static struct store *store_of(const struct handles *handles) {
    return handles->tree->store;
}

void handles_create(struct handles *handles, struct tree *tree) {
    memset(handles->opened, 0, handles->opened_end * sizeof(struct opened));
    memset(handles->slots, 0, handles->slots_end * sizeof(struct handle));
    memset(handles->tickets, 0, handles->tickets_end * sizeof(struct ticket));
    memset(handles, 0, offsetof(struct handles, opened));
    handles->tree = tree;
}

// ---- growing ----

static void save_end(struct handles *handles, uint32_t *end, uint32_t value) {
    store_write(store_of(handles), end, &value, sizeof(value));
}

static void add_slots(struct handles *handles) {
    uint32_t end = handles->slots_end + HANDLES_STEP;
    for (uint32_t i = end; i > handles->slots_end; i--) {
        handles->slots[i - 1].generation = 1;
        LIST_INSERT_HEAD(&handles->free, &handles->slots[i - 1], link);
    }
    memset(&store_of(handles)->handles[handles->slots_end], 0, HANDLES_STEP * sizeof(struct store_handle));
    save_end(handles, &store_of(handles)->header->handles_end, end);
    handles->slots_end = end;
}

static void add_opened(struct handles *handles) {
    uint32_t end = handles->opened_end + HANDLES_STEP;
    for (uint32_t i = end; i > handles->opened_end; i--) {
        handles->opened[i - 1].record = &store_of(handles)->opened[i - 1];
        SLIST_INSERT_HEAD(&handles->unopened, &handles->opened[i - 1], link);
    }
    memset(&store_of(handles)->opened[handles->opened_end], 0, HANDLES_STEP * sizeof(struct store_opened));
    save_end(handles, &store_of(handles)->header->opened_end, end);
    handles->opened_end = end;
}

// Whether there are so many free entries, HANDLES_STEP at most, after a step of each table where there were not.
static bool has_free(struct handles *handles, uint32_t count) {
    bool need_slots = handles->slots_end - handles->count < count, need_opened = SLIST_EMPTY(&handles->unopened);
    bool (*has_room)(uint64_t bytes) = handles->tree->has_room;
    if ((need_slots || need_opened) && has_room && !has_room(STEP_COST)) {
        return false;
    }
    if (need_slots) {
        add_slots(handles);
    }
    if (need_opened) {
        add_opened(handles);
    }
    return true;
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

static void save_client(struct handles *handles, struct client *client, uint64_t heap) {
    struct store_client now = {.process = client->process, .heap = heap};
    store_write(store_of(handles), client->record, &now, sizeof(now));
}

void handles_set_heap(struct handles *handles, struct client *client, uint64_t heap) {
    save_client(handles, client, heap);
}

// There is one: clients are counted.
static struct store_client *find_client_record(struct handles *handles) {
    struct store_client *record = store_of(handles)->clients;
    while (record->process) {
        record++;
    }
    return record;
}

// `record`: null where it has none yet.
static enum status make_client(struct handles *handles, uint32_t process, struct store_client *record,
                               struct client **made) {
    if (!record && handles->client_count == HANDLES_CLIENTS_MAX) {
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
    client->record = record;
    if (!record) {
        client->record = find_client_record(handles);
        save_client(handles, client, 0);
    }
    *made = client;
    return STATUS_OK;
}

static uint32_t opened_index(const struct handles *handles, const struct opened *opened) {
    return (uint32_t)(opened - handles->opened);
}

// There is one: so many there are as handles and tickets can name.
static struct opened *take_opened(struct handles *handles, struct node *node, uint32_t flags) {
    struct opened *opened = SLIST_FIRST(&handles->unopened);
    struct store_opened now = {.node = tree_index(handles->tree, node) + 1, .flags = flags};
    assert(opened && opened->references == 0);
    SLIST_REMOVE_HEAD(&handles->unopened, link);
    store_write(store_of(handles), opened->record, &now, sizeof(now));
    opened->node = node;
    tree_hold(node);
    return opened;
}

static void release_opened(struct handles *handles, struct opened *opened) {
    static const struct store_opened none;
    assert(opened->references > 0);
    if (--opened->references == 0) {
        store_write(store_of(handles), opened->record, &none, sizeof(none));
        tree_release(handles->tree, opened->node);
        opened->node = NULL;
        SLIST_INSERT_HEAD(&handles->unopened, opened, link);
    }
}

// Whether the client can have `count` handles more; it is made if there is none yet.
static enum status prepare(struct handles *handles, uint32_t process, uint32_t count, struct client **client) {
    enum status status = STATUS_OK;
    *client = handles_find_client(handles, process);
    if (!*client) {
        status = make_client(handles, process, NULL, client);
    }
    if (status != STATUS_OK) {
        return status;
    }
    bool may = count <= HANDLES_MAX - handles->count && count <= HANDLES_PER_CLIENT - (*client)->count;
    return may && (count == 0 || has_free(handles, count)) ? STATUS_OK : STATUS_LIMIT_REACHED;
}

enum status handles_client(struct handles *handles, uint32_t process, struct client **client) {
    return prepare(handles, process, 0, client);
}

static void save_slot(struct handles *handles, const struct handle *handle) {
    struct store_handle now = {.generation = handle->generation};
    if (handle->client) {
        now.process = handle->client->process;
        now.opened = opened_index(handles, handle->opened);
    }
    store_write(store_of(handles), &store_of(handles)->handles[handle - handles->slots], &now, sizeof(now));
}

static void fill_slot(struct handles *handles, struct handle *handle, struct client *client, struct opened *opened) {
    assert(!handle->client);
    LIST_REMOVE(handle, link);
    LIST_INSERT_HEAD(&client->handles, handle, link);
    client->count++;
    handles->count++;
    handle->client = client;
    handle->opened = opened;
    opened->references++;
}

// After prepare: gives the client a handle for what is opened, and takes a reference.
static uint32_t give(struct handles *handles, struct client *client, struct opened *opened) {
    struct handle *handle = LIST_FIRST(&handles->free);
    fill_slot(handles, handle, client, opened);
    save_slot(handles, handle);
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
    save_slot(handles, handle);
}

static struct handle *find_slot(struct handles *handles, uint32_t process, uint32_t value) {
    uint32_t slot = value & (HANDLES_MAX - 1);
    struct handle *handle = &handles->slots[slot];
    bool is_its = slot < handles->slots_end && handle->client && handle->client->process == process &&
                  handle->generation == value >> SLOT_BITS;
    return is_its ? handle : NULL;
}

enum status handles_open(struct handles *handles, uint32_t process, struct node *node, uint32_t flags,
                         uint32_t *handle) {
    struct client *client = NULL;
    enum status status = prepare(handles, process, 1, &client);
    if (status != STATUS_OK) {
        return status;
    }
    *handle = give(handles, client, take_opened(handles, node, flags));
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
    static const struct store_client none;
    struct client *client = handles_find_client(handles, process);
    if (!client) {
        return;
    }
    while (!LIST_EMPTY(&client->handles)) {
        close_slot(handles, LIST_FIRST(&client->handles));
        tree_finish(handles->tree);
    }
    store_write(store_of(handles), client->record, &none, sizeof(none));
    tree_finish(handles->tree);
    if (handles->unwatch) {
        handles->unwatch(client);
    }
    LIST_REMOVE(client, link);
    handles->client_count--;
    free(client);
}

static void save_ticket(struct handles *handles, const struct ticket *ticket) {
    struct store_ticket now = {.value = ticket->value, .expires = ticket->expires, .count = ticket->count};
    for (uint32_t i = 0; i < ticket->count; i++) {
        now.opened[i] = opened_index(handles, ticket->opened[i]);
    }
    store_write(store_of(handles), &store_of(handles)->tickets[ticket - handles->tickets], &now, sizeof(now));
}

static void drop_ticket(struct handles *handles, struct ticket *ticket) {
    for (uint32_t i = 0; i < ticket->count; i++) {
        release_opened(handles, ticket->opened[i]);
    }
    *ticket = (struct ticket){0};
    save_ticket(handles, ticket);
}

void handles_expire(struct handles *handles, uint64_t now) {
    for (uint32_t i = 0; i < handles->tickets_end; i++) {
        if (handles->tickets[i].value && handles->tickets[i].expires <= now) {
            drop_ticket(handles, &handles->tickets[i]);
        }
    }
}

static struct ticket *find_ticket(struct handles *handles, uint64_t value) {
    for (uint32_t i = 0; i < handles->tickets_end; i++) {
        if (handles->tickets[i].value == value) {
            return &handles->tickets[i];
        }
    }
    return NULL;
}

static struct ticket *free_ticket(struct handles *handles) {
    struct ticket *ticket = find_ticket(handles, 0);
    if (!ticket && handles->tickets_end < HANDLES_TICKETS_MAX) {
        ticket = &handles->tickets[handles->tickets_end++];
    }
    return ticket;
}

enum status handles_share(struct handles *handles, uint32_t process, const uint32_t *list, uint32_t count,
                          uint64_t value, uint64_t now) {
    handles_expire(handles, now);
    if (count == 0 || count > FILES_SHARE_MAX) {
        return STATUS_INVALID_ARGUMENT;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!find_slot(handles, process, list[i])) {
            return STATUS_BAD_NUMBER;
        }
    }
    struct ticket *ticket = free_ticket(handles);
    if (!ticket) {
        return STATUS_LIMIT_REACHED;
    }
    *ticket = (struct ticket){.value = value, .expires = now + FILES_TICKET_TIME, .count = count};
    for (uint32_t i = 0; i < count; i++) {
        ticket->opened[i] = find_slot(handles, process, list[i])->opened;
        ticket->opened[i]->references++;
    }
    save_ticket(handles, ticket);
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

// ---- finding them again ----

static struct opened *recover_opened(struct handles *handles, uint32_t index) {
    struct opened *opened = index < handles->opened_end ? &handles->opened[index] : NULL;
    return opened && opened->node ? opened : NULL;
}

static void recover_all_opened(struct handles *handles, struct node *const *nodes) {
    uint32_t end = store_of(handles)->header->node_end;
    for (uint32_t i = handles->opened_end; i > 0; i--) {
        struct opened *opened = &handles->opened[i - 1];
        opened->record = &store_of(handles)->opened[i - 1];
        uint32_t node = opened->record->node;
        opened->node = node > 0 && node <= end ? nodes[node - 1] : NULL;
        if (opened->node) {
            tree_hold(opened->node);
        } else {
            SLIST_INSERT_HEAD(&handles->unopened, opened, link);
        }
    }
}

static enum status recover_clients(struct handles *handles) {
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < HANDLES_CLIENTS_MAX && status != STATUS_NO_MEMORY; i++) {
        struct store_client *record = &store_of(handles)->clients[i];
        struct client *client = NULL;
        if (record->process) {
            status = make_client(handles, record->process, record, &client);
        }
        if (record->process && !client) {
            *record = (struct store_client){0}; // it has ended
        }
    }
    return status == STATUS_NO_MEMORY ? status : STATUS_OK;
}

static void recover_handles(struct handles *handles) {
    for (uint32_t i = handles->slots_end; i-- > 0;) {
        struct store_handle *record = &store_of(handles)->handles[i];
        struct handle *handle = &handles->slots[i];
        uint32_t generation = record->generation;
        struct client *client = record->process ? handles_find_client(handles, record->process) : NULL;
        struct opened *opened = recover_opened(handles, record->opened);
        handle->generation = generation > 0 && generation <= GENERATION_MAX ? generation : 1;
        LIST_INSERT_HEAD(&handles->free, handle, link);
        if (client && opened) {
            fill_slot(handles, handle, client, opened);
        } else if (record->process) {
            *record = (struct store_handle){.generation = handle->generation};
        }
    }
}

static bool recover_ticket(struct handles *handles, struct ticket *ticket, const struct store_ticket *record) {
    bool is_sound = record->value && record->count > 0 && record->count <= FILES_SHARE_MAX;
    for (uint32_t i = 0; is_sound && i < record->count; i++) {
        ticket->opened[i] = recover_opened(handles, record->opened[i]);
        is_sound = ticket->opened[i];
    }
    if (!is_sound) {
        return false;
    }
    ticket->value = record->value;
    ticket->expires = record->expires;
    ticket->count = record->count;
    for (uint32_t i = 0; i < record->count; i++) {
        ticket->opened[i]->references++;
    }
    return true;
}

static void recover_tickets(struct handles *handles) {
    for (uint32_t i = 0; i < HANDLES_TICKETS_MAX; i++) {
        struct store_ticket *record = &store_of(handles)->tickets[i];
        if (recover_ticket(handles, &handles->tickets[i], record)) {
            handles->tickets_end = i + 1;
        } else if (record->value) {
            *record = (struct store_ticket){0};
        }
    }
}

// What only a program that has ended had open.
static void close_unused(struct handles *handles) {
    for (uint32_t i = 0; i < handles->opened_end; i++) {
        struct opened *opened = &handles->opened[i];
        if (opened->node && opened->references == 0) {
            opened->references = 1;
            release_opened(handles, opened);
            tree_finish(handles->tree);
        }
    }
}

enum status handles_recover(struct handles *handles, struct node *const *nodes) {
    const struct store_header *header = store_of(handles)->header;
    if (header->opened_end > STORE_OPENED_MAX || header->handles_end > HANDLES_MAX) {
        return STATUS_CORRUPT;
    }
    handles->opened_end = header->opened_end;
    handles->slots_end = header->handles_end;
    recover_all_opened(handles, nodes);
    enum status status = recover_clients(handles);
    if (status == STATUS_OK) {
        recover_handles(handles);
        recover_tickets(handles);
        close_unused(handles);
    }
    return status;
}
