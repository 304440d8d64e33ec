// Commands on communication: the last operations, from the rings of kernel/object/trace.h.
#include "debug/commands/trace.h"
#include "debug/commands/commands.h"
#include "kernel/arch/machine.h"
#include "kernel/object/trace.h"
#include "kernel/process/process.h"

enum { RECORDS_DEFAULT = 20, RECORDS_MAX = 500, NANOSECONDS_PER_MICROSECOND = 1000 };

struct operation_text {
    const char *design, *text;
};

static const struct operation_text operation_texts[TRACE_OPERATION_COUNT] = {
#define OPERATION_TEXT(name, design, text, ...) [TRACE_##name] = {design, text},
    TRACE_OPERATION_LIST(OPERATION_TEXT)
#undef OPERATION_TEXT
};

static const char *process_name(uint32_t id) {
    const struct process *process = process_peek(id);
    return id == 0 ? "the kernel" : process != 0 ? process->object.name : "ended";
}

void trace_write_record(struct writer *out, const struct trace_record *record, uint64_t now) {
    uint64_t age = (clock_at(now) - clock_at(record->time)) / NANOSECONDS_PER_MICROSECOND;
    const struct operation_text *text =
        &operation_texts[record->operation < TRACE_OPERATION_COUNT ? record->operation : TRACE_NONE];
    writer_format(out, "%9llu us ago, CPU %u: %s[%u] %s %s", (unsigned long long)age, record->processor,
                  process_name(record->process), record->process, text->design, text->text);
    if (record->peer != 0)
        writer_format(out, ", peer %s[%u]", process_name(record->peer), record->peer);
    if (record->object != 0)
        writer_format(out, ", object %llu", (unsigned long long)record->object);
    if (record->operation > TRACE_PROCESS_ENDED)
        writer_format(out, ", id %llu, %llu bytes", (unsigned long long)record->id, (unsigned long long)record->size);
    else
        writer_format(out, " \"%.*s\"", NAME_SIZE, record->name);
    if (record->status != STATUS_OK)
        writer_format(out, ", refused: status %d", record->status);
    writer_text(out, "\n");
}

// ---- the newest of all CPUs, in the order of time ----

struct place {
    uint64_t next[PROCESSOR_MAX]; // behind the newest that is still to come, going backwards
};

static bool record_at(uint32_t cpu, uint64_t position, struct trace_record *record) {
    uint64_t next = position, lost = 0;
    return trace_copy(cpu, &next, &lost, record, 1) == 1 && lost == 0;
}

static void go_to_end(struct place *place) {
    for (uint32_t cpu = 0; cpu < processor_count; cpu++) {
        uint64_t lost = 0;
        struct trace_record none;
        place->next[cpu] = UINT64_MAX;
        if (trace_copy(cpu, &place->next[cpu], &lost, &none, 0) != 0 || place->next[cpu] == UINT64_MAX)
            place->next[cpu] = 0;
    }
}

// Back by one record of a CPU that counts. False: there is none.
static bool go_back(struct place *place, uint32_t only, struct trace_record *newest) {
    int best = -1;
    for (uint32_t cpu = 0; cpu < processor_count; cpu++) {
        struct trace_record record;
        if ((only != UINT32_MAX && only != cpu) || place->next[cpu] == 0 ||
            !record_at(cpu, place->next[cpu] - 1, &record))
            continue;
        if (best >= 0 && record.time <= newest->time)
            continue;
        best = (int)cpu;
        *newest = record;
    }
    if (best >= 0)
        place->next[best]--;
    return best >= 0;
}

// The oldest of the wanted first: how far each CPU's part reaches is found by going back, then they are told going forward.
static void write_forward(struct writer *out, const struct place *from, const struct place *to) {
    struct place at = *from;
    uint64_t now = clock_counter();
    for (;;) {
        int best = -1;
        struct trace_record oldest = {0}, record = {0};
        for (uint32_t cpu = 0; cpu < processor_count; cpu++) {
            if (at.next[cpu] >= to->next[cpu] || !record_at(cpu, at.next[cpu], &record) ||
                (best >= 0 && record.time >= oldest.time))
                continue;
            best = (int)cpu;
            oldest = record;
        }
        if (best < 0)
            return;
        at.next[best]++;
        trace_write_record(out, &oldest, now);
    }
}

uint32_t trace_write_last(struct writer *out, uint32_t count, uint32_t cpu) {
    struct place end = {0}, at;
    struct trace_record record;
    uint32_t found = 0;
    go_to_end(&end);
    at = end;
    while (found < count && go_back(&at, cpu, &record))
        found++;
    write_forward(out, &at, &end);
    return found;
}

static void run_trace(const struct command_call *call) {
    uint64_t count = RECORDS_DEFAULT, cpu = UINT32_MAX;
    if ((call->count > 0 && !command_value(call, call->words[0], &count)) ||
        (call->count > 1 && !command_value(call, call->words[1], &cpu)))
        return;
    uint32_t wanted = count < RECORDS_MAX ? (uint32_t)count : RECORDS_MAX;
    if (trace_write_last(call->out, wanted, cpu < processor_count ? (uint32_t)cpu : UINT32_MAX) == 0)
        writer_text(call->out, "nothing was recorded: `trace=on` on the kernel's command line records from the boot, "
                               "the tool `trace --record` from when it is called\n");
}

const struct command trace_commands[] = {
    {"trace", "[COUNT [CPU]]", "the last operations of all designs, where they are recorded", run_trace},
    {0, 0, 0, 0},
};
