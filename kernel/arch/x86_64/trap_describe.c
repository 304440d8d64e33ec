// Registers and call stacks in words.
#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/base/symbols.h"
#include "kernel/base/writer.h"
#include "kernel/memory/user.h"
#include "kernel/process/fault.h"
#include "kernel/process/process.h"
#include "kernel/process/symbols.h"
#include "kernel/thread/processor.h"

enum { USER_FRAMES_MAX = 16, REGISTERS_PER_LINE = 4 };

void trap_describe(const struct trap_frame *frame, struct writer *out) {
    const struct {
        const char *name;
        uint64_t value;
    } registers[] = {
        {"rax", frame->rax}, {"rbx", frame->rbx}, {"rcx", frame->rcx},      {"rdx", frame->rdx}, {"rsi", frame->rsi},
        {"rdi", frame->rdi}, {"rbp", frame->rbp}, {"rsp", frame->rsp},      {"r8", frame->r8},   {"r9", frame->r9},
        {"r10", frame->r10}, {"r11", frame->r11}, {"r12", frame->r12},      {"r13", frame->r13}, {"r14", frame->r14},
        {"r15", frame->r15}, {"rip", frame->rip}, {"flags", frame->rflags},
    };
    enum { COUNT = sizeof(registers) / sizeof(registers[0]) };
    for (unsigned i = 0; i < COUNT; i++) {
        bool last = i % REGISTERS_PER_LINE == REGISTERS_PER_LINE - 1 || i == COUNT - 1;
        writer_format(out, "  %-5s %016lx%s", registers[i].name, registers[i].value, last ? "\n" : "");
    }
}

static void describe_call(struct writer *out, int depth, uint64_t address) {
    char name[PROGRAM_SYMBOL_SIZE];
    uint64_t offset;
    if (program_symbol_find(process_current(), address, name, &offset) == STATUS_OK)
        writer_format(out, "  #%-2d %s+%#lx\n", depth, name, offset);
    else
        writer_format(out, "  #%-2d %#lx\n", depth, address);
}

// Frame pointers are the program's to corrupt: each is read by the user copy, and must lie above the last.
void trap_describe_stack(const struct trap_frame *frame, struct writer *out) {
    struct {
        uint64_t caller_frame, return_address;
    } call;
    uint64_t frame_pointer = frame->rbp;
    describe_call(out, 0, frame->rip);
    for (int depth = 1; depth < USER_FRAMES_MAX; depth++) {
        if (user_copy_in(&call, (struct user_address){frame_pointer}, sizeof(call)) != STATUS_OK)
            return;
        if (call.return_address == 0)
            return;
        describe_call(out, depth, call.return_address);
        if (call.caller_frame <= frame_pointer)
            return;
        frame_pointer = call.caller_frame;
    }
}

void machine_describe_registers(struct writer *out) {
    const struct trap_frame *frame = processor_current()->arch.interrupted;
    if (frame == 0)
        return;
    writer_format(out, "interrupted (%s):\n", trap_name(frame->vector));
    trap_describe(frame, out);
    writer_format(out, "  cr0 %lx  cr2 %lx  cr3 %lx  cr4 %lx\n", cr0_read(), cr2_read(), cr3_read(), cr4_read());
    if (!trap_from_user(frame))
        backtrace_write(out, frame->rip, frame->rbp);
}
