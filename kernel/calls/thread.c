// The system calls on threads and futexes.
#include "kernel/abi/process.h"

#include "kernel/arch/machine.h"
#include "kernel/base/call.h"
#include "kernel/process/process.h"
#include "kernel/thread/futex.h"
#include "kernel/thread/lend.h"
#include "kernel/thread/scheduler.h"
#include "kernel/thread/thread.h"

struct result call_null_call(void) {
    return result_status(STATUS_OK);
}

static enum status parameters_check(struct process *process, struct thread_create *parameters) {
    if (parameters->priority == SPAWN_SAME_PRIORITY)
        parameters->priority = thread_own_priority(thread_current());
    if (parameters->priority > PRIORITY_MAX || parameters->reserved != 0 || parameters->stack_top % 16 != 0 ||
        parameters->end_word % sizeof(uint32_t) != 0)
        return STATUS_INVALID_ARGUMENT;
    if (parameters->priority > process->priority_limit)
        return STATUS_NO_RIGHT;
    struct user_address entry = {parameters->entry}, pointer = {parameters->thread_pointer};
    struct user_address stack = {parameters->stack_top}, word = {parameters->end_word};
    if (user_range_check(entry, 1) != STATUS_OK || user_range_check(pointer, 1) != STATUS_OK ||
        user_range_check(stack, 0) != STATUS_OK || user_range_check(word, sizeof(uint32_t)) != STATUS_OK)
        return STATUS_BAD_ADDRESS;
    return STATUS_OK;
}

static enum status thread_make(struct process *process, struct thread_create *parameters, int32_t *number) {
    parameters->name[NAME_SIZE - 1] = 0;
    enum status status = number_reserve(&process->numbers, number);
    if (status != STATUS_OK)
        return status;
    struct thread_start start = {
        .process = process,
        .name = parameters->name,
        .priority = parameters->priority,
        .entry = parameters->entry,
        .argument = parameters->argument,
        .number = *number,
        .stack = parameters->stack_top - sizeof(uint64_t), // as if called: compiled code counts on it
        .thread_pointer = parameters->thread_pointer,
        .end_word = parameters->end_word,
    };
    struct thread *thread;
    status = thread_create(&start, &thread);
    if (status != STATUS_OK) {
        number_unreserve(&process->numbers, *number);
        return status;
    }
    number_insert_reserved(&process->numbers, *number, &thread->object, thread_type.rights);
    thread_launch(thread);
    object_release(&thread->object);
    return STATUS_OK;
}

struct result call_thread_create(struct user_address address) {
    struct process *process = process_current();
    struct thread_create parameters;
    int32_t number = 0;
    enum status status = user_copy_in(&parameters, address, sizeof(parameters));
    if (status == STATUS_OK)
        status = parameters_check(process, &parameters);
    if (status == STATUS_OK)
        status = thread_make(process, &parameters, &number);
    return result_make(status, (uint64_t)number);
}

struct result call_thread_exit(void) {
    thread_exit();
}

static enum status thread_await(struct thread *thread, uint64_t deadline) {
    struct wait_for wait = {&thread->object, WAIT_THREAD_END, 0, deadline};
    enum status status = STATUS_OK;
    lock_acquire(&thread->object.lock);
    while (thread->state != THREAD_ENDED && status == STATUS_OK)
        status = wait_queue_sleep(&thread->object.waiters, &thread->object.lock, &wait);
    if (thread->state == THREAD_ENDED)
        status = STATUS_OK;
    lock_release(&thread->object.lock);
    return status;
}

struct result call_thread_wait(int32_t number, uint64_t deadline) {
    struct object *object;
    enum status status = number_find(&process_current()->numbers, number, OBJECT_THREAD, RIGHT_WAIT, &object);
    if (status != STATUS_OK)
        return result_status(status);
    status = thread_await((struct thread *)object, deadline);
    object_release(object);
    return result_status(status);
}

struct result call_thread_yield(void) {
    scheduler_yield();
    return result_status(STATUS_OK);
}

struct result call_thread_sleep(uint64_t deadline) {
    struct thread *thread = thread_current();
    struct wait_queue queue;
    struct wait_for wait = {0, WAIT_SLEEP, 0, deadline};
    wait_queue_start(&queue);
    lock_acquire(&thread->object.lock);
    enum status status = STATUS_OK;
    while (status == STATUS_OK)
        status = wait_queue_sleep(&queue, &thread->object.lock, &wait);
    lock_release(&thread->object.lock);
    return result_status(status == STATUS_INTERRUPTED ? STATUS_INTERRUPTED : STATUS_OK);
}

struct result call_thread_set_pointer(uint64_t address) {
    if (user_range_check((struct user_address){address}, 1) != STATUS_OK)
        return result_status(STATUS_BAD_ADDRESS);
    arch_set_thread_pointer(address);
    return result_status(STATUS_OK);
}

static enum status priority_set(struct thread *thread, uint32_t priority) {
    if (priority > thread->process->priority_limit)
        return STATUS_NO_RIGHT;
    thread_set_priority(thread, priority);
    return STATUS_OK;
}

struct result call_thread_set_priority(int32_t number, uint32_t priority) {
    if (priority > PRIORITY_MAX)
        return result_status(STATUS_INVALID_ARGUMENT);
    if (number == NUMBER_NONE)
        return result_status(priority_set(thread_current(), priority));
    struct object *object;
    enum status status = number_find(&process_current()->numbers, number, OBJECT_THREAD, RIGHT_MANAGE, &object);
    if (status != STATUS_OK)
        return result_status(status);
    status = priority_set((struct thread *)object, priority);
    object_release(object);
    return result_status(status);
}

struct result call_futex_wait(struct user_address address, uint32_t expected, uint64_t deadline) {
    return result_status(futex_wait_address(address, expected, deadline));
}

struct result call_futex_wake(struct user_address address, uint32_t count) {
    uint32_t woken = 0;
    enum status status = futex_wake_count(process_current(), address, count, &woken);
    return result_make(status, woken);
}
