// Finds a device on the PCI bus, and where one of its memory windows lies.
//
// Rules: the caller has opened the ports PCI_PORT to PCI_PORT + PCI_PORT_COUNT - 1, and nobody uses the device meanwhile:
// measuring a window takes it off the bus for a moment. Only bus 0 is searched: what lies behind bridges is not found.
#pragma once

#include "kernel/abi/status.h"

#include <stdint.h>

enum { PCI_PORT = 0xcf8, PCI_PORT_COUNT = 8 };

struct pci_window {
    uint64_t base; // physical
    uint64_t size; // bytes
};

// NOT_FOUND: no such device, or its window `index` is no memory.
enum status pci_find_window(uint16_t vendor, uint16_t device, uint32_t index, struct pci_window *window);
