// Registers of a thread, between the kernel's structure and GDB's order.
//
// A thread that waits in a system call is shown at the call's instruction, not behind it: GDB puts back what it was shown after it
// had the thread call a function, and then the call is made anew.
#include <parley/calls.h>
#include <parley/clock.h>
#include <string.h>

#include "debug/server/inferior.h"
#include "debug/server/target.h"

enum { CALL_SIZE = 2, LOOKS_MAX = 5000 };
enum { X87_CONTROL, X87_STATUS, X87_TAGS, X87_OPERATION = 7 };
enum { FPU_STATUS = 2, FPU_TAGS = 4, FPU_OPERATION = 6, FPU_MXCSR = 24, FPU_X87 = 32, FPU_XMM = 160, FPU_PLACE = 16 };

#define LOOKS_EVERY (NANOSECONDS_PER_MILLISECOND / 5)

// GDB's order of the general registers in the processor's.
static const uint8_t order[16] = {0, 3, 1, 2, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15};

static bool state_of(const struct inferior *inferior, uint64_t id, struct debugged_thread *thread) {
    return id && inferior_thread_next(inferior, id - 1, thread) && thread->thread == id;
}

static bool shows_call(const struct debugged_thread *thread) {
    return thread->state == DEBUGGED_CALLS && thread->wait_reason != WAIT_PAGE;
}

static void fpu_show(const uint8_t *fpu, struct register_file *file) {
    uint16_t control, status, operation;
    memcpy(&control, fpu, sizeof control);
    memcpy(&status, fpu + FPU_STATUS, sizeof status);
    memcpy(&operation, fpu + FPU_OPERATION, sizeof operation);
    memcpy(&file->mxcsr, fpu + FPU_MXCSR, sizeof file->mxcsr);
    file->x87_control[X87_CONTROL] = control;
    file->x87_control[X87_STATUS] = status;
    file->x87_control[X87_OPERATION] = operation;
    for (unsigned i = 0; i < 8; i++) {
        file->x87_control[X87_TAGS] |= (fpu[FPU_TAGS] >> i & 1 ? 0u : 3u) << (2 * i);
        memcpy(file->x87[i], fpu + FPU_X87 + FPU_PLACE * i, sizeof file->x87[i]);
    }
    memcpy(file->xmm, fpu + FPU_XMM, sizeof file->xmm);
}

void server_registers_read(const struct debug_thread *id, struct register_file *file) {
    const struct inferior *inferior = inferior_find(id->process);
    struct debug_registers found;
    struct debugged_thread thread;
    if (!inferior || !state_of(inferior, id->thread, &thread) ||
        debug_registers_read(inferior->debugger, id->thread, &found) != STATUS_OK)
        return;
    for (unsigned i = 0; i < 16; i++)
        file->general[i] = found.general[order[i]];
    file->instruction = found.instruction - (shows_call(&thread) ? CALL_SIZE : 0);
    file->flags = (uint32_t)found.flags;
    file->segments[0] = (uint32_t)found.code;
    file->segments[1] = (uint32_t)found.stack;
    file->fs_base = found.fs_base;
    file->gs_base = found.gs_base;
    memset(file->x87_control, 0, sizeof file->x87_control);
    fpu_show(found.fpu, file);
    registers_know(file, REGISTER_RAX, REGISTER_GENERAL_COUNT - 1);
}

static void fpu_set(uint8_t *fpu, unsigned number, const struct register_file *file) {
    if (number >= REGISTER_XMM0 && number < REGISTER_MXCSR)
        memcpy(fpu + FPU_XMM + FPU_PLACE * (number - REGISTER_XMM0), file->xmm[number - REGISTER_XMM0], FPU_PLACE);
    else if (number == REGISTER_MXCSR)
        memcpy(fpu + FPU_MXCSR, &file->mxcsr, sizeof file->mxcsr);
    else if (number < REGISTER_X87_CONTROL)
        memcpy(fpu + FPU_X87 + FPU_PLACE * (number - REGISTER_ST0), file->x87[number - REGISTER_ST0], 10);
    else if (number == REGISTER_X87_CONTROL)
        memcpy(fpu, &file->x87_control[X87_CONTROL], sizeof(uint16_t));
    else if (number == REGISTER_X87_CONTROL + X87_STATUS)
        memcpy(fpu + FPU_STATUS, &file->x87_control[X87_STATUS], sizeof(uint16_t));
    // What is left says only where the last instruction was.
}

static enum status set(struct debug_registers *registers, unsigned number, const struct register_file *file) {
    if (number <= REGISTER_R15)
        registers->general[order[number]] = file->general[number];
    else if (number == REGISTER_RIP)
        registers->instruction = file->instruction;
    else if (number == REGISTER_FLAGS)
        registers->flags = file->flags;
    else if (number == REGISTER_FS_BASE)
        registers->fs_base = file->fs_base;
    else if (number >= REGISTER_ST0 && number <= REGISTER_MXCSR)
        fpu_set(registers->fpu, number, file);
    else
        return STATUS_NO_RIGHT;
    return STATUS_OK;
}

// A call that the thread waits in is broken off first, to be made anew.
static enum status stand_in_program(const struct inferior *inferior, uint64_t id) {
    struct debug_registers registers;
    struct debugged_thread thread;
    for (int i = 0; i < LOOKS_MAX; i++) {
        if (!state_of(inferior, id, &thread))
            return STATUS_NOT_FOUND;
        if (thread.state == DEBUGGED_HALTED)
            return STATUS_OK;
        enum status status = debug_registers_read(inferior->debugger, id, &registers);
        if (status == STATUS_OK)
            status = debug_registers_write(inferior->debugger, id, &registers);
        if (status == STATUS_BUSY && thread.state == DEBUGGED_CALLS)
            return STATUS_NO_RIGHT;
        thread_sleep(deadline_after(LOOKS_EVERY));
    }
    return STATUS_NO_RIGHT;
}

enum status server_register_write(const struct debug_thread *id, unsigned number, const struct register_file *file) {
    const struct inferior *inferior = inferior_find(id->process);
    struct debug_registers registers;
    if (!inferior)
        return STATUS_NOT_FOUND;
    enum status status = stand_in_program(inferior, id->thread);
    if (status == STATUS_OK)
        status = debug_registers_read(inferior->debugger, id->thread, &registers);
    if (status == STATUS_OK)
        status = set(&registers, number, file);
    return status == STATUS_OK ? debug_registers_write(inferior->debugger, id->thread, &registers) : status;
}
