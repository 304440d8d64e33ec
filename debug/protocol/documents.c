// The documents of every target: registers and threads.
#include "debug/protocol/documents.h"

#include "debug/protocol/server_private.h"
#include "kernel/base/string.h"
#include "kernel/base/writer.h"

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

bool document_write_features(struct server *server, const char *annex, const struct debug_thread *thread,
                             struct writer *out) {
    (void)server;
    (void)thread;
    if (strcmp(annex, "target.xml") != 0)
        return false;
    registers_describe(out);
    return true;
}

// Passes text on as a document's.
struct text_writer {
    struct writer writer; // must be first
    struct writer *out;
};

static void text_put(struct writer *writer, const char *text, size_t size) {
    document_write_text(((struct text_writer *)writer)->out, text, size);
}

bool document_write_threads(struct server *server, const char *annex, const struct debug_thread *thread,
                            struct writer *out) {
    struct text_writer words = {.writer = {.put = text_put}, .out = out};
    const struct debug_target *target = server->target;
    struct debug_thread at = {0, 0};
    (void)thread;
    if (annex[0] != 0)
        return false;
    writer_text(out, "<?xml version=\"1.0\"?><threads>");
    while (server_thread_tell(server, &at)) {
        int cpu = target->thread_processor != 0 ? target->thread_processor(&at) : -1;
        writer_format(out, "<thread id=\"p%x.%llx\"", at.process, (unsigned long long)at.thread);
        if (cpu >= 0)
            writer_format(out, " core=\"%d\"", cpu);
        writer_text(out, ">");
        target->thread_describe(&at, &words.writer);
        writer_text(out, "</thread>");
    }
    writer_text(out, "</threads>");
    return true;
}

uint32_t document_process(const char *annex, const struct debug_thread *thread) {
    uint64_t id;
    struct text_cursor cursor = {annex, annex + strlen(annex)};
    return text_take_number(&cursor, &id) ? (uint32_t)id : thread->process;
}
