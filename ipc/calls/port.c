// The calls that make ports, find them and send to them.
#include "ipc/port.h"

#include "ipc/calls/port.h"
#include "ipc/gate.h"
#include "ipc/port_page.h"
#include "kernel/base/call.h"
#include "kernel/object/trace.h"

// ---- making ----

struct port_places {
    int32_t port, entry;
};

static enum status places_reserve(struct number_table *table, struct port_places *places) {
    enum status status = number_reserve(table, &places->port);
    if (status != STATUS_OK)
        return status;
    status = number_reserve(table, &places->entry);
    if (status != STATUS_OK)
        number_unreserve(table, places->port);
    return status;
}

// Everything that can fail is done before anybody could find the port or hold a number of it.
static enum status make_known(struct process *process, struct port *port, struct port_create *wish,
                              struct user_address parameters) {
    enum status status = user_copy_out(parameters, wish, sizeof(*wish));
    if (status == STATUS_OK && port->scope != PORT_OF_OBJECT)
        status = port_publish(port, process);
    return status;
}

static enum status create_planned(const struct port_plan *plan, struct port_create *wish,
                                  struct user_address parameters, const struct port_places *places) {
    struct number_table *table = &plan->creator->numbers;
    struct port *port;
    struct port_entry *entry;
    enum status status = port_make(plan, &port, &entry);
    if (status != STATUS_OK)
        return status;
    wish->entry = places->entry;
    status = make_known(plan->creator, port, wish, parameters);
    if (status == STATUS_OK) {
        number_insert_reserved(table, places->entry, &entry->object, port_entry_type.rights);
        number_insert_reserved(table, places->port, &port->object, port_type.rights);
    }
    object_release(&entry->object);
    object_release(&port->object);
    return status;
}

struct result call_port_create(struct user_address parameters) {
    struct process *process = process_current();
    struct port_create wish;
    struct port_plan plan;
    struct port_places places = {0};
    enum status status = user_copy_in(&wish, parameters, sizeof(wish));
    if (status == STATUS_OK)
        status = port_plan_make(process, &wish, &plan);
    if (status == STATUS_OK)
        status = places_reserve(&process->numbers, &places);
    if (status != STATUS_OK)
        return result_status(status);
    status = create_planned(&plan, &wish, parameters, &places);
    if (status != STATUS_OK) {
        number_unreserve(&process->numbers, places.entry);
        number_unreserve(&process->numbers, places.port);
    }
    return result_make(status, (uint64_t)places.port);
}

// ---- finding ----

static enum status open_at(struct process *owner, uint64_t thread, uint64_t deadline, int32_t *number) {
    struct process *self = process_current();
    struct port_entry *entry;
    enum status status = gate_check(owner, GATE_PORT, self);
    if (status == STATUS_OK)
        status = port_find(owner, thread, deadline, &entry);
    if (status != STATUS_OK)
        return status;
    status = number_insert(&self->numbers, &entry->object, port_entry_type.rights, number);
    object_release(&entry->object);
    return status;
}

struct result call_port_open(uint32_t process, uint64_t thread, uint64_t deadline) {
    int32_t number = 0;
    struct process *owner = process_find(process);
    if (owner == 0)
        return result_status(STATUS_NOT_FOUND);
    enum status status = open_at(owner, thread, deadline, &number);
    process_release(owner);
    return result_make(status, (uint64_t)number);
}

// ---- what travels ----

// The cargo was read already.
static enum status page_read(const struct port *port, const struct port_cargo *cargo, struct number_cargo *load,
                             struct user_address address) {
    struct port_page_cargo page = {.cargo = *cargo};
    struct user_address of_page = user_address_add(address, offsetof(struct port_page_cargo, address));
    enum status status = user_copy_in(&page.address, of_page, sizeof(page.address));
    return status == STATUS_OK ? port_page_load(port, &page, load) : status;
}

static enum status load_read(const struct port *port, struct number_cargo *load, struct user_address address) {
    struct port_cargo cargo;
    enum status status = user_copy_in(&cargo, address, sizeof(cargo));
    if (status != STATUS_OK || cargo.number == NUMBER_NONE)
        return status;
    if (cargo.number == PORT_CARGO_PAGE)
        return page_read(port, &cargo, load, address);
    return number_cargo_load(&process_current()->numbers, cargo.number, cargo.rights, load);
}

enum status port_load_read(struct number_cargo *load, struct user_address address) {
    return load_read(0, load, address);
}

// A port that waits in its own queue, or in that of one which waits in its, would never be closed: nobody could reach either.
enum status port_load_read_to_queue(const struct port *port, struct number_cargo *load, struct user_address address) {
    enum status status = load_read(port, load, address);
    if (status != STATUS_OK || load->object == 0 || load->object->type->kind != OBJECT_PORT)
        return status;
    number_cargo_drop(load);
    return STATUS_WRONG_TYPE;
}

// ---- sending ----

static inline __attribute__((always_inline)) enum status message_fill(struct port_message *message,
                                                                      struct user_address bytes) {
    struct process *self = process_current();
    message->process = self->id;
    message->user = self->user;
    return user_copy_in_words(message->words, bytes, message->port->message_size);
}

// A page goes with the message, or not at all.
static enum status message_load_and_send(struct port_message *message, struct user_address cargo, uint64_t deadline,
                                         uint64_t *id) {
    struct port *port = message->port;
    enum status status = port_load_read_to_queue(port, &message->load, cargo);
    if (status != STATUS_OK)
        return status;
    struct port_page *page = port_page_hold(&message->load);
    status = port_send(port, message, process_current()->account, deadline, id);
    if (page != 0)
        trace(.operation = TRACE_PORT_PAGE_GIVEN, .object = &port->object, .id = *id, .size = PAGE_SIZE,
              .status = status);
    port_page_end(page, status != STATUS_OK);
    return status;
}

// `cargo` 0: nothing travels.
static inline __attribute__((always_inline)) enum status
send_through(struct port *port, struct user_address bytes, struct user_address cargo, uint64_t deadline, uint64_t *id) {
    struct port_message *message = port_message_take(port);
    if (message == 0)
        return STATUS_NO_MEMORY;
    enum status status = message_fill(message, bytes);
    if (status == STATUS_OK && cargo.value != 0)
        status = message_load_and_send(message, cargo, deadline, id);
    else if (__builtin_expect(status == STATUS_OK, 1))
        status = port_send(port, message, process_current()->account, deadline, id);
    if (__builtin_expect(status != STATUS_OK, 0))
        port_message_free(message);
    return status;
}

// Apart from the path that is measured.
__attribute__((noinline)) static enum status send_loaded(struct port *port, struct user_address bytes,
                                                         struct user_address cargo, uint64_t deadline, uint64_t *id) {
    return send_through(port, bytes, cargo, deadline, id);
}

struct result call_port_send(int32_t number, struct user_address message, struct user_address cargo,
                             uint64_t deadline) {
    struct object *object;
    enum status status = number_find(&process_current()->numbers, number, OBJECT_PORT_ENTRY, RIGHT_WRITE, &object);
    if (status != STATUS_OK)
        return result_status(status);
    uint64_t id = 0;
    struct port *port = ((struct port_entry *)object)->port;
    status = __builtin_expect(cargo.value != 0, 0)
                 ? send_loaded(port, message, cargo, deadline, &id)
                 : send_through(port, message, (struct user_address){0}, deadline, &id);
    if (__builtin_expect(status != STATUS_OK, 0)) {
        if (status == STATUS_PEER_DIED)
            status = port_closed_status(port);
        trace(.operation = TRACE_PORT_SENT, .object = object, .status = status);
    }
    object_release(object);
    return result_make(status, id);
}

// ---- windows ----

struct result call_port_window(int32_t number, uint64_t address, uint64_t pages) {
    struct process *process = process_current();
    struct object *object = 0;
    uint64_t base = 0;
    enum status status = STATUS_OK;
    if (number != NUMBER_NONE)
        status = number_find(&process->numbers, number, OBJECT_PORT, RIGHT_READ, &object);
    if (status == STATUS_OK)
        status = port_window_make(process, address, pages, &base);
    if (object != 0) {
        if (status == STATUS_OK)
            __atomic_store_n(&((struct port *)object)->takes_pages, true, __ATOMIC_RELAXED);
        object_release(object);
    }
    return result_make(status, base);
}
