// The IO APIC's registers.
#include "kernel/arch/x86_64/io_apic.h"

#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/base/assert.h"

enum {
    OFFSET_SELECT = 0x00,
    OFFSET_WINDOW = 0x10,
    REGISTERS_SIZE = 0x20,
    INDEX_VERSION = 1,
    INDEX_ROUTES = 0x10, // two words each
    ROUTE_NON_MASKABLE = 4 << 8,
    ROUTE_ACTIVE_LOW = 1 << 13,
    ROUTE_LEVEL = 1 << 15,
    ROUTE_MASKED = 1 << 16,
    DESTINATION_SHIFT = 24,
};

static volatile uint8_t *registers;
static uint32_t pins;

static void index_write(uint32_t index, uint32_t value) {
    *(volatile uint32_t *)(registers + OFFSET_SELECT) = index;
    *(volatile uint32_t *)(registers + OFFSET_WINDOW) = value;
}

static uint32_t index_read(uint32_t index) {
    *(volatile uint32_t *)(registers + OFFSET_SELECT) = index;
    return *(volatile uint32_t *)(registers + OFFSET_WINDOW);
}

void io_apic_map(uint64_t physical) {
    registers = kernel_map_device(physical, REGISTERS_SIZE);
    assert(registers != 0);
    pins = (index_read(INDEX_VERSION) >> 16 & 0xff) + 1;
    for (uint32_t pin = 0; pin < pins; pin++)
        index_write(INDEX_ROUTES + 2 * pin, ROUTE_MASKED);
}

uint32_t io_apic_pins(void) {
    return pins;
}

void io_apic_route(uint32_t pin, const struct io_apic_route *route) {
    uint32_t low = route->vector | (route->level ? ROUTE_LEVEL : 0) | (route->active_low ? ROUTE_ACTIVE_LOW : 0) |
                   (route->masked ? ROUTE_MASKED : 0) | (route->non_maskable ? ROUTE_NON_MASKABLE : 0);
    index_write(INDEX_ROUTES + 2 * pin + 1, route->apic_id << DESTINATION_SHIFT);
    index_write(INDEX_ROUTES + 2 * pin, low);
}
