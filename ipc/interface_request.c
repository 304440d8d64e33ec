// The client's side of interfaces: requesting, ringing, letting go.
#include "ipc/gate.h"
#include "ipc/interface.h"

#include "kernel/base/debugger.h"
#include "kernel/object/trace.h"

// ---- requesting ----

static enum status wish_check(const struct interface_wish *wish) {
    if (wish->id == 0 || wish->id > INTERFACE_ID_MAX || wish->version == 0 || wish->version > INTERFACE_VERSION_MAX)
        return STATUS_INVALID_ARGUMENT;
    return wish->flags & ~(uint32_t)(INTERFACE_AT_LEAST | INTERFACE_DATA_ONLY) ? STATUS_INVALID_ARGUMENT : STATUS_OK;
}

// The pages, all there, with the client's own address of them in the head (R-I5); mapped.
static enum status pages_make(struct process *process, struct interface_client *client) {
    struct interface *interface = client->interface;
    enum status status = memory_create(process->account, interface->data_size, interface->object.name, &client->memory);
    if (status == STATUS_OK)
        status = memory_make_resident(client->memory);
    if (status != STATUS_OK)
        return status;
    client->memory->part_of = client->object.id;
    status = interface_map_pages(process->space, client->memory, interface_client_code(client), &client->base);
    memory_store_word(client->memory, offsetof(struct interface_page, offset_low), (uint32_t)client->base);
    memory_store_word(client->memory, offsetof(struct interface_page, offset_high), (uint32_t)(client->base >> 32));
    return status;
}

// The use is known from here on; the process's list takes over the caller's reference.
static enum status enter(struct interface_client *client, struct process *process) {
    lock_acquire(&interfaces_lock);
    bool open = client->interface->open;
    if (open) {
        client->open = client->held = true;
        LIST_INSERT_HEAD(&client->interface->uses, client, of_interface);
        LIST_INSERT_HEAD(&interface_table_of(process)->requested, client, of_process);
        interface_client_announce_locked(client);
    }
    lock_release(&interfaces_lock);
    return open ? STATUS_OK : STATUS_NOT_FOUND;
}

// Makes a use of a reserved place; its reference of the interface is the caller's.
static enum status use_make(struct process *process, struct process *server, struct interface *interface,
                            uint32_t flags, uint64_t *base) {
    struct object *object;
    enum status status = object_create(&interface_client_type, process->account, interface->object.name, &object);
    if (status != STATUS_OK)
        return status;
    struct interface_client *client = (struct interface_client *)object;
    client->interface = interface;
    object_retain(&interface->object);
    client->process = process->id;
    client->user = process->user;
    client->flags = flags;
    interface_client_set_up_notices(client, server);
    status = pages_make(process, client);
    if (status == STATUS_OK) {
        *base = client->base;
        status = enter(client, process);
        if (status != STATUS_OK)
            space_unmap(process->space, client->base, interface_client_size(client));
    }
    if (status != STATUS_OK)
        object_release(object);
    return status;
}

static enum status use_make_charged(struct process *process, struct interface *interface, uint32_t flags,
                                    uint64_t *base) {
    struct process *server = process_find(interface->server);
    if (server == 0)
        return STATUS_NOT_FOUND;
    enum status status = gate_check(server, GATE_INTERFACE, process);
    if (status == STATUS_OK)
        status = account_charge(process->account, ACCOUNT_INTERFACES, 1);
    if (status == STATUS_OK) {
        status = use_make(process, server, interface, flags, base);
        if (status != STATUS_OK)
            account_discharge(process->account, ACCOUNT_INTERFACES, 1);
    }
    process_release(server);
    return status;
}

enum status interface_request(struct process *client, const struct interface_wish *wish, uint64_t *base) {
    struct interface *interface;
    enum status status = wish_check(wish);
    if (status == STATUS_OK)
        status = interface_reserve(wish->id, wish->version, wish->flags, &interface);
    if (status != STATUS_OK)
        return status;
    status = use_make_charged(client, interface, wish->flags, base);
    if (status != STATUS_OK)
        interface_unreserve(interface);
    object_release(&interface->object);
    return status;
}

// ---- what a client has ----

// With a reference; null: it has no pages there. The lock is held.
static struct interface_client *find_locked(struct process *process, uint64_t base) {
    struct interface_client *client;
    LIST_FOREACH(client, &interface_table_of(process)->requested, of_process) {
        if (client->base == base) {
            object_retain(&client->object);
            return client;
        }
    }
    return 0;
}

static void kept_finish(struct kept_operation *kept, bool drop) {
    struct interface_client *client = (struct interface_client *)kept->object;
    lock_acquire(&interfaces_lock);
    if (client->open && !drop)
        interface_client_tell_locked(client, INTERFACE_RUNG);
    lock_release(&interfaces_lock);
    object_release(&client->object);
}

// True: the server does not hear it yet, or at all.
__attribute__((noinline, cold)) static bool is_ring_kept_locked(struct interface_client *client) {
    struct trace_note note = {
        .operation = TRACE_INTERFACE_RUNG, .object = &client->object, .peer = client->interface->server};
    struct kept_operation kept = {.finish = kept_finish, .object = &client->object};
    return trace_ask_or_keep(&note, TRACE_MAY_DROP | TRACE_MAY_HOLD | TRACE_MAY_REORDER, &kept) != TRACE_GO;
}

enum status interface_ring(struct process *process, uint64_t base) {
    enum status status = STATUS_OK;
    lock_acquire(&interfaces_lock);
    struct interface_client *client = find_locked(process, base);
    if (client == 0) {
        status = STATUS_NOT_FOUND;
    } else if (!client->open) {
        status = STATUS_PEER_DIED;
    } else if (!trace_is_on() || !is_ring_kept_locked(client)) {
        interface_client_tell_locked(client, INTERFACE_RUNG);
    }
    lock_release(&interfaces_lock);
    if (client != 0)
        object_release(&client->object);
    return status;
}

// ---- letting go ----

// Of several callers one gets the use, and with it the list's reference.
static bool take_off(struct interface_client *client) {
    lock_acquire(&interfaces_lock);
    bool held = client->held;
    if (held) {
        client->held = false;
        LIST_REMOVE(client, of_process);
    }
    lock_release(&interfaces_lock);
    return held;
}

static void let_go(struct interface_client *client) {
    if (!take_off(client))
        return;
    interface_client_close(client, true);
    account_discharge(client->object.account, ACCOUNT_INTERFACES, 1);
    object_release(&client->object);
}

enum status interface_release(struct process *process, uint64_t base) {
    lock_acquire(&interfaces_lock);
    struct interface_client *client = find_locked(process, base);
    lock_release(&interfaces_lock);
    if (client == 0)
        return STATUS_NOT_FOUND;
    enum status status = space_unmap(process->space, base, interface_client_size(client));
    if (status == STATUS_OK)
        let_go(client);
    object_release(&client->object);
    return status;
}

void interface_release_all(struct process *process) {
    struct interface_client *client;
    do {
        lock_acquire(&interfaces_lock);
        client = LIST_FIRST(&interface_table_of(process)->requested);
        if (client != 0)
            object_retain(&client->object);
        lock_release(&interfaces_lock);
        if (client != 0) {
            let_go(client);
            object_release(&client->object);
        }
    } while (client != 0);
}
