// Commands on operations at which the machine stopped: let go, drop, hold, delay, repeat, reorder; and the rules that stop it.
#include "debug/commands/ipc.h"
#include "debug/kernel/ask.h"
#include "kernel/arch/machine.h"
#include "kernel/base/string.h"
#include "kernel/process/process.h"

#define NANOSECONDS_PER_MILLISECOND UINT64_C(1000000)
enum { DELAY_MOST = 3600 * 1000 }; // milliseconds

static const char *process_name(uint32_t id) {
    const struct process *process = process_peek(id);
    return process != 0 ? process->object.name : "ended";
}

// ---- rules ----

// A process by its id, or by its name where only one has it.
static bool find_process(void *context, const char *word, uint32_t *id) {
    uint64_t value;
    uint32_t count = 0;
    for (const struct process *process = process_peek_next(0); process != 0; process = process_peek_next(process->id))
        if (strcmp(process->object.name, word) == 0) {
            *id = process->id;
            count++;
        }
    if (count > 0)
        return count == 1;
    if (word[0] < '0' || word[0] > '9' || !command_value(context, word, &value) || value > UINT32_MAX)
        return false;
    *id = (uint32_t)value;
    return value != 0;
}

static bool find_value(void *context, const char *word, uint64_t *value) {
    return command_value(context, word, value);
}

void command_break_ipc(const struct command_call *call) {
    struct ipc_rule rule;
    const struct ipc_scope scope = {(void *)(uintptr_t)call, find_process, find_value};
    const char *error = ipc_rule_read(call->words + 1, call->count - 1, &scope, &rule);
    if (error != 0) {
        writer_format(call->out, "%s\n", error);
        return;
    }
    uint32_t number = ask_rule_add(&rule);
    if (number == 0) {
        writer_text(call->out, "there are no more of these: `breaks` lists them, `delete ipc NUMBER` takes one away\n");
        return;
    }
    writer_format(call->out, "ipc %u: stops before ", number);
    ipc_rule_write(call->out, &rule);
    writer_text(call->out, "\n");
}

bool command_write_rules(struct writer *out) {
    bool found = false;
    for (uint32_t number = 1; number <= ASK_RULES; number++) {
        if (ask_rule(number) == 0)
            continue;
        writer_format(out, " ipc %u ", number);
        ipc_rule_write(out, ask_rule(number));
        writer_text(out, "\n");
        found = true;
    }
    return found;
}

void command_delete_ipc(const struct command_call *call) {
    uint64_t wanted = 0;
    if (call->count > 1 && !command_value(call, call->words[1], &wanted))
        return;
    bool found = wanted == 0;
    for (uint32_t number = 1; number <= ASK_RULES; number++)
        if (wanted == 0 || wanted == number)
            found |= ask_rule_remove(number);
    if (!found)
        writer_format(call->out, "ipc %llu: there is none of this number: `breaks` lists them\n",
                      (unsigned long long)wanted);
}

// ---- the operation ----

bool command_tell_operation(struct writer *out, const struct debug_stop *stop) {
    uint32_t options;
    const struct trace_record *record = ask_stopped_at(stop->processor, &options);
    if (record == 0)
        return false;
    ask_told(stop->processor);
    ipc_operation_write(out, record, process_name);
    writer_text(out, "\n");
    return true;
}

static const char *why_not_twice(uint32_t operation) {
    switch (operation) {
    case TRACE_PIPE_WRITTEN:
        return "the pipe has no room for these bytes twice";
    case TRACE_MEMORY_OFFERED:
        return "an offer is answered once: there cannot be two of it";
    case TRACE_INTERFACE_RUNG:
        return "rings add up: two that come together are one";
    default:
        return "a message is one block, with one id, and the numbers that travel with it are its own: there cannot be "
               "two";
    }
}

static const char *why_not_behind(uint32_t operation) {
    return operation == TRACE_PIPE_WRITTEN
               ? "a pipe keeps its bytes in order: `hold` keeps these, and what is written behind them"
               : "the next offer is of other memory, and as good as unknown: `hold` this one, and `release` it behind "
                 "that";
}

// Why this cannot be done to the operation; null: it can.
static const char *why_not(const struct trace_record *record, uint32_t options, enum ask_decision decision) {
    static const uint32_t needed[] = {[ASK_DROP] = TRACE_MAY_DROP,
                                      [ASK_HOLD] = TRACE_MAY_HOLD,
                                      [ASK_DELAY] = TRACE_MAY_HOLD,
                                      [ASK_DUPLICATE] = TRACE_MAY_DUPLICATE,
                                      [ASK_AFTER_NEXT] = TRACE_MAY_REORDER};
    if (decision == ASK_GO)
        return 0;
    if (options == 0)
        return record->operation == TRACE_EVENT_RAISED
                   ? "the kernel tells this itself, and promises that what it tells is never lost: it can only go"
                   : "this operation can only go: who makes it learns at once what became of it";
    if (options & needed[decision])
        return 0;
    if (decision == ASK_DROP)
        return "who asked waits for the answer, which would never come: it cannot be dropped, only held back";
    if (decision == ASK_AFTER_NEXT)
        return why_not_behind(record->operation);
    return why_not_twice(record->operation);
}

static void decide(const struct command_call *call, enum ask_decision decision, uint64_t delay) {
    uint32_t options, cpu = call->session->stop->processor;
    const struct trace_record *record = ask_stopped_at(cpu, &options);
    const char *reason = record == 0 ? "it did not stop at an operation: `break ipc` makes it stop there"
                                     : why_not(record, options, decision);
    if (reason == 0 && !ask_decide(cpu, decision, delay))
        reason = "no more can be kept: `held` lists what is, `release` lets it go";
    if (reason != 0) {
        writer_format(call->out, "%s\n", reason);
        return;
    }
    if (call->session->is_gdbs) {
        writer_text(call->out, "so it will be when GDB lets it go on\n");
        return;
    }
    call->session->goes_on = true;
    call->session->action =
        (struct resume_action){.thread = {DEBUG_ALL_PROCESSES, DEBUG_ALL_THREADS}, .kind = RESUME_CONTINUE};
}

static void run_go(const struct command_call *call) {
    decide(call, ASK_GO, 0);
}

static void run_drop(const struct command_call *call) {
    decide(call, ASK_DROP, 0);
}

static void run_hold(const struct command_call *call) {
    decide(call, ASK_HOLD, 0);
}

static void run_delay(const struct command_call *call) {
    uint64_t milliseconds;
    if (call->count != 1)
        writer_text(call->out, "by how many milliseconds?\n");
    else if (command_value(call, call->words[0], &milliseconds))
        decide(call, ASK_DELAY, (milliseconds < DELAY_MOST ? milliseconds : DELAY_MOST) * NANOSECONDS_PER_MILLISECOND);
}

static void run_duplicate(const struct command_call *call) {
    decide(call, ASK_DUPLICATE, 0);
}

static void run_reorder(const struct command_call *call) {
    decide(call, ASK_AFTER_NEXT, 0);
}

// ---- what is kept ----

static void run_held(const struct command_call *call) {
    uint32_t count = 0;
    for (uint32_t place = 0; place < ASK_KEPT; place++) {
        uint64_t until;
        bool after_next;
        const struct trace_record *record = ask_kept(place, &until, &after_next);
        if (record == 0)
            continue;
        writer_format(call->out, "%4u ", place + 1);
        ipc_operation_write(call->out, record, process_name);
        if (until != 0)
            writer_format(call->out, ", in %lld ms",
                          (long long)((int64_t)(until - machine_time()) / (int64_t)NANOSECONDS_PER_MILLISECOND));
        writer_text(call->out, after_next ? ", behind the next\n" : "\n");
        count++;
    }
    if (count == 0)
        writer_text(call->out, "nothing is held\n");
}

static void run_release(const struct command_call *call) {
    uint64_t wanted = 0;
    uint32_t count = 0;
    if (call->count > 0 && !command_value(call, call->words[0], &wanted))
        return;
    for (uint32_t place = 0; place < ASK_KEPT; place++)
        count += (wanted == 0 || wanted == place + 1) && ask_release(place);
    writer_format(call->out, "%u released: they take effect when the machine goes on\n", count);
}

const struct command ipc_commands[] = {
    {"go", "", "lets the operation at which it stopped take effect, and the machine go on", run_go},
    {"drop", "", "the operation is made, and has no effect", run_drop},
    {"hold", "", "it takes effect when it is released", run_hold},
    {"delay", "MILLISECONDS", "it takes effect so much later", run_delay},
    {"duplicate", "", "it takes effect twice", run_duplicate},
    {"reorder", "", "it takes effect behind the next one on the same object", run_reorder},
    {"held", "", "what is held", run_held},
    {"release", "[NUMBER]", "lets what is held take effect, or all of it", run_release},
    {0, 0, 0, 0},
};
