// The calls by which one calls, receives and answers at a port.
#include "ipc/calls/port.h"
#include "ipc/port_page.h"
#include "kernel/base/call.h"
#include "kernel/object/trace.h"
#include "kernel/thread/scheduler.h"
#include "kernel/thread/thread.h"

// ---- calling ----

// The place for a number that comes with the reply is reserved before the call, so that taking the reply cannot fail.
struct return_cargo {
    struct user_address address;
    int32_t number;
    struct port_page *page; // that goes with the call, a reference; or null
};

static enum status cargo_prepare(struct port *port, struct port_message *call, struct return_cargo *cargo) {
    struct process *self = process_current();
    enum status status = number_reserve(&self->numbers, &cargo->number);
    if (status != STATUS_OK)
        return status;
    status = port_load_read_to_queue(port, &call->load, cargo->address);
    if (status != STATUS_OK)
        number_unreserve(&self->numbers, cargo->number);
    else
        cargo->page = port_page_hold(&call->load);
    return status;
}

// A page that came with the reply. Where there is no place for it, it goes with the block.
static enum status page_accept(struct port_message *call, struct user_address address) {
    struct port_page *page = (struct port_page *)call->load.object;
    struct port_cargo told;
    uint64_t at;
    enum status status = port_page_put(page, &told, &at);
    if (status != STATUS_OK)
        return status == STATUS_PEER_FULL ? status : STATUS_OK;
    status = user_copy_out(address, &told, sizeof(told));
    if (status != STATUS_OK)
        port_page_take_back(page, at);
    else
        trace(.operation = TRACE_PORT_PAGE_TAKEN, .object = &page->object, .peer = page->process, .id = call->id,
              .cause = call->id, .size = PAGE_SIZE);
    return status;
}

// What came with the reply (`call` null: there is none), and what became of the page that went.
static enum status cargo_accept(struct port_message *call, const struct return_cargo *cargo, bool page_is_back) {
    struct process *self = process_current();
    bool came = call != 0 && call->load.object != 0, page = came && port_load_is_page(&call->load);
    struct port_cargo told = {.number = page_is_back ? PORT_CARGO_PAGE : NUMBER_NONE};
    if (came && !page)
        told = (struct port_cargo){.number = cargo->number, .rights = call->load.rights};
    enum status status = user_copy_out(cargo->address, &told, sizeof(told));
    if (came && !page && status == STATUS_OK) {
        number_insert_reserved(&self->numbers, cargo->number, call->load.object, call->load.rights);
        return STATUS_OK;
    }
    number_unreserve(&self->numbers, cargo->number);
    return page && status == STATUS_OK ? page_accept(call, cargo->address) : status;
}

__attribute__((noinline)) static enum status call_loaded(struct port *port, struct port_message **call,
                                                         struct user_address message, struct user_address address,
                                                         uint64_t deadline) {
    struct return_cargo cargo = {.address = address};
    enum status status = cargo_prepare(port, *call, &cargo);
    if (status != STATUS_OK)
        return status;
    status = port_call(port, call, deadline);
    if (cargo.page != 0)
        trace(.operation = TRACE_PORT_PAGE_GIVEN, .object = &port->object, .id = *call != 0 ? (*call)->id : 0,
              .size = PAGE_SIZE, .status = status);
    bool back = port_page_end(cargo.page, status != STATUS_OK);
    if (status == STATUS_OK)
        status = user_copy_out_words(message, (*call)->words, port->message_size);
    enum status accepted = cargo_accept(status == STATUS_OK ? *call : 0, &cargo, back);
    return status == STATUS_OK ? accepted : status;
}

static inline __attribute__((always_inline)) enum status call_and_accept(struct port *port, struct port_message **call,
                                                                         struct user_address message,
                                                                         struct user_address cargo, uint64_t deadline) {
    if (__builtin_expect(cargo.value != 0, 0))
        return call_loaded(port, call, message, cargo, deadline);
    enum status status = port_call(port, call, deadline);
    return status == STATUS_OK ? user_copy_out_words(message, (*call)->words, port->message_size) : status;
}

static inline __attribute__((always_inline)) enum status call_through(struct port *port, struct user_address message,
                                                                      struct user_address cargo, uint64_t deadline) {
    struct process *self = process_current();
    struct port_message *call = port_call_block_take(self);
    if (call == 0)
        return STATUS_NO_MEMORY;
    call->kind = PORT_CALLED;
    call->port = port;
    enum status status = user_copy_in_words(call->words, message, port->message_size);
    if (status == STATUS_OK)
        status = call_and_accept(port, &call, message, cargo, deadline);
    if (call != 0)
        port_call_block_return(self, call);
    return status;
}

struct result call_port_call(int32_t number, struct user_address message, struct user_address cargo,
                             uint64_t deadline) {
    struct object *object;
    enum status status = number_find(&process_current()->numbers, number, OBJECT_PORT_ENTRY, RIGHT_WRITE, &object);
    if (status != STATUS_OK)
        return result_status(status);
    status = call_through(((struct port_entry *)object)->port, message, cargo, deadline);
    object_release(object);
    return result_status(status);
}

// ---- receiving ----

// OK: with a reference.
static inline enum status port_find_for(int32_t number, struct object **object) {
    enum status status = number_find(&process_current()->numbers, number, OBJECT_PORT, RIGHT_READ, object);
    if (status != STATUS_OK)
        return status;
    uint64_t thread = ((struct port *)*object)->thread;
    if (__builtin_expect(thread == 0 || thread == thread_current()->object.id, 1))
        return STATUS_OK;
    object_release(*object);
    return STATUS_DENIED;
}

static enum status bytes_out(const struct port *port, const struct port_message *message, struct user_address buffer) {
    return message->kind == PORT_CANCELLED ? STATUS_OK
                                           : user_copy_out_words(buffer, message->words, port->message_size);
}

static enum status take_whole(struct port *port, struct port_message *message, struct user_address buffer,
                              const struct port_information *information, struct user_address address) {
    enum status status = bytes_out(port, message, buffer);
    return status == STATUS_OK ? user_copy_out(address, information, sizeof(*information)) : status;
}

// With a page that came: it is in the window before the program is told. Its sender may just have taken it back: then none came.
static enum status take_with_page(struct port *port, struct port_message *message, struct user_address buffer,
                                  struct port_information *information, struct user_address address) {
    struct port_page *page = (struct port_page *)message->load.object;
    uint64_t at;
    enum status status = port_page_put(page, &information->cargo, &at);
    if (status == STATUS_NOT_FOUND)
        return take_whole(port, message, buffer, information, address);
    if (status != STATUS_OK)
        return status;
    status = take_whole(port, message, buffer, information, address);
    if (status != STATUS_OK)
        port_page_take_back(page, at);
    else
        trace(.operation = TRACE_PORT_PAGE_TAKEN, .object = &page->object, .peer = message->process, .id = message->id,
              .size = PAGE_SIZE);
    return status;
}

// With a number that came: its place is reserved first.
__attribute__((noinline)) static enum status take_with_cargo(struct port *port, struct port_message *message,
                                                             struct user_address buffer,
                                                             struct port_information *information,
                                                             struct user_address address) {
    struct number_table *table = &process_current()->numbers;
    if (port_load_is_page(&message->load))
        return take_with_page(port, message, buffer, information, address);
    enum status status = number_reserve(table, &information->cargo.number);
    if (status != STATUS_OK)
        return status;
    information->cargo.rights = message->load.rights;
    status = take_whole(port, message, buffer, information, address);
    if (status != STATUS_OK) {
        number_unreserve(table, information->cargo.number);
        return status;
    }
    number_insert_reserved(table, information->cargo.number, message->load.object, message->load.rights);
    return STATUS_OK;
}

static inline __attribute__((always_inline)) enum status
copy_out(struct port *port, struct port_message *message, struct user_address buffer, struct user_address address) {
    struct port_information information;
    if (address.value == 0)
        return bytes_out(port, message, buffer);
    port_inform(port, message, &information);
    if (__builtin_expect(message->load.object != 0, 0))
        return take_with_cargo(port, message, buffer, &information, address);
    enum status status = bytes_out(port, message, buffer);
    return status == STATUS_OK ? user_copy_out(address, &information, sizeof(information)) : status;
}

static inline __attribute__((always_inline)) struct result
receive_end(struct port *port, struct port_message *message, struct user_address buffer, struct user_address address) {
    enum status status = copy_out(port, message, buffer, address);
    if (status != STATUS_OK) {
        port_refuse(port, message);
        return result_status(status);
    }
    uint64_t id = message->id;
    number_cargo_drop(&message->load);
    port_finish(port, message);
    return result_ok(id);
}

struct result call_port_receive(int32_t number, struct user_address buffer, struct user_address information,
                                uint64_t deadline) {
    struct object *object;
    enum status status = port_find_for(number, &object);
    if (status != STATUS_OK)
        return result_status(status);
    struct port *port = (struct port *)object;
    struct port_message *message;
    status = port_take(port, deadline, &message);
    struct result result =
        status == STATUS_OK ? receive_end(port, message, buffer, information) : result_status(status);
    object_release(object);
    return result;
}

// ---- answering ----

// With something that travels. A page goes with the answer, or not at all.
static enum status answer_loaded(struct port *port, struct port_answer *answer, struct user_address cargo) {
    enum status status = port_load_read(&answer->load, cargo);
    if (status != STATUS_OK)
        return status;
    struct port_page *page = port_page_hold(&answer->load);
    if (page != 0)
        status = port_page_is_wanted(port, answer->id);
    if (status == STATUS_OK)
        status = port_answer(port, answer);
    if (page != 0)
        trace(.operation = TRACE_PORT_PAGE_GIVEN, .object = &port->object, .id = answer->id, .cause = answer->id,
              .size = PAGE_SIZE, .status = status);
    port_page_end(page, status != STATUS_OK);
    if (status != STATUS_OK)
        number_cargo_drop(&answer->load);
    return status;
}

struct result call_port_reply(int32_t number, uint64_t id, struct user_address message, struct user_address cargo) {
    struct object *object;
    enum status status = port_find_for(number, &object);
    if (status != STATUS_OK)
        return result_status(status);
    struct port *port = (struct port *)object;
    uint64_t words[PORT_MESSAGE_MAX / sizeof(uint64_t)];
    struct port_answer answer = {.id = id, .bytes = words};
    status = user_copy_in_words(words, message, port->message_size);
    if (status == STATUS_OK)
        status = cargo.value != 0 ? answer_loaded(port, &answer, cargo) : port_answer(port, &answer);
    object_release(object);
    return result_status(status);
}

// The CPU goes from who answers straight to who was answered, unless more is to be done here.
static inline __attribute__((always_inline)) enum status
answer_and_take(struct port *port, const struct port_answer *answer, uint64_t deadline, struct port_message **message) {
    struct thread *caller;
    lock_acquire(&port->object.lock);
    enum status status = port_answer_locked(port, answer, &caller);
    if (__builtin_expect(status == STATUS_OK, 1))
        return port_take_unlock(port, deadline, caller, message);
    lock_release(&port->object.lock);
    return status;
}

static inline __attribute__((always_inline)) struct result reply_receive_at(struct port *port, uint64_t id,
                                                                            struct user_address address,
                                                                            struct user_address information,
                                                                            uint64_t deadline) {
    uint64_t words[PORT_MESSAGE_MAX / sizeof(uint64_t)];
    struct port_answer answer = {.id = id, .bytes = words};
    struct port_message *message;
    enum status status = user_copy_in_words(words, address, port->message_size);
    if (status == STATUS_OK)
        status = answer_and_take(port, &answer, deadline, &message);
    return status == STATUS_OK ? receive_end(port, message, address, information) : result_status(status);
}

struct result call_port_reply_receive(int32_t number, uint64_t reply_to, struct user_address message,
                                      struct user_address information, uint64_t deadline) {
    struct object *object;
    enum status status = port_find_for(number, &object);
    if (status != STATUS_OK)
        return result_status(status);
    struct result result = reply_receive_at((struct port *)object, reply_to, message, information, deadline);
    object_release(object);
    return result;
}
