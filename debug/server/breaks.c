// Break points that GDB has set, kept here so that those of a GDB that has vanished can be taken away.
//
// Watch points are refused as unknown: GDB then steps and looks itself.
#include <parley/calls.h>

#include "debug/server/inferior.h"
#include "debug/server/target.h"

static uint64_t *find(struct inferior *inferior, uint64_t address) {
    for (uint32_t i = 0; i < inferior->breakpoint_count; i++)
        if (inferior->breakpoints[i] == address)
            return &inferior->breakpoints[i];
    return NULL;
}

enum status server_break_set(const struct debug_thread *id, enum debug_break kind, uint64_t address, uint64_t size) {
    struct inferior *inferior = inferior_find(id->process);
    (void)size;
    if (kind != BREAK_SOFTWARE)
        return STATUS_UNSUPPORTED;
    if (!inferior)
        return STATUS_NOT_FOUND;
    if (find(inferior, address))
        return STATUS_OK;
    enum status status = debug_break_set(inferior->debugger, DEBUG_BREAKPOINT, address, 1);
    if (status == STATUS_OK)
        inferior->breakpoints[inferior->breakpoint_count++] = address;
    return status;
}

// Of a process that has ended they are gone.
enum status server_break_clear(const struct debug_thread *id, enum debug_break kind, uint64_t address, uint64_t size) {
    struct inferior *inferior = inferior_find(id->process);
    uint64_t *place = inferior ? find(inferior, address) : NULL;
    (void)size;
    if (kind != BREAK_SOFTWARE)
        return STATUS_UNSUPPORTED;
    if (!place)
        return STATUS_OK;
    *place = inferior->breakpoints[--inferior->breakpoint_count];
    enum status status = debug_break_clear(inferior->debugger, DEBUG_BREAKPOINT, address, 1);
    return status == STATUS_PEER_DIED ? STATUS_OK : status;
}

void server_breaks_clear_all(void) {
    for (struct inferior *at = inferior_next(0); at; at = inferior_next(at->process))
        while (at->breakpoint_count)
            debug_break_clear(at->debugger, DEBUG_BREAKPOINT, at->breakpoints[--at->breakpoint_count], 1);
}
