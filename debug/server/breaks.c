// Break and watch points that GDB has set, kept here so that those of a GDB that has vanished can be taken away, and for what the
// kernel tells by a point's place.
//
// The processor watches aligned 1, 2, 4 or 8 bytes: what is none is split over several points, or refused. Reads alone it cannot watch: who
// watches them is told of writes too, which GDB leaves out where the value changed.
#include <parley/calls.h>

#include "debug/server/inferior.h"
#include "debug/server/target.h"

enum { PIECE_MAX = 8 };

// ---- instructions that are replaced ----

static uint64_t *breakpoint_find(struct inferior *inferior, uint64_t address) {
    for (uint32_t i = 0; i < inferior->breakpoint_count; i++)
        if (inferior->breakpoints[i] == address)
            return &inferior->breakpoints[i];
    return NULL;
}

static enum status breakpoint_set(struct inferior *inferior, uint64_t address) {
    if (breakpoint_find(inferior, address))
        return STATUS_OK;
    enum status status = debug_break_set(inferior->debugger, DEBUG_BREAKPOINT, address, 1);
    if (status == STATUS_OK)
        inferior->breakpoints[inferior->breakpoint_count++] = address;
    return status;
}

static enum status breakpoint_clear(struct inferior *inferior, uint64_t address) {
    uint64_t *place = breakpoint_find(inferior, address);
    if (!place)
        return STATUS_OK;
    *place = inferior->breakpoints[--inferior->breakpoint_count];
    return debug_break_clear(inferior->debugger, DEBUG_BREAKPOINT, address, 1);
}

// ---- the processor's points ----

static const uint8_t kernel_kinds[DEBUG_BREAK_COUNT] = {
    [BREAK_HARDWARE] = DEBUG_BREAK,
    [WATCH_WRITE] = DEBUG_WATCH_WRITE,
    [WATCH_READ] = DEBUG_WATCH_ACCESS,
    [WATCH_ACCESS] = DEBUG_WATCH_ACCESS,
};

// The one that is there, or the lowest that is free, which is where the kernel has it too. Null: there are no more.
static struct inferior_point *point_find(struct inferior *inferior, const struct inferior_point *wanted) {
    struct inferior_point *lowest = NULL;
    for (uint32_t i = 0; i < DEBUG_POINTS; i++) {
        struct inferior_point *point = &inferior->points[i];
        if (point->uses && point->kind == wanted->kind && point->address == wanted->address &&
            point->size == wanted->size)
            return point;
        if (!point->uses && !lowest)
            lowest = point;
    }
    return lowest;
}

static enum status piece_set(struct inferior *inferior, const struct inferior_point *wanted) {
    struct inferior_point *point = point_find(inferior, wanted);
    enum status status = STATUS_OK;
    if (!point)
        return STATUS_LIMIT_REACHED;
    if (!point->uses)
        status = debug_break_set(inferior->debugger, wanted->kind, wanted->address, wanted->size);
    if (status == STATUS_OK) {
        uint32_t uses = point->uses + 1;
        *point = *wanted;
        point->uses = uses;
    }
    return status;
}

static enum status piece_clear(struct inferior *inferior, const struct inferior_point *wanted) {
    struct inferior_point *point = point_find(inferior, wanted);
    if (!point || !point->uses || --point->uses)
        return STATUS_OK;
    return debug_break_clear(inferior->debugger, wanted->kind, wanted->address, wanted->size);
}

// The largest aligned piece at the start.
static struct inferior_point piece_at(enum debug_break kind, uint64_t address, uint64_t size) {
    struct inferior_point piece = {.kind = kernel_kinds[kind], .address = address, .size = PIECE_MAX};
    while (piece.size > size || address % piece.size)
        piece.size /= 2;
    if (kind == BREAK_HARDWARE)
        piece.size = 1;
    return piece;
}

static enum status pieces_clear(struct inferior *inferior, enum debug_break kind, uint64_t address, uint64_t end) {
    enum status status = STATUS_OK;
    while (address < end) {
        struct inferior_point piece = piece_at(kind, address, end - address);
        enum status cleared = piece_clear(inferior, &piece);
        status = status == STATUS_OK ? cleared : status;
        address += piece.size;
    }
    return status;
}

static enum status pieces_set(struct inferior *inferior, enum debug_break kind, uint64_t address, uint64_t end) {
    for (uint64_t at = address; at < end;) {
        struct inferior_point piece = piece_at(kind, at, end - at);
        enum status status = piece_set(inferior, &piece);
        if (status != STATUS_OK) {
            pieces_clear(inferior, kind, address, at);
            return status;
        }
        at += piece.size;
    }
    return STATUS_OK;
}

void breaks_explain(const struct inferior *inferior, uint32_t points, struct debug_stop *stop) {
    uint32_t first = (uint32_t)__builtin_ctz(points);
    if (first >= DEBUG_POINTS)
        return;
    const struct inferior_point *point = &inferior->points[first];
    stop->is_break = point->uses > 0;
    stop->kind = point->kind == DEBUG_BREAK         ? BREAK_HARDWARE
                 : point->kind == DEBUG_WATCH_WRITE ? WATCH_WRITE
                                                    : WATCH_ACCESS;
    stop->address = point->address;
}

// ---- the target's ----

// What needs more points than the processor has is refused however many are free.
static bool pieces_fit(enum debug_break kind, uint64_t address, uint64_t end) {
    uint32_t pieces = 0;
    for (; address < end && pieces <= DEBUG_POINTS; pieces++)
        address += piece_at(kind, address, end - address).size;
    return pieces <= DEBUG_POINTS;
}

static bool range_end(enum debug_break kind, uint64_t address, uint64_t size, uint64_t *end) {
    uint64_t watched = kind == BREAK_HARDWARE ? 1 : size;
    return watched > 0 && !__builtin_add_overflow(address, watched, end) && pieces_fit(kind, address, *end);
}

enum status server_break_set(const struct debug_thread *id, enum debug_break kind, uint64_t address, uint64_t size) {
    struct inferior *inferior = inferior_find(id->process);
    uint64_t end;
    if (!inferior)
        return STATUS_NOT_FOUND;
    if (kind == BREAK_SOFTWARE)
        return breakpoint_set(inferior, address);
    return range_end(kind, address, size, &end) ? pieces_set(inferior, kind, address, end) : STATUS_INVALID_ARGUMENT;
}

// Of a process that has ended they are gone.
enum status server_break_clear(const struct debug_thread *id, enum debug_break kind, uint64_t address, uint64_t size) {
    struct inferior *inferior = inferior_find(id->process);
    enum status status = STATUS_OK;
    uint64_t end;
    if (!inferior)
        return STATUS_OK;
    if (kind == BREAK_SOFTWARE)
        status = breakpoint_clear(inferior, address);
    else if (range_end(kind, address, size, &end))
        status = pieces_clear(inferior, kind, address, end);
    return status == STATUS_PEER_DIED ? STATUS_OK : status;
}

static void clear_all_of(struct inferior *inferior) {
    while (inferior->breakpoint_count)
        breakpoint_clear(inferior, inferior->breakpoints[0]);
    for (uint32_t i = 0; i < DEBUG_POINTS; i++) {
        struct inferior_point *point = &inferior->points[i];
        if (point->uses)
            debug_break_clear(inferior->debugger, point->kind, point->address, point->size);
        *point = (struct inferior_point){0};
    }
}

void server_breaks_clear_all(void) {
    for (struct inferior *at = inferior_next(0); at; at = inferior_next(at->process))
        clear_all_of(at);
}
