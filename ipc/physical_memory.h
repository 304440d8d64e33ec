// Ranges: device memory and I/O ports that drivers map and open. Source: seeds/002, "Shared memory" (between drivers).
//
// A range is minted with the machine's right, covers nothing that the kernel manages and nothing of another range (R-B10). Its
// memory is mapped uncached, write-combining or cached, never executable, where the kernel picks. When the last number of a
// range is closed, every mapping and every opening of it is taken back; when a driver dies, its own.
//
// No driver is given memory for a device to write to, so none can be written after a death (R-B11): there is no call that tells a
// program a physical address of RAM, and init takes bus mastering from all devices before it grants one (os/init/pci.h).
//
// Rules: no lock may be held. One lock guards all ranges: they are made and mapped seldom.
#pragma once

#include "kernel/abi/memory.h"
#include "kernel/process/process.h"

struct range_use;
LIST_HEAD(range_use_list, range_use);

struct range {
    struct object object;
    uint32_t kind;              // [I] enum range_kind
    uint64_t base, size;        // [I]
    bool closed;                // [ranges' lock] its last number is closed
    LIST_ENTRY(range) link;     // [ranges' lock] all that are not closed
    struct range_use_list uses; // [ranges' lock] the processes that have it mapped or open
};

extern const struct object_type range_type;

// INVALID_ARGUMENT (kind, size 0, not page-aligned, beyond the end), DENIED, BUSY, LIMIT_REACHED, NO_MEMORY.
enum status range_create(struct account *account, uint32_t kind, uint64_t base, uint64_t size, struct range **range);

// INVALID_ARGUMENT (outside the range, misaligned, ports, caching), BAD_NUMBER (closed meanwhile), NO_MEMORY, LIMIT_REACHED.
enum status range_map(struct range *range, struct process *process, uint64_t offset, uint64_t size, uint32_t caching,
                      uint64_t *base);

// INVALID_ARGUMENT (memory), BAD_NUMBER (closed meanwhile), NO_MEMORY, LIMIT_REACHED. Open already is no error.
enum status range_open(struct range *range, struct process *process);
