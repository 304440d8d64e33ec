// What GDB reads of the kernel in whole documents: programs and where they lie, memory, tables.
#include "debug/protocol/documents.h"

#include "debug/kernel/private.h"
#include "kernel/base/string.h"
#include "kernel/base/writer.h"
#include "kernel/memory/memory.h"
#include "kernel/process/process.h"

// ---- programs ----

static void write_program(const struct process *process, struct writer *out) {
    const char *name = process->program;
    writer_text(out, strcmp(name, "") == 0 ? "unknown" : "/bin/");
    document_write_text(out, name, NAME_SIZE);
}

// The kernel is what every inferior has its symbols of; its program is a library beside it.
static bool write_exec_file(struct server *server, const char *annex, const struct debug_thread *thread,
                            struct writer *out) {
    (void)server;
    uint32_t process = document_process(annex, thread);
    if (process != KERNEL_PROCESS && process_peek(process) == 0)
        return false;
    writer_text(out, KERNEL_FILE);
    return true;
}

static bool write_libraries(struct server *server, const char *annex, const struct debug_thread *thread,
                            struct writer *out) {
    (void)server;
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
static bool write_memory_map(struct server *server, const char *annex, const struct debug_thread *thread,
                             struct writer *out) {
    (void)server;
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
    {"features", document_write_features},
    {"threads", document_write_threads},
    {"exec-file", write_exec_file},
    {"libraries", write_libraries},
    {"memory-map", write_memory_map},
    {"osdata", tables_write},
    {0, 0},
};
