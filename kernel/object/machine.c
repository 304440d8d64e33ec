// The machine object: nothing but its rights.
#include "kernel/object/machine.h"

#include "kernel/process/process.h"

static const struct object_type machine_type = {
    .name = "machine",
    .kind = OBJECT_MACHINE,
    .size = sizeof(struct object),
    .lock_rank = RANK_OBJECT,
    .rights = MACHINE_RIGHTS,
};

enum status machine_object_create(struct object **machine) {
    return object_create(&machine_type, 0, "machine", machine);
}

enum status machine_right_check(struct process *process, int32_t number, uint32_t rights) {
    struct object *machine;
    enum status status = number_find(&process->numbers, number, OBJECT_MACHINE, rights, &machine);
    if (status == STATUS_OK)
        object_release(machine);
    return status;
}
