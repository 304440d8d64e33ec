// Messages: one block each, with its bytes, what travels with it, and its charges.
#include "ipc/message_queue.h"

#include "kernel/base/assert.h"
#include "kernel/memory/heap.h"

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

// How many bytes stay in the block itself: all of a short message; of a long one what would fill only a part of a page.
static size_t size_inside(size_t size) {
    if (size <= MESSAGE_INLINE_MAX)
        return size;
    size_t rest = size % sizeof(((struct chain_page *)0)->bytes);
    return rest <= MESSAGE_INLINE_MAX ? rest : 0;
}

// Only what is read before it is set is cleared.
static struct message *message_allocate(size_t size, uint32_t number_count) {
    size_t inside = size_inside(size);
    struct message *message =
        heap_allocate_dirty(sizeof(struct message) + number_count * sizeof(struct number_cargo) + inside);
    if (message == 0)
        return 0;
    message->size = (uint32_t)size;
    message->inside = (uint32_t)inside;
    message->number_count = number_count;
    message->queued = message->claimed = message->told = false;
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
        status = chain_create(&made->chain, account, size - made->inside);
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

// What only some messages have.
__attribute__((noinline)) static void parts_drop(struct message *message) {
    for (uint32_t i = 0; i < message->number_count; i++)
        number_cargo_drop(&message->cargo[i]);
    if (message_is_chained(message))
        chain_destroy(&message->chain, message->account);
}

void message_free(struct message *message) {
    struct account *account = message->account;
    if (message->told)
        notice_cancel(&message->notice);
    if (message->number_count != 0 || message_is_chained(message))
        parts_drop(message);
    if (account != 0) {
        discharge(account, message->size);
        object_release(&account->object);
    }
    heap_free(message);
}

struct message *message_block_make(void) {
    struct message *block = message_allocate(MESSAGE_SMALL_MAX, 0);
    if (block != 0)
        block->account = 0;
    return block;
}
