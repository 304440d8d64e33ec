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
    char version[32];
};

// Kinds of approach that a gate knows (gate_set): each has a bitmap, a bit per user id. What a process allows when it
// starts: messages, pipes, offers, connections, interface requests, the opening of its ports and pages of every user, user-defined
// events and pages to all of none.
enum gate_kind {
    GATE_MESSAGE = 0,
    GATE_EVENT = 1,
    GATE_PIPE = 2,
    GATE_SHARED_MEMORY = 3,
    GATE_INTERFACE = 4,
    GATE_PORT = 5, // asked by port_open
    GATE_LINK = 6, // link_connect to a listener of the process's
    GATE_PAGE,
    GATE_PAGE_BROADCAST,
    GATE_KIND_COUNT,
};
#define GATE_ALL_USERS UINT64_MAX
