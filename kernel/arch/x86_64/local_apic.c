// The local APIC's registers.
#include "kernel/arch/x86_64/local_apic.h"

#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/assert.h"

enum local_apic_register {
    REGISTER_ID = 0x20,
    REGISTER_TASK_PRIORITY = 0x80,
    REGISTER_END_OF_INTERRUPT = 0xb0,
    REGISTER_SPURIOUS = 0xf0,
    REGISTER_COMMAND_LOW = 0x300,
    REGISTER_COMMAND_HIGH = 0x310,
    REGISTER_TIMER = 0x320,
    REGISTER_OLD_CONTROLLERS = 0x350, // the pin LINT0
    REGISTER_TIMER_INITIAL = 0x380,
    REGISTER_TIMER_CURRENT = 0x390,
    REGISTER_TIMER_DIVIDER = 0x3e0,
    REGISTERS_SIZE = 0x1000,
};

enum {
    SPURIOUS_ENABLE = 1 << 8,
    COMMAND_NON_MASKABLE = 4 << 8,
    COMMAND_INIT = 5 << 8,
    COMMAND_START = 6 << 8,
    COMMAND_PENDING = 1 << 12,
    COMMAND_ASSERT = 1 << 14,
    PIN_MASKED = 1 << 16,
    DIVIDE_BY_1 = 0xb,
    APIC_BASE_ENABLE = 1 << 11,
    ID_SHIFT = 24,
};

static volatile uint8_t *registers;

static uint32_t register_read(enum local_apic_register offset) {
    return *(volatile uint32_t *)(registers + offset);
}

static void register_write(enum local_apic_register offset, uint32_t value) {
    *(volatile uint32_t *)(registers + offset) = value;
}

void local_apic_map(uint64_t physical) {
    registers = kernel_map_device(physical, REGISTERS_SIZE);
    assert(registers != 0);
}

void local_apic_enable(void) {
    msr_write(MSR_APIC_BASE, msr_read(MSR_APIC_BASE) | APIC_BASE_ENABLE);
    register_write(REGISTER_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
    register_write(REGISTER_TASK_PRIORITY, 0);
    register_write(REGISTER_OLD_CONTROLLERS, PIN_MASKED);
    register_write(REGISTER_TIMER_DIVIDER, DIVIDE_BY_1);
    register_write(REGISTER_TIMER, VECTOR_TIMER); // once, not masked
    register_write(REGISTER_TIMER_INITIAL, 0);
}

uint32_t local_apic_id(void) {
    return register_read(REGISTER_ID) >> ID_SHIFT;
}

void local_apic_end_of_interrupt(void) {
    register_write(REGISTER_END_OF_INTERRUPT, 0);
}

static void command(uint32_t apic_id, uint32_t low) {
    while (register_read(REGISTER_COMMAND_LOW) & COMMAND_PENDING)
        processor_pause();
    register_write(REGISTER_COMMAND_HIGH, apic_id << ID_SHIFT);
    register_write(REGISTER_COMMAND_LOW, low);
}

void local_apic_send(uint32_t apic_id, uint32_t vector) {
    command(apic_id, vector | COMMAND_ASSERT);
}

// Whoever was interrupted between the two halves of a command goes on with the half that it wrote.
void local_apic_send_non_maskable(uint32_t apic_id) {
    uint32_t high = register_read(REGISTER_COMMAND_HIGH);
    command(apic_id, COMMAND_NON_MASKABLE | COMMAND_ASSERT);
    register_write(REGISTER_COMMAND_HIGH, high);
}

void local_apic_send_start(uint32_t apic_id) {
    command(apic_id, COMMAND_INIT | COMMAND_ASSERT);
}

void local_apic_send_code(uint32_t apic_id, uint64_t page) {
    command(apic_id, COMMAND_START | COMMAND_ASSERT | (uint32_t)(page >> 12));
}

void local_apic_timer_set(uint32_t count) {
    register_write(REGISTER_TIMER_INITIAL, count);
}

uint32_t local_apic_timer_left(void) {
    return register_read(REGISTER_TIMER_CURRENT);
}
