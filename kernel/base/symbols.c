// Backtraces of the kernel: frame pointers followed, addresses named.
#include "kernel/base/symbols.h"

#include "kernel/base/string.h"
#include "kernel/base/writer.h"

// The table (os/tools/symbols.py), sorted by address.
extern const uint32_t kernel_symbol_count;
extern const uint32_t kernel_symbol_addresses[]; // offsets from KERNEL_BASE
extern const uint32_t kernel_symbol_names[];     // offsets into the strings
extern const char kernel_symbol_strings[];
extern const char kernel_text_start[], kernel_text_end[];

#define KERNEL_BASE UINT64_C(0xffffffff80000000)

enum { FRAMES_MAX = 32, FRAME_DISTANCE_MAX = 32 << 10 };

// What the compiler leaves at the frame pointer.
struct call_frame {
    uint64_t caller_frame;
    uint64_t return_address;
};

const char *symbol_find(uint64_t address, uint64_t *offset) {
    if (address < (uint64_t)kernel_text_start || address >= (uint64_t)kernel_text_end)
        return 0;
    uint32_t wanted = (uint32_t)(address - KERNEL_BASE), low = 0, high = kernel_symbol_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (kernel_symbol_addresses[middle] <= wanted)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return 0;
    *offset = wanted - kernel_symbol_addresses[low - 1];
    return kernel_symbol_strings + kernel_symbol_names[low - 1];
}

const char *symbol_at(uint32_t index, uint64_t *address) {
    if (index >= kernel_symbol_count)
        return 0;
    *address = KERNEL_BASE + kernel_symbol_addresses[index];
    return kernel_symbol_strings + kernel_symbol_names[index];
}

bool symbol_find_name(const char *name, uint64_t *address) {
    const char *found;
    for (uint32_t i = 0; (found = symbol_at(i, address)) != 0; i++)
        if (strcmp(found, name) == 0)
            return true;
    return false;
}

void symbol_write(struct writer *out, uint64_t address) {
    uint64_t offset;
    const char *name = symbol_find(address, &offset);
    if (name != 0)
        writer_format(out, "%s+%#lx", name, offset);
    else
        writer_format(out, "%#lx", address);
}

// Frames lie in the upper half, aligned, and callers' frames above, not far.
static int frame_is_plausible(uint64_t frame, uint64_t below) {
    return frame >= UINT64_C(0xffff800000000000) && frame % sizeof(uint64_t) == 0 && frame > below &&
           (below == 0 || frame - below < FRAME_DISTANCE_MAX);
}

void backtrace_write(struct writer *out, uint64_t instruction, uint64_t frame_pointer) {
    uint64_t below = 0;
    for (int i = 0; i < FRAMES_MAX; i++) {
        writer_format(out, "  #%-2d ", i);
        symbol_write(out, instruction);
        writer_text(out, "\n");
        if (!frame_is_plausible(frame_pointer, below))
            return;
        const struct call_frame *frame = (const struct call_frame *)frame_pointer;
        below = frame_pointer;
        instruction = frame->return_address;
        frame_pointer = frame->caller_frame;
        if (symbol_find(instruction, &(uint64_t){0}) == 0)
            return;
    }
}
