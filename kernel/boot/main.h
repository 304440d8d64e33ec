// The order in which the kernel starts.
#pragma once

#include <stdint.h>

// From boot.S, on the first CPU, with what the boot loader left in registers.
_Noreturn void kernel_main(uint32_t magic, uint64_t information);

// From the arch code on each other CPU, set up and on the kernel's own tables.
_Noreturn void processor_main(uint32_t index);
