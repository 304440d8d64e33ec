// The blocks of messages at ports, and what travels in them.
#include "kernel/memory/heap.h"
#include "kernel/object/account.h"

#include "ipc/port.h"

// One block is kept at the port: what is sent and received in turn needs no memory.
__attribute__((always_inline)) struct port_message *port_message_take(struct port *port) {
    struct port_message *message = __atomic_exchange_n(&port->spare, 0, __ATOMIC_ACQ_REL);
    if (message == 0)
        message = heap_allocate_dirty(sizeof(struct port_message) + port->message_size);
    if (message == 0)
        return 0;
    message->kind = PORT_SENT;
    message->state = PORT_MESSAGE_FRESH;
    message->caller = 0;
    message->port = port;
    message->account = 0;
    message->load.object = 0;
    return message;
}

// A call's block is larger than the port's own need be, and not kept there.
void port_message_free(struct port_message *message) {
    number_cargo_drop(&message->load);
    if (message->account != 0) {
        account_discharge(message->account, ACCOUNT_PORT_MESSAGES, 1);
        object_release(&message->account->object);
    }
    if (message->kind == PORT_SENT)
        message = __atomic_exchange_n(&message->port->spare, message, __ATOMIC_ACQ_REL);
    if (__builtin_expect(message != 0, 0))
        heap_free(message);
}
