// The system calls on the object table: all that instruments see, they see through these.
#include "kernel/abi/object.h"
#include "kernel/abi/process.h"
#include "kernel/arch/machine.h"
#include "kernel/base/call.h"
#include "kernel/base/string.h"
#include "kernel/base/writer.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/space.h"
#include "kernel/object/object.h"
#include "kernel/process/process.h"
#include "kernel/thread/scheduler.h"
#include "kernel/thread/thread.h"

// A list that a program reads entry by entry: `next` fills the entry after *after and moves *after to it.
struct listing {
    bool (*next)(uint64_t *after, uint32_t kind, void *entry);
    uint32_t kind;
    size_t size; // of an entry
};

enum { ENTRY_SIZE_MAX = 256 };

_Static_assert(sizeof(struct wait_information) <= ENTRY_SIZE_MAX &&
                   sizeof(struct process_information) <= ENTRY_SIZE_MAX &&
                   sizeof(struct object_information) <= ENTRY_SIZE_MAX,
               "an entry fits the buffer");

static struct result list_copy(const struct listing *listing, uint64_t after, struct user_address list,
                               size_t capacity) {
    size_t count = 0, bytes;
    if (__builtin_mul_overflow(capacity, listing->size, &bytes) || user_range_check(list, bytes) != STATUS_OK)
        return result_status(STATUS_BAD_ADDRESS);
    _Alignas(8) uint8_t entry[ENTRY_SIZE_MAX];
    while (count < capacity && listing->next(&after, listing->kind, entry)) {
        enum status status = user_copy_out(user_address_add(list, count * listing->size), entry, listing->size);
        if (status != STATUS_OK)
            return result_status(status);
        count++;
        scheduler_preemption_point();
    }
    return result_ok(count);
}

static bool object_entry(uint64_t *after, uint32_t kind, void *entry) {
    struct object *object = object_next(kind, *after);
    if (object == 0)
        return false;
    object_inform(object, entry);
    *after = object->id;
    object_release(object);
    return true;
}

struct result call_object_list(uint32_t kind, uint64_t after, struct user_address list, size_t capacity) {
    if (kind >= OBJECT_KIND_COUNT)
        return result_status(STATUS_INVALID_ARGUMENT);
    struct listing listing = {object_entry, kind, sizeof(struct object_information)};
    return list_copy(&listing, after, list, capacity);
}

struct result call_object_describe(uint64_t id, struct user_address text, size_t size) {
    struct object *object = object_find(id);
    if (object == 0)
        return result_status(STATUS_NOT_FOUND);
    void *page;
    enum status status = page_allocate(0, FRAME_ZEROED, &page);
    size_t length = 0;
    if (status == STATUS_OK) {
        struct writer writer;
        writer_to_buffer(&writer, page, PAGE_SIZE);
        object_describe(object, &writer);
        length = writer.length < PAGE_SIZE ? writer.length : PAGE_SIZE;
        status = user_copy_out(text, page, length < size ? length : size);
        page_free(0, page);
    }
    object_release(object);
    if (status == STATUS_OK && length > size)
        status = STATUS_TOO_SMALL;
    return result_make(status, length);
}

// Who could end the wait: the object's type knows; for private memory it is the process itself.
static void wakers_fill(struct wait_information *information) {
    struct wait_edges edges = {0};
    struct object *object = information->object != 0 ? object_find(information->object) : 0;
    if (object != 0) {
        information->kind = object->type->kind;
        string_copy_padded(information->object_name, object->name, NAME_SIZE);
        if (object->type->wait_edges != 0)
            object->type->wait_edges(object, information->reason, &edges);
        object_release(object);
    } else if (information->reason == WAIT_FUTEX) {
        edges = (struct wait_edges){1, {information->process}};
    }
    information->waker_count = edges.count;
    memcpy(information->wakers, edges.processes, sizeof(edges.processes));
}

// A record may change while it is read: it is told as it was at one moment or the other, and is an instrument's only.
static void wait_inform(struct thread *thread, struct wait_information *information) {
    *information = (struct wait_information){
        .thread = thread->object.id,
        .object = thread->wait.object,
        .since = clock_at(thread->wait.since),
        .deadline = thread->wait.deadline,
        .process = thread->process->id,
        .reason = thread->wait.reason,
    };
    string_copy_padded(information->process_name, thread->process->object.name, NAME_SIZE);
    wakers_fill(information);
}

static bool wait_entry(uint64_t *after, uint32_t kind, void *entry) {
    struct object *object;
    while ((object = object_next(kind, *after)) != 0) {
        struct thread *thread = (struct thread *)object;
        *after = object->id;
        bool waits = thread->state == THREAD_WAITING && thread->wait.reason != WAIT_NOT;
        if (waits)
            wait_inform(thread, entry);
        object_release(object);
        if (waits)
            return true;
    }
    return false;
}

struct result call_wait_list(uint64_t after, struct user_address list, size_t capacity) {
    struct listing listing = {wait_entry, OBJECT_THREAD, sizeof(struct wait_information)};
    return list_copy(&listing, after, list, capacity);
}

// The state of the most active thread: running before ready before waiting.
static void threads_inform(struct process *process, struct process_information *information) {
    struct thread *thread;
    information->state = THREAD_WAITING;
    lock_acquire(&process->object.lock);
    information->threads = process->thread_count;
    LIST_FOREACH(thread, &process->threads, process_link) {
        uint32_t state = thread->state;
        if (state == THREAD_RUNNING || (state == THREAD_READY && information->state == THREAD_WAITING))
            information->state = state;
        if (state == THREAD_WAITING)
            information->wait_reason = thread->wait.reason;
        information->priority = thread->base_priority;
        information->processor_time += thread->processor_time;
    }
    information->processor_time += process->processor_time;
    if (process->stop_code != 0)
        information->state = PROCESS_STOPPED;
    lock_release(&process->object.lock);
    if (information->state != THREAD_WAITING)
        information->wait_reason = WAIT_NOT;
}

static bool process_entry(uint64_t *after, uint32_t kind, void *entry) {
    (void)kind;
    struct process *process = *after < UINT32_MAX ? process_next((uint32_t)*after) : 0;
    if (process == 0)
        return false;
    struct process_information *information = entry;
    *information = (struct process_information){
        .process = process->id,
        .parent = process->parent,
        .user = process->user,
        .numbers = process->numbers.used,
        .pages = process->account->lines[ACCOUNT_MEMORY_PAGES].used,
        .started = process->started,
    };
    string_copy_padded(information->name, process->object.name, NAME_SIZE);
    threads_inform(process, information);
    information->processor_time = clock_counter_nanoseconds(information->processor_time);
    *after = process->id;
    process_release(process);
    return true;
}

struct result call_process_list(uint32_t after, struct user_address list, size_t capacity) {
    struct listing listing = {process_entry, 0, sizeof(struct process_information)};
    return list_copy(&listing, after, list, capacity);
}

struct result call_account_read(uint32_t id, struct user_address address) {
    struct process *process = process_find(id);
    if (process == 0)
        return result_status(STATUS_NOT_FOUND);
    struct account_information information;
    account_inform(process->account, &information);
    process_release(process);
    return result_status(user_copy_out(address, &information, sizeof(information)));
}
