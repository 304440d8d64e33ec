// I/O port ranges, and the bitmap that makes them true.
#include "kernel/arch/x86_64/io_ports.h"

#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/machine_constants.h"
#include "kernel/base/log.h"
#include "kernel/base/string.h"
#include "kernel/memory/heap.h"
#include "kernel/process/process.h"
#include "kernel/process/subsystem.h"
#include "kernel/thread/processor.h"

static struct lock io_ports_lock = {.rank = RANK_CONTROLLER}; // all processes' ranges
static uint64_t last_version;                                 // [io_ports_lock]

// ---- the bitmap of the calling CPU ----

static void map_set(uint8_t *map, const struct io_port_range *range, bool allowed) {
    for (uint32_t port = range->base; port < range->base + range->count; port++) {
        uint8_t bit = (uint8_t)(1u << port % 8);
        map[port / 8] = (uint8_t)(allowed ? map[port / 8] & ~bit : map[port / 8] | bit);
    }
}

static void map_set_all(struct task_state *task, const struct io_port_ranges *ranges, bool allowed) {
    for (uint32_t i = 0; i < ranges->count; i++)
        map_set(task->port_map, &ranges->ranges[i], allowed);
}

// The bitmap keeps the last process's ports while others run; the offset alone makes it count or not.
void io_ports_load(const struct io_port_ranges *ranges) {
    struct arch_cpu *cpu = &processor_current()->arch;
    if (ranges == 0 || ranges->version == 0) {
        cpu->task.port_map_offset = sizeof(struct task_state);
        return;
    }
    if (ranges->version != cpu->io_ports.version) {
        map_set_all(&cpu->task, &cpu->io_ports, false);
        lock_acquire(&io_ports_lock);
        struct io_port_ranges loaded = *ranges;
        lock_release(&io_ports_lock);
        map_set_all(&cpu->task, &loaded, true);
        cpu->io_ports.count = loaded.count;
        memcpy(cpu->io_ports.ranges, loaded.ranges, sizeof(loaded.ranges));
        __atomic_store_n(&cpu->io_ports.version, loaded.version, __ATOMIC_RELEASE);
    }
    cpu->task.port_map_offset = offsetof(struct task_state, port_map);
}

// Called while this CPU spins for any lock, so it takes none: a thread that still may use ports gets them when it faults.
void io_ports_serve(void) {
    struct arch_cpu *cpu = &processor_current()->arch;
    map_set_all(&cpu->task, &cpu->io_ports, false);
    cpu->io_ports.count = 0;
    cpu->task.port_map_offset = sizeof(struct task_state);
    __atomic_store_n(&cpu->io_ports.version, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&cpu->io_ports_pending, 0, __ATOMIC_RELEASE);
}

// ---- the ranges of a process ----

// Whoever drives the first serial port has it for itself: the log leaves it alone meanwhile.
static void serial_changes_hands(const struct io_port_range *range, bool to_kernel) {
    if (range->base <= SERIAL_PORT && SERIAL_PORT < range->base + range->count)
        log_set_serial(to_kernel);
}

static struct io_port_ranges *ranges_of(struct process *process) {
    struct io_port_ranges *made = heap_allocate(sizeof(*made));
    lock_acquire(&io_ports_lock);
    if (process->io_ports == 0) {
        process->io_ports = made;
        made = 0;
    }
    lock_release(&io_ports_lock);
    heap_free(made);
    return process->io_ports;
}

enum status io_ports_open(struct process *process, uint16_t base, uint32_t count) {
    if (count == 0 || count > IO_PORT_COUNT - (uint32_t)base)
        return STATUS_INVALID_ARGUMENT;
    struct io_port_ranges *ranges = process->io_ports != 0 ? process->io_ports : ranges_of(process);
    if (ranges == 0)
        return STATUS_NO_MEMORY;
    lock_acquire(&io_ports_lock);
    bool room = ranges->count < IO_PORT_RANGES_MAX;
    if (room) {
        ranges->ranges[ranges->count++] = (struct io_port_range){base, count};
        ranges->version = ++last_version;
    }
    lock_release(&io_ports_lock);
    if (!room)
        return STATUS_LIMIT_REACHED;
    serial_changes_hands(&(struct io_port_range){base, count}, false);
    if (process == process_current())
        io_ports_load(ranges); // threads on other CPUs get them when they fault (trap.c)
    return STATUS_OK;
}

static bool range_remove(struct io_port_ranges *ranges, uint16_t base, uint32_t count) {
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
        __atomic_store_n(&cpu->io_ports_pending, 1, __ATOMIC_RELEASE);
        if (i != processor_index())
            machine_send_flush(1u << i);
        while (__atomic_load_n(&cpu->io_ports_pending, __ATOMIC_ACQUIRE))
            machine_relax();
    }
}

enum status io_ports_close(struct process *process, uint16_t base, uint32_t count) {
    struct io_port_ranges *ranges = process->io_ports;
    if (ranges == 0)
        return STATUS_NOT_FOUND;
    lock_acquire(&io_ports_lock);
    bool found = range_remove(ranges, base, count);
    lock_release(&io_ports_lock);
    if (found) {
        forget_everywhere();
        serial_changes_hands(&(struct io_port_range){base, count}, true);
    }
    return found ? STATUS_OK : STATUS_NOT_FOUND;
}

static void process_ended(struct process *process) {
    for (uint32_t i = 0; process->io_ports != 0 && i < process->io_ports->count; i++)
        serial_changes_hands(&process->io_ports->ranges[i], true);
}

// No thread is left, and versions are never used again: what a CPU still has in its bitmap can count for nobody.
static void process_freed(struct process *process) {
    heap_free(process->io_ports);
    process->io_ports = 0;
}

SUBSYSTEM(io_ports_subsystem) = {.name = "io_ports", .process_ended = process_ended, .process_freed = process_freed};
