// I/O ports of the host's processes: a short list of who may use which.
#include "kernel/process/io_ports.h"

#include "kernel/process/process.h"
#include "tests/unit/host/machine.h"

enum { OPEN_MAX = 4, MANAGED_FIRST = 0x40, MANAGED_LAST = 0x43 };

static struct {
    uint32_t process; // id; 0: free
    uint32_t base, count;
} open_ports[OPEN_MAX];

// The place of what fits; with process 0: a free one. OPEN_MAX: there is none.
static int place_find(uint32_t process, uint32_t base, uint32_t count) {
    int i = 0;
    while (i < OPEN_MAX &&
           (open_ports[i].process != process || open_ports[i].base != base || open_ports[i].count != count))
        i++;
    return i;
}

enum status io_ports_open(struct process *process, uint16_t base, uint32_t count) {
    int place = place_find(0, 0, 0);
    if (place == OPEN_MAX)
        return STATUS_LIMIT_REACHED;
    open_ports[place].process = process->id;
    open_ports[place].base = base;
    open_ports[place].count = count;
    return STATUS_OK;
}

enum status io_ports_close(struct process *process, uint16_t base, uint32_t count) {
    int place = place_find(process->id, base, count);
    if (place == OPEN_MAX)
        return STATUS_NOT_FOUND;
    open_ports[place].process = open_ports[place].base = open_ports[place].count = 0;
    return STATUS_OK;
}

bool io_ports_are_managed(uint32_t base, uint32_t count) {
    return base <= MANAGED_LAST && base + count > MANAGED_FIRST;
}

bool machine_port_is_open(const struct process *process, uint32_t port) {
    for (int i = 0; i < OPEN_MAX; i++)
        if (open_ports[i].process == process->id && port - open_ports[i].base < open_ports[i].count)
            return true;
    return false;
}
