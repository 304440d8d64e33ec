// Commands on processes and threads: lists, registers, backtraces, the choice of one, the end of one.
#include "debug/commands/backtrace.h"
#include "debug/commands/commands.h"
#include "debug/kernel/kill.h"
#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/string.h"
#include "kernel/process/process.h"

enum { REGISTERS_PER_LINE = 4, STACK_WORDS = 32 };

// ---- lists ----

static void run_threads(const struct command_call *call) {
    struct debug_thread at = {0, 0};
    struct process *process = call->count > 0 ? command_process(call) : 0;
    if (call->count > 0 && process == 0)
        return;
    writer_text(call->out, "   process thread\n");
    while (thread_next(&at)) {
        if (process != 0 && at.process != process->id)
            continue;
        if (at.process == KERNEL_PROCESS)
            writer_text(call->out, "    kernel ");
        else
            writer_format(call->out, "%10u ", at.process);
        writer_format(call->out, "%-6llu ", (unsigned long long)at.thread);
        thread_write_description(&at, call->out);
        writer_text(call->out, "\n");
    }
}

static void run_processes(const struct command_call *call) {
    writer_text(call->out, "   id parent user threads numbers   pages name\n");
    for (struct process *process = process_peek_next(0); process != 0; process = process_peek_next(process->id))
        writer_format(call->out, "%5u %6u %4u %7u %7u %7llu %s\n", process->id, process->parent, process->user,
                      process->thread_count, process->numbers.used,
                      (unsigned long long)process->account->lines[ACCOUNT_MEMORY_PAGES].used, process->object.name);
}

static void write_cpu(struct writer *out, uint32_t cpu) {
    const struct trap_frame *frame = stopped_cpus[cpu].frame;
    struct debug_thread thread = thread_of_cpu(cpu);
    writer_format(out, "CPU %u: ", cpu);
    if (thread.process == KERNEL_PROCESS)
        writer_text(out, "the kernel's own thread");
    else
        writer_format(out, "thread %llu of process %u (%s)", (unsigned long long)thread.thread, thread.process,
                      process_peek(thread.process) != 0 ? process_peek(thread.process)->object.name : "ended");
    writer_format(out, ", %llu switches", (unsigned long long)processors[cpu].switches);
    if (frame == 0) {
        writer_text(out, ", does not answer\n");
        return;
    }
    writer_format(out, ", %s at ", trap_from_user(frame) ? "in its program" : "in the kernel");
    command_write_address(out, &thread, frame->rip);
    writer_text(out, "\n");
}

static void run_cpus(const struct command_call *call) {
    for (uint32_t cpu = 0; cpu < processor_count; cpu++)
        write_cpu(call->out, cpu);
}

static void write_ready(struct writer *out, struct processor *processor) {
    struct thread *thread;
    uint32_t count = 0;
    writer_format(out, "CPU %u:", processor->index);
    for (uint32_t level = PRIORITY_LEVELS; level-- > 0;) {
        if (!(processor->ready_levels >> level & 1))
            continue;
        TAILQ_FOREACH(thread, &processor->ready[level], run_link) {
            writer_format(out, " %s[%u]/%llu at %u", thread->process->object.name, thread->process->id,
                          (unsigned long long)thread->object.id, level);
            count++;
        }
    }
    writer_text(out, count == 0 ? " nobody waits to run\n" : "\n");
}

static void run_ready(const struct command_call *call) {
    for (uint32_t cpu = 0; cpu < processor_count; cpu++)
        write_ready(call->out, &processors[cpu]);
}

// ---- the chosen thread ----

static void run_thread(const struct command_call *call) {
    struct debug_thread thread;
    if (!command_thread(call, &thread))
        return;
    call->session->thread = thread;
    thread_write_description(&thread, call->out);
    writer_text(call->out, "\n");
}

static void write_flags(struct writer *out, uint32_t flags) {
    static const struct {
        uint32_t bit;
        const char *name;
    } names[] = {{1 << 0, " carry"}, {1 << 2, " parity"},   {1 << 6, " zero"},
                 {1 << 7, " sign"},  {FLAG_TRAP, " trap"},  {FLAG_INTERRUPT, " interrupts"},
                 {1 << 10, " down"}, {1 << 11, " overflow"}};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (flags & names[i].bit)
            writer_text(out, names[i].name);
}

static void write_register(struct writer *out, struct register_file *file, unsigned number) {
    size_t size;
    uint64_t value = 0;
    memcpy(&value, register_place(file, number, &size), sizeof(uint32_t));
    if (size == sizeof(value))
        memcpy(&value, register_place(file, number, &size), sizeof(value));
    writer_format(out, "%-7s ", register_name(number));
    if (file->known[number])
        writer_format(out, "%016llx ", (unsigned long long)value);
    else
        writer_text(out, "?                ");
}

static void write_registers(struct writer *out, struct register_file *file, unsigned first, unsigned last) {
    for (unsigned number = first; number <= last; number++) {
        write_register(out, file, number);
        if ((number - first) % REGISTERS_PER_LINE == REGISTERS_PER_LINE - 1 || number == last)
            writer_text(out, "\n");
    }
}

static void run_regs(const struct command_call *call) {
    static struct register_file file;
    struct debug_thread thread;
    if (!command_thread(call, &thread))
        return;
    memset(&file, 0, sizeof(file));
    thread_registers(&thread, &file);
    write_registers(call->out, &file, REGISTER_RAX, REGISTER_SS);
    write_registers(call->out, &file, REGISTER_FS_BASE, REGISTER_EFER);
    if (!file.known[REGISTER_RIP])
        return;
    writer_text(call->out, "at ");
    command_write_address(call->out, &thread, file.instruction);
    writer_text(call->out, ", flags:");
    write_flags(call->out, file.flags);
    writer_text(call->out, "\n");
}

static void run_set(const struct command_call *call) {
    static struct register_file file;
    const char *name = call->count > 0 ? call->words[0] + (call->words[0][0] == '$') : "";
    uint64_t value;
    size_t size;
    unsigned number = 0;
    while (register_name(number) != 0 && strcmp(register_name(number), name) != 0)
        number++;
    if (call->count != 2 || register_name(number) == 0) {
        writer_text(call->out, "set REGISTER VALUE: `regs` shows their names\n");
        return;
    }
    if (!command_value(call, call->words[1], &value))
        return;
    memset(&file, 0, sizeof(file));
    thread_registers(&call->session->thread, &file);
    void *place = register_place(&file, number, &size);
    memcpy(place, &value, size < sizeof(value) ? size : sizeof(value));
    enum status status = thread_register_write(&call->session->thread, number, &file);
    if (status != STATUS_OK)
        writer_text(call->out, "this register of this thread cannot be written: the thread does not stand on a CPU\n");
}

static void run_backtrace(const struct command_call *call) {
    struct debug_thread thread;
    if (command_thread(call, &thread))
        backtrace_of_thread(call->out, &thread);
}

static void run_backtraces(const struct command_call *call) {
    struct debug_thread at = {0, 0};
    while (thread_next(&at)) {
        if (at.process == KERNEL_PROCESS && thread_cpu(&at) < 0)
            continue;
        thread_write_description(&at, call->out);
        writer_format(call->out, " (thread %llu)\n", (unsigned long long)at.thread);
        backtrace_of_thread(call->out, &at);
    }
}

// Words of the stack, those that are addresses of functions with their names.
static void run_stack(const struct command_call *call) {
    static struct register_file file;
    struct debug_thread thread;
    if (!command_thread(call, &thread))
        return;
    memset(&file, 0, sizeof(file));
    thread_registers(&thread, &file);
    uint64_t at = file.general[REGISTER_RSP - REGISTER_RAX];
    for (uint32_t i = 0; i < STACK_WORDS; i++, at += sizeof(uint64_t)) {
        uint64_t word;
        if (!file.known[REGISTER_RSP] || target_memory_read(&thread, at, &word, sizeof(word)) != sizeof(word))
            return;
        writer_format(call->out, "%016llx: %016llx ", (unsigned long long)at, (unsigned long long)word);
        command_write_address(call->out, &thread, word);
        writer_text(call->out, "\n");
    }
}

// ---- processes ----

static void run_numbers(const struct command_call *call) {
    struct process *process = command_process(call);
    if (process == 0)
        return;
    const struct number_table *table = &process->numbers;
    for (uint32_t index = 1; index < table->slots; index++) {
        const struct number_slot *slot = &table->chunks[index / NUMBER_CHUNK_SLOTS][index % NUMBER_CHUNK_SLOTS];
        if (slot->object == 0)
            continue;
        writer_format(call->out, "%10u: %s %llu \"%s\", rights %#x\n",
                      (uint32_t)slot->generation << NUMBER_INDEX_BITS | index, slot->object->type->name,
                      (unsigned long long)slot->object->id, slot->object->name, slot->rights);
    }
}

static void run_kill(const struct command_call *call) {
    struct process *process = call->count > 0 ? command_process(call) : 0;
    enum status status = process != 0 ? process_kill(process->id) : STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        writer_format(call->out, "%s[%u] ends when the machine goes on\n", process->object.name, process->id);
    else if (call->count == 0)
        writer_text(call->out, "which process? `processes` lists their ids\n");
    else if (process != 0)
        writer_text(call->out, "that process cannot be ended\n");
}

const struct command thread_commands[] = {
    {"threads", "[PROCESS]", "all threads: state, CPU, what they wait for", run_threads},
    {"thread", "[THREAD]", "chooses a thread for the commands that follow; cpu1: what runs there", run_thread},
    {"processes", "", "all processes", run_processes},
    {"cpus", "", "what each CPU was doing", run_cpus},
    {"ready", "", "who waits to run, by CPU and priority", run_ready},
    {"bt", "[THREAD]", "how it came to where it is, in the kernel and in its program", run_backtrace},
    {"btall", "", "that of all threads", run_backtraces},
    {"regs", "[THREAD]", "its registers", run_regs},
    {"set", "REGISTER VALUE", "writes a register of the chosen thread", run_set},
    {"stack", "[THREAD]", "words of its stack, with names", run_stack},
    {"numbers", "[PROCESS]", "what a process holds, by its own numbers", run_numbers},
    {"kill", "PROCESS", "ends a process, as soon as the machine goes on", run_kill},
    {0, 0, 0, 0},
};
