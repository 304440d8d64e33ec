// What both sides of an interface share: the pages in two address spaces, the events to the server, and their death.
#include "ipc/interface.h"

#include "kernel/abi/event.h"
#include "kernel/object/trace.h"

// ---- events to the server ----

static EVENT event_for(const struct interface_client *client, enum interface_action action) {
    return (EVENT){
        .Type = EVENT_INTERFACE,
        .Action = action,
        .Data1 = (uint32_t)client->number,
        .Data2 = client->process,
        .Data3 = INTERFACE_READY(client->interface->id, client->interface->version),
    };
}

void interface_client_announce_locked(struct interface_client *client) {
    trace(.operation = TRACE_INTERFACE_REQUESTED, .object = &client->object, .peer = client->interface->server,
          .id = client->interface->key, .size = client->memory->pages * PAGE_SIZE);
    EVENT event = event_for(client, INTERFACE_REQUESTED);
    notice_raise(&client->requested, &event);
}

// Before the server took the request it knows nothing of the client, and afterwards looks at the pages anyway.
void interface_client_tell_locked(struct interface_client *client, enum interface_action action) {
    EVENT event = event_for(client, action);
    if (client->taken)
        notice_raise(&client->told, &event);
}

// The number is made when the server takes the event; the client may have gone meanwhile.
static enum status requested_take(struct notice *notice, struct process *taker, EVENT *event) {
    struct interface_client *client = (struct interface_client *)notice->owner;
    int32_t number;
    enum status status = number_reserve(&taker->numbers, &number);
    if (status != STATUS_OK)
        return status;
    number_insert_reserved(&taker->numbers, number, &client->object, interface_client_type.rights);
    lock_acquire(&interfaces_lock);
    client->number = number;
    client->taken = true;
    if (!client->open)
        interface_client_tell_locked(client, INTERFACE_GONE);
    lock_release(&interfaces_lock);
    event->Data1 = (uint32_t)number;
    return STATUS_OK;
}

void interface_client_set_up_notices(struct interface_client *client, struct process *server) {
    struct notice *notices[] = {&client->requested, &client->told};
    for (size_t i = 0; i < 2; i++) {
        notice_start(notices[i], server->notice_target, &client->object, client->object.id);
        notices[i]->process = client->process;
        notices[i]->user = client->user;
    }
    client->requested.take = requested_take;
}

// ---- death ----

void interface_client_close(struct interface_client *client, bool tell) {
    lock_acquire(&interfaces_lock);
    bool was_open = client->open;
    if (was_open) {
        client->open = false;
        client->interface->clients--;
        LIST_REMOVE(client, of_interface);
        trace(.operation = TRACE_INTERFACE_DEAD, .object = &client->object,
              .peer = tell ? client->interface->server : client->process);
        memory_store_word(client->memory, offsetof(struct interface_page, ready), INTERFACE_DEAD);
        notice_cancel(&client->requested);
        if (tell)
            interface_client_tell_locked(client, INTERFACE_GONE);
        else
            notice_cancel(&client->told);
    }
    lock_release(&interfaces_lock);
    if (was_open)
        memory_mark_dead(client->memory);
}

// ---- pages ----

enum { PLACE_TRIES = 8 };

static enum status map_data(struct space *space, struct memory *data, uint64_t fixed, uint64_t *base) {
    struct space_request request = {
        .address = fixed,
        .size = data->pages * PAGE_SIZE,
        .protection = PROTECTION_READ | PROTECTION_WRITE,
        .flags = fixed != 0 ? MAP_FIXED : 0,
        .memory = data,
    };
    return space_map(space, &request, base);
}

static enum status map_code(struct space *space, struct memory *code, uint64_t fixed) {
    uint64_t base;
    struct space_request request = {
        .address = fixed,
        .size = code->pages * PAGE_SIZE,
        .protection = PROTECTION_READ | PROTECTION_EXECUTE,
        .flags = MAP_FIXED,
        .memory = code,
    };
    return space_map(space, &request, &base);
}

// Both into one gap, which another thread may take meanwhile: ADDRESS_IN_USE.
static enum status map_both(struct space *space, struct memory *data, struct memory *code, uint64_t *base) {
    uint64_t gap, size = data->pages * PAGE_SIZE;
    enum status status = space_find_gap(space, size + code->pages * PAGE_SIZE, &gap);
    if (status == STATUS_OK)
        status = map_data(space, data, gap, base);
    if (status != STATUS_OK)
        return status;
    status = map_code(space, code, gap + size);
    if (status != STATUS_OK)
        space_unmap(space, gap, size);
    return status;
}

enum status interface_map_pages(struct space *space, struct memory *data, struct memory *code, uint64_t *base) {
    if (code == 0)
        return map_data(space, data, 0, base);
    enum status status = STATUS_ADDRESS_IN_USE;
    for (uint32_t tries = 0; status == STATUS_ADDRESS_IN_USE && tries < PLACE_TRIES; tries++)
        status = map_both(space, data, code, base);
    return status == STATUS_ADDRESS_IN_USE ? STATUS_NO_MEMORY : status;
}

enum status interface_map(struct process *server, struct interface_client *client,
                          struct interface_client_information *information, uint64_t *base) {
    lock_acquire(&interfaces_lock);
    bool open = client->open;
    lock_release(&interfaces_lock);
    if (!open)
        return STATUS_PEER_DIED;
    struct interface *interface = client->interface;
    *information = (struct interface_client_information){
        .offset = client->base,
        .data_size = interface->data_size,
        .code_size = (uint32_t)(interface_client_size(client) - interface->data_size),
        .process = client->process,
        .user = client->user,
        .id = interface->id,
        .version = interface->version,
    };
    return interface_map_pages(server->space, client->memory, interface_client_code(client), base);
}
