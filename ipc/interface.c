// Interfaces as objects: how they end, how they describe themselves, and what each process has of them.
#include "ipc/interface.h"

#include "ipc/holders.h"
#include "kernel/base/assert.h"
#include "kernel/base/writer.h"
#include "kernel/memory/heap.h"
#include "kernel/process/subsystem.h"

struct lock interfaces_lock = LOCK_INITIAL(RANK_OBJECT);

// ---- a registration ----

static void interface_last_number_closed(struct object *object) {
    interface_close((struct interface *)object);
}

static void interface_destroy(struct object *object) {
    struct interface *interface = (struct interface *)object;
    assert(!interface->open && interface->clients == 0);
    if (interface->code != 0)
        object_release(&interface->code->object);
}

static void interface_describe(struct object *object, struct writer *out) {
    struct interface *interface = (struct interface *)object;
    lock_acquire(&interfaces_lock);
    uint32_t clients = interface->clients;
    uint64_t generation = interface->generation;
    bool open = interface->open;
    lock_release(&interfaces_lock);
    writer_format(out, "interface: %u\nversion: %u\ngeneration: %lu\nserver: %u\n", interface->id, interface->version,
                  generation, interface->server);
    writer_format(out, "clients: %u of %u\ndata: %u\ncode: %lu\nopen: %s\n", clients, interface->clients_max,
                  interface->data_size, interface_code_size(interface), open ? "yes" : "no");
}

const struct object_type interface_type = {
    .name = "interface",
    .kind = OBJECT_INTERFACE,
    .size = sizeof(struct interface),
    .lock_rank = RANK_OBJECT_INNER,
    .rights = RIGHT_MANAGE,
    .last_number_closed = interface_last_number_closed,
    .destroy = interface_destroy,
    .describe = interface_describe,
};

// ---- a client's use ----

static void client_last_number_closed(struct object *object) {
    interface_client_close((struct interface_client *)object, false);
}

static void client_destroy(struct object *object) {
    struct interface_client *client = (struct interface_client *)object;
    assert(!client->open && !client->held);
    notice_end(&client->requested);
    notice_end(&client->told);
    if (client->memory != 0)
        object_release(&client->memory->object);
    object_release(&client->interface->object);
}

static const char *client_state(const struct interface_client *client, bool open) {
    if (!open)
        return "dead";
    return memory_load_word(client->memory, 0) == INTERFACE_NOT_READY ? "not ready" : "ready";
}

static void client_describe(struct object *object, struct writer *out) {
    struct interface_client *client = (struct interface_client *)object;
    struct interface *interface = client->interface;
    lock_acquire(&interfaces_lock);
    bool open = client->open, taken = client->taken;
    lock_release(&interfaces_lock);
    writer_format(out, "interface: %u\nversion: %u\nserver: %u\nclient: %u\n", interface->id, interface->version,
                  interface->server, client->process);
    writer_format(out, "state: %s\ntaken: %s\ncode: %s\n", client_state(client, open), taken ? "yes" : "no",
                  interface_client_code(client) != 0 ? "yes" : "no");
}

// Either side may change a word of the pages.
static void client_edges(struct object *object, enum wait_reason reason, struct wait_edges *edges) {
    (void)reason;
    struct interface_client *client = (struct interface_client *)object;
    holders_add(edges, client->process);
    holders_add(edges, client->interface->server);
}

const struct object_type interface_client_type = {
    .name = "interface client",
    .kind = OBJECT_INTERFACE_CLIENT,
    .size = sizeof(struct interface_client),
    .lock_rank = RANK_OBJECT_INNER,
    .rights = RIGHT_READ | RIGHT_WRITE,
    .last_number_closed = client_last_number_closed,
    .destroy = client_destroy,
    .describe = client_describe,
    .wait_edges = client_edges,
};

// ---- the name of a system id ----

static void name_describe(struct object *object, struct writer *out) {
    writer_format(out, "interface: %u\n", ((struct interface_name *)object)->id);
}

const struct object_type interface_name_type = {
    .name = "interface name",
    .kind = OBJECT_INTERFACE_NAME,
    .size = sizeof(struct interface_name),
    .lock_rank = RANK_OBJECT,
    .rights = RIGHT_WRITE | RIGHT_COPY | RIGHT_SEND,
    .describe = name_describe,
};

// ---- what each process has ----

static enum status interfaces_process_created(struct process *process) {
    struct interface_table *table = heap_allocate(sizeof(struct interface_table));
    if (table == 0)
        return STATUS_NO_MEMORY;
    LIST_INIT(&table->registered);
    LIST_INIT(&table->requested);
    process->attachments[ATTACHMENT_INTERFACES] = table;
    return STATUS_OK;
}

static struct interface *registered_first(struct process *process) {
    lock_acquire(&interfaces_lock);
    struct interface *interface = LIST_FIRST(&interface_table_of(process)->registered);
    if (interface != 0)
        object_retain(&interface->object);
    lock_release(&interfaces_lock);
    return interface;
}

static void interfaces_process_ended(struct process *process) {
    struct interface *interface;
    while ((interface = registered_first(process)) != 0) {
        interface_close(interface);
        object_release(&interface->object);
    }
    interface_release_all(process);
}

static void interfaces_process_freed(struct process *process) {
    heap_free(process->attachments[ATTACHMENT_INTERFACES]);
}

SUBSYSTEM(interfaces_subsystem) = {
    .name = "interfaces",
    .process_created = interfaces_process_created,
    .process_ended = interfaces_process_ended,
    .process_freed = interfaces_process_freed,
};
