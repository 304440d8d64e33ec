// What each CPU has for itself that only this architecture knows: its descriptors, task state and interrupt controller.
// Host tests have a header of the same name.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/arch/x86_64/io_ports.h"

enum { TASK_STACK_COUNT = 7, PORT_MAP_SIZE = (1 << 16) / 8 + 1 };

struct page_table;

// The 64-bit task state segment, and behind it the I/O permission bitmap (a bit per port, 1: not allowed).
struct task_state {
    uint32_t reserved_0;
    uint64_t stack[3]; // loaded on the way from user mode: rsp0
    uint64_t reserved_1;
    uint64_t interrupt_stack[TASK_STACK_COUNT]; // IST 1 to 7
    uint64_t reserved_2;
    uint16_t reserved_3;
    uint16_t port_map_offset; // beyond the limit: no port is allowed
    uint8_t port_map[PORT_MAP_SIZE];
} __attribute__((packed));

_Static_assert(sizeof(struct task_state) == 104 + PORT_MAP_SIZE, "the task state is the processor's layout");

// The order that syscall and sysret want.
enum selector {
    SELECTOR_KERNEL_CODE = 0x08,
    SELECTOR_KERNEL_DATA = 0x10,
    SELECTOR_USER_DATA = 0x18 | 3,
    SELECTOR_USER_CODE = 0x20 | 3,
    SELECTOR_TASK = 0x28,
    DESCRIPTOR_COUNT = 7,
};

struct arch_cpu {
    uint64_t descriptors[DESCRIPTOR_COUNT]; // the GDT
    struct task_state task;
    uint32_t apic_id;
    bool running;                   // [a] it entered processor_main
    uint32_t mask;                  // [I] bit `index`: how others name it in sets of CPUs
    struct page_table *loaded;      // page table it runs on; null: the kernel's own
    struct io_port_ranges io_ports; // what port_map allows now
    uint32_t flush_pending;         // [a] a TLB request of another CPU waits to be served
    uint32_t io_ports_pending;      // [a] the port bitmap is to be loaded anew
    const void *interrupted;        // struct trap_frame of the newest trap, for panics
};
