// What each trap leads to: a page, a fix-up, the end of a program, an interrupt served, or a panic.
#include "kernel/arch/x86_64/trap.h"

#include "kernel/arch/x86_64/fixup.h"
#include "kernel/arch/x86_64/interrupts.h"
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/assert.h"
#include "kernel/base/debugger.h"
#include "kernel/base/log.h"
#include "kernel/memory/space.h"
#include "kernel/process/fault.h"
#include "kernel/process/process.h"
#include "kernel/thread/processor.h"

// Of the page fault's error code.
enum page_fault_error {
    FAULT_WAS_PRESENT = 1 << 0,
    FAULT_WAS_WRITE = 1 << 1,
    FAULT_WAS_USER = 1 << 2,
    FAULT_RESERVED_BIT = 1 << 3,
    FAULT_WAS_FETCH = 1 << 4,
};

#define DEBUG_STATUS_CLEAR UINT64_C(0xffff0ff0)

const char *trap_name(uint64_t vector) {
    static const char *const names[VECTOR_EXCEPTIONS] = {
        "division error",
        "debug exception",
        "non-maskable interrupt",
        "breakpoint",
        "overflow",
        "bound exceeded",
        "invalid instruction",
        "no coprocessor",
        "double fault",
        "coprocessor overrun",
        "invalid task state",
        "segment not present",
        "stack fault",
        "general protection fault",
        "page fault",
        "exception 15",
        "floating-point error",
        "alignment error",
        "machine check",
        "vector floating-point error",
        "virtualization exception",
        "control protection fault",
        "exception 22",
        "exception 23",
        "exception 24",
        "exception 25",
        "exception 26",
        "exception 27",
        "exception 28",
        "exception 29",
        "security exception",
        "exception 31",
    };
    return vector < VECTOR_EXCEPTIONS ? names[vector] : "interrupt";
}

const struct fixup *fixup_find(uint64_t instruction) {
    for (const struct fixup *fixup = __start_fixups; fixup != __stop_fixups; fixup++)
        if (fixup->instruction == instruction)
            return fixup;
    return 0;
}

static enum fault_access page_fault_access(uint64_t error) {
    if (error & FAULT_WAS_FETCH)
        return FAULT_EXECUTE;
    return error & FAULT_WAS_WRITE ? FAULT_WRITE : FAULT_READ;
}

_Noreturn static void panic_at(struct trap_frame *frame, const char *what, uint64_t address) {
    processor_current()->arch.interrupted = frame;
    panic("%s in the kernel at %#lx, address %#lx, error %#lx", what, frame->rip, address, frame->error);
}

static bool is_mended(const struct fixup *fixup, uint64_t address, enum fault_access access) {
    struct space *space = process_current()->space;
    if (fixup->kind == FIXUP_IS_RESIDENT)
        return false;
    bool waits = fixup->kind == FIXUP_SERVED;
    return (waits ? space_fault(space, address, access) : space_fault_at_once(space, address, access)) == STATUS_OK;
}

// The kernel touched a page that is not there: right only in the user copy routines.
static void kernel_page_fault(struct trap_frame *frame, uint64_t address) {
    const struct fixup *fixup = fixup_find(frame->rip);
    if (fixup == 0 || address >= USER_HIGHEST)
        panic_at(frame, "page fault", address);
    else if (!is_mended(fixup, address, page_fault_access(frame->error)))
        frame->rip = fixup->landing;
}

static struct process_fault fault_of(struct trap_frame *frame, uint64_t address, enum status reason) {
    return (struct process_fault){
        .vector = (uint32_t)frame->vector,
        .what = trap_name(frame->vector),
        .address = address,
        .instruction = frame->rip,
        .reason = reason,
        .frame = frame,
    };
}

static void user_fault(struct trap_frame *frame, uint64_t address, enum status reason) {
    if (debugger_fault(frame))
        return;
    struct process_fault fault = fault_of(frame, address, reason);
    process_fault(&fault);
}

// A present page refused to the processor's own access on behalf of a program: no mapping mends that, and trying again would
// go on for ever. (QEMU 7.2 reads the stack so for a far return, which SMAP then forbids.)
static bool is_implicit_access(const struct trap_frame *frame) {
    return (frame->error & (FAULT_WAS_PRESENT | FAULT_WAS_USER)) == FAULT_WAS_PRESENT;
}

static void user_page_fault(struct trap_frame *frame, uint64_t address) {
    enum status status = STATUS_BAD_ADDRESS;
    if (!is_implicit_access(frame))
        status = space_fault(process_current()->space, address, page_fault_access(frame->error));
    if (status != STATUS_OK && status != STATUS_INTERRUPTED) // then the thread is being ended anyway
        user_fault(frame, address, status);
    else if (debugger_wants_pages)
        debugger_page_came();
}

// cr2 is read before anything can fault again.
static void page_fault(struct trap_frame *frame) {
    uint64_t address = cr2_read();
    if (frame->error & FAULT_RESERVED_BIT)
        panic_at(frame, "broken page table entry", address);
    if (trap_from_user(frame))
        user_page_fault(frame, address);
    else
        kernel_page_fault(frame, address);
}

static void debug_status_clear(void) {
    __asm__ volatile("movq %0, %%dr6" : : "r"(DEBUG_STATUS_CLEAR));
}

// Ports are loaded into a CPU when a thread is switched to; another thread of the process may have opened some since.
static bool ports_were_opened(void) {
    const struct io_port_ranges *ranges = process_current()->io_ports;
    if (ranges == 0 || ranges->version == processor_current()->arch.io_ports.version)
        return false;
    io_ports_load(ranges);
    return true;
}

static void user_exception(struct trap_frame *frame) {
    if (frame->vector == VECTOR_GENERAL_PROTECTION && ports_were_opened())
        return;
    if (frame->vector == VECTOR_DEBUG)
        debug_status_clear();
    user_fault(frame, 0, STATUS_OK);
}

static void exception(struct trap_frame *frame) {
    if (frame->vector == VECTOR_PAGE_FAULT)
        page_fault(frame);
    else if (frame->vector == VECTOR_DEBUG && trap_from_user(frame) && debug_trap(frame))
        return;
    else if (debugger_trap(frame))
        return;
    else if (frame->vector == VECTOR_NMI)
        interrupt_non_maskable();
    else if (frame->vector == VECTOR_MACHINE_CHECK || !trap_from_user(frame))
        panic_at(frame, trap_name(frame->vector), 0);
    else
        user_exception(frame);
}

void trap_handle(struct trap_frame *frame) {
    if (frame->vector < VECTOR_EXCEPTIONS)
        exception(frame);
    else
        interrupt_handle((uint32_t)frame->vector);
}

// A stack of its own: nothing here may sleep, and the interrupted code may hold any lock.
void trap_handle_paranoid(struct trap_frame *frame) {
    if (debugger_trap(frame))
        return;
    switch (frame->vector) {
    case VECTOR_NMI:
        interrupt_non_maskable();
        return;
    case VECTOR_DEBUG:
        // A program stepped through an entry of the kernel, which goes on without steps.
        debug_status_clear();
        frame->rflags &= ~(uint64_t)FLAG_TRAP;
        return;
    case VECTOR_DOUBLE_FAULT:
        panic_at(frame, kernel_stack_is_guard(cr2_read()) ? "kernel stack overflow" : "double fault", cr2_read());
    default:
        panic_at(frame, trap_name(frame->vector), 0);
    }
}

void trap_bad_return(struct trap_frame *frame) {
    frame->vector = VECTOR_GENERAL_PROTECTION;
    struct process_fault fault = fault_of(frame, frame->rip, STATUS_OK);
    fault.is_final = true;
    process_fault(&fault);
}
