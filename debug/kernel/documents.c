// What GDB reads of the kernel in whole documents: registers, threads, programs and where they lie, tables of the system.
#include "debug/kernel/private.h"
#include "kernel/base/string.h"
#include "kernel/base/writer.h"
#include "kernel/memory/memory.h"
#include "kernel/process/process.h"

enum { TEXT_SIZE = 1024 };

// Text of an element or an attribute: what XML keeps for itself is replaced.
static void write_escaped(struct writer *out, const char *text, size_t size) {
    for (size_t i = 0; i < size && text[i] != 0; i++) {
        char c = text[i];
        if (c == '<' || c == '>' || c == '&' || c == '"')
            writer_format(out, "&#%d;", c);
        else if (c == '\n' || (c >= ' ' && c <= '~'))
            out->put(out, &c, 1);
        else
            writer_text(out, "?");
    }
}

static bool write_features(const char *annex, const struct debug_thread *thread, struct writer *out) {
    (void)thread;
    if (strcmp(annex, "target.xml") != 0)
        return false;
    registers_describe(out);
    return true;
}

static bool write_threads(const char *annex, const struct debug_thread *thread, struct writer *out) {
    (void)thread;
    struct debug_thread at = {0, 0};
    if (annex[0] != 0)
        return false;
    writer_text(out, "<?xml version=\"1.0\"?><threads>");
    while (thread_next(&at)) {
        char text[TEXT_SIZE];
        struct writer words;
        int cpu = thread_cpu(&at);
        writer_to_buffer(&words, text, sizeof(text));
        thread_write_description(&at, &words);
        writer_format(out, "<thread id=\"p%x.%llx\"", at.process, (unsigned long long)at.thread);
        if (cpu >= 0)
            writer_format(out, " core=\"%d\"", cpu);
        writer_text(out, ">");
        write_escaped(out, text, words.length < sizeof(text) ? words.length : sizeof(text));
        writer_text(out, "</thread>");
    }
    writer_text(out, "</threads>");
    return true;
}

// ---- programs ----

static void write_program(const struct process *process, struct writer *out) {
    const char *name = process->object.name;
    writer_text(out, strcmp(name, "") == 0 ? "unknown" : "/bin/");
    write_escaped(out, name, NAME_SIZE);
}

static uint32_t annex_process(const char *annex, const struct debug_thread *thread) {
    uint64_t id;
    struct text_cursor cursor = {annex, annex + strlen(annex)};
    return text_take_number(&cursor, &id) ? (uint32_t)id : thread->process;
}

// The kernel is what every inferior has its symbols of; its program is a library beside it.
static bool write_exec_file(const char *annex, const struct debug_thread *thread, struct writer *out) {
    uint32_t process = annex_process(annex, thread);
    if (process != KERNEL_PROCESS && process_peek(process) == 0)
        return false;
    writer_text(out, "/parley.elf");
    return true;
}

static bool write_libraries(const char *annex, const struct debug_thread *thread, struct writer *out) {
    const struct process *process = thread->process != KERNEL_PROCESS ? process_peek(thread->process) : 0;
    if (annex[0] != 0)
        return false;
    writer_text(out, "<library-list>");
    if (process != 0) {
        writer_text(out, "<library name=\"");
        write_program(process, out);
        writer_format(out, "\"><segment address=\"0x%llx\"/></library>", (unsigned long long)process->image_base);
    }
    writer_text(out, "</library-list>");
    return true;
}

// ---- tables of the system: `info os` ----

static void write_column(struct writer *out, const char *name, const char *text, size_t size) {
    writer_format(out, "<column name=\"%s\">", name);
    write_escaped(out, text, size);
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

static void write_objects(enum object_kind kind, struct writer *out) {
    uint64_t at = 0;
    struct object *object;
    while ((object = object_peek(kind, at)) != 0) {
        at = object->id;
        write_object(object, out);
    }
}

static void write_table_list(struct writer *out) {
    static const char about[] = "Objects of this kind";
    for (uint32_t kind = OBJECT_ANY + 1; kind < OBJECT_KIND_COUNT; kind++) {
        const char *name = object_kind_name(kind);
        writer_text(out, "<item>");
        write_column(out, "Type", name, strlen(name));
        write_column(out, "Description", about, sizeof(about));
        writer_text(out, "</item>");
    }
}

static bool write_tables(const char *annex, const struct debug_thread *thread, struct writer *out) {
    (void)thread;
    uint32_t kind = OBJECT_ANY;
    while (annex[0] != 0 && kind < OBJECT_KIND_COUNT && strcmp(annex, object_kind_name(kind)) != 0)
        kind++;
    if (kind == OBJECT_KIND_COUNT)
        return false;
    writer_text(out, "<?xml version=\"1.0\"?><osdata type=\"");
    writer_format(out, "%s\">", annex[0] == 0 ? "types" : annex);
    if (kind == OBJECT_ANY)
        write_table_list(out);
    else
        write_objects(kind, out);
    writer_text(out, "</osdata>");
    return true;
}

const struct debug_document kernel_documents[] = {
    {"features", write_features},   {"threads", write_threads}, {"exec-file", write_exec_file},
    {"libraries", write_libraries}, {"osdata", write_tables},   {0, 0},
};
