// The machine as a whole: what it has, how it is switched off, and the gate that strangers meet.
#pragma once

#include "kernel/abi/types.h"

enum machine_power { POWER_OFF = 1, POWER_REBOOT = 2 };

enum { INTERRUPT_LINE_COUNT = 24 };

// machine_information: facts for init and instruments.
struct machine_information {
    uint64_t memory_total; // bytes of RAM that the kernel manages
    uint64_t memory_free;
    uint64_t clock_frequency;     // of rdtsc, Hz
    uint64_t uptime;              // nanoseconds
    uint64_t boot_time;           // seconds since 1970 UTC at boot by the RTC, 0: unknown
    uint64_t framebuffer_address; // physical; 0: the boot loader set none up
    uint32_t framebuffer_width, framebuffer_height, framebuffer_pitch, framebuffer_bits;
    uint32_t processors;
    uint32_t objects;       // alive in the table
    uint64_t kernel_pages;  // frames that the kernel itself holds
    uint64_t switches;      // from one thread to another, on all CPUs
    char command_line[256]; // of the kernel
    char version[32];       // ends with "debug" where the kernel checks itself as it runs
    uint64_t swap_total;    // bytes of the swap area; 0: there is none
};

// KIND(NAME, "in words"): kinds of approach that a gate knows (gate_set): each has a bitmap, a bit per user id. What a process allows when it
// starts: messages, pipes, offers, connections, interface requests, the opening of its ports and pages of every user, user-defined
// events and pages to all of none.
#define GATE_KIND_LIST(KIND)                                                                                           \
    KIND(MESSAGE, "messages")                                                                                          \
    KIND(EVENT, "events")                                                                                              \
    KIND(PIPE, "pipes")                                                                                                \
    KIND(SHARED_MEMORY, "memory")                                                                                      \
    KIND(INTERFACE, "interfaces")                                                                                      \
    KIND(PORT, "ports") /* asked by port_open */                                                                       \
    KIND(LINK, "links") /* link_connect to a listener of the process's */                                              \
    KIND(PAGE, "pages")                                                                                                \
    KIND(PAGE_BROADCAST, "broadcasts")

enum gate_kind {
#define GATE_KIND_ENTRY(name, text) GATE_##name,
    GATE_KIND_LIST(GATE_KIND_ENTRY)
#undef GATE_KIND_ENTRY
        GATE_KIND_COUNT,
};
#define GATE_ALL_USERS UINT64_MAX
