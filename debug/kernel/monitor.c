// The console's commands, which GDB runs as `monitor`: a table of name, help and function. None knows a type by its name.
#include "debug/kernel/monitor.h"

#include "kernel/arch/machine.h"
#include "kernel/base/log.h"
#include "kernel/base/string.h"
#include "kernel/base/symbols.h"
#include "kernel/base/writer.h"
#include "kernel/process/process.h"

enum { WORDS_MAX = 8, LINE_SIZE = 256, LOG_PART = 512, LOG_LAST = 4096 };

// ---- arguments ----

struct arguments {
    uint32_t count;
    const char *words[WORDS_MAX];
    char line[LINE_SIZE];
};

static void split(const char *line, struct arguments *arguments) {
    size_t length = strlen(line) < LINE_SIZE - 1 ? strlen(line) : LINE_SIZE - 1;
    memcpy(arguments->line, line, length);
    arguments->line[length] = 0;
    arguments->count = 0;
    for (char *at = arguments->line; *at != 0;) {
        while (*at == ' ')
            *at++ = 0;
        if (*at != 0 && arguments->count < WORDS_MAX)
            arguments->words[arguments->count++] = at;
        while (*at != 0 && *at != ' ')
            at++;
    }
}

bool monitor_number(const char *text, uint64_t *value) {
    bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    if (is_hex) {
        struct text_cursor cursor = {text + 2, text + strlen(text)};
        return text_take_number(&cursor, value) && text_left(&cursor) == 0;
    }
    *value = 0;
    for (const char *at = text; *at != 0; at++)
        if (*at < '0' || *at > '9' || __builtin_mul_overflow(*value, 10, value) ||
            __builtin_add_overflow(*value, (uint64_t)(*at - '0'), value))
            return false;
    return text[0] != 0;
}

// ---- what runs ----

static void run_threads(const struct monitor_call *call) {
    struct debug_thread at = {0, 0};
    while (thread_next(&at)) {
        writer_format(call->out, "%10u.%-5llu ", at.process, (unsigned long long)at.thread);
        thread_write_description(&at, call->out);
        writer_text(call->out, "\n");
    }
}

static void run_processes(const struct monitor_call *call) {
    writer_text(call->out, "   id parent user threads numbers   pages name\n");
    for (struct process *process = process_peek_next(0); process != 0; process = process_peek_next(process->id))
        writer_format(call->out, "%5u %6u %4u %7u %7u %7llu %s\n", process->id, process->parent, process->user,
                      process->thread_count, process->numbers.used,
                      (unsigned long long)process->account->lines[ACCOUNT_MEMORY_PAGES].used, process->object.name);
}

static void run_cpus(const struct monitor_call *call) {
    for (uint32_t cpu = 0; cpu < processor_count; cpu++) {
        const struct trap_frame *frame = stopped_cpus[cpu].frame;
        struct debug_thread thread = thread_of_cpu(cpu);
        writer_format(call->out, "CPU %u: thread %u.%llu, %llu switches", cpu, thread.process,
                      (unsigned long long)thread.thread, (unsigned long long)processors[cpu].switches);
        if (frame == 0) {
            writer_text(call->out, ", does not answer\n");
            continue;
        }
        writer_format(call->out, ", %s at ", trap_from_user(frame) ? "program" : "kernel");
        symbol_write(call->out, frame->rip);
        writer_text(call->out, "\n");
    }
}

// ---- objects ----

static void run_objects(const struct monitor_call *call) {
    uint32_t kind = OBJECT_ANY;
    while (call->count > 0 && kind < OBJECT_KIND_COUNT && strcmp(object_kind_name(kind), call->words[0]) != 0)
        kind++;
    if (kind == OBJECT_KIND_COUNT) {
        writer_format(call->out, "there is no kind of object named %s\n", call->words[0]);
        return;
    }
    uint64_t at = 0;
    struct object *object;
    writer_text(call->out, "     id kind       owner refs operations name\n");
    while ((object = object_peek(kind, at)) != 0) {
        at = object->id;
        writer_format(call->out, "%7llu %-10s %5u %4u %10llu %s\n", (unsigned long long)object->id, object->type->name,
                      object->account != 0 ? object->account->process : 0, object->references,
                      (unsigned long long)object->operations, object->name);
    }
}

struct description {
    struct object *object;
    struct writer *out;
};

static void describe(void *argument) {
    struct description *description = argument;
    object_describe(description->object, description->out);
}

static struct object *object_at(uint64_t id) {
    struct object *object = id > 0 ? object_peek(OBJECT_ANY, id - 1) : 0;
    return object != 0 && object->id == id ? object : 0;
}

static void run_describe(const struct monitor_call *call) {
    for (uint32_t i = 0; i < call->count; i++) {
        uint64_t id;
        struct object *object = monitor_number(call->words[i], &id) ? object_at(id) : 0;
        struct description description = {object, call->out};
        if (object == 0)
            writer_format(call->out, "there is no object %s\n", call->words[i]);
        else if (!lend_locks(describe, &description))
            writer_text(call->out, "its description failed: it stood in the middle of a change\n");
        if (i + 1 < call->count)
            writer_text(call->out, "\n");
    }
    if (call->count == 0)
        writer_text(call->out, "which object? `objects` lists their ids\n");
}

static void run_limits(const struct monitor_call *call) {
    uint64_t id = 0;
    struct process *process = call->count > 0 && monitor_number(call->words[0], &id) ? process_peek((uint32_t)id) : 0;
    if (process == 0) {
        writer_text(call->out, "which process? `processes` lists their ids\n");
        return;
    }
    for (uint32_t i = 0; i < ACCOUNT_ITEM_COUNT; i++) {
        const struct account_line *line = &process->account->lines[i];
        writer_format(call->out, "%-32s %10llu used, peak %llu, refused %llu, limit ", account_item_name(i),
                      (unsigned long long)line->used, (unsigned long long)line->peak,
                      (unsigned long long)line->refused);
        if (line->limit == UINT64_MAX)
            writer_text(call->out, "none\n");
        else
            writer_format(call->out, "%llu\n", (unsigned long long)line->limit);
    }
}

// ---- the rest ----

static void copy_log(void *argument) {
    const struct monitor_call *call = argument;
    char part[LOG_PART];
    uint64_t position = UINT64_MAX, end = 0, size = 0;
    log_copy(&end, part, 0); // moved up to the oldest byte that is kept
    for (position = end; (size = log_copy(&position, part, sizeof(part))) > 0; position += size)
        end = position + size;
    for (position = end > LOG_LAST ? end - LOG_LAST : 0; (size = log_copy(&position, part, sizeof(part))) > 0;
         position += size)
        call->out->put(call->out, part, size);
}

static void run_log(const struct monitor_call *call) {
    if (!lend_locks(copy_log, (void *)call))
        writer_text(call->out, "the log cannot be read\n");
}

static void run_symbol(const struct monitor_call *call) {
    uint64_t address;
    if (call->count == 0 || !monitor_number(call->words[0], &address)) {
        writer_text(call->out, "which address?\n");
        return;
    }
    symbol_write(call->out, address);
    writer_text(call->out, "\n");
}

static void run_reboot(const struct monitor_call *call) {
    (void)call;
    machine_reboot();
}

static void run_power_off(const struct monitor_call *call) {
    (void)call;
    machine_power_off();
}

static void run_help(const struct monitor_call *call);

static const struct monitor_command commands[] = {
    {"help", "", "this list", run_help},
    {"threads", "", "all threads: state, CPU, what they wait for", run_threads},
    {"processes", "", "all processes", run_processes},
    {"cpus", "", "what each CPU was doing", run_cpus},
    {"objects", "[KIND]", "the object table", run_objects},
    {"describe", "ID...", "objects in words", run_describe},
    {"waits", "", "who waits for whom, and circles", monitor_waits},
    {"why", "PID", "what a process waits for, to the end of the chain", monitor_why},
    {"limits", "PID", "what a process has used of each thing, and may", run_limits},
    {"log", "", "the end of the kernel's log", run_log},
    {"symbol", "ADDRESS", "the kernel's function there", run_symbol},
    {"reboot", "", "starts the machine anew, at once", run_reboot},
    {"poweroff", "", "switches the machine off, at once", run_power_off},
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

static void run_help(const struct monitor_call *call) {
    for (uint32_t i = 0; i < COMMAND_COUNT; i++)
        writer_format(call->out, "%-10s %-8s %s\n", commands[i].name, commands[i].arguments, commands[i].help);
}

bool monitor_run(const struct debug_thread *thread, const char *line, struct writer *out) {
    static struct arguments arguments;
    split(line, &arguments);
    if (arguments.count == 0)
        return false;
    struct monitor_call call = {out, thread, arguments.count - 1, arguments.words + 1};
    for (uint32_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, arguments.words[0]) != 0)
            continue;
        commands[i].run(&call);
        return true;
    }
    return false;
}
