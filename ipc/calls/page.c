// The calls of pages and upcalls.
#include "ipc/page.h"
#include "kernel/base/call.h"
#include "kernel/memory/space.h"
#include "kernel/object/trace.h"

// ---- sending ----

static enum status flags_check(const struct page_sending *sending) {
    const uint32_t both = PAGE_DUPLICATE | PAGE_SENDER_KEEPS;
    uint32_t flags = sending->flags;
    if ((flags & ~(uint32_t)PAGE_FLAGS) != 0 || sending->type == 0)
        return STATUS_INVALID_ARGUMENT;
    if ((flags & PAGE_BYTES) && (flags & both) != both)
        return STATUS_INVALID_ARGUMENT;
    if ((flags & PAGE_IF_ROOM) && !(flags & PAGE_NO_ANSWER))
        return STATUS_INVALID_ARGUMENT;
    bool all = (flags & PAGE_TARGET) >= PAGE_TO_ALL;
    if ((flags & PAGE_NO_ANSWER) && (all || !(flags & (PAGE_SENDER_KEEPS | PAGE_ABANDONED_FREE))))
        return STATUS_INVALID_ARGUMENT;
    bool shares = !(flags & PAGE_DUPLICATE) && (!(flags & PAGE_SENDER_KEEPS) || (flags & PAGE_RECEIVER_WRITES));
    return all && shares ? STATUS_INVALID_ARGUMENT : STATUS_OK;
}

// From the caller's address and size to whole pages.
static enum status range_set(struct page_sending *sending, uint64_t address, uint64_t size) {
    bool bytes = sending->flags & PAGE_BYTES;
    uint64_t limit = bytes ? (uint64_t)PAGE_SEND_MAX * PAGE_SIZE : PAGE_SEND_MAX;
    if (size > limit)
        return STATUS_TOO_LARGE;
    if (!bytes && address % PAGE_SIZE != 0 && size > 0)
        return STATUS_INVALID_ARGUMENT;
    sending->bytes = bytes ? size : size * PAGE_SIZE;
    sending->offset = size > 0 ? address % PAGE_SIZE : 0;
    sending->address = size > 0 ? address - sending->offset : 0;
    sending->count = (uint32_t)((sending->offset + sending->bytes + PAGE_SIZE - 1) / PAGE_SIZE);
    if (sending->count > PAGE_SEND_MAX)
        return STATUS_TOO_LARGE;
    return user_range_check((struct user_address){address}, sending->bytes);
}

static enum status signal_to(const struct page_sending *sending) {
    if (sending->count != 0 || (sending->flags & ~(uint32_t)PAGE_TARGET) != 0)
        return STATUS_INVALID_ARGUMENT;
    if (sending->from->user != sending->to->user && sending->from->user != USER_SYSTEM)
        return STATUS_DENIED;
    return page_signal(sending->to, sending->type, sending->from);
}

static enum status send_to_one(struct page_sending *sending, uint32_t process, uint64_t *counts) {
    bool self = (sending->flags & PAGE_TARGET) == PAGE_TO_SELF || process == sending->from->id;
    sending->to = self ? sending->from : process_find(process);
    if (sending->to == 0)
        return STATUS_NOT_FOUND;
    *counts = 1;
    enum status status = sending->type < PAGE_TYPE_SIGNALS ? signal_to(sending) : page_send(sending, counts);
    if (!self)
        process_release(sending->to);
    return status;
}

// Whole pages to another process: what there is to check for these alone.
static inline bool is_plain(const struct page_sending *sending, uint64_t address, uint64_t size) {
    const uint32_t plain = PAGE_SENDER_KEEPS | PAGE_RECEIVER_WRITES | PAGE_DUPLICATE | PAGE_ABANDONED_FREE;
    return (sending->flags & ~plain) == 0 && sending->type >= PAGE_TYPE_SIGNALS && size - 1 < PAGE_SEND_MAX &&
           address % PAGE_SIZE == 0 && address < USER_HIGHEST - PAGE_SEND_MAX * PAGE_SIZE;
}

// The same for all other ways to send.
__attribute__((noinline)) static enum status prepare(struct page_sending *sending, uint32_t process, uint64_t address,
                                                     uint64_t size) {
    enum status status = flags_check(sending);
    if (status == STATUS_OK)
        status = range_set(sending, address, size);
    uint32_t target = sending->flags & PAGE_TARGET;
    bool is_wrong = (target != 0 && process != 0) || (target >= PAGE_TO_ALL && sending->type < PAGE_TYPE_SIGNALS);
    return status == STATUS_OK && is_wrong ? STATUS_INVALID_ARGUMENT : status;
}

struct result call_page_send(uint32_t process, uint32_t type, uint64_t address, uint64_t size, uint32_t flags,
                             uint64_t deadline) {
    struct page_sending sending = {.from = process_current(), .type = type, .flags = flags, .deadline = deadline};
    uint64_t counts = 0;
    enum status status = STATUS_OK;
    if (__builtin_expect(is_plain(&sending, address, size), 1)) {
        sending.address = address;
        sending.count = (uint32_t)size;
        sending.bytes = size * PAGE_SIZE;
    } else {
        status = prepare(&sending, process, address, size);
    }
    if (status == STATUS_OK && (flags & PAGE_TARGET) >= PAGE_TO_ALL)
        status = page_broadcast(&sending, &counts);
    else if (status == STATUS_OK)
        status = send_to_one(&sending, process, &counts);
    trace(.operation = TRACE_PAGE_SENT, .peer = process, .id = type, .size = sending.bytes, .status = status);
    return result_make(status, counts);
}

struct result call_process_family(uint32_t process, uint32_t type, uint32_t effect, int32_t code) {
    const struct family_act act = {.first = process, .type = type, .effect = effect, .code = code};
    uint32_t count = 0;
    if (type >= PAGE_TYPE_SIGNALS || effect >= PROCESS_EFFECTS)
        return result_status(STATUS_INVALID_ARGUMENT);
    enum status status = process == 0 ? STATUS_NOT_FOUND : page_signal_family(process_current(), &act, &count);
    return result_make(status, count);
}

struct result call_page_free(uint64_t address, uint64_t pages) {
    if (pages > PAGE_WINDOW_MAX)
        return result_status(STATUS_NOT_FOUND);
    return result_status(pages_free(process_current()->space, address, (uint32_t)pages));
}

struct result call_page_place(uint64_t from, uint64_t to, uint64_t pages) {
    if (pages > PAGE_WINDOW_MAX)
        return result_status(STATUS_NOT_FOUND);
    return result_status(page_place(process_current(), from, to, (uint32_t)pages));
}

// ---- handlers ----

// Everything is made before the handler can be found; closing the number undoes the rest.
static enum status handler_number(struct process *process, struct page_handler *handler, int32_t *number) {
    enum status status = number_insert(&process->numbers, &handler->object, page_handler_type.rights, number);
    if (status != STATUS_OK)
        return status;
    status = page_handler_enter(handler);
    if (status != STATUS_OK)
        (void)!number_close(&process->numbers, *number);
    return status;
}

struct result call_page_handler(uint32_t type, uint64_t function, uint64_t window, uint64_t pages, uint32_t flags) {
    struct process *process = process_current();
    struct page_handler_plan plan = {type, flags, function, window, pages};
    struct page_handler *handler;
    int32_t number = 0;
    enum status status = page_handler_create(process, &plan, &handler);
    if (status != STATUS_OK)
        return result_status(status);
    status = handler_number(process, handler, &number);
    if (status != STATUS_OK && pages != 0)
        space_unmap(process->space, handler->window.base, pages * PAGE_SIZE);
    object_release(&handler->object);
    return result_make(status, (uint64_t)number);
}

struct result call_page_handler_remove(int32_t number, uint64_t deadline) {
    struct process *process = process_current();
    struct object *object;
    enum status status = number_find(&process->numbers, number, OBJECT_PAGE_HANDLER, RIGHT_MANAGE, &object);
    if (status != STATUS_OK)
        return result_status(status);
    status = page_handler_quiesce((struct page_handler *)object, deadline);
    if (status == STATUS_OK)
        status = number_close(&process->numbers, number);
    object_release(object);
    return result_status(status);
}

// ---- upcalls ----

struct result call_upcall_set(uint64_t entry, uint64_t stack, uint64_t size) {
    uint64_t top;
    if (__builtin_add_overflow(stack, size, &top) || stack % 16 != 0 || size % 16 != 0 || (entry != 0 && size == 0))
        return result_status(STATUS_INVALID_ARGUMENT);
    if (user_range_check((struct user_address){stack}, size) != STATUS_OK ||
        user_range_check((struct user_address){entry}, 1) != STATUS_OK)
        return result_status(STATUS_BAD_ADDRESS);
    return result_status(upcall_set(entry, top));
}

struct result call_upcall_mask(uint64_t mask) {
    uint64_t before = 0;
    enum status status = upcall_mask_set(mask, &before);
    return result_make(status, before);
}

struct result call_upcall_pending(void) {
    return result_make(STATUS_OK, upcall_pending(page_box_of(process_current())));
}

struct result call_upcall_return(uint64_t answer, uint32_t flags) {
    if ((flags & ~(uint32_t)(UPCALL_STAY | UPCALL_RESTART)) != 0)
        return result_status(STATUS_INVALID_ARGUMENT);
    return result_status(upcall_return(answer, flags));
}

struct result call_upcall_wait(uint64_t mask, uint32_t flags, uint64_t deadline) {
    if ((flags & ~(uint32_t)UPCALL_WAIT_EVENTS) != 0)
        return result_status(STATUS_INVALID_ARGUMENT);
    return result_status(upcall_wait(mask, flags, deadline));
}
