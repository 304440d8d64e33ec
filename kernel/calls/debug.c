// The system calls of debuggers: decode, check rights, copy. (debug_spawn stands beside process_spawn.)
#include "kernel/abi/debug.h"

#include "kernel/base/call.h"
#include "kernel/base/string.h"
#include "kernel/process/debugger.h"
#include "kernel/process/process.h"
#include "kernel/thread/scheduler.h"
#include "kernel/thread/thread.h"

static enum status debugger_find(int32_t number, uint32_t rights, struct debugger **debugger) {
    struct object *object;
    enum status status = number_find(&process_current()->numbers, number, OBJECT_DEBUGGER, rights, &object);
    if (status == STATUS_OK)
        *debugger = (struct debugger *)object;
    return status;
}

static enum status attach(struct process *process, int32_t *number) {
    struct process *caller = process_current();
    struct debugger *debugger;
    if (process == caller)
        return STATUS_DEADLOCK;
    enum status status = number_reserve(&caller->numbers, number);
    if (status != STATUS_OK)
        return status;
    status = debugger_create(&debugger);
    if (status == STATUS_OK) {
        status = debugger_attach(debugger, process);
        if (status == STATUS_OK)
            number_insert_reserved(&caller->numbers, *number, &debugger->object, debugger_type.rights);
        object_release(&debugger->object);
    }
    if (status != STATUS_OK)
        number_unreserve(&caller->numbers, *number);
    return status;
}

struct result call_debug_attach(int32_t process) {
    struct object *object;
    int32_t number = 0;
    enum status status = number_find(&process_current()->numbers, process, OBJECT_PROCESS, RIGHT_DEBUG, &object);
    if (status != STATUS_OK)
        return result_status(status);
    status = attach(object_as_process(object), &number);
    object_release(object);
    return result_make(status, (uint64_t)number);
}

// ---- halting and going on ----

// Finds the debugger and takes its process's lock.
static enum status debugger_enter_locked(int32_t number, uint32_t rights, struct debugger **debugger) {
    enum status status = debugger_find(number, rights, debugger);
    if (status != STATUS_OK)
        return status;
    status = debugger_lock(*debugger);
    if (status != STATUS_OK)
        object_release(&(*debugger)->object);
    return status;
}

static void debugger_leave(struct debugger *debugger) {
    debugger_unlock(debugger);
    object_release(&debugger->object);
}

struct result call_debug_halt(int32_t number, uint64_t id) {
    struct debugger *debugger;
    struct thread *thread;
    enum status status = debugger_enter_locked(number, RIGHT_MANAGE, &debugger);
    if (status != STATUS_OK)
        return result_status(status);
    bool is_one = id != 0 && (thread = debugger_thread(debugger, id)) != 0;
    if (is_one)
        debugger_halt(thread);
    else if (id != 0)
        status = STATUS_NOT_FOUND;
    else
        LIST_FOREACH(thread, &debugger->process->threads, process_link) {
            debugger_halt(thread);
        }
    if (id == 0)
        debugger->holds_new = true;
    debugger_leave(debugger);
    return result_status(status);
}

static void resume_all(struct debugger *debugger, const struct debug_resume *how) {
    struct thread *thread;
    debugger->holds_new = false;
    LIST_FOREACH(thread, &debugger->process->threads, process_link) {
        if (!debugger_stop_is_new(thread))
            debugger_resume(debugger, thread, how);
    }
}

static enum status resume_one(struct debugger *debugger, const struct debug_resume *how) {
    struct thread *thread = debugger_thread(debugger, how->thread);
    if (thread == 0)
        return STATUS_NOT_FOUND;
    if (how->action == DEBUG_STEP && debugger_state(thread) == DEBUGGED_RUNS)
        return STATUS_BUSY;
    debugger_resume(debugger, thread, how);
    return STATUS_OK;
}

struct result call_debug_resume(int32_t number, struct user_address address) {
    struct debugger *debugger;
    struct debug_resume how;
    enum status status = user_copy_in(&how, address, sizeof(how));
    if (status != STATUS_OK)
        return result_status(status);
    if (how.action > DEBUG_PASS_FAULT || how.reserved != 0 || (how.action == DEBUG_STEP && how.thread == 0))
        return result_status(STATUS_INVALID_ARGUMENT);
    status = debugger_enter_locked(number, RIGHT_MANAGE, &debugger);
    if (status != STATUS_OK)
        return result_status(status);
    if (how.thread == 0)
        resume_all(debugger, &how);
    else
        status = resume_one(debugger, &how);
    debugger_leave(debugger);
    return result_status(status);
}

struct result call_debug_next_stop(int32_t number, struct user_address address) {
    struct debugger *debugger;
    struct process_stop stop;
    enum status status = user_touch(address, sizeof(stop), true); // what is taken is not to be lost
    if (status == STATUS_OK)
        status = debugger_enter_locked(number, RIGHT_READ, &debugger);
    if (status != STATUS_OK)
        return result_status(status);
    bool is_there = debugger_take_stop(debugger, &stop);
    debugger_leave(debugger);
    return result_status(is_there ? user_copy_out(address, &stop, sizeof(stop)) : STATUS_NOTHING);
}

// ---- threads ----

static struct thread *thread_next(struct debugger *debugger, uint64_t after) {
    struct thread *thread, *best = 0;
    LIST_FOREACH(thread, &debugger->process->threads, process_link) {
        if (thread->object.id > after && (best == 0 || thread->object.id < best->object.id))
            best = thread;
    }
    return best;
}

static void thread_inform(const struct thread *thread, struct debugged_thread *information) {
    enum debugged_state state = debugger_state(thread);
    uint32_t reason = thread->debug.stop.reason != 0 ? thread->debug.stop.reason : STOP_ASKED;
    *information = (struct debugged_thread){
        .thread = thread->object.id,
        .state = state,
        .reason = state == DEBUGGED_HALTED ? reason : 0,
        .wait_reason = state == DEBUGGED_CALLS ? thread->wait.reason : WAIT_NOT,
        .processor = thread->debug.stop.processor,
    };
    string_copy_padded(information->name, thread->object.name, NAME_SIZE);
}

static enum status thread_entry(struct debugger *debugger, uint64_t after, struct debugged_thread *information) {
    enum status status = debugger_lock(debugger);
    if (status != STATUS_OK)
        return status;
    const struct thread *thread = thread_next(debugger, after);
    if (thread != 0)
        thread_inform(thread, information);
    debugger_unlock(debugger);
    return thread != 0 ? STATUS_OK : STATUS_NOTHING;
}

struct result call_debug_threads(int32_t number, uint64_t after, struct user_address list, size_t capacity) {
    struct debugger *debugger;
    struct debugged_thread information;
    size_t bytes, count = 0;
    if (__builtin_mul_overflow(capacity, sizeof(information), &bytes) || user_range_check(list, bytes) != STATUS_OK)
        return result_status(STATUS_BAD_ADDRESS);
    enum status status = debugger_find(number, RIGHT_READ, &debugger);
    if (status != STATUS_OK)
        return result_status(status);
    while (status == STATUS_OK && count < capacity) {
        status = thread_entry(debugger, after, &information);
        if (status != STATUS_OK)
            break;
        after = information.thread;
        status = user_copy_out(user_address_add(list, count * sizeof(information)), &information, sizeof(information));
        count++;
        scheduler_preemption_point();
    }
    object_release(&debugger->object);
    return result_make(status == STATUS_NOTHING ? STATUS_OK : status, count);
}

// ---- registers ----

static enum status registers_write(struct thread *thread, const struct debug_registers *registers) {
    switch (debugger_state(thread)) {
    case DEBUGGED_HALTED:
        arch_debug_write(thread, registers);
        return STATUS_OK;
    case DEBUGGED_CALLS:
        if (wait_defers_upcalls(thread))
            return STATUS_BUSY;
        wait_interrupt(thread);
        return STATUS_WOULD_WAIT;
    default:
        return STATUS_BUSY;
    }
}

static enum status registers_read(struct thread *thread, struct debug_registers *registers) {
    if (debugger_state(thread) == DEBUGGED_RUNS)
        return STATUS_BUSY;
    arch_debug_read(thread, registers);
    return STATUS_OK;
}

static enum status registers_access(int32_t number, uint64_t id, struct debug_registers *registers, bool write) {
    struct debugger *debugger;
    enum status status = debugger_enter_locked(number, write ? RIGHT_WRITE : RIGHT_READ, &debugger);
    if (status != STATUS_OK)
        return status;
    struct thread *thread = debugger_thread(debugger, id);
    if (thread == 0)
        status = STATUS_NOT_FOUND;
    else
        status = write ? registers_write(thread, registers) : registers_read(thread, registers);
    debugger_leave(debugger);
    return status;
}

struct result call_debug_registers_read(int32_t number, uint64_t thread, struct user_address address) {
    struct debug_registers registers;
    enum status status = user_range_check(address, sizeof(registers));
    if (status == STATUS_OK)
        status = registers_access(number, thread, &registers, false);
    if (status == STATUS_OK)
        status = user_copy_out(address, &registers, sizeof(registers));
    return result_status(status);
}

struct result call_debug_registers_write(int32_t number, uint64_t thread, struct user_address address) {
    struct debug_registers registers;
    enum status status = user_copy_in(&registers, address, sizeof(registers));
    if (status == STATUS_OK)
        status = registers_access(number, thread, &registers, true);
    return result_status(status);
}

// ---- memory and points ----

static enum status memory_part_read(struct debugger *debugger, uint64_t address, struct user_address buffer,
                                    size_t size, size_t *done) {
    uint8_t bytes[DEBUG_PART];
    enum status status = debugger_read(debugger, address, bytes, size, done);
    return status == STATUS_OK ? user_copy_out(buffer, bytes, *done) : status;
}

static enum status memory_part_write(struct debugger *debugger, uint64_t address, struct user_address buffer,
                                     size_t size, size_t *done) {
    uint8_t bytes[DEBUG_PART];
    enum status status = user_copy_in(bytes, buffer, size);
    return status == STATUS_OK ? debugger_write(debugger, address, bytes, size, done) : status;
}

typedef enum status memory_part(struct debugger *debugger, uint64_t address, struct user_address buffer, size_t size,
                                size_t *done);

static struct result memory_access(struct debugger *debugger, uint64_t address, struct user_address buffer, size_t size,
                                   memory_part *access) {
    enum status status = STATUS_OK;
    size_t all = 0;
    while (status == STATUS_OK && all < size) {
        size_t done = 0, part = size - all < DEBUG_PART ? size - all : DEBUG_PART;
        status = access(debugger, address + all, user_address_add(buffer, all), part, &done);
        if (status == STATUS_OK)
            all += done;
        if (done < part)
            break;
        scheduler_preemption_point();
    }
    return all > 0 ? result_ok(all) : result_status(status);
}

static struct result memory_call(int32_t number, uint32_t right, uint64_t address, struct user_address buffer,
                                 size_t size, memory_part *access) {
    struct debugger *debugger;
    uint64_t end;
    if (user_range_check(buffer, size) != STATUS_OK || __builtin_add_overflow(address, size, &end))
        return result_status(STATUS_BAD_ADDRESS);
    enum status status = debugger_find(number, right, &debugger);
    if (status != STATUS_OK)
        return result_status(status);
    struct result result = memory_access(debugger, address, buffer, size, access);
    object_release(&debugger->object);
    return result;
}

struct result call_debug_memory_read(int32_t number, uint64_t address, struct user_address buffer, size_t size) {
    return memory_call(number, RIGHT_READ, address, buffer, size, memory_part_read);
}

struct result call_debug_memory_write(int32_t number, uint64_t address, struct user_address buffer, size_t size) {
    return memory_call(number, RIGHT_WRITE, address, buffer, size, memory_part_write);
}

struct result call_debug_break_set(int32_t number, uint32_t kind, uint64_t address, uint64_t size) {
    struct debugger *debugger;
    enum status status = debugger_find(number, RIGHT_MANAGE, &debugger);
    if (status != STATUS_OK)
        return result_status(status);
    status = debugger_break_set(debugger, kind, address, size);
    object_release(&debugger->object);
    return result_status(status);
}

struct result call_debug_break_clear(int32_t number, uint32_t kind, uint64_t address, uint64_t size) {
    struct debugger *debugger;
    enum status status = debugger_find(number, RIGHT_MANAGE, &debugger);
    if (status != STATUS_OK)
        return result_status(status);
    status = debugger_break_clear(debugger, kind, address, size);
    object_release(&debugger->object);
    return result_status(status);
}

struct result call_debug_information(int32_t number, struct user_address address) {
    struct debugger *debugger;
    struct debug_information information;
    enum status status = debugger_enter_locked(number, RIGHT_READ, &debugger);
    if (status != STATUS_OK)
        return result_status(status);
    const struct process *process = debugger->process;
    information = (struct debug_information){
        .image_base = process->image_base, .process = process->id, .threads = process->thread_count};
    string_copy_padded(information.name, process->object.name, NAME_SIZE);
    string_copy_padded(information.program, process->program, NAME_SIZE);
    debugger_leave(debugger);
    return result_status(user_copy_out(address, &information, sizeof(information)));
}
