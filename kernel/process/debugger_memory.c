// A debugger's hands in the memory of its process: reading, writing, breakpoints; and the processor's points.
//
// A page at a time under the process's lock, without waiting; where a page has to come first, that is waited for between.
#include "kernel/base/string.h"
#include "kernel/memory/space_debug.h"
#include "kernel/memory/user.h"
#include "kernel/process/debugger.h"
#include "kernel/process/process.h"
#include "kernel/thread/thread.h"

enum { INSTRUCTION_BREAK = 0xcc };

static struct debugger_breakpoint *breakpoint_find(const struct debugger *debugger, uint64_t address) {
    for (uint32_t i = 0; i < debugger->breakpoint_count; i++)
        if (debugger->breakpoints[i].address == address)
            return &debugger->breakpoints[i];
    return 0;
}

bool debugger_breaks_at(const struct debugger *debugger, uint64_t address) {
    return breakpoint_find(debugger, address) != 0;
}

// Something done in the memory; WOULD_WAIT: a page has to come first.
typedef enum status memory_act(struct debugger *debugger, const void *what, struct space_absence *absence);

static enum status memory_do(struct debugger *debugger, memory_act *act, const void *what) {
    struct space_absence absence;
    enum status status;
    do {
        status = debugger_lock(debugger);
        if (status != STATUS_OK)
            return status;
        status = act(debugger, what, &absence);
        debugger_unlock(debugger);
        if (status != STATUS_WOULD_WAIT)
            return status;
        status = space_debug_await(&absence);
    } while (status == STATUS_OK);
    return status;
}

// ---- memory as it is without breakpoints ----

struct part {
    uint64_t address;
    uint8_t *bytes;
    size_t size;
    bool write;
};

// The byte of the part where the breakpoint lies; null: it lies elsewhere.
static uint8_t *part_byte(const struct part *part, const struct debugger_breakpoint *breakpoint) {
    uint64_t offset = breakpoint->address - part->address;
    return offset < part->size ? &part->bytes[offset] : 0;
}

static void originals_show(const struct debugger *debugger, const struct part *part) {
    for (uint32_t i = 0; i < debugger->breakpoint_count; i++) {
        uint8_t *byte = part_byte(part, &debugger->breakpoints[i]);
        if (byte != 0 && *byte == INSTRUCTION_BREAK)
            *byte = debugger->breakpoints[i].original;
    }
}

// What is written under a breakpoint is kept for its end; `keep` false: the part is only made ready.
static void originals_take(struct debugger *debugger, const struct part *part, bool keep) {
    for (uint32_t i = 0; i < debugger->breakpoint_count; i++) {
        struct debugger_breakpoint *breakpoint = &debugger->breakpoints[i];
        uint8_t *byte = part_byte(part, breakpoint);
        if (byte != 0 && keep)
            breakpoint->original = *byte;
        else if (byte != 0)
            *byte = INSTRUCTION_BREAK;
    }
}

static enum status part_write(struct debugger *debugger, const struct part *part, struct space_absence *absence) {
    uint8_t patched[DEBUG_PART];
    struct part ready = {part->address, patched, part->size, true};
    memcpy(patched, part->bytes, part->size);
    originals_take(debugger, &ready, false);
    enum status status = space_poke(debugger->process->space, part->address, patched, part->size, absence);
    if (status == STATUS_OK)
        originals_take(debugger, part, true);
    return status;
}

static enum status part_read(struct debugger *debugger, const struct part *part, struct space_absence *absence) {
    enum status status = space_peek(debugger->process->space, part->address, part->bytes, part->size, absence);
    if (status == STATUS_OK)
        originals_show(debugger, part);
    return status;
}

static enum status part_access(struct debugger *debugger, const void *what, struct space_absence *absence) {
    const struct part *part = what;
    if (debugger->is_leaving)
        return STATUS_PEER_DIED;
    return part->write ? part_write(debugger, part, absence) : part_read(debugger, part, absence);
}

static enum status range_access(struct debugger *debugger, const struct part *whole, size_t *done) {
    enum status status = STATUS_OK;
    *done = 0;
    while (*done < whole->size) {
        uint64_t address = whole->address + *done;
        size_t rest = PAGE_SIZE - address % PAGE_SIZE;
        struct part part = {address, whole->bytes + *done, whole->size - *done, whole->write};
        part.size = part.size < rest ? part.size : rest;
        status = memory_do(debugger, part_access, &part);
        if (status != STATUS_OK)
            break;
        *done += part.size;
    }
    return *done > 0 && status != STATUS_PEER_DIED ? STATUS_OK : status;
}

enum status debugger_read(struct debugger *debugger, uint64_t address, void *to, size_t size, size_t *done) {
    struct part whole = {address, to, size, false};
    return range_access(debugger, &whole, done);
}

enum status debugger_write(struct debugger *debugger, uint64_t address, const void *from, size_t size, size_t *done) {
    uint8_t bytes[DEBUG_PART];
    struct part whole = {address, bytes, size, true};
    memcpy(bytes, from, size);
    return range_access(debugger, &whole, done);
}

// ---- breakpoints ----

static enum status breakpoint_put(struct debugger *debugger, const void *what, struct space_absence *absence) {
    uint64_t address = *(const uint64_t *)what;
    static const uint8_t instruction = INSTRUCTION_BREAK;
    struct space *space = debugger->process->space;
    uint8_t original;
    if (breakpoint_find(debugger, address) != 0)
        return STATUS_OK;
    if (debugger->is_leaving)
        return STATUS_PEER_DIED;
    if (debugger->breakpoint_count == DEBUG_BREAKPOINTS_MAX)
        return STATUS_LIMIT_REACHED;
    enum status status = space_peek(space, address, &original, 1, absence);
    if (status == STATUS_OK)
        status = space_poke(space, address, &instruction, 1, absence);
    if (status == STATUS_OK)
        debugger->breakpoints[debugger->breakpoint_count++] = (struct debugger_breakpoint){address, original};
    return status;
}

// The program may have mapped something else there meanwhile: that stays as it is.
static enum status breakpoint_take(struct debugger *debugger, const void *what, struct space_absence *absence) {
    uint64_t address = *(const uint64_t *)what;
    struct space *space = debugger->process->space;
    struct debugger_breakpoint *breakpoint = breakpoint_find(debugger, address);
    uint8_t byte;
    if (breakpoint == 0)
        return STATUS_OK;
    enum status status = space_peek(space, address, &byte, 1, absence);
    if (status == STATUS_OK && byte == INSTRUCTION_BREAK)
        status = space_poke(space, address, &breakpoint->original, 1, absence);
    if (status == STATUS_WOULD_WAIT)
        return status;
    *breakpoint = debugger->breakpoints[--debugger->breakpoint_count];
    return STATUS_OK;
}

// Those of a number that is closed. What cannot be put back is on no page any more.
void debugger_breaks_remove(struct debugger *debugger) {
    while (debugger->breakpoint_count > 0) {
        uint64_t address = debugger->breakpoints[debugger->breakpoint_count - 1].address;
        if (memory_do(debugger, breakpoint_take, &address) != STATUS_OK)
            return;
    }
}

// ---- the processor's points ----

static struct debug_point *point_find(struct debugger *debugger, const struct debug_point *wanted) {
    for (uint32_t i = 0; i < DEBUG_POINTS; i++) {
        struct debug_point *point = &debugger->points[i];
        if (point->size == wanted->size &&
            (point->size == 0 || (point->address == wanted->address && point->kind == wanted->kind)))
            return point;
    }
    return 0;
}

static void points_changed(struct debugger *debugger) {
    struct thread *thread;
    LIST_FOREACH(thread, &debugger->process->threads, process_link) {
        thread_demand_later(thread, DEMAND_POINTS);
    }
}

static enum status point_change(struct debugger *debugger, const struct debug_point *point, bool set) {
    static const struct debug_point none;
    enum status status = debugger_lock(debugger);
    if (status != STATUS_OK)
        return status;
    struct debug_point *place = point_find(debugger, point);
    bool is_there = place != 0;
    if (set && !is_there)
        place = debugger->is_leaving ? 0 : point_find(debugger, &none);
    if (set && place == 0)
        status = STATUS_LIMIT_REACHED;
    if (place != 0)
        *place = set ? *point : none;
    if (place != 0 && is_there != set)
        points_changed(debugger);
    debugger_unlock(debugger);
    return status;
}

// ---- both ----

static enum status break_change(struct debugger *debugger, uint32_t kind, uint64_t address, uint64_t size, bool set) {
    struct debug_point point = {address, size, kind};
    if (kind >= DEBUG_BREAK_KINDS || size == 0 || size > 8 || (size & (size - 1)) != 0 || address % size != 0 ||
        (size != 1 && (kind == DEBUG_BREAKPOINT || kind == DEBUG_BREAK)))
        return STATUS_INVALID_ARGUMENT;
    if (user_range_check((struct user_address){address}, size) != STATUS_OK)
        return STATUS_BAD_ADDRESS;
    if (kind != DEBUG_BREAKPOINT)
        return point_change(debugger, &point, set);
    return memory_do(debugger, set ? breakpoint_put : breakpoint_take, &address);
}

enum status debugger_break_set(struct debugger *debugger, uint32_t kind, uint64_t address, uint64_t size) {
    return break_change(debugger, kind, address, size, true);
}

enum status debugger_break_clear(struct debugger *debugger, uint32_t kind, uint64_t address, uint64_t size) {
    return break_change(debugger, kind, address, size, false);
}
