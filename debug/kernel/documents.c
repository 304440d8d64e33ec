// What GDB reads of the kernel in whole documents: registers, threads, programs and where they lie.
#include "debug/kernel/private.h"
#include "kernel/base/string.h"
#include "kernel/base/writer.h"
#include "kernel/memory/memory.h"
#include "kernel/process/process.h"

enum { TEXT_SIZE = 1024 };

void document_write_text(struct writer *out, const char *text, size_t size) {
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
        document_write_text(out, text, words.length < sizeof(text) ? words.length : sizeof(text));
        writer_text(out, "</thread>");
    }
    writer_text(out, "</threads>");
    return true;
}

// ---- programs ----

static void write_program(const struct process *process, struct writer *out) {
    const char *name = process->object.name;
    writer_text(out, strcmp(name, "") == 0 ? "unknown" : "/bin/");
    document_write_text(out, name, NAME_SIZE);
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

// ---- memory ----

// Both halves of the addresses may be asked for, what lies between is none. Where nothing is mapped a read says so.
static bool write_memory_map(const char *annex, const struct debug_thread *thread, struct writer *out) {
    static const uint64_t half = UINT64_C(1) << 47;
    (void)thread;
    if (annex[0] != 0)
        return false;
    writer_format(out,
                  "<?xml version=\"1.0\"?><memory-map><memory type=\"ram\" start=\"0\" length=\"%#llx\"/>"
                  "<memory type=\"ram\" start=\"%#llx\" length=\"%#llx\"/></memory-map>",
                  (unsigned long long)half, (unsigned long long)-half, (unsigned long long)half);
    return true;
}

const struct debug_document kernel_documents[] = {
    {"features", write_features},
    {"threads", write_threads},
    {"exec-file", write_exec_file},
    {"libraries", write_libraries},
    {"memory-map", write_memory_map},
    {"osdata", tables_write},
    {0, 0},
};
