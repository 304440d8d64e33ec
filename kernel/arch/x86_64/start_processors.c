// Starting the CPUs beside the first, one after the other. One that comes after it was given up halts, and nobody counts on it.
#include <arch/alias.h>
#include <build_kind.h>
#include <stdbool.h>

#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/local_apic.h"
#include "kernel/arch/x86_64/processors.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/assert.h"
#include "kernel/base/log.h"
#include "kernel/base/string.h"
#include "kernel/boot/boot.h"
#include "kernel/boot/main.h"
#include "kernel/thread/processor.h"

enum {
    NANOSECONDS_PER_MICROSECOND = 1000,
    SETTLE_MICROSECONDS = 20,       // between INIT and the first start message
    FIRST_TRY_MICROSECONDS = 1000,  // then the start message is sent again
    GIVE_UP_MICROSECONDS = 1000000, // long, for a virtual machine on a busy host
};

extern const char trampoline_code[];
extern const uint32_t trampoline_code_size;
extern uint64_t boot_table_top[];

// Read by processor_entry (boot.S) on the CPU that starts.
uint64_t processor_boot_root; // of the page tables
uint64_t processor_boot_stack;
uint32_t processor_boot_index;

static uint32_t awaited; // [a] index of the CPU that may come now; 0: none

static bool wait_running(const struct processor *processor, uint64_t microseconds) {
    uint64_t begin = clock_now();
    while (!__atomic_load_n(&processor->arch.running, __ATOMIC_ACQUIRE)) {
        if ((clock_now() - begin) / NANOSECONDS_PER_MICROSECOND > microseconds)
            return false;
        machine_relax();
    }
    return true;
}

// True: whoever comes from now on halts. False: it has come.
static bool give_up(void) {
    return __atomic_exchange_n(&awaited, 0, __ATOMIC_ACQ_REL) != 0;
}

// So that a test sees one come late.
static bool is_impatient(void) {
    return BUILD_CHECKS && boot_has_word("mistake=impatience");
}

// It starts in the middle of its idle thread's stack, whose top holds that thread's first frame.
static bool start_one(struct processor *processor) {
    processor_boot_root = kernel_map_root();
    processor_boot_stack = processor->idle->context.stack_base + KERNEL_STACK_SIZE / 2;
    processor_boot_index = (uint32_t)(processor - processors);
    uint32_t apic_id = processor->arch.apic_id;
    __atomic_store_n(&awaited, processor_boot_index, __ATOMIC_RELEASE);
    local_apic_send_start(apic_id);
    wait_running(processor, SETTLE_MICROSECONDS);
    bool comes_late = is_impatient() && give_up();
    local_apic_send_code(apic_id, TRAMPOLINE_PAGE);
    if (comes_late)
        return false;
    if (wait_running(processor, FIRST_TRY_MICROSECONDS))
        return true;
    local_apic_send_code(apic_id, TRAMPOLINE_PAGE);
    return wait_running(processor, GIVE_UP_MICROSECONDS) || (!give_up() && wait_running(processor, UINT64_MAX));
}

void machine_start_processors(void) {
    uint32_t found = processor_count;
    memcpy(alias_pointer(TRAMPOLINE_PAGE), trampoline_code, trampoline_code_size);
    for (uint32_t i = 1; i < processor_count; i++) {
        processor_give_stacks(&processors[i]);
        if (start_one(&processors[i]))
            continue;
        log_line("CPU %u does not start; going on with %u", i, i);
        processor_count = i;
    }
    if (processor_count == found)
        boot_table_top[0] = 0; // nothing runs at its physical address any more
}

void processor_start(uint32_t index) {
    if (__atomic_exchange_n(&awaited, 0, __ATOMIC_ACQ_REL) != index)
        processor_halt_forever();
    processor_set_up(index);
    kernel_map_enable();
    local_apic_enable();
    __atomic_store_n(&processor_current()->arch.running, true, __ATOMIC_RELEASE);
    processor_main(index);
}
