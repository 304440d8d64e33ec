// Threads as the processor sees them: made, switched, taken apart.
#include <stdbool.h>

#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/fpu.h"
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/base/assert.h"
#include "kernel/base/string.h"
#include "kernel/memory/space_layout.h"
#include "kernel/process/process.h"
#include "kernel/thread/processor.h"

#define USER_ADDRESS_MASK UINT64_C(0x7fffffffffff) // what any base of a segment is cut to, so that it can be loaded

extern void context_user_begin(void);
extern void context_kernel_begin(void);
_Noreturn extern void context_enter(uint64_t stack_pointer);

static uint64_t stack_top(const struct thread *thread) {
    return thread->context.stack_base + KERNEL_STACK_SIZE;
}

enum status arch_context_create(struct thread *thread, const struct thread_start *start) {
    struct arch_context *context = &thread->context;
    enum status status = fpu_create(context);
    if (status == STATUS_OK)
        status = kernel_stack_create(thread->process->account, &context->stack_base);
    if (status != STATUS_OK)
        return status; // the rest is arch_context_destroy's
    context->fs_base = start->thread_pointer & USER_ADDRESS_MASK;
    struct trap_frame *frame = trap_user_frame(context);
    *frame = (struct trap_frame){
        .rdi = start->argument,
        .rsi = (uint32_t)start->number,
        .rip = start->entry,
        .cs = SELECTOR_USER_CODE,
        .rflags = FLAG_ALWAYS | FLAG_INTERRUPT,
        .rsp = start->stack,
        .ss = SELECTOR_USER_DATA,
    };
    uint64_t *resume = (uint64_t *)frame - 1;
    *resume = (uint64_t)context_user_begin;
    context->stack_pointer = (uint64_t)resume;
    return STATUS_OK;
}

enum status arch_context_create_kernel(struct thread *thread, void (*function)(void)) {
    struct arch_context *context = &thread->context;
    enum status status = kernel_stack_create(0, &context->stack_base);
    if (status != STATUS_OK)
        return status;
    uint64_t *resume = (uint64_t *)stack_top(thread) - 3;
    resume[0] = (uint64_t)context_kernel_begin;
    resume[1] = (uint64_t)function; // at an address of 16 bytes, as C wants its stack
    context->stack_pointer = (uint64_t)resume;
    return STATUS_OK;
}

void arch_context_destroy(struct thread *thread) {
    struct arch_context *context = &thread->context;
    bool is_user = context->fpu != 0 || context->fpu_old != 0;
    fpu_destroy(context);
    if (context->stack_base != 0)
        kernel_stack_destroy(is_user ? thread->process->account : 0, context->stack_base);
    context->stack_base = 0;
}

// ---- switching ----

static uint32_t segments_in_use(void) {
    uint32_t data, extra, f, g;
    __asm__ volatile("movl %%ds, %0; movl %%es, %1; movl %%fs, %2; movl %%gs, %3"
                     : "=r"(data), "=r"(extra), "=r"(f), "=r"(g));
    return data | extra | f | g;
}

// A program may have loaded selectors; another one is not to see them. Loading gs takes its base, the kernel's own, away.
static void segments_clear(struct processor *processor) {
    __asm__ volatile("movl %0, %%ds; movl %0, %%es; movl %0, %%fs; movl %0, %%gs" : : "r"(0));
    msr_write(MSR_GS_BASE, (uint64_t)processor);
}

// What belongs to the process, not the thread. A kernel thread runs in the kernel's own table.
static void process_switch(struct processor *processor, const struct process *from, struct process *to) {
    page_table_load(to->space != 0 ? &to->space->table : 0);
    if (from->io_ports != 0 || to->io_ports != 0)
        io_ports_load(to->io_ports);
    if (segments_in_use() != 0)
        segments_clear(processor);
}

// Leaves one kernel stack for another, where the address to go on at lies on top. The compiler keeps what it needs of the
// registers around it, so that none is saved twice.
static inline void stack_switch(uint64_t *saved, uint64_t next) {
    __asm__ volatile("pushq %%rbp\n\t"
                     "pushq $1f\n\t" // the kernel's addresses are small negative numbers
                     "movq %%rsp, (%0)\n\t"
                     "movq %1, %%rsp\n\t"
                     "ret\n"
                     "1: popq %%rbp"
                     : "+D"(saved), "+S"(next)
                     :
                     : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "cc",
                       "memory");
}

// Inline in each of the few ways to switch: they are the hottest of all.
__attribute__((always_inline)) void arch_context_switch(struct thread *from, struct thread *to) {
    struct processor *processor = processor_current();
    fpu_save(&from->context);
    if (from->process != to->process)
        process_switch(processor, from->process, to->process);
    fpu_load(&to->context);
    msr_write(MSR_FS_BASE, to->context.fs_base);
    uint64_t top = stack_top(to);
    processor->kernel_stack = top;
    processor->arch.task.stack[0] = top;
    stack_switch(&from->context.stack_pointer, to->context.stack_pointer);
}

void arch_set_thread_pointer(uint64_t fs_base) {
    struct thread *thread = thread_current();
    thread->context.fs_base = fs_base & USER_ADDRESS_MASK;
    msr_write(MSR_FS_BASE, thread->context.fs_base);
}

void arch_enter_first(struct thread *idle) {
    struct processor *processor = processor_current();
    processor->kernel_stack = stack_top(idle);
    processor->arch.task.stack[0] = stack_top(idle);
    context_enter(idle->context.stack_pointer);
}
