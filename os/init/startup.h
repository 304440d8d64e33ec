// The language of /etc/startup: which programs run from the start, and with which authority.
//
// A line starts with a word that says what it is; `#` starts a comment; a word with blanks stands in double quotes.
//   power USER...              these users may have the machine switched off
//   service NAME PROGRAM [ARGUMENT...]
// and, indented, about the service above:
//   user N                     0 to 63; 0 if not said
//   priority WORD              low, normal, server or driver; normal if not said
//   grant NAME SOURCE [or SOURCE]
//                              the program finds this authority under NAME. If no source is there, it is not started
//   reach NAME SERVICE         the program finds this service, started earlier, as NAME too. If the service was not
//                              started, this one is not either
//   restart                    it is started again whenever it ends: at once, but with a growing pause where it ends itself
//                              soon after its start. Who needs it finds it again in the directory
//   ready                      those below are started when it stands in the directory: it serves by then. Its grant of an interface
//                              stands above this line
//   known                      every program is told its process id from the start. Where that has ended, it is in the directory
//   if word TEXT               only if the kernel's command line has this word
//   if service NAME            only if this service was started
//   unless word TEXT           not if the command line has it
//   unless service NAME        not if it was started
// A name may come twice, with conditions that exclude each other: it means the one that was started.
// Sources of authority:
//   ports BASE COUNT           I/O ports
//   line N                     an interrupt line
//   memory BASE SIZE           device memory
//   framebuffer                the memory of the screen that the boot loader set up
//   pci VENDOR:DEVICE BAR      memory of a device on the PCI bus
//   qemu FILE                  the ports by which QEMU hands over this file
//   kept SHARE                 memory that init keeps, so that the service finds it as it was when it is started again: SHARE times as
//                              much as the machine has, of which only what is touched is there
//   ramdisk                    the archive, to read
//   interface NAME             the right to register the system interface of this name (<parley/directory.h>)
//   machine RIGHT...           of input, power, range, line, user, limit, priority, swap, publish, wait (for its log), and copy and send, by which the
//                              program may hand it on
//
// Rules: pure. Numbers are decimal, or hexadecimal with 0x; those of `pci` are hexadecimal without it.
#pragma once

#include "kernel/abi/status.h"
#include "kernel/abi/types.h"

#include <stdbool.h>

enum {
    STARTUP_SERVICES_MAX = 24,
    STARTUP_GRANTS_MAX = 8,
    STARTUP_SOURCES_MAX = 2,
    STARTUP_REACHES_MAX = 4,
    STARTUP_CONDITIONS_MAX = 4,
    STARTUP_ARGUMENTS_MAX = 8,
    STARTUP_WORD_MAX = 64,
    STARTUP_SHARE_MAX = 64,
};

enum startup_source_kind {
    SOURCE_PORTS,
    SOURCE_LINE,
    SOURCE_MEMORY,
    SOURCE_FRAMEBUFFER,
    SOURCE_PCI,
    SOURCE_QEMU,
    SOURCE_RAMDISK,
    SOURCE_MACHINE,
    SOURCE_INTERFACE,
    SOURCE_KEPT,
};

struct startup_source {
    enum startup_source_kind kind;
    uint64_t
        base; // ports, memory: the first; line: its number; pci: vendor << 16 | device; machine: enum right bits; kept: the share
    uint64_t size;               // ports, memory: how many; pci: which BAR
    char file[STARTUP_WORD_MAX]; // qemu
};

struct startup_grant {
    char name[NAME_SIZE];
    struct startup_source sources[STARTUP_SOURCES_MAX];
    uint32_t source_count;
};

struct startup_reach {
    char name[NAME_SIZE];
    char service[NAME_SIZE];
};

struct startup_condition {
    bool wanted;     // `if`, else `unless`
    bool is_service; // else a word of the command line
    char text[STARTUP_WORD_MAX];
};

struct startup_service {
    char name[NAME_SIZE];
    char words[STARTUP_ARGUMENTS_MAX][STARTUP_WORD_MAX]; // the program's path, and its arguments
    uint32_t word_count;
    uint32_t user;
    uint32_t priority;
    struct startup_grant grants[STARTUP_GRANTS_MAX];
    uint32_t grant_count;
    struct startup_reach reaches[STARTUP_REACHES_MAX];
    uint32_t reach_count;
    struct startup_condition conditions[STARTUP_CONDITIONS_MAX];
    uint32_t condition_count;
    bool restarts;
    bool is_known;
    uint32_t ready; // the interface that says so; 0: nobody waits for it
};

struct startup {
    struct startup_service services[STARTUP_SERVICES_MAX];
    uint32_t service_count;
    uint64_t power_users; // a bit per user
};

struct startup_problem {
    uint32_t line; // from 1
    const char *text;
};

// CORRUPT: `problem` says where and what; nothing of the file is to be used.
enum status startup_parse(struct startup *startup, const char *text, size_t size, struct startup_problem *problem);
