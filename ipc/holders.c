// Who holds an object: a walk over all number tables, one lock at a time.
#include "ipc/holders.h"

#include "kernel/process/process.h"

void holders_add(struct wait_edges *edges, uint32_t process) {
    if (process == 0)
        return;
    for (uint32_t i = 0; i < edges->count && i < WAIT_WAKERS_MAX; i++)
        if (edges->processes[i] == process)
            return;
    if (edges->count < WAIT_WAKERS_MAX)
        edges->processes[edges->count] = process;
    edges->count++;
}

static bool table_names(struct number_table *table, const struct object *object) {
    bool found = false;
    lock_acquire(&table->lock);
    for (uint32_t i = 1; i < table->slots && !found; i++)
        found = table->chunks[i / NUMBER_CHUNK_SLOTS][i % NUMBER_CHUNK_SLOTS].object == object;
    lock_release(&table->lock);
    return found;
}

void holders_find(uint64_t id, struct wait_edges *edges) {
    struct object *object = id != 0 ? object_find(id) : 0;
    if (object == 0)
        return;
    uint32_t after = 0;
    struct process *process;
    while ((process = process_next(after)) != 0) {
        after = process->id;
        if (table_names(&process->numbers, object))
            holders_add(edges, process->id);
        process_release(process);
    }
    object_release(object);
}
