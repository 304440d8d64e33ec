// Finding the ACPI tables, and the timer.
#include "kernel/arch/x86_64/acpi.h"

#include <arch/alias.h>

#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/assert.h"
#include "kernel/base/log.h"
#include "kernel/base/string.h"

#define REACHABLE (UINT64_C(4) << 30)

enum {
    EXTENDED_DATA_SEGMENT_AT = 0x40e, // the BIOS's note of a segment
    FIRMWARE_START = 0xe0000,
    FIRMWARE_END = 0x100000,
    POINTER_ALIGNMENT = 16,
    EXTENDED_DATA_SEARCHED = 1024,
    POINTER_SIZE_FIRST = 20, // of revision 0
    TABLE_SIZE_MOST = 1 << 20,
};

// What the firmware leaves in low memory.
struct root_pointer {
    char signature[8];
    uint8_t checksum;
    char maker[6];
    uint8_t revision;
    uint32_t table;
    uint32_t length;
    uint64_t extended_table;
    uint8_t extended_checksum;
    uint8_t reserved[3];
} __attribute__((packed));

struct acpi_information acpi_information;

static const struct acpi_table *root_table; // of pointers to the others
static bool root_is_extended;               // pointers of 64 bits

static bool sums_to_zero(const void *bytes, size_t size) {
    uint8_t sum = 0;
    for (size_t i = 0; i < size; i++)
        sum = (uint8_t)(sum + ((const uint8_t *)bytes)[i]);
    return sum == 0;
}

const struct acpi_table *acpi_table_at(uint64_t physical) {
    if (physical == 0 || physical > REACHABLE - sizeof(struct acpi_table))
        return 0;
    const struct acpi_table *table = alias_pointer(physical);
    if (table->length < sizeof(*table) || table->length > TABLE_SIZE_MOST || table->length > REACHABLE - physical)
        return 0;
    return sums_to_zero(table, table->length) ? table : 0;
}

static const struct root_pointer *pointer_search(uint64_t start, uint64_t size) {
    for (uint64_t at = start; at + sizeof(struct root_pointer) <= start + size; at += POINTER_ALIGNMENT) {
        const struct root_pointer *pointer = alias_pointer(at);
        if (memcmp(pointer->signature, "RSD PTR ", sizeof(pointer->signature)) == 0 &&
            sums_to_zero(pointer, POINTER_SIZE_FIRST))
            return pointer;
    }
    return 0;
}

static const struct root_pointer *pointer_find(void) {
    uint16_t segment;
    memcpy(&segment, alias_pointer(EXTENDED_DATA_SEGMENT_AT), sizeof(segment));
    const struct root_pointer *pointer = pointer_search((uint64_t)segment << 4, EXTENDED_DATA_SEARCHED);
    return pointer != 0 ? pointer : pointer_search(FIRMWARE_START, FIRMWARE_END - FIRMWARE_START);
}

static void root_table_find(void) {
    const struct root_pointer *pointer = pointer_find();
    if (pointer == 0)
        return;
    if (pointer->revision >= 2 && sums_to_zero(pointer, sizeof(*pointer)))
        root_table = acpi_table_at(pointer->extended_table);
    root_is_extended = root_table != 0;
    if (root_table == 0)
        root_table = acpi_table_at(pointer->table);
}

const struct acpi_table *acpi_find(const char *signature) {
    if (root_table == 0)
        return 0;
    size_t width = root_is_extended ? sizeof(uint64_t) : sizeof(uint32_t);
    size_t count = (root_table->length - sizeof(*root_table)) / width;
    for (size_t i = 0; i < count; i++) {
        uint64_t physical = 0;
        memcpy(&physical, (const uint8_t *)(root_table + 1) + i * width, width);
        const struct acpi_table *table = acpi_table_at(physical);
        if (table != 0 && memcmp(table->signature, signature, sizeof(table->signature)) == 0)
            return table;
    }
    log_line("ACPI: no sound table %s", signature);
    return 0;
}

void acpi_start(void) {
    root_table_find();
    if (root_table == 0)
        log_line("ACPI: the firmware has no sound tables");
    acpi_read_processors(acpi_find("APIC"));
    acpi_read_power(acpi_find("FACP"));
}

uint32_t acpi_timer_mask(void) {
    return acpi_information.timer_is_wide ? UINT32_MAX : 0xffffff;
}

uint32_t acpi_timer_read(void) {
    if (acpi_information.timer_port == 0)
        panic("this machine has no ACPI timer to measure its clocks with");
    return io_port_read_32(acpi_information.timer_port) & acpi_timer_mask();
}
