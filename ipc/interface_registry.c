// The registry: interfaces in the order of ids and versions; made, found, told, and ended.
#include "ipc/interface.h"
#include "kernel/base/string.h"

static int key_compare(const struct interface *left, const struct interface *right) {
    return (left->key > right->key) - (left->key < right->key);
}

RB_HEAD(interface_tree, interface);
RB_PROTOTYPE_STATIC(interface_tree, interface, link, key_compare)
RB_GENERATE_STATIC(interface_tree, interface, link, key_compare)

static struct {
    struct interface_tree tree; // [interfaces_lock]
    uint64_t generations;       // [interfaces_lock]
} registry = {.tree = RB_INITIALIZER(&registry.tree)};

// ---- looking up; the lock is held ----

// The first one at or above the key; null: none.
static struct interface *find_from(uint32_t key) {
    struct interface probe = {.key = key};
    return RB_NFIND(interface_tree, &registry.tree, &probe);
}

static struct interface *find_exact(uint32_t id, uint32_t version) {
    struct interface probe = {.key = id << 16 | version};
    return RB_FIND(interface_tree, &registry.tree, &probe);
}

// The highest version of the id: what stands before the first key that is above all of them.
static struct interface *find_highest(uint32_t id) {
    struct interface *above = find_from((id + 1) << 16);
    struct interface *found =
        above != 0 ? RB_PREV(interface_tree, &registry.tree, above) : RB_MAX(interface_tree, &registry.tree);
    return found != 0 && found->id == id ? found : 0;
}

enum status interface_reserve(uint32_t id, uint32_t version, uint32_t flags, struct interface **interface) {
    enum status status = STATUS_OK;
    lock_acquire(&interfaces_lock);
    struct interface *found = flags & INTERFACE_AT_LEAST ? find_highest(id) : find_exact(id, version);
    if (found == 0 || found->version < version) {
        status = STATUS_NOT_FOUND;
    } else if (found->clients == found->clients_max) {
        status = STATUS_PEER_FULL;
    } else {
        found->clients++;
        object_retain(&found->object);
        *interface = found;
    }
    lock_release(&interfaces_lock);
    return status;
}

void interface_unreserve(struct interface *interface) {
    lock_acquire(&interfaces_lock);
    interface->clients--;
    lock_release(&interfaces_lock);
}

// ---- who came after whom ----

uint32_t interface_provided_by(const struct process *process) {
    lock_acquire(&interfaces_lock);
    uint32_t id = interface_table_of(process)->provided;
    lock_release(&interfaces_lock);
    return id;
}

bool interface_has_successor(uint32_t id, uint32_t process) {
    lock_acquire(&interfaces_lock);
    const struct interface *now = find_highest(id);
    bool has = now != 0 && now->server != process;
    lock_release(&interfaces_lock);
    return has;
}

// ---- telling ----

static uint32_t count_waiting(const struct interface *interface) {
    uint32_t waiting = 0;
    struct interface_client *client;
    LIST_FOREACH(client, &interface->uses, of_interface) {
        waiting += memory_load_word(client->memory, 0) == INTERFACE_NOT_READY;
    }
    return waiting;
}

bool interface_inform_next(uint32_t *after, struct interface_information *information) {
    lock_acquire(&interfaces_lock);
    struct interface *found = *after < UINT32_MAX ? find_from(*after + 1) : 0;
    if (found != 0) {
        *information = (struct interface_information){
            .object = found->object.id,
            .generation = found->generation,
            .id = found->id,
            .version = found->version,
            .server = found->server,
            .clients = found->clients,
            .clients_max = found->clients_max,
            .waiting = count_waiting(found),
            .data_size = found->data_size,
            .code_size = (uint32_t)interface_code_size(found),
        };
        string_copy_padded(information->name, found->object.name, NAME_SIZE);
        *after = found->key;
    }
    lock_release(&interfaces_lock);
    return found != 0;
}

// ---- making ----

// Memory whose pages somebody would have to bring could hang a client in a routine (R-I5).
static enum status code_check(struct memory *code) {
    if (!memory_is_sealed(code) || code->source != 0)
        return STATUS_INVALID_ARGUMENT;
    return code->pages > INTERFACE_CODE_MAX / PAGE_SIZE ? STATUS_TOO_LARGE : memory_make_resident(code);
}

static enum status wish_check(const struct interface_register *wish) {
    if (wish->id == 0 || wish->id > INTERFACE_ID_MAX || wish->version == 0 || wish->version > INTERFACE_VERSION_MAX)
        return STATUS_INVALID_ARGUMENT;
    if (wish->clients == 0 || wish->clients > INTERFACE_CLIENTS_MAX || wish->data_size == 0)
        return STATUS_INVALID_ARGUMENT;
    return wish->data_size > INTERFACE_DATA_MAX ? STATUS_TOO_LARGE : STATUS_OK;
}

// Enters it where its place is free; the caller's reference passes to the process's list.
static enum status enter(struct interface *interface, struct process *server) {
    lock_acquire(&interfaces_lock);
    bool is_free = RB_INSERT(interface_tree, &registry.tree, interface) == 0;
    if (is_free) {
        interface->open = true;
        interface->generation = ++registry.generations;
        struct interface_table *table = interface_table_of(server);
        LIST_INSERT_HEAD(&table->registered, interface, of_process);
        if (table->provided == 0)
            table->provided = interface->id;
    }
    lock_release(&interfaces_lock);
    return is_free ? STATUS_OK : STATUS_EXISTS;
}

static void fill(struct interface *interface, struct process *server, const struct interface_register *wish,
                 struct memory *code) {
    interface->id = wish->id;
    interface->version = wish->version;
    interface->key = wish->id << 16 | wish->version;
    interface->server = server->id;
    interface->data_size = (wish->data_size + PAGE_SIZE - 1) & ~(uint32_t)(PAGE_SIZE - 1);
    interface->clients_max = wish->clients;
    interface->code = code;
    if (code != 0)
        object_retain(&code->object);
    LIST_INIT(&interface->uses);
}

static enum status make(struct process *server, const struct interface_register *wish, struct memory *code,
                        int32_t number) {
    struct object *object;
    char name[NAME_SIZE];
    string_copy_padded(name, wish->text, NAME_SIZE);
    enum status status = object_create(&interface_type, server->account, name, &object);
    if (status != STATUS_OK)
        return status;
    struct interface *interface = (struct interface *)object;
    fill(interface, server, wish, code);
    status = enter(interface, server);
    if (status == STATUS_OK)
        number_insert_reserved(&server->numbers, number, object, interface_type.rights);
    else
        object_release(object);
    return status;
}

static enum status make_charged(struct process *server, const struct interface_register *wish, struct memory *code,
                                int32_t *number) {
    enum status status = account_charge(server->account, ACCOUNT_INTERFACES, 1);
    if (status != STATUS_OK)
        return status;
    status = number_reserve(&server->numbers, number);
    if (status == STATUS_OK) {
        status = make(server, wish, code, *number);
        if (status != STATUS_OK)
            number_unreserve(&server->numbers, *number);
    }
    if (status != STATUS_OK)
        account_discharge(server->account, ACCOUNT_INTERFACES, 1);
    return status;
}

enum status interface_register(struct process *server, const struct interface_register *wish, struct memory *code,
                               int32_t *number) {
    enum status status = wish_check(wish);
    if (status == STATUS_OK && code != 0)
        status = code_check(code);
    return status == STATUS_OK ? make_charged(server, wish, code, number) : status;
}

// ---- ending ----

static bool leave(struct interface *interface) {
    lock_acquire(&interfaces_lock);
    bool was_open = interface->open;
    if (was_open) {
        interface->open = false;
        RB_REMOVE(interface_tree, &registry.tree, interface);
        LIST_REMOVE(interface, of_process);
    }
    lock_release(&interfaces_lock);
    return was_open;
}

static struct interface_client *first_use(struct interface *interface) {
    lock_acquire(&interfaces_lock);
    struct interface_client *client = LIST_FIRST(&interface->uses);
    if (client != 0)
        object_retain(&client->object);
    lock_release(&interfaces_lock);
    return client;
}

void interface_close(struct interface *interface) {
    if (!leave(interface))
        return;
    struct interface_client *client;
    while ((client = first_use(interface)) != 0) {
        interface_client_close(client, false);
        object_release(&client->object);
    }
    account_discharge(interface->object.account, ACCOUNT_INTERFACES, 1);
    object_release(&interface->object);
}
