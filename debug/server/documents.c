// What GDB reads of the inferiors in whole documents: the program, and where it was loaded.
#include <elf.h>
#include <parley/calls.h>
#include <string.h>

#include "debug/protocol/documents.h"
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

static bool write_exec_file(struct server *server, const char *annex, const struct debug_thread *thread,
                            struct writer *out) {
    (void)server;
    const struct inferior *inferior = inferior_find(document_process(annex, thread));
    if (inferior)
        writer_text(out, inferior->path);
    return inferior != NULL;
}

static void put_pair(struct writer *out, uint64_t key, uint64_t value) {
    uint64_t pair[2] = {key, value};
    out->put(out, (const char *)pair, sizeof pair);
}

static bool write_auxiliary(struct server *server, const char *annex, const struct debug_thread *thread,
                            struct writer *out) {
    (void)server;
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
    {"features", document_write_features},
    {"threads", document_write_threads},
    {"exec-file", write_exec_file},
    {"auxv", write_auxiliary},
    {0, 0},
};
