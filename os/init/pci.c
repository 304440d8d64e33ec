// The PCI configuration space by its two ports, as far as finding a window of memory needs it.
#include "os/init/pci.h"

#include <parley/io_ports.h>
#include <stdbool.h>

enum {
    PORT_ADDRESS = PCI_PORT,
    PORT_DATA = PCI_PORT + 4,
    DEVICES = 32,
    FUNCTIONS = 8,
    REGISTER_IDENTITY = 0x00,
    REGISTER_COMMAND = 0x04,
    REGISTER_HEADER = 0x0c,
    REGISTER_WINDOWS = 0x10,
    WINDOW_COUNT = 6,
    COMMAND_MEMORY = 1 << 1,
    HEADER_MANY_FUNCTIONS = 1 << 23,
    HEADER_KIND_SHIFT = 16,
    HEADER_KIND_MASK = 0x7f,
    WINDOW_IS_PORTS = 1 << 0,
    WINDOW_WIDTH_MASK = 3 << 1,
    WINDOW_IS_64 = 2 << 1,
    WINDOW_FLAGS = 0xf,
};

#define ADDRESS_ENABLE UINT32_C(0x80000000)
#define NO_DEVICE UINT32_MAX

static uint32_t address_of(uint32_t device, uint32_t function, uint32_t offset) {
    return ADDRESS_ENABLE | device << 11 | function << 8 | offset;
}

static uint32_t read_register(uint32_t place, uint32_t offset) {
    io_port_write_32(PORT_ADDRESS, place + offset);
    return io_port_read_32(PORT_DATA);
}

static void write_register(uint32_t place, uint32_t offset, uint32_t value) {
    io_port_write_32(PORT_ADDRESS, place + offset);
    io_port_write_32(PORT_DATA, value);
}

// The place of a function with this identity; 0 where there is none.
static uint32_t find_function(uint32_t identity) {
    for (uint32_t device = 0; device < DEVICES; device++) {
        uint32_t count = 1;
        for (uint32_t function = 0; function < count; function++) {
            uint32_t place = address_of(device, function, 0);
            uint32_t found = read_register(place, REGISTER_IDENTITY);
            if (found == identity) {
                return place;
            }
            if (function == 0 && found != NO_DEVICE && read_register(place, REGISTER_HEADER) & HEADER_MANY_FUNCTIONS) {
                count = FUNCTIONS;
            }
        }
    }
    return 0;
}

// Which bits of a window's register are fixed tells its size: those that stay 0 when ones are written.
static uint32_t probe(uint32_t place, uint32_t offset) {
    uint32_t before = read_register(place, offset);
    write_register(place, offset, UINT32_MAX);
    uint32_t mask = read_register(place, offset);
    write_register(place, offset, before);
    return mask;
}

static void measure(uint32_t place, uint32_t offset, struct pci_window *window) {
    uint32_t command = read_register(place, REGISTER_COMMAND);
    uint32_t low = read_register(place, offset);
    bool is_64 = (low & WINDOW_WIDTH_MASK) == WINDOW_IS_64;
    write_register(place, REGISTER_COMMAND, command & ~(uint32_t)COMMAND_MEMORY);
    uint64_t mask = probe(place, offset) & ~(uint32_t)WINDOW_FLAGS;
    window->base = low & ~(uint32_t)WINDOW_FLAGS;
    if (is_64) {
        window->base |= (uint64_t)read_register(place, offset + 4) << 32;
        mask |= (uint64_t)probe(place, offset + 4) << 32;
    } else {
        mask |= (uint64_t)UINT32_MAX << 32;
    }
    write_register(place, REGISTER_COMMAND, command);
    window->size = ~mask + 1;
}

enum status pci_find_window(uint16_t vendor, uint16_t device, uint32_t index, struct pci_window *window) {
    uint32_t place = find_function((uint32_t)device << 16 | vendor);
    uint32_t offset = REGISTER_WINDOWS + 4 * index;
    if (!place || index >= WINDOW_COUNT ||
        read_register(place, REGISTER_HEADER) >> HEADER_KIND_SHIFT & HEADER_KIND_MASK ||
        read_register(place, offset) & WINDOW_IS_PORTS) {
        return STATUS_NOT_FOUND;
    }
    measure(place, offset, window);
    return window->base && window->size ? STATUS_OK : STATUS_NOT_FOUND;
}
