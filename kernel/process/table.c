// The process table: chains by id; looked up at every message and event to another process, so it is short.
#include "kernel/process/table.h"

#include <arch/current.h>

#include "kernel/process/process.h"
#include "kernel/thread/thread.h"

enum { TABLE_BUCKETS = 256 };

LIST_HEAD(process_list, process);

static struct {
    struct lock lock;
    uint32_t next_id;
    struct process_list buckets[TABLE_BUCKETS];
} table = {.lock = LOCK_INITIAL(RANK_REGISTRY), .next_id = 1};

enum status process_table_add(struct process *process) {
    enum status status = STATUS_IDS_EXHAUSTED;
    lock_acquire(&table.lock);
    if (table.next_id != 0) { // it went round to 0 when all were used
        process->id = table.next_id++;
        LIST_INSERT_HEAD(&table.buckets[process->id % TABLE_BUCKETS], process, table_link);
        object_retain(&process->object);
        status = STATUS_OK;
    }
    lock_release(&table.lock);
    return status;
}

void process_table_remove(struct process *process) {
    lock_acquire(&table.lock);
    LIST_REMOVE(process, table_link);
    lock_release(&table.lock);
}

static struct process *bucket_find(uint32_t id) {
    struct process *process;
    LIST_FOREACH(process, &table.buckets[id % TABLE_BUCKETS], table_link) {
        if (process->id == id)
            return process;
    }
    return 0;
}

struct process *process_find(uint32_t id) {
    lock_acquire(&table.lock);
    struct process *process = bucket_find(id);
    if (process != 0)
        object_retain(&process->object);
    lock_release(&table.lock);
    return process;
}

static void consider(struct process *process, uint32_t after, struct process **best) {
    if (process->id > after && (*best == 0 || process->id < (*best)->id))
        *best = process;
}

struct process *process_next(uint32_t after) {
    struct process *best = 0;
    lock_acquire(&table.lock);
    for (uint32_t i = 0; i < TABLE_BUCKETS; i++) {
        struct process *process;
        LIST_FOREACH(process, &table.buckets[i], table_link) {
            consider(process, after, &best);
        }
    }
    if (best != 0)
        object_retain(&best->object);
    lock_release(&table.lock);
    return best;
}

struct process *process_current(void) {
    return thread_current()->process;
}
