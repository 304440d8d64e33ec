// The system calls on processes: decode, check rights, copy.
#include "kernel/abi/process.h"

#include "kernel/arch/machine.h"
#include "kernel/base/call.h"
#include "kernel/base/string.h"
#include "kernel/memory/heap.h"
#include "kernel/memory/memory.h"
#include "kernel/object/machine.h"
#include "kernel/process/create.h"
#include "kernel/process/debugger.h"
#include "kernel/process/end.h"
#include "kernel/process/object.h"
#include "kernel/process/process.h"
#include "kernel/process/stop.h"
#include "kernel/thread/lend.h"
#include "kernel/thread/thread.h"

// What process_spawn gathers before it makes anything: kept in one block, as it is too large for the stack.
struct spawn {
    struct process_spawn request;
    struct process_plan plan;
    uint64_t limits[ACCOUNT_ITEM_COUNT];
};

static bool is_root_right(struct process *process, const struct process_spawn *request, uint32_t right) {
    return request->machine != NUMBER_NONE && machine_right_check(process, request->machine, right) == STATUS_OK;
}

static enum status user_choose(struct process *caller, struct spawn *spawn) {
    uint32_t user = spawn->request.user == SPAWN_SAME_USER ? caller->user : spawn->request.user;
    if (user >= USER_COUNT)
        return STATUS_INVALID_ARGUMENT;
    if (user != caller->user && !is_root_right(caller, &spawn->request, RIGHT_USER))
        return STATUS_NO_RIGHT;
    spawn->plan.user = user;
    return STATUS_OK;
}

static enum status priority_choose(struct process *caller, struct spawn *spawn) {
    uint32_t priority = spawn->request.priority;
    if (priority == SPAWN_SAME_PRIORITY)
        priority = thread_own_priority(thread_current());
    if (priority > PRIORITY_MAX)
        return STATUS_INVALID_ARGUMENT;
    if (priority > caller->priority_limit && !is_root_right(caller, &spawn->request, RIGHT_PRIORITY))
        return STATUS_NO_RIGHT;
    spawn->plan.priority = priority;
    return STATUS_OK;
}

static enum status limits_choose(struct process *caller, struct spawn *spawn) {
    if (spawn->request.limits == 0)
        return STATUS_OK;
    enum status status =
        user_copy_in(spawn->limits, (struct user_address){spawn->request.limits}, sizeof(spawn->limits));
    if (status != STATUS_OK)
        return status;
    bool root = is_root_right(caller, &spawn->request, RIGHT_LIMIT);
    for (uint32_t i = 0; i < ACCOUNT_ITEM_COUNT; i++)
        if (!root && spawn->limits[i] > caller->account->lines[i].limit)
            return STATUS_NO_RIGHT;
    spawn->plan.limits = spawn->limits;
    return STATUS_OK;
}

static enum status numbers_gather(struct process *caller, struct spawn *spawn) {
    if (spawn->request.number_count > SPAWN_NUMBERS_MAX)
        return STATUS_INVALID_ARGUMENT;
    for (uint32_t i = 0; i < spawn->request.number_count; i++) {
        spawn->plan.number_count = i + 1;
        if (spawn->request.numbers[i] == NUMBER_NONE)
            continue;
        uint32_t rights;
        struct object *object;
        enum status status = number_find_rights(&caller->numbers, spawn->request.numbers[i], &object, &rights);
        if (status != STATUS_OK)
            return status;
        spawn->plan.numbers[i] = object;
        spawn->plan.rights[i] = rights & spawn->request.rights[i];
        if ((rights & RIGHT_SEND) == 0)
            return STATUS_NO_RIGHT;
    }
    return STATUS_OK;
}

static enum status image_gather(struct process *caller, struct spawn *spawn) {
    struct object *object;
    enum status status =
        number_find(&caller->numbers, spawn->request.image, OBJECT_SHARED_MEMORY, RIGHT_READ | RIGHT_EXECUTE, &object);
    if (status == STATUS_OK)
        spawn->plan.image = object_as_memory(object);
    return status;
}

static enum status plan_gather(struct process *caller, struct spawn *spawn) {
    struct process_spawn *request = &spawn->request;
    if (request->start_block_size > START_BLOCK_MAX)
        return STATUS_TOO_LARGE;
    request->name[NAME_SIZE - 1] = request->program[NAME_SIZE - 1] = 0;
    spawn->plan.parent = caller;
    spawn->plan.name = request->name;
    spawn->plan.program = request->program[0] != 0 ? request->program : request->name;
    spawn->plan.essential = caller->account->essential && caller->user == USER_SYSTEM;
    spawn->plan.start_block.value = request->start_block;
    spawn->plan.start_block_size = request->start_block_size;
    enum status status = user_choose(caller, spawn);
    if (status == STATUS_OK)
        status = priority_choose(caller, spawn);
    if (status == STATUS_OK)
        status = limits_choose(caller, spawn);
    if (status == STATUS_OK)
        status = numbers_gather(caller, spawn);
    if (status == STATUS_OK)
        status = image_gather(caller, spawn);
    return status;
}

static void plan_release(struct process_plan *plan) {
    for (uint32_t i = 0; i < plan->number_count; i++)
        if (plan->numbers[i] != 0)
            object_release(plan->numbers[i]);
    if (plan->image != 0)
        object_release(&plan->image->object);
}

// Whether the child's id can be written there: the word is read and written back, before there is a child.
static enum status id_place_check(struct user_address place) {
    uint32_t word;
    if (place.value == 0)
        return STATUS_OK;
    enum status status = user_copy_in(&word, place, sizeof(word));
    return status == STATUS_OK ? user_copy_out(place, &word, sizeof(word)) : status;
}

// The child runs from process_create on: all that can fail comes before. Should another thread of the caller have taken the
// place for the id away since, the number still names the child.
static enum status spawn_run(struct process *caller, struct spawn *spawn, struct user_address id, int32_t *number) {
    struct process *child;
    struct debugger *debugger = spawn->plan.debugger;
    enum status status = id_place_check(id);
    if (status == STATUS_OK)
        status = number_reserve(&caller->numbers, number);
    if (status != STATUS_OK)
        return status;
    status = process_create(&spawn->plan, &child);
    if (status != STATUS_OK) {
        number_unreserve(&caller->numbers, *number);
        return status;
    }
    if (debugger != 0)
        number_insert_reserved(&caller->numbers, *number, &debugger->object, debugger_type.rights);
    else
        number_insert_reserved(&caller->numbers, *number, &child->object, PROCESS_RIGHTS);
    if (id.value != 0)
        (void)!user_copy_out(id, &child->id, sizeof(child->id));
    process_release(child);
    return STATUS_OK;
}

static struct result spawn_call(struct user_address request, struct user_address id, struct debugger *debugger) {
    struct process *caller = process_current();
    struct spawn *spawn = heap_allocate(sizeof(*spawn));
    if (spawn == 0)
        return result_status(STATUS_NO_MEMORY);
    int32_t number = 0;
    spawn->plan.debugger = debugger;
    enum status status = user_copy_in(&spawn->request, request, sizeof(spawn->request));
    if (status == STATUS_OK)
        status = plan_gather(caller, spawn);
    if (status == STATUS_OK)
        status = spawn_run(caller, spawn, id, &number);
    plan_release(&spawn->plan);
    heap_free(spawn);
    return result_make(status, (uint64_t)number);
}

struct result call_process_spawn(struct user_address request, struct user_address id) {
    return spawn_call(request, id, 0);
}

struct result call_debug_spawn(struct user_address request, struct user_address id) {
    struct debugger *debugger;
    enum status status = debugger_create(&debugger);
    if (status != STATUS_OK)
        return result_status(status);
    struct result result = spawn_call(request, id, debugger);
    object_release(&debugger->object);
    return result;
}

struct result call_process_exit(int32_t code) {
    struct process_end end = {.reason = END_EXITED, .code = code};
    process_end(process_current(), &end);
    thread_exit();
}

static enum status process_by_number(int32_t number, uint32_t rights, struct process **process) {
    struct object *object;
    enum status status = number_find(&process_current()->numbers, number, OBJECT_PROCESS, rights, &object);
    if (status == STATUS_OK)
        *process = object_as_process(object);
    return status;
}

struct result call_process_kill(int32_t number, int32_t code) {
    struct process *process;
    enum status status = process_by_number(number, RIGHT_KILL, &process);
    if (status != STATUS_OK)
        return result_status(status);
    struct process_end end = {.reason = END_KILLED, .code = code};
    process_end(process, &end);
    process_release(process);
    return result_status(STATUS_OK);
}

static struct result call_process_await(int32_t number, bool changes, uint64_t deadline, struct user_address address) {
    struct process *process;
    enum status status = process_by_number(number, RIGHT_WAIT, &process);
    if (status != STATUS_OK)
        return result_status(status);
    struct process_end end;
    status = process_await(process, changes, deadline, &end);
    if (status == STATUS_OK && address.value != 0)
        status = user_copy_out(address, &end, sizeof(end));
    if (status == STATUS_OK && end.reason < END_STOPPED && process->parent == process_current()->id)
        notice_cancel(&process->end_notice); // the parent knows now
    process_release(process);
    return result_status(status);
}

struct result call_process_wait(int32_t number, uint64_t deadline, struct user_address address) {
    return call_process_await(number, false, deadline, address);
}

struct result call_process_wait_change(int32_t number, uint64_t deadline, struct user_address address) {
    return call_process_await(number, true, deadline, address);
}

struct result call_process_stop(int32_t number, int32_t code) {
    struct process *process;
    enum status status = process_by_number(number, RIGHT_KILL, &process);
    if (status != STATUS_OK)
        return result_status(status);
    process_stop(process, code);
    process_release(process);
    return result_status(STATUS_OK);
}

struct result call_process_open(uint32_t id) {
    struct process *caller = process_current();
    struct process *process = process_find(id);
    if (process == 0)
        return result_status(STATUS_NOT_FOUND);
    bool own = caller->user == process->user || caller->user == USER_SYSTEM;
    int32_t number = 0;
    enum status status = number_insert(&caller->numbers, &process->object,
                                       own ? PROCESS_RIGHTS : RIGHT_READ | RIGHT_WAIT | RIGHT_COPY, &number);
    process_release(process);
    return result_make(status, (uint64_t)number);
}

struct result call_process_set_limit(int32_t number, uint32_t item, uint64_t limit) {
    struct process *process;
    if (item >= ACCOUNT_ITEM_COUNT)
        return result_status(STATUS_INVALID_ARGUMENT);
    enum status status = process_by_number(number, RIGHT_MANAGE, &process);
    if (status != STATUS_OK)
        return result_status(status);
    if (limit > process_current()->account->lines[item].limit)
        status = STATUS_NO_RIGHT;
    else
        account_set_limit(process->account, item, limit);
    process_release(process);
    return result_status(status);
}
