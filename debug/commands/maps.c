// Commands on address spaces: the way of an address through the page tables, what a process has mapped, what memory is left.
#include "debug/commands/commands.h"
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/page_entry.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/space_layout.h"
#include "kernel/process/process.h"

enum { KIBIBYTES_PER_PAGE = PAGE_SIZE / 1024 };

static void write_entry(struct writer *out, uint32_t level, uint64_t entry) {
    writer_format(out, "level %u: %016llx", level + 1, (unsigned long long)entry);
    if (!(entry & ENTRY_PRESENT)) {
        writer_text(out, " not present\n");
        return;
    }
    writer_format(out, " %s, %s, %s%s\n", entry & ENTRY_WRITABLE ? "writable" : "read-only",
                  entry & ENTRY_USER ? "the program's" : "the kernel's",
                  entry & ENTRY_NO_EXECUTE ? "not executable" : "executable",
                  entry & ENTRY_LARGE && level > 0 ? ", large" : "");
}

static void run_pages(const struct command_call *call) {
    uint64_t address, physical;
    if (call->count == 0) {
        writer_text(call->out, "which address?\n");
        return;
    }
    if (!command_value(call, call->rest, &address))
        return;
    uint64_t root = thread_root(&call->session->thread);
    const uint64_t *entries = alias_pointer(root);
    writer_format(call->out, "tables at %#llx\n", (unsigned long long)root);
    for (uint32_t level = TABLE_LEVELS; level-- > 0;) {
        uint64_t entry = entries[entry_index(address, level)];
        write_entry(call->out, level, entry);
        if (!(entry & ENTRY_PRESENT) || (level > 0 && entry & ENTRY_LARGE))
            break;
        if (level > 0)
            entries = entry_table(entry);
    }
    if (memory_entry(root, address, &physical) != 0)
        writer_format(call->out, "%#llx lies at %#llx in memory\n", (unsigned long long)address,
                      (unsigned long long)physical);
    else
        writer_format(call->out, "%#llx is not mapped\n", (unsigned long long)address);
}

struct map_question {
    struct process *process;
    struct writer *out;
};

static void describe_space(void *argument) {
    const struct map_question *question = argument;
    space_describe(question->process->space, question->out);
}

static void run_map(const struct command_call *call) {
    struct process *process = command_process(call);
    struct map_question question = {process, call->out};
    if (process == 0)
        return;
    writer_format(call->out, "%s[%u], its program at %#llx, %llu pages with a frame\n", process->object.name,
                  process->id, (unsigned long long)process->image_base, (unsigned long long)process->space->resident);
    if (!lend_locks(describe_space, &question))
        writer_text(call->out, "the rest cannot be told: it stood in the middle of a change\n");
}

static void run_free(const struct command_call *call) {
    writer_format(call->out, "%llu KiB of memory, %llu KiB free, %llu KiB the kernel's own\n",
                  (unsigned long long)frame_total() * KIBIBYTES_PER_PAGE,
                  (unsigned long long)frame_free() * KIBIBYTES_PER_PAGE,
                  (unsigned long long)frame_kernel() * KIBIBYTES_PER_PAGE);
}

const struct command map_commands[] = {
    {"pages", "ADDRESS", "its way through the page tables", run_pages},
    {"map", "[PROCESS]", "what a process has mapped where", run_map},
    {"free", "", "how much memory is left", run_free},
    {0, 0, 0, 0},
};
