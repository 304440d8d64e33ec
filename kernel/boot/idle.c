// Idle threads: not in the object table, since nobody made them and nobody can hold them.
#include "kernel/boot/idle.h"

#include "kernel/arch/machine.h"
#include "kernel/process/process.h"
#include "kernel/thread/processor.h"
#include "kernel/thread/scheduler.h"

// It has no address space, no numbers, and no id: only what thread->process is looked at for.
static struct process kernel_process = {
    .object = {.type = &process_type, .references = 1, .name = "kernel"},
};

static struct thread idle_threads[PROCESSOR_MAX];

enum status idle_create(struct processor *processor) {
    struct thread *thread = &idle_threads[processor - processors];
    *thread = (struct thread){
        .object = {.type = &thread_type, .references = 1, .name = "idle"},
        .process = &kernel_process,
        .processor = processor,
        .ready_level = THREAD_NOT_QUEUED,
    };
    thread->waiter.thread = thread;
    scheduler_start(processor, thread);
    return arch_context_create_kernel(thread, scheduler_idle);
}
