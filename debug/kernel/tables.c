// Tables of the system, which GDB shows by `info os`: one for each kind of objects, by its `describe`; who waits; limits.
#include "debug/kernel/private.h"
#include "debug/protocol/documents.h"
#include "kernel/base/string.h"
#include "kernel/base/writer.h"
#include "kernel/process/process.h"

enum { TEXT_SIZE = 1024 };

static void write_column(struct writer *out, const char *name, const char *text, size_t size) {
    writer_format(out, "<column name=\"%s\">", name);
    document_write_text(out, text, size);
    writer_text(out, "</column>");
}

static void write_number_column(struct writer *out, const char *name, uint64_t value) {
    writer_format(out, "<column name=\"%s\">%llu</column>", name, (unsigned long long)value);
}

struct description {
    struct object *object;
    struct writer *out;
};

static void describe(void *argument) {
    struct description *description = argument;
    struct object *object = description->object;
    if (object->type->describe != 0)
        object->type->describe(object, description->out);
}

static void one_line(char *text, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (text[i] == '\n')
            text[i] = i + 1 < size ? ';' : ' ';
}

// ---- objects: one table per kind ----

static void write_object(struct object *object, struct writer *out) {
    char text[TEXT_SIZE];
    struct writer words;
    writer_to_buffer(&words, text, sizeof(text));
    struct description description = {object, &words};
    bool is_whole = lend_locks(describe, &description);
    size_t size = words.length < sizeof(text) ? words.length : sizeof(text);
    one_line(text, size);
    writer_text(out, "<item>");
    write_number_column(out, "id", object->id);
    write_column(out, "name", object->name, NAME_SIZE);
    write_number_column(out, "references", object->references);
    write_number_column(out, "operations", object->operations);
    write_column(out, "description", text, is_whole ? size : 0);
    writer_text(out, "</item>");
}

static void write_objects(uint32_t kind, struct writer *out) {
    uint64_t at = 0;
    struct object *object;
    while ((object = object_peek(kind, at)) != 0) {
        at = object->id;
        write_object(object, out);
    }
}

// ---- who waits ----

static void write_wait(const struct thread *thread, struct writer *out) {
    const char *reason = wait_text(thread->wait.reason);
    writer_text(out, "<item>");
    write_number_column(out, "process", thread->process->id);
    write_column(out, "name", thread->process->object.name, NAME_SIZE);
    write_number_column(out, "thread", thread->object.id);
    write_column(out, "waits", reason, strlen(reason));
    write_number_column(out, "object", thread->wait.object);
    write_number_column(out, "milliseconds", wait_milliseconds(thread));
    writer_text(out, "</item>");
}

static void write_waits(uint32_t kind, struct writer *out) {
    (void)kind;
    for (struct debug_thread at = {0, 0}; thread_next(&at);) {
        const struct thread *thread = at.process != KERNEL_PROCESS ? thread_find(&at) : 0;
        if (thread != 0 && thread->state == THREAD_WAITING && thread->wait.reason != WAIT_NOT)
            write_wait(thread, out);
    }
}

// ---- limits ----

static void write_limit(const struct process *process, enum account_item item, struct writer *out) {
    const struct account_line *line = &process->account->lines[item];
    const char *name = account_item_name(item);
    writer_text(out, "<item>");
    write_number_column(out, "process", process->id);
    write_column(out, "name", process->object.name, NAME_SIZE);
    write_column(out, "of", name, strlen(name));
    write_number_column(out, "used", line->used);
    write_number_column(out, "peak", line->peak);
    write_number_column(out, "refused", line->refused);
    if (line->limit == UINT64_MAX)
        write_column(out, "limit", "none", sizeof("none"));
    else
        write_number_column(out, "limit", line->limit);
    writer_text(out, "</item>");
}

static void write_limits(uint32_t kind, struct writer *out) {
    (void)kind;
    const struct process *process;
    for (uint32_t at = 0; (process = process_peek_next(at)) != 0; at = process->id)
        for (uint32_t item = 0; process->account != 0 && item < ACCOUNT_ITEM_COUNT; item++)
            if (process->account->lines[item].used + process->account->lines[item].refused > 0)
                write_limit(process, item, out);
}

// ---- which table ----

struct table {
    const char *name, *about;
    void (*write)(uint32_t kind, struct writer *out);
};

static const struct table others[] = {
    {"objects", "All objects", write_objects},
    {"waits", "Threads that wait, and for what", write_waits},
    {"limits", "What processes have used of limited things", write_limits},
};

enum { OTHERS = sizeof(others) / sizeof(others[0]) };

static void write_entry(const char *name, const char *about, struct writer *out) {
    writer_text(out, "<item>");
    write_column(out, "Type", name, strlen(name));
    write_column(out, "Description", about, strlen(about));
    writer_text(out, "</item>");
}

static void write_list(struct writer *out) {
    for (uint32_t i = 0; i < OTHERS; i++)
        write_entry(others[i].name, others[i].about, out);
    for (uint32_t kind = OBJECT_ANY + 1; kind < OBJECT_KIND_COUNT; kind++)
        write_entry(object_kind_name(kind), "Objects of this kind", out);
}

// "pipe", or "pipes"; "process", or "processes".
static bool is_name(const char *text, const char *name) {
    size_t length = strlen(name);
    return strncmp(text, name, length) == 0 &&
           (text[length] == 0 || strcmp(text + length, "s") == 0 || strcmp(text + length, "es") == 0);
}

static uint32_t find_kind(const char *name) {
    for (uint32_t kind = OBJECT_ANY + 1; kind < OBJECT_KIND_COUNT; kind++)
        if (strcmp(object_kind_name(kind), name) == 0)
            return kind;
    for (uint32_t kind = OBJECT_ANY + 1; kind < OBJECT_KIND_COUNT; kind++)
        if (is_name(name, object_kind_name(kind)))
            return kind;
    return OBJECT_KIND_COUNT;
}

static void write_table(const char *name, const struct table *other, uint32_t kind, struct writer *out) {
    writer_text(out, "<?xml version=\"1.0\"?><osdata type=\"");
    writer_format(out, "%s\">", name);
    if (other != 0)
        other->write(OBJECT_ANY, out);
    else if (kind != OBJECT_ANY)
        write_objects(kind, out);
    else
        write_list(out);
    writer_text(out, "</osdata>");
}

bool tables_write(struct server *server, const char *annex, const struct debug_thread *thread, struct writer *out) {
    (void)server;
    const struct table *other = 0;
    uint32_t kind = OBJECT_ANY;
    (void)thread;
    for (uint32_t i = 0; i < OTHERS; i++)
        if (strcmp(annex, others[i].name) == 0)
            other = &others[i];
    if (annex[0] != 0 && other == 0)
        kind = find_kind(annex);
    if (kind == OBJECT_KIND_COUNT)
        return false;
    write_table(annex[0] == 0 ? "types" : annex, other, kind, out);
    return true;
}
