// The target: threads and memory of the inferiors, by the debug calls.
#include "debug/server/target.h"

#include <parley/calls.h>
#include <string.h>

#include "debug/server/inferior.h"
#include "kernel/base/writer.h"

static bool thread_next(struct debug_thread *thread) {
    struct debugged_thread found;
    struct inferior *inferior = thread->process ? inferior_find(thread->process) : NULL;
    if (inferior && inferior_thread_next(inferior, thread->thread, &found)) {
        thread->thread = found.thread;
        return true;
    }
    while ((inferior = inferior_next(thread->process))) {
        *thread = (struct debug_thread){inferior->process, 0};
        if (inferior_thread_next(inferior, 0, &found)) {
            thread->thread = found.thread;
            return true;
        }
    }
    return false;
}

static bool thread_find(const struct debug_thread *id, struct debugged_thread *thread) {
    const struct inferior *inferior = inferior_find(id->process);
    return inferior && id->thread && inferior_thread_next(inferior, id->thread - 1, thread) &&
           thread->thread == id->thread;
}

static bool thread_exists(const struct debug_thread *id) {
    struct debugged_thread thread;
    return thread_find(id, &thread);
}

static const char *wait_text(uint32_t reason) {
    static const char *const texts[WAIT_REASON_COUNT] = {[WAIT_NOT] = "in a system call",
#define WAIT_TEXT(name, text) [WAIT_##name] = "waits " text,
                                                         WAIT_REASON_LIST(WAIT_TEXT)
#undef WAIT_TEXT
    };
    return reason < WAIT_REASON_COUNT ? texts[reason] : "waits";
}

static void thread_describe(const struct debug_thread *id, struct writer *out) {
    struct debugged_thread thread;
    if (!thread_find(id, &thread))
        return;
    writer_format(out, "%.*s: %s", (int)sizeof thread.name, thread.name,
                  thread.state == DEBUGGED_CALLS ? wait_text(thread.wait_reason) : "in its program");
}

static size_t memory_read(const struct debug_thread *id, uint64_t address, void *to, size_t size) {
    const struct inferior *inferior = inferior_find(id->process);
    size_t done = 0;
    if (!inferior || debug_memory_read(inferior->debugger, address, to, size, &done) != STATUS_OK)
        return 0;
    return done;
}

static size_t memory_write(const struct debug_thread *id, uint64_t address, const void *from, size_t size) {
    const struct inferior *inferior = inferior_find(id->process);
    size_t done = 0;
    if (!inferior || debug_memory_write(inferior->debugger, address, from, size, &done) != STATUS_OK)
        return 0;
    return done;
}

static bool monitor(const struct debug_thread *id, const char *line, struct writer *out) {
    (void)id;
    if (strcmp(line, "help") != 0)
        return false;
    writer_text(out, "The process server has no commands of its own: the kernel's debugger has (os/run --gdb).\n");
    return true;
}

static bool base(uint32_t process, uint64_t *address) {
    struct debug_information information;
    const struct inferior *inferior = inferior_find(process);
    bool is_there = inferior && inferior_information(inferior, &information);
    *address = is_there ? information.image_base : 0;
    return is_there;
}

static const struct debug_processes processes = {
    .run = inferior_run,
    .attach = inferior_attach,
    .detach = inferior_detach,
    .is_attached = inferior_is_attached,
    .current = inferior_current,
    .base = base,
};

const struct debug_target server_target = {
    .processes = &processes,
    .files = &server_files,
    .thread_next = thread_next,
    .thread_exists = thread_exists,
    .thread_describe = thread_describe,
    .registers_read = server_registers_read,
    .register_write = server_register_write,
    .memory_read = memory_read,
    .memory_write = memory_write,
    .break_set = server_break_set,
    .break_clear = server_break_clear,
    .break_clear_all = server_breaks_clear_all,
    .process_kill = inferior_kill,
    .monitor = monitor,
    .documents = server_documents,
};
