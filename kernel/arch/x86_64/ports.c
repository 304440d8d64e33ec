// I/O port ranges, and the bitmap that makes them true.
#include "kernel/arch/x86_64/ports.h"

#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/machine_constants.h"
#include "kernel/base/log.h"
#include "kernel/base/string.h"
#include "kernel/memory/heap.h"
#include "kernel/process/process.h"
#include "kernel/process/subsystem.h"
#include "kernel/thread/processor.h"

static struct lock ports_lock = {.rank = RANK_CONTROLLER}; // all processes' ranges
static uint64_t last_version;                              // [ports_lock]

// ---- the bitmap of the calling CPU ----

static void map_set(uint8_t *map, const struct port_range *range, bool allowed) {
    for (uint32_t port = range->base; port < range->base + range->count; port++) {
        uint8_t bit = (uint8_t)(1u << port % 8);
        map[port / 8] = (uint8_t)(allowed ? map[port / 8] & ~bit : map[port / 8] | bit);
    }
}

static void map_set_all(struct task_state *task, const struct port_ranges *ranges, bool allowed) {
    for (uint32_t i = 0; i < ranges->count; i++)
        map_set(task->port_map, &ranges->ranges[i], allowed);
}

// The bitmap keeps the last process's ports while others run; the offset alone makes it count or not.
void ports_load(const struct port_ranges *ranges) {
    struct arch_cpu *cpu = &processor_current()->arch;
    if (ranges == 0 || ranges->version == 0) {
        cpu->task.port_map_offset = sizeof(struct task_state);
        return;
    }
    if (ranges->version != cpu->ports.version) {
        map_set_all(&cpu->task, &cpu->ports, false);
        lock_acquire(&ports_lock);
        struct port_ranges loaded = *ranges;
        lock_release(&ports_lock);
        map_set_all(&cpu->task, &loaded, true);
        cpu->ports.count = loaded.count;
        memcpy(cpu->ports.ranges, loaded.ranges, sizeof(loaded.ranges));
        __atomic_store_n(&cpu->ports.version, loaded.version, __ATOMIC_RELEASE);
    }
    cpu->task.port_map_offset = offsetof(struct task_state, port_map);
}

// Called while this CPU spins for any lock, so it takes none: a thread that still may use ports gets them when it faults.
void ports_serve(void) {
    struct arch_cpu *cpu = &processor_current()->arch;
    map_set_all(&cpu->task, &cpu->ports, false);
    cpu->ports.count = 0;
    cpu->task.port_map_offset = sizeof(struct task_state);
    __atomic_store_n(&cpu->ports.version, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&cpu->ports_pending, 0, __ATOMIC_RELEASE);
}

// ---- the ranges of a process ----

// Whoever drives the first serial port has it for itself: the log leaves it alone meanwhile.
static void serial_changes_hands(const struct port_range *range, bool to_kernel) {
    if (range->base <= SERIAL_PORT && SERIAL_PORT < range->base + range->count)
        log_set_serial(to_kernel);
}

static struct port_ranges *ranges_of(struct process *process) {
    struct port_ranges *made = heap_allocate(sizeof(*made));
    lock_acquire(&ports_lock);
    if (process->ports == 0) {
        process->ports = made;
        made = 0;
    }
    lock_release(&ports_lock);
    heap_free(made);
    return process->ports;
}

enum status ports_open(struct process *process, uint16_t base, uint32_t count) {
    if (count == 0 || count > PORT_COUNT - (uint32_t)base)
        return STATUS_INVALID_ARGUMENT;
    struct port_ranges *ranges = process->ports != 0 ? process->ports : ranges_of(process);
    if (ranges == 0)
        return STATUS_NO_MEMORY;
    lock_acquire(&ports_lock);
    bool room = ranges->count < PORT_RANGES_MAX;
    if (room) {
        ranges->ranges[ranges->count++] = (struct port_range){base, count};
        ranges->version = ++last_version;
    }
    lock_release(&ports_lock);
    if (!room)
        return STATUS_LIMIT_REACHED;
    serial_changes_hands(&(struct port_range){base, count}, false);
    if (process == process_current())
        ports_load(ranges); // threads on other CPUs get them when they fault (trap.c)
    return STATUS_OK;
}

static bool range_remove(struct port_ranges *ranges, uint16_t base, uint32_t count) {
    for (uint32_t i = 0; i < ranges->count; i++) {
        if (ranges->ranges[i].base != base || ranges->ranges[i].count != count)
            continue;
        ranges->ranges[i] = ranges->ranges[--ranges->count];
        ranges->version = ++last_version;
        return true;
    }
    return false;
}

// Every CPU loads its bitmap anew before the range may be given to anyone else: also one that was just loading the old one.
static void forget_everywhere(void) {
    for (uint32_t i = 0; i < processor_count; i++) {
        struct arch_cpu *cpu = &processors[i].arch;
        if (!__atomic_load_n(&cpu->running, __ATOMIC_ACQUIRE))
            continue;
        __atomic_store_n(&cpu->ports_pending, 1, __ATOMIC_RELEASE);
        if (i != processor_index())
            machine_send_flush(1u << i);
        while (__atomic_load_n(&cpu->ports_pending, __ATOMIC_ACQUIRE))
            machine_relax();
    }
}

enum status ports_close(struct process *process, uint16_t base, uint32_t count) {
    struct port_ranges *ranges = process->ports;
    if (ranges == 0)
        return STATUS_NOT_FOUND;
    lock_acquire(&ports_lock);
    bool found = range_remove(ranges, base, count);
    lock_release(&ports_lock);
    if (found) {
        forget_everywhere();
        serial_changes_hands(&(struct port_range){base, count}, true);
    }
    return found ? STATUS_OK : STATUS_NOT_FOUND;
}

static void process_ended(struct process *process) {
    for (uint32_t i = 0; process->ports != 0 && i < process->ports->count; i++)
        serial_changes_hands(&process->ports->ranges[i], true);
}

// No thread is left, and versions are never used again: what a CPU still has in its bitmap can count for nobody.
static void process_freed(struct process *process) {
    heap_free(process->ports);
    process->ports = 0;
}

SUBSYSTEM(ports_subsystem) = {.name = "ports", .process_ended = process_ended, .process_freed = process_freed};
