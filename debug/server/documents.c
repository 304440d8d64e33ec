// What GDB reads of the inferiors in whole documents: registers, threads, the program, and where it was loaded.
#include <elf.h>
#include <parley/calls.h>
#include <string.h>

#include "debug/server/inferior.h"
#include "debug/server/target.h"
#include "kernel/base/writer.h"

// The keys of auxiliary data, as ELF systems have them.
enum {
    AUX_END = 0,
    AUX_HEADERS = 3,
    AUX_HEADER_SIZE = 4,
    AUX_HEADER_COUNT = 5,
    AUX_PAGE_SIZE = 6,
    AUX_BASE = 7,
    AUX_ENTRY = 9
};

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
    if (annex[0])
        return false;
    writer_text(out, "<?xml version=\"1.0\"?><threads>");
    while (server_target.thread_next(&at)) {
        writer_format(out, "<thread id=\"p%x.%llx\">", at.process, (unsigned long long)at.thread);
        server_target.thread_describe(&at, out);
        writer_text(out, "</thread>");
    }
    writer_text(out, "</threads>");
    return true;
}

static uint32_t annex_process(const char *annex, const struct debug_thread *thread) {
    uint64_t id;
    struct text_cursor cursor = {annex, annex + strlen(annex)};
    return text_take_number(&cursor, &id) ? (uint32_t)id : thread->process;
}

static bool write_exec_file(const char *annex, const struct debug_thread *thread, struct writer *out) {
    const struct inferior *inferior = inferior_find(annex_process(annex, thread));
    if (inferior)
        writer_text(out, inferior->path);
    return inferior != NULL;
}

static void put_pair(struct writer *out, uint64_t key, uint64_t value) {
    uint64_t pair[2] = {key, value};
    out->put(out, (const char *)pair, sizeof pair);
}

static bool write_auxiliary(const char *annex, const struct debug_thread *thread, struct writer *out) {
    struct debug_information information;
    Elf64_Ehdr header;
    size_t done;
    const struct inferior *inferior = inferior_find(thread->process);
    if (annex[0] || !inferior || !inferior_information(inferior, &information) ||
        debug_memory_read(inferior->debugger, information.image_base, &header, sizeof header, &done) != STATUS_OK ||
        done < sizeof header)
        return false;
    put_pair(out, AUX_PAGE_SIZE, PAGE_SIZE);
    put_pair(out, AUX_HEADERS, information.image_base + header.e_phoff);
    put_pair(out, AUX_HEADER_SIZE, header.e_phentsize);
    put_pair(out, AUX_HEADER_COUNT, header.e_phnum);
    put_pair(out, AUX_BASE, 0);
    put_pair(out, AUX_ENTRY, information.image_base + header.e_entry);
    put_pair(out, AUX_END, 0);
    return true;
}

const struct debug_document server_documents[] = {
    {"features", write_features},
    {"threads", write_threads},
    {"exec-file", write_exec_file},
    {"auxv", write_auxiliary},
    {0, 0},
};
