// Who waits for whom: wait records, the types' wait edges, and the circles in them, told in words.
#include "debug/commands/commands.h"
#include "kernel/base/writer.h"
#include "kernel/process/process.h"

enum { CHAIN_MAX = 64 };

// ---- one thread's wait ----

struct wait {
    struct thread *thread;
    struct object *object; // null: a time, or memory of the process's own
    struct wait_edges edges;
};

static void find_edges(void *argument) {
    struct wait *wait = argument;
    if (wait->object->type->wait_edges != 0)
        wait->object->type->wait_edges(wait->object, wait->thread->wait.reason, &wait->edges);
}

// The object may be gone: then nobody ends the wait but the deadline.
static void wait_read(struct thread *thread, struct wait *wait) {
    uint64_t id = thread->wait.object;
    *wait = (struct wait){.thread = thread};
    struct object *object = id > 0 ? object_peek(OBJECT_ANY, id - 1) : 0;
    if (object != 0 && object->id == id)
        wait->object = object;
    if (wait->object != 0 && !lend_locks(find_edges, wait))
        wait->edges.count = 0;
    if (wait->object == 0 && thread->wait.reason == WAIT_FUTEX)
        wait->edges = (struct wait_edges){1, {thread->process->id}};
    if (wait->edges.count > WAIT_WAKERS_MAX)
        wait->edges.count = WAIT_WAKERS_MAX;
}

static bool thread_waits(const struct thread *thread) {
    return thread->state == THREAD_WAITING && thread->wait.reason != WAIT_NOT;
}

static const char *process_name(uint32_t id) {
    const struct process *process = process_peek(id);
    return process != 0 ? process->object.name : "ended";
}

static void write_wait(struct writer *out, const struct wait *wait) {
    const struct thread *thread = wait->thread;
    writer_format(out, "%s[%u] waits %s", thread->process->object.name, thread->process->id,
                  wait_text(thread->wait.reason));
    if (wait->object != 0)
        writer_format(out, " (%s %llu \"%s\")", wait->object->type->name, (unsigned long long)wait->object->id,
                      wait->object->name);
    writer_format(out, " since %llu ms", (unsigned long long)wait_milliseconds(thread));
    if (thread->wait.deadline != DEADLINE_NEVER)
        writer_text(out, ", not for ever");
    for (uint32_t i = 0; i < wait->edges.count; i++)
        writer_format(out, "%s%s[%u]", i == 0 ? "; it could be ended by " : ", ",
                      process_name(wait->edges.processes[i]), wait->edges.processes[i]);
    writer_text(out, "\n");
}

// ---- chains ----

static struct thread *waiting_thread(uint32_t process) {
    uint64_t at = 0;
    struct thread *found = 0;
    struct object *object;
    while ((object = object_peek(OBJECT_THREAD, at)) != 0) {
        struct thread *thread = (struct thread *)object;
        at = object->id;
        if (thread->process == 0 || thread->process->id != process || thread->state == THREAD_ENDED)
            continue;
        if (!thread_waits(thread))
            return 0; // it runs: it is not stuck
        if (found == 0)
            found = thread;
    }
    return found;
}

struct chain {
    uint32_t count;
    uint32_t processes[CHAIN_MAX];
};

static int chain_place(const struct chain *chain, uint32_t process) {
    for (uint32_t i = 0; i < chain->count; i++)
        if (chain->processes[i] == process)
            return (int)i;
    return -1;
}

// Follows who alone could end each wait. What the chain comes back to is a circle: *circle is where it begins.
static bool chain_follow(struct chain *chain, uint32_t process, struct writer *out, int *circle) {
    chain->count = 0;
    while (chain->count < CHAIN_MAX) {
        chain->processes[chain->count++] = process;
        struct thread *thread = waiting_thread(process);
        if (thread == 0) {
            if (out != 0)
                writer_format(out, "%s[%u] does not wait\n", process_name(process), process);
            return false;
        }
        struct wait wait;
        wait_read(thread, &wait);
        if (out != 0)
            write_wait(out, &wait);
        if (wait.edges.count != 1 || thread->wait.deadline != DEADLINE_NEVER)
            return false;
        process = wait.edges.processes[0];
        *circle = chain_place(chain, process);
        if (*circle >= 0)
            return true;
    }
    return false;
}

static void write_circle(struct writer *out, const struct chain *chain, uint32_t from) {
    writer_text(out, "deadlock: ");
    for (uint32_t i = from; i < chain->count; i++)
        writer_format(out, "%s[%u] waits for ", process_name(chain->processes[i]), chain->processes[i]);
    writer_format(out, "%s[%u]: none of them can go on\n", process_name(chain->processes[from]),
                  chain->processes[from]);
}

static void run_why(const struct command_call *call) {
    struct process *process = command_process(call);
    int circle = -1;
    struct chain chain;
    if (process != 0 && chain_follow(&chain, process->id, call->out, &circle))
        write_circle(call->out, &chain, (uint32_t)circle);
}

// A circle is told once: from its lowest process.
static bool is_lowest(const struct chain *chain, uint32_t from, uint32_t process) {
    for (uint32_t i = from; i < chain->count; i++)
        if (chain->processes[i] < process)
            return false;
    return true;
}

static void run_waits(const struct command_call *call) {
    uint64_t at = 0;
    struct object *object;
    while ((object = object_peek(OBJECT_THREAD, at)) != 0) {
        struct wait wait;
        at = object->id;
        if (!thread_waits((struct thread *)object))
            continue;
        wait_read((struct thread *)object, &wait);
        write_wait(call->out, &wait);
    }
    for (struct process *process = process_peek_next(0); process != 0; process = process_peek_next(process->id)) {
        struct chain chain;
        int circle = -1;
        if (chain_follow(&chain, process->id, 0, &circle) && circle == 0 && is_lowest(&chain, 0, process->id))
            write_circle(call->out, &chain, 0);
    }
}

const struct command wait_commands[] = {
    {"waits", "", "who waits for whom, and circles", run_waits},
    {"why", "[PROCESS]", "what a process waits for, to the end of the chain", run_why},
    {0, 0, 0, 0},
};
