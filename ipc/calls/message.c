// The calls of messages.
#include "ipc/message.h"
#include "ipc/gate.h"
#include "kernel/base/call.h"
#include "kernel/object/trace.h"

static const struct message_options no_options;

// ---- sending ----

struct parcel {
    struct process *from, *to;
    struct user_address data;
    size_t size;
    const struct message_options *options;
    uint64_t deadline;
};

// The sender's numbers go into the message: each counts as a number of its object until it arrives.
static enum status cargo_load(struct process *from, const struct message_options *options, struct message *message) {
    enum status status = STATUS_OK;
    for (uint32_t i = 0; status == STATUS_OK && i < options->number_count; i++)
        status = number_cargo_load(&from->numbers, options->numbers[i], options->rights[i], &message->cargo[i]);
    return status;
}

static enum status parcel_fill(const struct parcel *parcel, struct message *message) {
    message->sender = parcel->from->id;
    message->user = parcel->from->user;
    message->in_reply_to = parcel->options->in_reply_to;
    enum status status = message_copy_in(message, parcel->data);
    return status == STATUS_OK ? cargo_load(parcel->from, parcel->options, message) : status;
}

// A reply is charged to who asked for it; that one's spent limits are its full queue.
static enum status parcel_pack(const struct parcel *parcel, struct message **message) {
    bool reply = parcel->options->in_reply_to != 0;
    struct account *account = reply ? parcel->to->account : parcel->from->account;
    enum status status = message_create(account, parcel->size, parcel->options->number_count, message);
    if (status == STATUS_LIMIT_REACHED && reply && parcel->to != parcel->from)
        return STATUS_PEER_FULL;
    if (status != STATUS_OK)
        return status;
    status = parcel_fill(parcel, *message);
    if (status != STATUS_OK)
        message_free(*message);
    return status;
}

static enum status parcel_send(const struct parcel *parcel, uint32_t *id) {
    struct message *message;
    enum status status = parcel_pack(parcel, &message);
    if (status != STATUS_OK)
        return status;
    status = message_post(message, parcel->to, parcel->deadline, id);
    if (status != STATUS_OK)
        message_free(message);
    return status;
}

// Whether the receiver lets it come: a reply by the right to answer, all others by its gate.
static enum status parcel_admit(const struct parcel *parcel) {
    uint32_t answered = parcel->options->in_reply_to;
    if (answered != 0)
        return message_answer_take(message_queue_of(parcel->from), answered, parcel->to->id);
    return gate_check(parcel->to, GATE_MESSAGE, parcel->from);
}

// A small one goes straight to a thread that waits for it. NOTHING: there is none.
static enum status parcel_hand(const struct parcel *parcel, uint32_t *id) {
    uint8_t bytes[MESSAGE_SMALL_MAX];
    struct message_small small = {.from = parcel->from, .bytes = bytes, .size = (uint32_t)parcel->size};
    enum status status = user_copy_in(bytes, parcel->data, parcel->size);
    return status == STATUS_OK ? message_hand(parcel->to, &small, id) : status;
}

static bool parcel_is_small(const struct parcel *parcel) {
    return parcel->size <= MESSAGE_SMALL_MAX && parcel->options->in_reply_to == 0 && parcel->options->number_count == 0;
}

static enum status parcel_route(const struct parcel *parcel, uint32_t *id) {
    enum status status = parcel_admit(parcel);
    if (status != STATUS_OK)
        return status;
    if (message_is_awaited(message_queue_of(parcel->to)) && parcel_is_small(parcel)) {
        status = parcel_hand(parcel, id);
        if (status != STATUS_NOTHING)
            return status;
    }
    status = parcel_send(parcel, id);
    if (status != STATUS_OK && parcel->options->in_reply_to != 0)
        message_answer_restore(message_queue_of(parcel->from), parcel->options->in_reply_to, parcel->to->id);
    return status;
}

__attribute__((noinline)) static void refusal_trace(const struct parcel *parcel, enum status status) {
    trace(.operation = TRACE_MESSAGE_SENT, .object = &message_queue_of(parcel->to)->object, .peer = parcel->to->id,
          .cause = parcel->options->in_reply_to, .size = parcel->size, .status = status);
}

static struct result send_with(struct parcel *parcel, uint32_t process) {
    if (parcel->size > MESSAGE_SIZE_MAX)
        return result_status(STATUS_TOO_LARGE);
    if (parcel->options->number_count > MESSAGE_NUMBERS_MAX)
        return result_status(STATUS_INVALID_ARGUMENT);
    uint32_t id = MESSAGE_ID_NONE;
    parcel->from = process_current();
    parcel->to = process == parcel->from->id ? parcel->from : process_find(process);
    if (parcel->to == 0)
        return result_status(STATUS_NOT_FOUND);
    enum status status = parcel_route(parcel, &id);
    if (__builtin_expect(status != STATUS_OK, 0))
        refusal_trace(parcel, status);
    if (parcel->to != parcel->from)
        process_release(parcel->to);
    return result_make(status, id);
}

struct result call_message_send(uint32_t process, struct user_address data, size_t size, struct user_address options,
                                uint64_t deadline) {
    struct parcel parcel = {.data = data, .size = size, .options = &no_options, .deadline = deadline};
    struct message_options given;
    if (options.value != 0) {
        enum status status = user_copy_in(&given, options, sizeof(given));
        if (status != STATUS_OK)
            return result_status(status);
        parcel.options = &given;
    }
    return send_with(&parcel, process);
}

// ---- receiving ----

static enum status places_reserve(struct number_table *table, uint32_t count, int32_t *numbers) {
    for (uint32_t i = 0; i < count; i++) {
        enum status status = number_reserve(table, &numbers[i]);
        if (status == STATUS_OK)
            continue;
        while (i-- > 0) {
            number_unreserve(table, numbers[i]);
            numbers[i] = NUMBER_NONE;
        }
        return status;
    }
    return STATUS_OK;
}

// What came with the message gets its numbers; message_free drops the message's own hold.
static void cargo_unload(struct process *process, const struct message *message, const int32_t *numbers) {
    for (uint32_t i = 0; i < message->number_count; i++)
        number_insert_reserved(&process->numbers, numbers[i], message->cargo[i].object, message->cargo[i].rights);
}

// Copies a message out with its numbers or its information. `information` says the numbers, which are reserved then.
__attribute__((noinline)) static enum status copy_out_all(struct process *process, const struct message_taking *taking,
                                                          struct user_address buffer, struct user_address address,
                                                          struct message_information *information) {
    const struct message *message = taking->message;
    message_inform(message, taking->waiting, information);
    enum status status = places_reserve(&process->numbers, message->number_count, information->numbers);
    if (status != STATUS_OK)
        return status;
    status = message_copy_out(message, buffer);
    if (status == STATUS_OK && address.value != 0)
        status = user_copy_out(address, information, sizeof(*information));
    for (uint32_t i = 0; status != STATUS_OK && i < message->number_count; i++)
        number_unreserve(&process->numbers, information->numbers[i]);
    return status;
}

// Copies a claimed message out, with everything prepared so that nothing can fail afterwards, and takes it.
static inline __attribute__((always_inline)) struct result
claimed_take(struct message_taking *taking, struct user_address buffer, struct user_address address) {
    struct process *process = process_current();
    struct message_queue *queue = message_queue_of(process);
    struct message *message = taking->message;
    size_t size = message->size;
    enum status status = message_answers_prepare(queue);
    if (status == STATUS_OK && message->number_count == 0 && address.value == 0)
        status = message_copy_out(message, buffer);
    else if (status == STATUS_OK)
        status = copy_out_all(process, taking, buffer, address, &taking->information);
    if (status != STATUS_OK) {
        message_unclaim(queue, message);
        return result_status(status);
    }
    message_finish(queue, message);
    if (message->number_count != 0)
        cargo_unload(process, message, taking->information.numbers);
    message_free(message);
    return result_ok(size);
}

// Copies out what was handed over.
static struct result handed_take(struct message_taking *taking, struct user_address buffer,
                                 struct user_address address) {
    struct message_queue *queue = message_queue_of(process_current());
    struct message *block = taking->message;
    size_t size = block->size;
    enum status status = user_copy_out(buffer, message_bytes(block), size);
    if (status == STATUS_OK && address.value != 0) {
        message_inform(block, taking->waiting, &taking->information);
        status = user_copy_out(address, &taking->information, sizeof(taking->information));
    }
    if (status != STATUS_OK) {
        message_refuse(queue, block);
        return result_status(status);
    }
    trace(.operation = TRACE_MESSAGE_RECEIVED, .object = &queue->object, .peer = block->sender, .id = block->id,
          .size = size);
    message_block_return(queue, block);
    return result_ok(size);
}

// After the claim, or after what came instead of one.
static inline __attribute__((always_inline)) struct result
claim_end(enum status status, struct message_taking *taking, struct user_address buffer, struct user_address address) {
    if (status == STATUS_OK)
        return claimed_take(taking, buffer, address);
    if (status == STATUS_TOO_SMALL && address.value != 0 &&
        user_copy_out(address, &taking->information, sizeof(taking->information)) != STATUS_OK)
        return result_status(STATUS_BAD_ADDRESS);
    return result_status(status);
}

struct result call_message_receive(uint32_t id, struct user_address buffer, size_t size, struct user_address address) {
    struct message_taking taking;
    taking.size = size;
    enum status status = message_claim(message_queue_of(process_current()), id, &taking);
    return claim_end(status, &taking, buffer, address);
}

struct result call_message_next(struct user_address buffer, size_t size, struct user_address address,
                                uint64_t deadline) {
    struct message_taking taking;
    taking.size = size;
    enum status status = message_claim_first(message_queue_of(process_current()), deadline, &taking);
    if (status == STATUS_OK && taking.handed)
        return handed_take(&taking, buffer, address);
    return claim_end(status, &taking, buffer, address);
}

struct result call_message_wait(struct user_address filter, struct user_address address, uint64_t deadline) {
    struct message_filter given;
    if (filter.value != 0) {
        enum status status = user_copy_in(&given, filter, sizeof(given));
        if (status != STATUS_OK)
            return result_status(status);
    }
    struct message_information information;
    struct message_queue *queue = message_queue_of(process_current());
    enum status status = message_wait(queue, filter.value != 0 ? &given : 0, deadline, &information);
    if (status == STATUS_OK)
        status = user_copy_out(address, &information, sizeof(information));
    return result_status(status);
}

struct result call_message_scrap(uint32_t id) {
    return result_status(message_scrap(message_queue_of(process_current()), id));
}
