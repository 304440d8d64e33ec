// The gate of each process: a few words, read at every approach.
#include "ipc/gate.h"

#include "kernel/memory/heap.h"
#include "kernel/process/subsystem.h"

struct gate {
    uint64_t users[GATE_KIND_COUNT]; // [a] a bit per user id
};

enum status gate_check(const struct process *process, enum gate_kind kind, const struct process *from) {
    if (process == from)
        return STATUS_OK;
    const struct gate *gate = process->attachments[ATTACHMENT_GATE];
    uint64_t users = __atomic_load_n(&gate->users[kind], __ATOMIC_RELAXED);
    return users >> from->user & 1 ? STATUS_OK : STATUS_DENIED;
}

enum status gate_set(struct process *process, uint32_t kind, uint64_t users, uint64_t *before) {
    if (kind >= GATE_KIND_COUNT)
        return STATUS_INVALID_ARGUMENT;
    struct gate *gate = process->attachments[ATTACHMENT_GATE];
    *before = __atomic_exchange_n(&gate->users[kind], users, __ATOMIC_RELAXED);
    return STATUS_OK;
}

enum status gate_read(const struct process *process, uint32_t kind, uint64_t *users) {
    if (kind >= GATE_KIND_COUNT)
        return STATUS_INVALID_ARGUMENT;
    const struct gate *gate = process->attachments[ATTACHMENT_GATE];
    *users = __atomic_load_n(&gate->users[kind], __ATOMIC_RELAXED);
    return STATUS_OK;
}

static enum status gate_process_created(struct process *process) {
    struct gate *gate = heap_allocate(sizeof(struct gate));
    if (gate == 0)
        return STATUS_NO_MEMORY;
    *gate = (struct gate){.users = {
                              [GATE_MESSAGE] = GATE_ALL_USERS,
                              [GATE_EVENT] = 0,
                              [GATE_PIPE] = GATE_ALL_USERS,
                              [GATE_SHARED_MEMORY] = GATE_ALL_USERS,
                              [GATE_INTERFACE] = GATE_ALL_USERS,
                              [GATE_PORT] = GATE_ALL_USERS,
                              [GATE_LINK] = GATE_ALL_USERS,
                              [GATE_PAGE] = GATE_ALL_USERS,
                              [GATE_PAGE_BROADCAST] = 0,
                          }};
    process->attachments[ATTACHMENT_GATE] = gate;
    return STATUS_OK;
}

static void gate_process_freed(struct process *process) {
    heap_free(process->attachments[ATTACHMENT_GATE]);
}

SUBSYSTEM(gate_subsystem) = {
    .name = "gate",
    .process_created = gate_process_created,
    .process_freed = gate_process_freed,
};
