// The table MADT: CPUs, interrupt controllers, and how ISA interrupts are wired.
#include "kernel/arch/x86_64/acpi.h"
#include "kernel/arch/x86_64/interrupts.h"
#include "kernel/arch/x86_64/processors.h"
#include "kernel/base/string.h"

enum entry_kind {
    ENTRY_PROCESSOR = 0,
    ENTRY_IO_APIC = 1,
    ENTRY_OVERRIDE = 2,
    ENTRY_LOCAL_APIC_ADDRESS = 5,
    ENTRY_KIND_COUNT,
};

enum {
    LOCAL_APIC_USUAL = 0xfee00000,
    IO_APIC_USUAL = 0xfec00000,
    PROCESSOR_ENABLED = 1 << 0,
    POLARITY_MASK = 3,
    POLARITY_LOW = 3,
    TRIGGER_MASK = 3 << 2,
    TRIGGER_LEVEL = 3 << 2,
};

struct madt {
    struct acpi_table head;
    uint32_t local_apic;
    uint32_t flags;
} __attribute__((packed));

struct entry {
    uint8_t kind;
    uint8_t length;
} __attribute__((packed));

struct processor_entry {
    struct entry head;
    uint8_t processor;
    uint8_t apic_id;
    uint32_t flags;
} __attribute__((packed));

struct io_apic_entry {
    struct entry head;
    uint8_t id;
    uint8_t reserved;
    uint32_t address;
    uint32_t first_pin;
} __attribute__((packed));

struct override_entry {
    struct entry head;
    uint8_t bus;
    uint8_t source;
    uint32_t pin;
    uint16_t flags;
} __attribute__((packed));

struct address_entry {
    struct entry head;
    uint16_t reserved;
    uint64_t address;
} __attribute__((packed));

static void read_processor(const struct entry *entry) {
    const struct processor_entry *processor = (const struct processor_entry *)entry;
    if (processor->flags & PROCESSOR_ENABLED)
        processor_found(processor->apic_id);
}

static void read_io_apic(const struct entry *entry) {
    const struct io_apic_entry *io_apic = (const struct io_apic_entry *)entry;
    if (io_apic->first_pin == 0)
        acpi_information.io_apic = io_apic->address;
}

static void read_override(const struct entry *entry) {
    const struct override_entry *override = (const struct override_entry *)entry;
    interrupt_line_wire(override->source, override->pin, (override->flags & TRIGGER_MASK) == TRIGGER_LEVEL,
                        (override->flags & POLARITY_MASK) == POLARITY_LOW);
}

static void read_address(const struct entry *entry) {
    acpi_information.local_apic = ((const struct address_entry *)entry)->address;
}

// Entries of other kinds, and those too short for their kind, are passed over.
static void read_entry(const struct entry *entry) {
    static const struct {
        size_t size;
        void (*read)(const struct entry *entry);
    } kinds[ENTRY_KIND_COUNT] = {
        [ENTRY_PROCESSOR] = {sizeof(struct processor_entry), read_processor},
        [ENTRY_IO_APIC] = {sizeof(struct io_apic_entry), read_io_apic},
        [ENTRY_OVERRIDE] = {sizeof(struct override_entry), read_override},
        [ENTRY_LOCAL_APIC_ADDRESS] = {sizeof(struct address_entry), read_address},
    };
    if (entry->kind < ENTRY_KIND_COUNT && kinds[entry->kind].read != 0 && entry->length >= kinds[entry->kind].size)
        kinds[entry->kind].read(entry);
}

void acpi_read_processors(const struct acpi_table *table) {
    acpi_information.local_apic = LOCAL_APIC_USUAL;
    acpi_information.io_apic = IO_APIC_USUAL;
    if (table == 0 || table->length < sizeof(struct madt))
        return;
    const struct madt *madt = (const struct madt *)table;
    acpi_information.local_apic = madt->local_apic;
    const uint8_t *at = (const uint8_t *)(madt + 1), *end = (const uint8_t *)table + table->length;
    while (end - at >= (ptrdiff_t)sizeof(struct entry)) {
        const struct entry *entry = (const struct entry *)at;
        if (entry->length < sizeof(*entry) || entry->length > end - at)
            return;
        read_entry(entry);
        at += entry->length;
    }
}
