// The PCI bus: where a memory window of a device lies, and that no device writes to memory by itself.
//
// Rules: the caller has opened the ports PCI_PORT to PCI_PORT + PCI_PORT_COUNT - 1, and nobody uses the device meanwhile:
// measuring a window takes it off the bus for a moment. All buses that can be reached from bus 0 are looked at.
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

// Takes from every device the right to read and write memory on its own (bus mastering), which the firmware and the boot loader have left
// on for those that they used: no driver of ours needs it, and so one that is given a device's registers cannot make it
// write to memory that is somebody's (R-B11). Bridges keep it, and so do controllers of USB, by which firmware may play the part
// of a PS/2 keyboard, in memory that it keeps from us.
void pci_stop_masters(void);
