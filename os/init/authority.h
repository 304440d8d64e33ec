// Makes the numbers that stand for the authority which /etc/startup names.
//
// Rules: init alone has the machine number that this needs. Each number made is closed by init once the program has it, so
// that it ends with the program.
#pragma once

#include "os/init/startup.h"

enum { INIT_MACHINE = 1, INIT_RAMDISK = 2 }; // the numbers that the kernel starts init with

struct authority {
    int32_t number;
    uint32_t rights; // what the program gets of it
};

// Before any authority is given: no device writes to memory by itself from then on (pci_stop_masters). The kernel's status for the ports.
enum status authority_quiet_devices(void);

// The first source of the grant that is there. NOT_FOUND: none is; others: the kernel's.
enum status authority_make(const struct startup_grant *grant, struct authority *authority);

void authority_drop(const struct authority *authority);
