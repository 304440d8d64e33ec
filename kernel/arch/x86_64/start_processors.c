// Starting the CPUs beside the first, one after the other.
#include <arch/alias.h>
#include <stdbool.h>

#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/local_apic.h"
#include "kernel/arch/x86_64/processors.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/assert.h"
#include "kernel/base/log.h"
#include "kernel/base/string.h"
#include "kernel/boot/main.h"
#include "kernel/thread/processor.h"

enum {
    NANOSECONDS_PER_MICROSECOND = 1000,
    SETTLE_MICROSECONDS = 20,      // between INIT and the first start message
    FIRST_TRY_MICROSECONDS = 1000, // then the start message is sent again
    GIVE_UP_MICROSECONDS = 200000,
};

extern const char trampoline_code[];
extern const uint32_t trampoline_code_size;
extern uint64_t boot_table_top[];

// Read by processor_entry (boot.S) on the CPU that starts.
uint64_t processor_boot_root; // of the page tables
uint64_t processor_boot_stack;
uint32_t processor_boot_index;

static bool wait_running(const struct processor *processor, uint64_t microseconds) {
    uint64_t end = clock_now() + microseconds * NANOSECONDS_PER_MICROSECOND;
    while (!__atomic_load_n(&processor->arch.running, __ATOMIC_ACQUIRE)) {
        if (clock_now() > end)
            return false;
        machine_relax();
    }
    return true;
}

// It starts in the middle of its idle thread's stack, whose top holds that thread's first frame.
static bool start_one(struct processor *processor) {
    processor_boot_root = kernel_map_root();
    processor_boot_stack = processor->idle->context.stack_base + KERNEL_STACK_SIZE / 2;
    processor_boot_index = (uint32_t)(processor - processors);
    uint32_t apic_id = processor->arch.apic_id;
    local_apic_send_start(apic_id);
    wait_running(processor, SETTLE_MICROSECONDS);
    local_apic_send_code(apic_id, TRAMPOLINE_PAGE);
    if (wait_running(processor, FIRST_TRY_MICROSECONDS))
        return true;
    local_apic_send_code(apic_id, TRAMPOLINE_PAGE);
    return wait_running(processor, GIVE_UP_MICROSECONDS);
}

void machine_start_processors(void) {
    memcpy(alias_pointer(TRAMPOLINE_PAGE), trampoline_code, trampoline_code_size);
    for (uint32_t i = 1; i < processor_count; i++) {
        processor_give_stacks(&processors[i]);
        if (start_one(&processors[i]))
            continue;
        log_line("CPU %u does not start; going on with %u", i, i);
        processor_count = i;
    }
    boot_table_top[0] = 0; // nothing runs at its physical address any more
}

void processor_start(uint32_t index) {
    processor_set_up(index);
    kernel_map_enable();
    local_apic_enable();
    __atomic_store_n(&processor_current()->arch.running, true, __ATOMIC_RELEASE);
    processor_main(index);
}
