// The order in which the kernel starts: machine, memory, objects, subsystems, CPUs, init.
#include "kernel/boot/main.h"

#include "kernel/arch/machine.h"
#include "kernel/base/assert.h"
#include "kernel/base/debugger.h"
#include "kernel/base/log.h"
#include "kernel/boot/boot.h"
#include "kernel/boot/idle.h"
#include "kernel/boot/stack_guard.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/space.h"
#include "kernel/object/object.h"
#include "kernel/process/create.h"
#include "kernel/process/subsystem.h"
#include "kernel/thread/futex.h"
#include "kernel/thread/processor.h"
#include "kernel/thread/scheduler.h"

enum { PAGES_PER_MEBIBYTE = 256 };

static void start_subsystems(void) {
    for (const struct subsystem *const *entry = __start_subsystems; entry != __stop_subsystems; entry++) {
        enum status status = (*entry)->start != 0 ? (*entry)->start() : STATUS_OK;
        if (status != STATUS_OK)
            panic("subsystem %s does not start: expected 0, found %d", (*entry)->name, status);
    }
}

static void create_idle_threads(void) {
    for (uint32_t i = 0; i < processor_count; i++) {
        if (idle_create(&processors[i]) != STATUS_OK)
            panic("no memory for the idle thread of CPU %u", i);
    }
}

static void say_hello(void) {
    log_line("Parley: %lu MiB of memory, %u CPU%s", frame_total() / PAGES_PER_MEBIBYTE, processor_count,
             processor_count == 1 ? "" : "s");
    if (boot_information.command_line[0] != 0)
        log_line("command line: %s", boot_information.command_line);
}

__attribute__((no_stack_protector)) void kernel_main(uint32_t magic, uint64_t information) {
    machine_start_early();
    stack_guard_draw();
    const char *error = boot_parse(magic, information);
    if (error != 0)
        panic("%s", error);
    debugger_start();
    machine_start_memory();
    if (boot_has_word("layout=repeat"))
        space_layouts_repeat();
    machine_start_devices();
    scheduler_clock_started();
    debugger_start_devices();
    object_start();
    futex_start();
    create_idle_threads();
    start_subsystems();
    say_hello();
    machine_start_processors();
    machine_make_mistake();
    process_start_first();
    arch_enter_first(processors[0].idle);
}

void processor_main(uint32_t index) {
    arch_enter_first(processors[index].idle);
}
