// Threads: each lives in one mapping that holds its stack, its thread-local variables and its control block.
#include <parley/calls.h>
#include <parley/page.h>
#include <parley/thread.h>
#include <stdlib.h>
#include <string.h>

#include "libc/thread/control.h"
#include "libc/thread/lock.h"
#include "libc/thread/reentrancy.h"
#include "libc/thread/stack.h"

// Detached threads whose mapping is still to be freed: a thread cannot free the stack that it stands on.
static struct thread *detached;
static _LOCK_T detached_lock;

struct thread *thread_self(void) {
    return thread_control();
}

int32_t thread_number(const struct thread *thread) {
    return thread->number;
}

static void release(struct thread *thread) {
    number_close(thread->number);
    if (thread->upcall_stack)
        memory_unmap(thread->upcall_stack, UPCALL_STACK_SIZE);
    if (thread->map_base)
        stack_give_back(thread->map_base, thread->map_size);
}

static bool has_ended(const struct thread *thread) {
    return __atomic_load_n(&thread->end_word, __ATOMIC_ACQUIRE) == 0;
}

static void release_ended(void) {
    __lock_acquire(detached_lock);
    for (struct thread **link = &detached; *link;) {
        struct thread *thread = *link;
        if (has_ended(thread)) {
            *link = thread->next_detached;
            release(thread);
        } else {
            link = &thread->next_detached;
        }
    }
    __lock_release(detached_lock);
}

// It may run before who started it has its number.
static _Noreturn void thread_body(uint64_t argument, int32_t number) {
    struct thread *thread = (struct thread *)argument;
    thread->number = number;
    thread_finish(thread->entry(thread->argument));
}

// [stack ... | thread-local variables | control block]
static struct thread *lay_out(uint64_t base, uint64_t size) {
    uint64_t alignment;
    thread_image_room(&alignment);
    struct thread *thread = (struct thread *)((base + size - sizeof(struct thread)) & ~(alignment - 1));
    thread_control_prepare(thread);
    thread->map_base = base;
    thread->map_size = size;
    return thread;
}

static enum status create(struct thread *thread, const struct thread_options *options) {
    uint64_t alignment, room = thread_image_room(&alignment);
    struct thread_create parameters = {
        .entry = (uint64_t)thread_body,
        .argument = (uint64_t)thread,
        .stack_top = ((uint64_t)thread - room) & ~UINT64_C(15),
        .thread_pointer = (uint64_t)thread,
        .end_word = (uint64_t)&thread->end_word,
        .priority = options && options->priority ? options->priority : SPAWN_SAME_PRIORITY,
    };
    strlcpy(parameters.name, options && options->name ? options->name : "thread", sizeof parameters.name);
    return thread_create(&parameters, &thread->number);
}

enum status thread_start(void *(*entry)(void *), void *argument, const struct thread_options *options,
                         struct thread **result) {
    uint64_t alignment, base, size = options && options->stack_size ? options->stack_size : THREAD_STACK_SIZE;
    if (__atomic_load_n(&detached, __ATOMIC_RELAXED))
        release_ended();
    uint64_t room = thread_image_room(&alignment) + alignment + sizeof(struct thread);
    if (__builtin_add_overflow(size, room + PAGE_SIZE - 1, &size))
        return STATUS_INVALID_ARGUMENT;
    size &= ~(uint64_t)(PAGE_SIZE - 1);
    enum status status = stack_take(size, &base);
    if (status < 0)
        return status;
    struct thread *thread = lay_out(base, size);
    thread->entry = entry;
    thread->argument = argument;
    thread->end_word = 1;
    status = create(thread, options);
    if (status < 0)
        stack_give_back(base, size);
    else
        *result = thread;
    return status;
}

enum status thread_join(struct thread *thread, void **result) {
    uint32_t running;
    while ((running = __atomic_load_n(&thread->end_word, __ATOMIC_ACQUIRE)) != 0) {
        enum status status = futex_wait(&thread->end_word, running, DEADLINE_NEVER);
        if (status < 0 && status != STATUS_INTERRUPTED)
            return status;
    }
    if (result)
        *result = thread->result;
    release(thread);
    return STATUS_OK;
}

void thread_detach(struct thread *thread) {
    __lock_acquire(detached_lock);
    thread->next_detached = detached;
    detached = thread;
    __lock_release(detached_lock);
}

void thread_finish(void *value) {
    struct thread *thread = thread_control();
    thread->result = value;
    reentrancy_release(thread->reent);
    thread_exit();
    __builtin_trap();
}
