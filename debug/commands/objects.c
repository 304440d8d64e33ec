// Commands on the object table: none knows a type by its name.
#include "debug/commands/commands.h"
#include "kernel/base/string.h"
#include "kernel/process/process.h"

static void write_object(struct writer *out, const struct object *object) {
    writer_format(out, "%7llu %-10s %5u %4u %10llu %s\n", (unsigned long long)object->id, object->type->name,
                  object->account != 0 ? object->account->process : 0, object->references,
                  (unsigned long long)object->operations, object->name);
}

// "interface client" has two words.
static uint32_t find_kind(const struct command_call *call) {
    uint32_t kind = OBJECT_ANY;
    while (call->count > 0 && kind < OBJECT_KIND_COUNT && strcmp(object_kind_name(kind), call->rest) != 0)
        kind++;
    if (kind == OBJECT_KIND_COUNT)
        writer_format(call->out, "there is no kind of object named %s: `kinds` lists them\n", call->rest);
    return kind;
}

static void run_objects(const struct command_call *call) {
    uint32_t kind = find_kind(call);
    uint64_t at = 0;
    struct object *object;
    if (kind == OBJECT_KIND_COUNT)
        return;
    writer_text(call->out, "     id kind       owner refs operations name\n");
    while ((object = object_peek(kind, at)) != 0) {
        at = object->id;
        write_object(call->out, object);
    }
}

static void run_kinds(const struct command_call *call) {
    uint32_t counts[OBJECT_KIND_COUNT] = {0};
    uint64_t at = 0;
    struct object *object;
    while ((object = object_peek(OBJECT_ANY, at)) != 0) {
        at = object->id;
        if ((uint32_t)object->type->kind < OBJECT_KIND_COUNT)
            counts[object->type->kind]++;
    }
    for (uint32_t kind = OBJECT_ANY + 1; kind < OBJECT_KIND_COUNT; kind++)
        writer_format(call->out, "%7u %s\n", counts[kind], object_kind_name(kind));
}

static void run_owned(const struct command_call *call) {
    struct process *process = command_process(call);
    uint64_t at = 0;
    struct object *object;
    while (process != 0 && (object = object_peek(OBJECT_ANY, at)) != 0) {
        at = object->id;
        if (object->account == process->account)
            write_object(call->out, object);
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

static void write_description(struct object *object, struct writer *out) {
    struct description description = {object, out};
    if (!lend_locks(describe, &description))
        writer_text(out, "its description failed: it stood in the middle of a change\n");
}

static void run_describe(const struct command_call *call) {
    for (uint32_t i = 0; i < call->count; i++) {
        struct object *object = command_object(call, call->words[i]);
        if (object != 0)
            write_description(object, call->out);
        if (i + 1 < call->count)
            writer_text(call->out, "\n");
    }
    if (call->count == 0)
        writer_text(call->out, "which object? `objects` lists their ids\n");
}

static void run_process(const struct command_call *call) {
    struct process *process = command_process(call);
    if (process != 0)
        write_description(&process->object, call->out);
}

// The queues of a process: what waits in them, as their types describe it.
static void run_queues(const struct command_call *call) {
    struct process *process = command_process(call);
    uint64_t at = 0;
    struct object *object;
    while (process != 0 && (object = object_peek(OBJECT_ANY, at)) != 0) {
        at = object->id;
        bool is_queue = object->type->kind == OBJECT_EVENT_QUEUE || object->type->kind == OBJECT_MESSAGE_QUEUE;
        if (!is_queue || object->account != process->account)
            continue;
        write_description(object, call->out);
        writer_text(call->out, "\n");
    }
}

static void run_limits(const struct command_call *call) {
    struct process *process = command_process(call);
    for (uint32_t i = 0; process != 0 && i < ACCOUNT_ITEM_COUNT; i++) {
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

const struct command object_commands[] = {
    {"objects", "[KIND]", "the object table", run_objects},
    {"kinds", "", "how many objects there are of each kind", run_kinds},
    {"owned", "[PROCESS]", "the objects that a process pays for", run_owned},
    {"describe", "ID...", "objects in words", run_describe},
    {"process", "[PROCESS]", "a process in words", run_process},
    {"queues", "[PROCESS]", "the events and messages that wait for a process", run_queues},
    {"limits", "[PROCESS]", "what a process has used of each thing, and may", run_limits},
    {0, 0, 0, 0},
};
