// The kernel's log as packets for GDB's console.
//
// Who tells holds the machine: nobody else can stop it meanwhile, so that no packet comes in the midst of another. The other CPUs run on.
#include "debug/kernel/output.h"

#include "debug/kernel/private.h"
#include "kernel/base/log.h"

enum { PART_SIZE = 480, PARTS_AT_ONCE = 8 };

static bool is_told;
static uint64_t position; // of the log, up to which it was told
static char part[PART_SIZE];

bool output_is_told(void) {
    return is_told;
}

static void skip(void *argument) {
    size_t size;
    (void)argument;
    log_copy(&position, part, 0); // moved up to the oldest byte that is kept
    while ((size = log_copy(&position, part, sizeof(part))) > 0)
        position += size;
}

void output_tell(bool on) {
    is_told = on && lend_locks(skip, 0);
}

static void tell(uint32_t parts) {
    size_t size;
    for (uint32_t i = 0; i < parts && (size = log_copy(&position, part, sizeof(part))) > 0; i++) {
        position += size;
        server_console(&server, part, size);
    }
}

static bool is_new(void) {
    uint64_t from = position;
    return log_copy(&from, part, 1) > 0;
}

void output_look(void) {
    uint32_t self = processor_index();
    if (!is_told || !machine.is_ready || machine.is_given_up || machine.is_panicking || !server.is_attached ||
        !server.no_ack || !is_new() || hold_is_mine(self) || !hold_claim(self))
        return;
    tell(PARTS_AT_ONCE);
    machine_let_all_go();
}

static void tell_all(void *argument) {
    (void)argument;
    tell(UINT32_MAX);
}

void output_finish(void) {
    if (is_told && server.is_attached && !lend_locks(tell_all, 0))
        is_told = false; // the log cannot be read
}
