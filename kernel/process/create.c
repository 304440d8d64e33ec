// Making a process: step by step, each undone when a later one fails.
#include "kernel/process/create.h"

#include "kernel/abi/memory.h"
#include "kernel/arch/machine.h"
#include "kernel/base/assert.h"
#include "kernel/base/string.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/memory.h"
#include "kernel/memory/space.h"
#include "kernel/object/trace.h"
#include "kernel/process/debugger.h"
#include "kernel/process/image.h"
#include "kernel/process/object.h"
#include "kernel/process/process.h"
#include "kernel/process/subsystem.h"
#include "kernel/process/table.h"
#include "kernel/thread/thread.h"

enum { STACK_SIZE = 256 << 10, START_SIZE = (sizeof(struct process_start) + 15) & ~15 };

// Lets each subsystem attach; when one fails those before it let go again.
static enum status subsystems_attach(struct process *process) {
    for (const struct subsystem *const *entry = __start_subsystems; entry != __stop_subsystems; entry++) {
        if ((*entry)->process_created == 0)
            continue;
        enum status status = (*entry)->process_created(process);
        if (status == STATUS_OK)
            continue;
        while (entry-- != __start_subsystems)
            if ((*entry)->process_created != 0 && (*entry)->process_ended != 0)
                (*entry)->process_ended(process);
        return status;
    }
    return STATUS_OK;
}

static void subsystems_detach(struct process *process) {
    for (const struct subsystem *const *entry = __start_subsystems; entry != __stop_subsystems; entry++)
        if ((*entry)->process_ended != 0)
            (*entry)->process_ended(process);
}

static enum status numbers_give(struct process *process, const struct process_plan *plan) {
    for (uint32_t i = 0; i < plan->number_count; i++) {
        int32_t number;
        enum status status;
        if (plan->numbers[i] == 0)
            status = number_reserve(&process->numbers, &number); // a gap: the place is taken and names nothing
        else
            status = number_insert(&process->numbers, plan->numbers[i], plan->rights[i], &number);
        if (status != STATUS_OK)
            return status;
        assert(number == (int32_t)i + 1);
    }
    return STATUS_OK;
}

// The start block, page by page through a bounce page: it lies in the caller's memory and goes to the child's.
static enum status block_copy(struct process *process, const struct process_plan *plan, uint64_t to) {
    void *bounce = 0;
    enum status status = page_allocate(0, 0, &bounce);
    for (size_t done = 0; status == STATUS_OK && done < plan->start_block_size; done += PAGE_SIZE) {
        size_t part = plan->start_block_size - done < PAGE_SIZE ? plan->start_block_size - done : PAGE_SIZE;
        status = user_copy_in(bounce, user_address_add(plan->start_block, done), part);
        if (status == STATUS_OK)
            status = space_write(process->space, to + done, bounce, part);
    }
    if (bounce != 0)
        page_free(0, bounce);
    return status;
}

static void start_fill(struct process_start *start, const struct process *process, const struct process_plan *plan,
                       const struct image_info *image) {
    *start = (struct process_start){
        .process = process->id,
        .parent = process->parent,
        .user = process->user,
        .number_count = plan->number_count,
        .image_base = image->base,
        .image_headers = image->headers,
        .image_header_count = image->header_count,
        .random = {machine_random(), machine_random()},
        .start_block_size = plan->start_block_size,
        .clock_frequency = clock_counter_frequency(),
    };
}

// Maps the first stack and lays the start structure and block on its top. *pointer: the new stack pointer and argument.
static enum status stack_make(struct process *process, const struct process_plan *plan, struct image_info *image,
                              uint64_t *pointer) {
    uint64_t base;
    size_t block = (plan->start_block_size + 15) & ~(size_t)15;
    struct space_request request = {
        .size = STACK_SIZE + block,
        .protection = PROTECTION_READ | PROTECTION_WRITE,
        .flags = MAP_GUARD,
    };
    enum status status = space_map(process->space, &request, &base);
    if (status != STATUS_OK)
        return status;
    uint64_t top = base + ((request.size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1));
    struct process_start start;
    start_fill(&start, process, plan, image);
    start.stack_base = base;
    start.start_block = plan->start_block_size != 0 ? top - block : 0;
    *pointer = top - block - START_SIZE;
    status = space_write(process->space, *pointer, &start, sizeof(start));
    if (status == STATUS_OK && plan->start_block_size != 0)
        status = block_copy(process, plan, start.start_block);
    return status;
}

static enum status program_load(struct process *process, const struct process_plan *plan, struct thread **thread) {
    struct image_info image;
    uint64_t pointer;
    enum status status = image_load(process->space, plan->image, &image);
    if (status == STATUS_OK)
        status = stack_make(process, plan, &image, &pointer);
    if (status != STATUS_OK)
        return status;
    process->image = plan->image;
    object_retain(&plan->image->object);
    process->image_base = image.base;
    string_copy_padded(process->program, plan->program, NAME_SIZE);
    struct thread_start start = {
        .process = process,
        .name = plan->name,
        .priority = plan->priority,
        .entry = image.entry,
        .argument = pointer,
        .stack = pointer,
    };
    return thread_create(&start, thread);
}

// Who ends a family ends whom it finds (ipc/page_family.c). A process that one of them was just starting is either found, or
// entered the table after that one was ended.
static bool parent_is_ending(const struct process_plan *plan) {
    return plan->parent != 0 && __atomic_load_n(&plan->parent->ending, __ATOMIC_SEQ_CST);
}

// From here on the process can be found. Everything that can fail comes before or undoes it.
static enum status process_fill(struct process *process, const struct process_plan *plan, struct thread **thread) {
    enum status status = numbers_give(process, plan);
    if (status == STATUS_OK)
        status = subsystems_attach(process);
    if (status != STATUS_OK)
        return status;
    status = process_table_add(process);
    if (status != STATUS_OK) {
        subsystems_detach(process);
        return status;
    }
    process->account->process = process->id;
    status = parent_is_ending(plan) ? STATUS_PEER_DIED : program_load(process, plan, thread);
    if (status != STATUS_OK) {
        process_table_remove(process);
        process_release(process);
        subsystems_detach(process);
    }
    return status;
}

enum status process_create(const struct process_plan *plan, struct process **process) {
    struct process_object_plan object_plan = {
        .parent = plan->parent,
        .name = plan->name,
        .user = plan->user,
        .priority = plan->priority,
        .limits = plan->limits,
        .essential = plan->essential,
    };
    struct process *made;
    enum status status = process_object_create(&object_plan, &made);
    if (status != STATUS_OK)
        return status;
    made->started = clock_now();
    struct thread *thread = 0;
    made->account->swapped =
        !plan->essential && plan->priority < PRIORITY_SERVER; // who serves others does not wait for memory
    status = space_create(made->account, &made->space);
    if (status == STATUS_OK)
        status = process_fill(made, plan, &thread);
    if (status != STATUS_OK) {
        number_table_close_all(&made->numbers);
        if (made->space != 0)
            space_destroy(made->space);
        process_release(made);
        return status;
    }
    if (trace_is_on())
        trace_record_name(TRACE_PROCESS_STARTED, &made->object, made->id);
    if (plan->debugger != 0)
        debugger_adopt(plan->debugger, made);
    thread_launch(thread);
    object_release(&thread->object);
    *process = made;
    return STATUS_OK;
}
