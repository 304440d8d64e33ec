// The PCI configuration space by its two ports, as far as windows of memory and the right to write to memory need it.
#include "os/init/pci.h"

#include <parley/io_ports.h>
#include <stdbool.h>

enum {
    PORT_ADDRESS = PCI_PORT,
    PORT_DATA = PCI_PORT + 4,
    DEVICES = 32,
    FUNCTIONS = 8,
    REGISTER_IDENTITY = 0x00,
    REGISTER_COMMAND = 0x04, // the status in its upper half: what is written as 1 there is cleared
    REGISTER_CLASS = 0x08,
    REGISTER_HEADER = 0x0c,
    REGISTER_WINDOWS = 0x10,
    REGISTER_BUSES = 0x18, // of a bridge
    WINDOW_COUNT = 6,
    COMMAND_MEMORY = 1 << 1,
    COMMAND_MASTER = 1 << 2,
    COMMAND_MASK = 0xffff,
    CLASS_SHIFT = 16,
    CLASS_USB = 0x0c03,
    HEADER_MANY_FUNCTIONS = 1 << 23,
    HEADER_KIND_SHIFT = 16,
    HEADER_KIND_MASK = 0x7f,
    HEADER_KIND_DEVICE = 0,
    HEADER_KIND_BRIDGE = 1,
    BUS_BEHIND_SHIFT = 8,
    BUS_MASK = 0xff,
    WINDOW_IS_PORTS = 1 << 0,
    WINDOW_WIDTH_MASK = 3 << 1,
    WINDOW_IS_64 = 2 << 1,
    WINDOW_FLAGS = 0xf,
};

#define ADDRESS_ENABLE UINT32_C(0x80000000)
#define NO_DEVICE UINT32_MAX

// A function on the bus, as the visitor of all wants it: false ends the walk.
struct visit {
    bool (*see)(uint32_t place, void *context);
    void *context;
};

static uint32_t place_of(uint32_t bus, uint32_t device, uint32_t function) {
    return ADDRESS_ENABLE | bus << 16 | device << 11 | function << 8;
}

static uint32_t read_register(uint32_t place, uint32_t offset) {
    io_port_write_32(PORT_ADDRESS, place + offset);
    return io_port_read_32(PORT_DATA);
}

static void write_register(uint32_t place, uint32_t offset, uint32_t value) {
    io_port_write_32(PORT_ADDRESS, place + offset);
    io_port_write_32(PORT_DATA, value);
}

static uint32_t header_kind(uint32_t place) {
    return read_register(place, REGISTER_HEADER) >> HEADER_KIND_SHIFT & HEADER_KIND_MASK;
}

static bool walk_bus(uint32_t bus, const struct visit *visit);

// A bridge leads to a bus of a higher number, so that every walk ends.
static bool walk_function(uint32_t bus, uint32_t place, const struct visit *visit) {
    if (header_kind(place) != HEADER_KIND_BRIDGE) {
        return visit->see(place, visit->context);
    }
    uint32_t behind = read_register(place, REGISTER_BUSES) >> BUS_BEHIND_SHIFT & BUS_MASK;
    return behind <= bus || walk_bus(behind, visit);
}

static bool walk_bus(uint32_t bus, const struct visit *visit) {
    for (uint32_t device = 0; device < DEVICES; device++) {
        uint32_t count = 1;
        for (uint32_t function = 0; function < count; function++) {
            uint32_t place = place_of(bus, device, function);
            if (read_register(place, REGISTER_IDENTITY) == NO_DEVICE) {
                continue;
            }
            if (function == 0 && read_register(place, REGISTER_HEADER) & HEADER_MANY_FUNCTIONS) {
                count = FUNCTIONS;
            }
            if (!walk_function(bus, place, visit)) {
                return false;
            }
        }
    }
    return true;
}

struct search {
    uint32_t identity;
    uint32_t place; // 0: not found
};

static bool see_if_wanted(uint32_t place, void *context) {
    struct search *search = context;
    if (read_register(place, REGISTER_IDENTITY) == search->identity) {
        search->place = place;
    }
    return !search->place;
}

// The place of a function with this identity; 0 where there is none.
static uint32_t find_function(uint32_t identity) {
    struct search search = {.identity = identity};
    walk_bus(0, &(struct visit){see_if_wanted, &search});
    return search.place;
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
    if (!place || index >= WINDOW_COUNT || header_kind(place) != HEADER_KIND_DEVICE ||
        read_register(place, offset) & WINDOW_IS_PORTS) {
        return STATUS_NOT_FOUND;
    }
    measure(place, offset, window);
    return window->base && window->size ? STATUS_OK : STATUS_NOT_FOUND;
}

static bool stop_master(uint32_t place, void *context) {
    (void)context;
    uint32_t command = read_register(place, REGISTER_COMMAND) & COMMAND_MASK;
    bool is_usb = read_register(place, REGISTER_CLASS) >> CLASS_SHIFT == CLASS_USB;
    if (command & COMMAND_MASTER && !is_usb && header_kind(place) == HEADER_KIND_DEVICE) {
        write_register(place, REGISTER_COMMAND, command & ~(uint32_t)COMMAND_MASTER);
    }
    return true;
}

void pci_stop_masters(void) {
    walk_bus(0, &(struct visit){stop_master, NULL});
}
