// The steps of this architecture's start (kernel/arch/machine.h).
#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/acpi.h"
#include "kernel/arch/x86_64/clock.h"
#include "kernel/arch/x86_64/descriptors.h"
#include "kernel/arch/x86_64/features.h"
#include "kernel/arch/x86_64/interrupts.h"
#include "kernel/arch/x86_64/io_apic.h"
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/local_apic.h"
#include "kernel/arch/x86_64/processors.h"
#include "kernel/arch/x86_64/serial.h"
#include "kernel/boot/boot.h"
#include "kernel/memory/frame.h"
#include "kernel/thread/processor.h"

// gs must be right before the first lock, and so before the first text.
void machine_start_early(void) {
    serial_start();
    features_start();
    descriptors_start();
    processor_set_up(0);
    processor_give_early_stacks(&processors[0]);
    descriptors_use_stacks();
}

void machine_start_memory(void) {
    interrupt_start();
    processors[0].arch.apic_id = features.apic_id;
    acpi_start();
    frame_start(boot_information.usable, boot_information.usable_count);
    kernel_map_start();
    frame_start_rest(boot_information.usable, boot_information.usable_count);
    processor_give_stacks(&processors[0]);
}

void machine_start_devices(void) {
    local_apic_map(acpi_information.local_apic);
    io_apic_map(acpi_information.io_apic);
    frame_exclude(acpi_information.local_apic, PAGE_SIZE);
    frame_exclude(acpi_information.io_apic, PAGE_SIZE);
    local_apic_enable();
    processors[0].arch.running = true;
    clock_start();
}
