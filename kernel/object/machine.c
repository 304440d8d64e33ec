// The machine object: nothing but its rights.
#include "kernel/object/machine.h"

#include "kernel/process/process.h"

static struct object *the_machine; // it stays, once it was made

// Nothing lasts: who watches sets the watch first, and then reads the log.
static uint32_t machine_conditions(struct object *object) {
    return 0;
}

static const struct object_type machine_type = {
    .name = "machine",
    .kind = OBJECT_MACHINE,
    .size = sizeof(struct object),
    .lock_rank = RANK_OBJECT,
    .rights = MACHINE_RIGHTS,
    .conditions = machine_conditions,
};

enum status machine_object_create(struct object **machine) {
    enum status status = object_create(&machine_type, 0, "machine", machine);
    if (status == STATUS_OK)
        the_machine = *machine;
    return status;
}

void machine_log_grew(void) {
    if (the_machine == 0)
        return;
    lock_acquire(&the_machine->lock);
    object_signal(the_machine, WATCH_READABLE);
    lock_release(&the_machine->lock);
}

enum status machine_right_check(struct process *process, int32_t number, uint32_t rights) {
    struct object *machine;
    enum status status = number_find(&process->numbers, number, OBJECT_MACHINE, rights, &machine);
    if (status == STATUS_OK)
        object_release(machine);
    return status;
}
