// Threads and processes as GDB numbers them, found without a lock.
//
// A CPU that has no program's thread is a thread of the kernel's own process: 1 for CPU 0, and so on. Others have their objects' ids.
#include "debug/kernel/private.h"
#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/base/writer.h"
#include "kernel/process/process.h"

#define NANOSECONDS_PER_MILLISECOND 1000000ULL

const char *wait_text(uint32_t reason) {
    static const char *const texts[WAIT_REASON_COUNT] = {[WAIT_NOT] = "for nothing",
#define WAIT_TEXT(name, text) [WAIT_##name] = text,
                                                         WAIT_REASON_LIST(WAIT_TEXT)
#undef WAIT_TEXT
    };
    return reason < WAIT_REASON_COUNT ? texts[reason] : "unknown";
}

const char *state_text(uint32_t state) {
    static const char *const texts[] = {"new", "ready", "running", "waiting", "ended"};
    return state <= THREAD_ENDED ? texts[state] : "unknown";
}

// ---- processes ----

static bool process_is_alive(const struct process *process) {
    return process->id != 0 && !process->ended && process->space != 0;
}

struct process *process_peek_next(uint32_t after) {
    struct process *best = 0;
    uint64_t at = 0;
    struct object *object;
    while ((object = object_peek(OBJECT_PROCESS, at)) != 0) {
        struct process *process = (struct process *)object;
        at = object->id;
        if (process_is_alive(process) && process->id > after && (best == 0 || process->id < best->id))
            best = process;
    }
    return best;
}

struct process *process_peek(uint32_t id) {
    struct process *process = id > 0 ? process_peek_next(id - 1) : 0;
    return process != 0 && process->id == id ? process : 0;
}

// ---- threads ----

// A thread of a program that GDB is to know: it has been made and has not ended.
static bool thread_is_shown(const struct thread *thread) {
    return thread->process != 0 && thread->process->id != 0 && !thread->process->ended &&
           thread->context.stack_base != 0 && thread->state != THREAD_ENDED;
}

static struct thread *user_thread_next(uint64_t after) {
    struct object *object;
    while ((object = object_peek(OBJECT_THREAD, after)) != 0) {
        if (thread_is_shown((struct thread *)object))
            return (struct thread *)object;
        after = object->id;
    }
    return 0;
}

static bool is_on_stack(const struct thread *thread, uint64_t stack_pointer) {
    return thread != 0 && stack_pointer - thread->context.stack_base <= KERNEL_STACK_SIZE;
}

// Up to the middle of a switch the CPU is still on the stack of the thread that leaves it: that is who runs.
static const struct thread *thread_on_stack(uint32_t cpu, uint64_t stack_pointer) {
    const struct thread *thread = processors[cpu].current;
    if (is_on_stack(thread, stack_pointer))
        return thread;
    if (is_on_stack(processors[cpu].idle, stack_pointer))
        return processors[cpu].idle;
    for (const struct thread *other = user_thread_next(0); other != 0; other = user_thread_next(other->object.id))
        if (is_on_stack(other, stack_pointer))
            return other;
    return thread;
}

struct debug_thread thread_of_frame(uint32_t cpu, const struct trap_frame *frame) {
    const struct thread *thread = processors[cpu].current;
    if (frame != 0 && !trap_from_user(frame))
        thread = thread_on_stack(cpu, frame->rsp);
    if (thread == 0 || thread == processors[cpu].idle || thread->process->ended)
        return (struct debug_thread){KERNEL_PROCESS, cpu + 1};
    return (struct debug_thread){thread->process->id, thread->object.id};
}

struct debug_thread thread_of_cpu(uint32_t cpu) {
    return thread_of_frame(cpu, stopped_cpus[cpu].frame);
}

bool thread_is_same(const struct debug_thread *one, const struct debug_thread *other) {
    return one->process == other->process && one->thread == other->thread;
}

bool thread_next(struct debug_thread *thread) {
    bool is_kernel = thread->process == 0 || thread->process == KERNEL_PROCESS;
    if (is_kernel && thread->thread < processor_count) {
        *thread = (struct debug_thread){KERNEL_PROCESS, thread->thread + 1};
        return true;
    }
    struct thread *next = user_thread_next(is_kernel ? 0 : thread->thread);
    if (next == 0)
        return false;
    *thread = (struct debug_thread){next->process->id, next->object.id};
    return true;
}

struct thread *thread_find(const struct debug_thread *thread) {
    if (thread->process == KERNEL_PROCESS)
        return thread->thread <= PROCESSOR_MAX ? processors[thread->thread - 1].idle : 0;
    struct thread *found = user_thread_next(thread->thread - 1);
    return found != 0 && found->object.id == thread->thread ? found : 0;
}

bool thread_exists(const struct debug_thread *thread) {
    if (thread->process == KERNEL_PROCESS)
        return thread->thread >= 1 && thread->thread <= processor_count;
    struct thread *found = thread->thread > 0 ? thread_find(thread) : 0;
    return found != 0 && found->process->id == thread->process;
}

int thread_cpu(const struct debug_thread *thread) {
    for (uint32_t cpu = 0; cpu < processor_count; cpu++) {
        struct debug_thread there = thread_of_cpu(cpu);
        if (thread_is_same(&there, thread))
            return stopped_cpus[cpu].frame != 0 ? (int)cpu : -1;
    }
    return -1;
}

// ---- in words ----

uint64_t wait_milliseconds(const struct thread *thread) {
    uint64_t since = thread->wait.since;
    return machine.stopped <= since ? 0 : (clock_at(machine.stopped) - clock_at(since)) / NANOSECONDS_PER_MILLISECOND;
}

static void write_wait(const struct thread *thread, struct writer *out) {
    writer_format(out, ", waits %s", wait_text(thread->wait.reason));
    if (thread->wait.object != 0)
        writer_format(out, ", object %llu", (unsigned long long)thread->wait.object);
    writer_format(out, ", since %llu ms", (unsigned long long)wait_milliseconds(thread));
}

void thread_write_description(const struct debug_thread *id, struct writer *out) {
    int cpu = thread_cpu(id);
    if (id->process == KERNEL_PROCESS) {
        bool is_idle = processors[id->thread - 1].current == processors[id->thread - 1].idle;
        writer_format(out, "kernel: CPU %llu, %s", (unsigned long long)id->thread - 1,
                      cpu < 0   ? "runs a program's thread"
                      : is_idle ? "idle"
                                : "leaves or enters a program");
        return;
    }
    const struct thread *thread = thread_find(id);
    writer_format(out, "%s", thread->process->object.name);
    if (cpu >= 0)
        writer_format(out, ": running on CPU %d, %s", cpu,
                      trap_from_user(stopped_cpus[cpu].frame) ? "in the program" : "in the kernel");
    else
        writer_format(out, ": %s, last on CPU %u", state_text(thread->state), thread->processor->index);
    if (cpu < 0 && thread->state == THREAD_WAITING)
        write_wait(thread, out);
}
