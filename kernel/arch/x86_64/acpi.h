// ACPI: the firmware's tables of CPUs, interrupt wiring, a timer, and how the machine is switched off.
//
// Rules: all tables are read at boot while the boot code's first tables alias the lowest 4 GiB, so before kernel_map_start;
// lengths and checksums are checked, and a broken or missing table is as one that is not there: said in the log.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ACPI_TIMER_FREQUENCY = 3579545 };

// The head that all tables have.
struct acpi_table {
    char signature[4];
    uint32_t length;
    uint8_t revision;
    uint8_t checksum;
    char maker[6];
    char product[8];
    uint32_t maker_revision;
    uint32_t tool;
    uint32_t tool_revision;
} __attribute__((packed));

// What was found.
struct acpi_information {
    uint64_t local_apic; // physical addresses of registers; 0: none found
    uint64_t io_apic;
    uint16_t timer_port; // 0: there is no timer
    bool timer_is_wide;  // 32 bits, else 24
};

extern struct acpi_information acpi_information;

// Finds and reads all of them; tells processor_found each CPU and interrupt_line_wire the wiring. Once.
void acpi_start(void);

// A sound table by its four letters; null: none.
const struct acpi_table *acpi_find(const char *signature);

// A sound table at a physical address; null: it is broken.
const struct acpi_table *acpi_table_at(uint64_t physical);

// The parts of acpi_start, each in its own file.
void acpi_read_processors(const struct acpi_table *madt); // null: not there
void acpi_read_power(const struct acpi_table *fadt);      // null: not there

// The free-running timer of ACPI_TIMER_FREQUENCY, and how wide it is.
uint32_t acpi_timer_read(void);
uint32_t acpi_timer_mask(void);
