// Messages: one block each, with its bytes, what travels with it, and its charges.
#include "ipc/message.h"

#include "kernel/base/assert.h"
#include "kernel/memory/heap.h"

static uint8_t *message_bytes(const struct message *message) {
    return (uint8_t *)(message->cargo + message->number_count);
}

static bool message_is_chained(const struct message *message) {
    return message->size > MESSAGE_INLINE_MAX;
}

static enum status charge(struct account *account, size_t size) {
    enum status status = account_charge(account, ACCOUNT_MESSAGES, 1);
    if (status != STATUS_OK)
        return status;
    status = account_charge(account, ACCOUNT_MESSAGE_BYTES, size);
    if (status != STATUS_OK)
        account_discharge(account, ACCOUNT_MESSAGES, 1);
    return status;
}

static void discharge(struct account *account, size_t size) {
    account_discharge(account, ACCOUNT_MESSAGE_BYTES, size);
    account_discharge(account, ACCOUNT_MESSAGES, 1);
}

// Only what is read before it is set is cleared: the bytes are copied in anyway.
static struct message *message_allocate(size_t size, uint32_t number_count) {
    size_t inside = size <= MESSAGE_INLINE_MAX ? size : 0;
    struct message *message =
        heap_allocate_dirty(sizeof(struct message) + number_count * sizeof(struct message_cargo) + inside);
    if (message == 0)
        return 0;
    *message = (struct message){.size = (uint32_t)size, .number_count = number_count};
    for (uint32_t i = 0; i < number_count; i++)
        message->cargo[i].object = 0;
    return message;
}

enum status message_create(struct account *account, size_t size, uint32_t number_count, struct message **message) {
    if (size > MESSAGE_SIZE_MAX)
        return STATUS_TOO_LARGE;
    enum status status = charge(account, size);
    if (status != STATUS_OK)
        return status;
    struct message *made = message_allocate(size, number_count);
    if (made == 0)
        status = STATUS_NO_MEMORY;
    else if (message_is_chained(made))
        status = chain_create(&made->chain, account, size);
    if (status != STATUS_OK) {
        heap_free(made);
        discharge(account, size);
        return status;
    }
    made->account = account;
    object_retain(&account->object);
    *message = made;
    return STATUS_OK;
}

static void cargo_drop(struct message *message) {
    for (uint32_t i = 0; i < message->number_count; i++) {
        struct object *object = message->cargo[i].object;
        if (object == 0)
            continue;
        object_number_removed(object);
        object_release(object);
    }
}

void message_free(struct message *message) {
    struct account *account = message->account;
    notice_end(&message->notice);
    cargo_drop(message);
    if (message_is_chained(message))
        chain_destroy(&message->chain, account);
    discharge(account, message->size);
    heap_free(message);
    object_release(&account->object);
}

enum status message_copy_in(struct message *message, struct user_address from) {
    if (message_is_chained(message))
        return chain_copy_in(&message->chain, from);
    return user_copy_in(message_bytes(message), from, message->size);
}

enum status message_copy_out(const struct message *message, struct user_address to) {
    if (message_is_chained(message))
        return chain_copy_out(&message->chain, to);
    return user_copy_out(to, message_bytes(message), message->size);
}
