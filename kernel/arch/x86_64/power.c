// Switching the machine off and restarting it: what the FADT and the object \_S5 of the DSDT say.
#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/acpi.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/log.h"
#include "kernel/base/string.h"

enum {
    SLEEP_TYPE_SHIFT = 10,
    SLEEP_ENABLE = 1 << 13,
    SLEEP_TYPE_MASK = 7,
    ACPI_IS_ON = 1 << 0, // of the control register: SCI_EN
    FLAG_TIMER_WIDE = 1 << 8,
    FLAG_RESET_REGISTER = 1 << 10,
    SPACE_MEMORY = 0,
    SPACE_PORTS = 1,
    KEYBOARD_STATUS = 0x64,
    KEYBOARD_INPUT_FULL = 1 << 1,
    KEYBOARD_RESET = 0xfe,
    WAIT_READS = 100000, // of a port, each about a microsecond
};

// AML opcodes in front of the sleep types.
enum aml {
    AML_ZERO = 0x00,
    AML_ONE = 0x01,
    AML_NAME = 0x08,
    AML_BYTE = 0x0a,
    AML_PACKAGE = 0x12,
    AML_LENGTH_BYTES_SHIFT = 6
};

struct generic_address {
    uint8_t space;
    uint8_t width;
    uint8_t offset;
    uint8_t access;
    uint64_t address;
} __attribute__((packed));

struct fadt {
    struct acpi_table head;
    uint32_t firmware_control;
    uint32_t dsdt;
    uint8_t reserved;
    uint8_t profile;
    uint16_t interrupt;
    uint32_t command_port;
    uint8_t enable_value;
    uint8_t disable_value;
    uint8_t unused[2];
    uint32_t events_a, events_b;
    uint32_t control_a, control_b;
    uint32_t control_2;
    uint32_t timer;
    uint8_t unused_2[32];
    uint32_t flags;
    struct generic_address reset;
    uint8_t reset_value;
} __attribute__((packed));

static struct {
    uint16_t control_a, control_b; // ports; 0: none
    uint16_t command_port;
    uint8_t enable_value;
    bool can_sleep; // the sleep types are known
    uint8_t type_a, type_b;
    uint16_t reset_port; // 0: none
    uint8_t reset_value;
} power;

// ---- reading the tables ----

// One small integer of AML; moves *at behind it. False: it is something else.
static bool read_integer(const uint8_t **at, const uint8_t *end, uint8_t *value) {
    if (end - *at < 2)
        return false;
    uint8_t code = *(*at)++;
    if (code == AML_ZERO || code == AML_ONE)
        *value = code;
    else if (code == AML_BYTE)
        *value = *(*at)++;
    else
        return false;
    return true;
}

// Behind the name: package, its length (1 to 4 bytes), how many elements, then the two sleep types.
static void read_package(const uint8_t *at, const uint8_t *end) {
    if (end - at < 2 || *at++ != AML_PACKAGE)
        return;
    ptrdiff_t skip = 2 + (*at >> AML_LENGTH_BYTES_SHIFT);
    if (end - at < skip)
        return;
    at += skip;
    power.can_sleep = read_integer(&at, end, &power.type_a) && read_integer(&at, end, &power.type_b);
}

static void read_sleep_types(const struct acpi_table *dsdt) {
    if (dsdt == 0)
        return;
    const uint8_t *end = (const uint8_t *)dsdt + dsdt->length;
    for (const uint8_t *at = (const uint8_t *)(dsdt + 1) + 2; at + 4 < end; at++) {
        bool is_named = at[-1] == AML_NAME || (at[-1] == '\\' && at[-2] == AML_NAME);
        if (is_named && memcmp(at, "_S5_", 4) == 0) {
            read_package(at + 4, end);
            return;
        }
    }
}

void acpi_read_power(const struct acpi_table *table) {
    if (table == 0 || table->length < offsetof(struct fadt, reset))
        return;
    const struct fadt *fadt = (const struct fadt *)table;
    acpi_information.timer_port = (uint16_t)fadt->timer;
    acpi_information.timer_is_wide = (fadt->flags & FLAG_TIMER_WIDE) != 0;
    power.control_a = (uint16_t)fadt->control_a;
    power.control_b = (uint16_t)fadt->control_b;
    power.command_port = (uint16_t)fadt->command_port;
    power.enable_value = fadt->enable_value;
    bool has_reset = table->length >= sizeof(*fadt) && (fadt->flags & FLAG_RESET_REGISTER) != 0;
    if (has_reset && fadt->reset.space == SPACE_PORTS) {
        power.reset_port = (uint16_t)fadt->reset.address;
        power.reset_value = fadt->reset_value;
    }
    read_sleep_types(acpi_table_at(fadt->dsdt));
}

// ---- doing it ----

// Firmware that was not told that we use ACPI ignores the sleep bits.
static void acpi_switch_on(void) {
    if (power.command_port == 0 || (io_port_read_16(power.control_a) & ACPI_IS_ON))
        return;
    io_port_write_8(power.command_port, power.enable_value);
    for (int i = 0; i < WAIT_READS && !(io_port_read_16(power.control_a) & ACPI_IS_ON); i++)
        processor_pause();
}

static void sleep_start(uint16_t port, uint8_t type) {
    if (port == 0)
        return;
    uint16_t kept = io_port_read_16(port) & (uint16_t) ~(SLEEP_TYPE_MASK << SLEEP_TYPE_SHIFT);
    io_port_write_16(port, (uint16_t)(kept | (type & SLEEP_TYPE_MASK) << SLEEP_TYPE_SHIFT | SLEEP_ENABLE));
}

static void wait_for_effect(void) {
    for (int i = 0; i < WAIT_READS; i++)
        (void)io_port_read_8(KEYBOARD_STATUS);
}

enum status machine_power_off(void) {
    if (!power.can_sleep || power.control_a == 0)
        return STATUS_UNSUPPORTED;
    log_line("power off");
    acpi_switch_on();
    sleep_start(power.control_a, power.type_a);
    sleep_start(power.control_b, power.type_b);
    wait_for_effect();
    return STATUS_UNSUPPORTED;
}

// No gates: the next exception finds no handler, nor the double fault, and the processor resets.
static void triple_fault(void) {
    static const struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) nothing;
    __asm__ volatile("lidt %0; int3" : : "m"(nothing));
}

enum status machine_reboot(void) {
    log_line("reboot");
    if (power.reset_port != 0) {
        io_port_write_8(power.reset_port, power.reset_value);
        wait_for_effect();
    }
    for (int i = 0; i < WAIT_READS && (io_port_read_8(KEYBOARD_STATUS) & KEYBOARD_INPUT_FULL); i++)
        processor_pause();
    io_port_write_8(KEYBOARD_STATUS, KEYBOARD_RESET);
    wait_for_effect();
    triple_fault();
    return STATUS_UNSUPPORTED;
}
