// Follows frame pointers: the kernel's, then through the frame that the trap or system call left, the program's.
#include "debug/commands/backtrace.h"
#include "debug/commands/commands.h"
#include "kernel/arch/x86_64/machine_constants.h"
#include "kernel/base/string.h"
#include "kernel/base/symbols.h"
#include "kernel/process/process.h"

enum { FRAMES_MAX = 64, FRAME_DISTANCE_MAX = 32 << 10 };

extern char trap_stubs[], trap_entry_end[];

// Where one function of a stack goes on, and its frame.
struct place {
    const struct debug_thread *thread;
    uint64_t instruction, frame;
    uint32_t depth;
};

// What the compiler leaves at the frame pointer.
struct call_frame {
    uint64_t caller_frame, return_address;
};

static bool is_kernel(uint64_t address) {
    return !address_is_user(address);
}

static void write_place(struct writer *out, const struct place *place) {
    writer_format(out, "  #%-2u %016llx ", place->depth, (unsigned long long)place->instruction);
    command_write_address(out, place->thread, place->instruction);
    writer_text(out, "\n");
}

static void enter_frame(struct writer *out, struct place *place, const struct trap_frame *frame) {
    writer_format(out, "  --- %s ---\n",
                  frame->vector == VECTOR_SYSTEM_CALL ? "system call" : trap_name(frame->vector));
    place->instruction = frame->rip;
    place->frame = frame->rbp;
}

// To the caller; through the frame of a trap in the kernel, which lies behind the call that its entry made.
static bool go_to_caller(struct writer *out, struct place *place) {
    struct call_frame frame;
    struct trap_frame trap;
    uint64_t below = place->frame;
    if (below % sizeof(uint64_t) != 0 ||
        target_memory_read(place->thread, below, &frame, sizeof(frame)) != sizeof(frame) || frame.return_address == 0)
        return false;
    if (frame.return_address >= (uint64_t)trap_stubs && frame.return_address < (uint64_t)trap_entry_end &&
        memory_peek(below + sizeof(frame), &trap, sizeof(trap)) && !trap_from_user(&trap)) {
        enter_frame(out, place, &trap);
        return true;
    }
    place->instruction = frame.return_address;
    place->frame = frame.caller_frame;
    return true;
}

static bool is_sound(const struct place *place, const struct place *before) {
    if (is_kernel(place->instruction) != is_kernel(before->instruction))
        return false;
    return !is_kernel(place->instruction) || symbol_find(place->instruction, &(uint64_t){0}) != 0;
}

// The stack as far as it stays in the program, or in the kernel.
static void write_part(struct writer *out, struct place *place) {
    while (place->depth < FRAMES_MAX) {
        struct place before = *place;
        write_place(out, place);
        place->depth++;
        if (!go_to_caller(out, place) || !is_sound(place, &before))
            return;
    }
}

void backtrace_of_thread(struct writer *out, const struct debug_thread *thread) {
    static struct register_file file;
    memset(&file, 0, sizeof(file));
    thread_registers(thread, &file);
    if (!file.known[REGISTER_RIP]) {
        writer_text(out, "  it is not known where it is\n");
        return;
    }
    struct place place = {thread, file.instruction, file.general[REGISTER_RBP - REGISTER_RAX], 0};
    bool began_in_kernel = is_kernel(file.instruction);
    write_part(out, &place);
    const struct trap_frame *frame = began_in_kernel ? thread_user_frame(thread) : 0;
    if (frame == 0)
        return;
    enter_frame(out, &place, frame);
    write_part(out, &place);
}
