// The I/O ports that the kernel itself uses at run time.
#include "kernel/process/io_ports.h"

#include <stddef.h>

#include "kernel/arch/x86_64/acpi.h"

struct managed {
    uint32_t base, count;
};

static bool overlaps(const struct managed *managed, uint32_t base, uint32_t count) {
    return managed->count != 0 && base < managed->base + managed->count && managed->base < base + count;
}

bool io_ports_are_managed(uint32_t base, uint32_t count) {
    const struct managed managed[] = {
        {0x20, 2},                                                          // interrupt controllers, masked for ever
        {0xa0, 2},                                                          //
        {0x40, 4},                                                          // interval timer
        {acpi_information.timer_port, acpi_information.timer_port ? 4 : 0}, // power management timer
    };
    for (size_t i = 0; i < sizeof(managed) / sizeof(managed[0]); i++)
        if (overlaps(&managed[i], base, count))
            return true;
    return false;
}
