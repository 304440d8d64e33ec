// Fibers on ucontext: the stacks of threads, the switch between the test and them, and the scheduler that they see.
#include "tests/unit/host/fiber.h"

#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <stdlib.h>
#include <ucontext.h>

#include "kernel/arch/machine.h"
#include "kernel/base/assert.h"
#include "kernel/process/process.h"
#include "kernel/thread/processor.h"
#include "kernel/thread/scheduler.h"

enum { FIBER_STACK_SIZE = 256 << 10 };

struct stack {
    struct fiber fiber; // what the test sees
    void (*function)(void *argument);
    void *argument;
    ucontext_t context;
    char *memory;
    struct stack *next;
};

struct processor processors[PROCESSOR_MAX];
uint32_t processor_count = 1;
struct processor *host_processor = &processors[0];
struct thread *host_thread;

static struct {
    ucontext_t test;
    const void *test_stack; // for AddressSanitizer
    size_t test_stack_size;
    struct stack *running; // null: the test runs
    struct stack *all;
    struct run_list ready;
    uint32_t pauses;
} fibers = {.ready = TAILQ_HEAD_INITIALIZER(fibers.ready)};

void fiber_start_all(void) {
    struct processor *processor = &processors[0];
    processor->run_lock = LOCK_INITIAL(RANK_RUN_QUEUE);
    processor->timer_lock = LOCK_INITIAL(RANK_TIMERS);
    RB_INIT(&processor->timers);
    processor->hardware_armed = UINT64_MAX;
    processor->is_idle = true; // no slices are counted
}

void fiber_be(struct thread *thread) {
    host_thread = thread;
    processors[0].current = thread;
}

// ---- switching ----

static void stack_main(void) {
    __sanitizer_finish_switch_fiber(0, &fibers.test_stack, &fibers.test_stack_size);
    struct stack *stack = fibers.running;
    stack->function(stack->argument);
    stack->fiber.returned = true;
    thread_before_user();
    thread_exit();
}

// From the test to a fiber, until that switches back.
static void stack_enter(struct stack *stack) {
    struct thread *before = host_thread, *thread = stack->fiber.thread;
    thread->state = THREAD_RUNNING;
    thread->switching = 0;
    fiber_be(thread);
    fibers.running = stack;
    void *fake;
    __sanitizer_start_switch_fiber(&fake, stack->memory, FIBER_STACK_SIZE);
    swapcontext(&fibers.test, &stack->context);
    __sanitizer_finish_switch_fiber(fake, 0, 0);
    fibers.running = 0;
    fiber_be(before);
    if (thread->state != THREAD_ENDED)
        return;
    stack->fiber.thread = 0;
    object_release(&thread->object); // the scheduler's own reference
}

void scheduler_switch(void) {
    assert(processors[0].lock_count == 0);
    if (fibers.running == 0)
        panic("the test itself would sleep");
    struct stack *stack = fibers.running;
    bool ended = stack->fiber.thread->state == THREAD_ENDED;
    void *fake = 0;
    __sanitizer_start_switch_fiber(ended ? 0 : &fake, fibers.test_stack, fibers.test_stack_size);
    swapcontext(&stack->context, &fibers.test);
    __sanitizer_finish_switch_fiber(fake, &fibers.test_stack, &fibers.test_stack_size);
}

void scheduler_ready(struct thread *thread) {
    thread->state = THREAD_READY;
    TAILQ_INSERT_TAIL(&fibers.ready, thread, run_link);
}

void scheduler_ready_next(struct thread *thread) {
    scheduler_ready(thread);
}

void scheduler_switch_to(struct thread *next, uint64_t now) {
    (void)now;
    scheduler_ready(next);
    scheduler_switch();
}

void scheduler_set_priority(struct thread *thread, uint32_t priority, uint32_t penalty) {
    thread->base_priority = priority;
    thread->penalty = penalty;
}

void scheduler_yield(void) {
    scheduler_ready(thread_current());
    scheduler_switch();
}

// There is one CPU.
void scheduler_call(struct processor *processor) {
}

void scheduler_call_out(void) {
}

void scheduler_preemption_point(void) {
    assert(processors[0].lock_count == 0);
    fiber_pause(PAUSE_PREEMPTION);
}

void scheduler_tick(void) {
    panic("the host counts no slices");
}

// ---- the stacks ----

enum status arch_context_create(struct thread *thread, const struct thread_start *start) {
    struct stack *stack = calloc(1, sizeof(struct stack));
    stack->fiber.thread = thread;
    stack->function = (void (*)(void *))start->entry;
    stack->argument = (void *)start->argument;
    stack->memory = malloc(FIBER_STACK_SIZE);
    getcontext(&stack->context);
    stack->context.uc_stack.ss_sp = stack->memory;
    stack->context.uc_stack.ss_size = FIBER_STACK_SIZE;
    makecontext(&stack->context, stack_main, 0);
    stack->next = fibers.all;
    fibers.all = stack;
    thread->context.fiber = &stack->fiber;
    return STATUS_OK;
}

void arch_context_destroy(struct thread *thread) {
    struct stack *stack = (struct stack *)thread->context.fiber;
    if (stack == 0)
        return;
    __asan_unpoison_memory_region(stack->memory, FIBER_STACK_SIZE);
    free(stack->memory);
    stack->memory = 0;
    stack->fiber.thread = 0;
}

void fiber_free_all(void) {
    while (fibers.all != 0) {
        struct stack *stack = fibers.all;
        fibers.all = stack->next;
        assert(stack->memory == 0);
        free(stack);
    }
}

// ---- what tests do ----

void fiber_set_pauses(uint32_t points) {
    fibers.pauses = points;
}

void fiber_pause(enum fiber_pause_point point) {
    if (fibers.running != 0 && (fibers.pauses & point) != 0)
        scheduler_yield();
}

struct fiber *fiber_start(struct process *process, void (*function)(void *argument), void *argument) {
    struct thread_start start = {
        .process = process,
        .name = "fiber",
        .entry = (uint64_t)function,
        .argument = (uint64_t)argument,
    };
    struct thread *thread;
    enum status status = thread_create(&start, &thread);
    assert(status == STATUS_OK);
    struct fiber *fiber = thread->context.fiber;
    thread_launch(thread);
    object_release(&thread->object);
    fiber_run(fiber);
    return fiber;
}

void fiber_run(struct fiber *fiber) {
    assert(fibers.running == 0);
    if (!fiber_is_ready(fiber))
        panic("the fiber is not ready to run");
    TAILQ_REMOVE(&fibers.ready, fiber->thread, run_link);
    stack_enter((struct stack *)fiber);
}

void fiber_run_all(void) {
    struct thread *thread;
    while ((thread = TAILQ_FIRST(&fibers.ready)) != 0)
        fiber_run(thread->context.fiber);
}

bool fiber_is_ready(const struct fiber *fiber) {
    return fiber->thread != 0 && fiber->thread->state == THREAD_READY;
}

bool fiber_is_waiting(const struct fiber *fiber) {
    return fiber->thread != 0 && fiber->thread->state == THREAD_WAITING;
}

enum wait_reason fiber_wait_reason(const struct fiber *fiber) {
    return fiber_is_waiting(fiber) ? fiber->thread->wait.reason : WAIT_NOT;
}

void fiber_interrupt(struct fiber *fiber) {
    thread_end(fiber->thread);
}

// ---- system calls ----

// The machine's registers, as the kernel's system-call entry hands them over.
typedef struct result register_call(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);

struct result fiber_invoke(call_function *call, const uint64_t a[6]) {
    struct result result = ((register_call *)call)(a[0], a[1], a[2], a[3], a[4], a[5]);
    assert(processors[0].lock_count == 0);
    assert(result.status >= 0 || result.value == 0);
    return result;
}

struct call_block {
    call_function *call;
    uint64_t arguments[6];
};

static void call_run(void *argument) {
    struct call_block block = *(struct call_block *)argument;
    free(argument);
    struct fiber *fiber = thread_current()->context.fiber;
    fiber->result = fiber_invoke(block.call, block.arguments);
}

struct fiber *fiber_call(struct process *process, call_function *call, const uint64_t arguments[6]) {
    struct call_block *block = malloc(sizeof(struct call_block));
    block->call = call;
    for (int i = 0; i < 6; i++)
        block->arguments[i] = arguments[i];
    return fiber_start(process, call_run, block);
}
