// Reading rules, comparing operations with them, and putting operations into words.
#include "debug/commands/ipc_rule.h"

#include "kernel/base/string.h"
#include "kernel/base/writer.h"

struct operation {
    const char *design, *text;
    uint8_t direction; // enum trace_direction
};

static const struct operation operations[TRACE_OPERATION_COUNT] = {
#define OPERATION_ENTRY(name, design, text, direction, copies)                                                         \
    [TRACE_##name] = {design, text, TRACE_DIRECTION_##direction},
    TRACE_OPERATION_LIST(OPERATION_ENTRY)
#undef OPERATION_ENTRY
};

// What the doer does; i, s, c and p in braces stand for id, size, cause and the other process.
static const char *const sentences[TRACE_OPERATION_COUNT] = {
    [TRACE_EVENT_SENT] = "sends an event of type {i} to {p}",
    [TRACE_EVENT_RAISED] = "raises an event of type {i} for {p}",
    [TRACE_EVENT_TAKEN] = "takes an event of type {i} from {p}",
    [TRACE_MESSAGE_SENT] = "sends message {i}, {s} bytes, to {p}",
    [TRACE_MESSAGE_ANSWERED] = "answers message {c} of {p} by message {i}, {s} bytes",
    [TRACE_MESSAGE_RECEIVED] = "receives message {i}, {s} bytes, from {p}",
    [TRACE_MESSAGE_SCRAPPED] = "scraps message {i}, {s} bytes, from {p}",
    [TRACE_PIPE_MADE] = "makes a pipe of {s} bytes to {p}",
    [TRACE_PIPE_WRITTEN] = "writes {s} bytes into a pipe to {p}",
    [TRACE_PIPE_READ] = "reads {s} bytes out of a pipe from {p}",
    [TRACE_MEMORY_OFFERED] = "offers memory to {p}, offer {i}",
    [TRACE_MEMORY_ACCEPTED] = "accepts memory of {p}, offer {i}",
    [TRACE_MEMORY_REFUSED] = "refuses memory of {p}, offer {i}",
    [TRACE_MEMORY_WITHDRAWN] = "withdraws memory from {p}, offer {i}",
    [TRACE_FUTEX_WAITED] = "waits for a word of memory that holds {s}",
    [TRACE_FUTEX_WOKEN] = "wakes {s} that wait for a word of memory",
    [TRACE_INTERFACE_REGISTERED] = "registers interface {i}",
    [TRACE_INTERFACE_REQUESTED] = "requests interface {i} of {p}, {s} bytes of pages",
    [TRACE_INTERFACE_MAPPED] = "maps the pages of its client {p}",
    [TRACE_INTERFACE_RUNG] = "rings {p} by an interface",
    [TRACE_INTERFACE_DEAD] = "marks an interface dead for {p}",
    [TRACE_LINK_MADE] = "makes a link",
    [TRACE_LINK_WRITTEN] = "writes {s} bytes into a link to {p}, and signals {i} times",
    [TRACE_LINK_READ] = "reads {s} bytes of a link to {p}",
    [TRACE_LINK_POLLED] = "takes {i} signals of a link to {p}",
    [TRACE_LINK_CALLED] = "calls {p} by a link, {s} bytes",
    [TRACE_LINK_OFFERED] = "offers a link to who connects",
    [TRACE_LINK_CONNECTED] = "connects by a link to {p}",
    [TRACE_PORT_SENT] = "sends message {i}, {s} bytes, to a port of {p}",
    [TRACE_PORT_CALLED] = "calls a port of {p}, call {i}, {s} bytes",
    [TRACE_PORT_RECEIVED] = "receives {i}, {s} bytes, at a port from {p}",
    [TRACE_PORT_ANSWERED] = "answers call {c} of {p}, {s} bytes",
    [TRACE_PORT_CANCELLED] = "gives up its call {i} to {p}",
    [TRACE_PAGE_SENT] = "sends pages of type {i}, {s} bytes, to {p}",
    [TRACE_PAGE_TAKEN] = "takes pages of type {i} from {p}",
};

// ---- reading ----

static void add_operation(struct ipc_rule *rule, uint32_t operation) {
    rule->operations[operation / 64] |= UINT64_C(1) << operation % 64;
}

static bool is_kind(uint32_t operation, const char *kind) {
    return sentences[operation] != 0 && (strcmp(kind, "any") == 0 || strcmp(operations[operation].design, kind) == 0);
}

// The operations of a kind; where the next word names one of these, it alone. Says how many words it took; 0: no such kind.
static uint32_t take_operations(const char *const *words, uint32_t count, struct ipc_rule *rule) {
    uint32_t taken = 0;
    for (uint32_t i = 0; count > 1 && i < TRACE_OPERATION_COUNT; i++)
        if (sentences[i] != 0 && is_kind(i, words[0]) && strcmp(operations[i].text, words[1]) == 0) {
            add_operation(rule, i);
            taken = 2;
        }
    for (uint32_t i = 0; taken < 2 && count > 0 && i < TRACE_OPERATION_COUNT; i++)
        if (is_kind(i, words[0]) && operations[i].direction == TRACE_DIRECTION_OUT) {
            add_operation(rule, i);
            taken = 1;
        }
    return taken;
}

static bool is_clause(const char *word) {
    static const char *const clauses[] = {"from", "to", "object", "type", "size"};
    for (uint32_t i = 0; i < sizeof(clauses) / sizeof(clauses[0]); i++)
        if (strcmp(word, clauses[i]) == 0)
            return true;
    return false;
}

// One clause: its words but the first.
static const char *take_clause(const char *const *words, uint32_t count, const struct ipc_scope *scope,
                               struct ipc_rule *rule, uint32_t *taken) {
    *taken = 2;
    if (!is_clause(words[0]))
        return "behind the kind: an operation as trace names it (sent, called), from PROCESS, to PROCESS, object ID, "
               "size >= N, type N";
    if (count < 2)
        return "the last word wants another behind it";
    if (strcmp(words[0], "from") == 0)
        return scope->process(scope->context, words[1], &rule->from)
                   ? 0
                   : "from which process: the name of one alone, or an id?";
    if (strcmp(words[0], "to") == 0)
        return scope->process(scope->context, words[1], &rule->to)
                   ? 0
                   : "to which process: the name of one alone, or an id?";
    if (strcmp(words[0], "object") == 0)
        return scope->value(scope->context, words[1], &rule->object) ? 0 : "which object?";
    if (strcmp(words[0], "type") == 0) {
        rule->has_type = true;
        return scope->value(scope->context, words[1], &rule->type) ? 0 : "which type?";
    }
    if (strcmp(words[0], "size") == 0 && strcmp(words[1], ">=") == 0) {
        *taken = 3;
        return count > 2 && scope->value(scope->context, words[2], &rule->size_least) ? 0 : "which size?";
    }
    return "size wants >= and a number";
}

const char *ipc_rule_read(const char *const *words, uint32_t count, const struct ipc_scope *scope,
                          struct ipc_rule *rule) {
    *rule = (struct ipc_rule){0};
    uint32_t at = take_operations(words, count, rule);
    if (at == 0)
        return "which kind: any, event, message, pipe, memory, interface, link, port or page?";
    while (at < count) {
        uint32_t taken;
        const char *error = take_clause(words + at, count - at, scope, rule, &taken);
        if (error != 0)
            return error;
        at += taken;
    }
    return 0;
}

// ---- comparing ----

bool ipc_rule_fits(const struct ipc_rule *rule, const struct trace_record *record) {
    uint32_t operation = record->operation;
    if (operation >= TRACE_OPERATION_COUNT || !(rule->operations[operation / 64] >> operation % 64 & 1))
        return false;
    bool comes_in = operations[operation].direction == TRACE_DIRECTION_IN;
    uint32_t from = comes_in ? record->peer : record->process, to = comes_in ? record->process : record->peer;
    return (rule->from == 0 || rule->from == from) && (rule->to == 0 || rule->to == to) &&
           (rule->object == 0 || rule->object == record->object) && record->size >= rule->size_least &&
           (!rule->has_type || rule->type == record->id);
}

// ---- in words ----

static uint32_t count_operations(const struct ipc_rule *rule) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < TRACE_OPERATION_COUNT; i++)
        count += rule->operations[i / 64] >> i % 64 & 1;
    return count;
}

static void write_kind(struct writer *out, const struct ipc_rule *rule) {
    uint32_t first = 0;
    bool is_any = false;
    while (!(rule->operations[first / 64] >> first % 64 & 1) && first + 1 < TRACE_OPERATION_COUNT)
        first++;
    for (uint32_t i = first; i < TRACE_OPERATION_COUNT; i++)
        is_any |=
            (rule->operations[i / 64] >> i % 64 & 1) && strcmp(operations[i].design, operations[first].design) != 0;
    writer_text(out, is_any ? "any" : operations[first].design);
    if (count_operations(rule) == 1)
        writer_format(out, " %s", operations[first].text);
}

void ipc_rule_write(struct writer *out, const struct ipc_rule *rule) {
    write_kind(out, rule);
    if (rule->from != 0)
        writer_format(out, " from %u", rule->from);
    if (rule->to != 0)
        writer_format(out, " to %u", rule->to);
    if (rule->object != 0)
        writer_format(out, " object %llu", (unsigned long long)rule->object);
    if (rule->size_least != 0)
        writer_format(out, " size >= %llu", (unsigned long long)rule->size_least);
    if (rule->has_type)
        writer_format(out, " type %llu", (unsigned long long)rule->type);
}

static void write_process(struct writer *out, uint32_t process, const char *(*name_of)(uint32_t process)) {
    if (process == 0)
        writer_text(out, "the kernel");
    else
        writer_format(out, "%s[%u]", name_of(process), process);
}

// The other process, where there is none.
static const char *other_than_process(uint32_t operation) {
    if (operation == TRACE_EVENT_TAKEN)
        return "the kernel";
    return operation == TRACE_PAGE_SENT ? "all" : "an end that closed";
}

static void write_blank(struct writer *out, char blank, const struct trace_record *record,
                        const char *(*name_of)(uint32_t process)) {
    uint64_t value = blank == 'i' ? record->id : blank == 's' ? record->size : record->cause;
    if (blank != 'p')
        writer_format(out, "%llu", (unsigned long long)value);
    else if (record->peer != 0)
        write_process(out, record->peer, name_of);
    else
        writer_text(out, other_than_process(record->operation));
}

void ipc_operation_write(struct writer *out, const struct trace_record *record,
                         const char *(*name_of)(uint32_t process)) {
    const char *text = record->operation < TRACE_OPERATION_COUNT ? sentences[record->operation] : 0;
    write_process(out, record->process, name_of);
    writer_text(out, " ");
    for (; text != 0 && *text != 0; text++) {
        if (*text == '{') {
            write_blank(out, text[1], record, name_of);
            text += 2;
        } else {
            out->put(out, text, 1);
        }
    }
    if (text == 0)
        writer_text(out, "does something else");
    if (record->object != 0)
        writer_format(out, " (object %llu)", (unsigned long long)record->object);
}
