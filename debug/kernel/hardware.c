// The processor's four break and watch points: one table, loaded into every CPU when the machine is let go.
//
// A watch point is never short: what is no aligned 1, 2, 4 or 8 bytes is split over several registers, or refused.
#include "debug/kernel/private.h"
#include "kernel/base/string.h"

enum {
    POINTS = 4,
    CONTROL_KIND_SHIFT = 16, // of point 0; four bits each
    CONTROL_ALWAYS = 1 << 10,
    KIND_EXECUTE = 0,
    KIND_WRITE = 1,
    KIND_ACCESS = 3,
    LENGTH_SHIFT = 2,
    VALUE_MAX = 8,
};

struct point {
    bool is_set;
    enum debug_break kind;
    uint64_t address, size;             // what is watched by this register
    uint64_t whole_address, whole_size; // what GDB asked for
    uint32_t process;
    uint8_t value[VALUE_MAX]; // before a step
};

static struct point points[POINTS];

static bool holds_for(const struct point *point, const struct debug_thread *thread) {
    return !address_is_user(point->address) || point->process == thread->process;
}

static bool is_same(const struct point *point, const struct debug_thread *thread, enum debug_break kind,
                    uint64_t address, uint64_t size) {
    return point->is_set && point->kind == kind && point->whole_address == address && point->whole_size == size &&
           holds_for(point, thread);
}

// The largest aligned piece at the start.
static uint64_t piece_size(uint64_t address, uint64_t size) {
    uint64_t piece = VALUE_MAX;
    while (piece > size || address % piece != 0)
        piece /= 2;
    return piece;
}

static struct point *point_free(void) {
    for (uint32_t i = 0; i < POINTS; i++)
        if (!points[i].is_set)
            return &points[i];
    return 0;
}

enum status hardware_clear(const struct debug_thread *thread, enum debug_break kind, uint64_t address, uint64_t size) {
    for (uint32_t i = 0; i < POINTS; i++)
        if (is_same(&points[i], thread, kind, address, size))
            points[i].is_set = false;
    return STATUS_OK;
}

// One that was split is told once.
bool hardware_next(uint32_t *at, struct break_point *point) {
    for (; *at < POINTS; ++*at) {
        const struct point *found = &points[*at];
        if (!found->is_set || found->address != found->whole_address)
            continue;
        *point = (struct break_point){found->kind, found->whole_address, found->whole_size, found->process};
        return true;
    }
    return false;
}

void hardware_clear_all(void) {
    memset(points, 0, sizeof(points));
}

static uint32_t pieces_of(uint64_t address, uint64_t end) {
    uint32_t pieces = 0;
    while (address < end && pieces <= POINTS) {
        address += piece_size(address, end - address);
        pieces++;
    }
    return pieces;
}

// The processor cannot watch reads alone: a read watch tells of writes too, which GDB leaves out where the value changed.
enum status hardware_set(const struct debug_thread *thread, enum debug_break kind, uint64_t address, uint64_t size) {
    uint64_t end;
    if (size == 0 || __builtin_add_overflow(address, size, &end))
        return STATUS_INVALID_ARGUMENT;
    if (!address_is_canonical(address) || !address_is_canonical(end - 1))
        return STATUS_BAD_ADDRESS;
    if (kind != BREAK_HARDWARE && pieces_of(address, end) > POINTS)
        return STATUS_INVALID_ARGUMENT; // however many are free
    hardware_clear(thread, kind, address, size);
    for (uint64_t at = address; at < end;) {
        struct point *point = point_free();
        if (point == 0) {
            hardware_clear(thread, kind, address, size);
            return STATUS_LIMIT_REACHED;
        }
        *point = (struct point){.is_set = true,
                                .kind = kind,
                                .address = at,
                                .size = kind == BREAK_HARDWARE ? 1 : piece_size(at, end - at),
                                .whole_address = address,
                                .whole_size = size,
                                .process = thread->process};
        at = kind == BREAK_HARDWARE ? end : at + point->size;
    }
    return STATUS_OK;
}

// ---- loading ----

static uint64_t point_control(const struct point *point, uint32_t i) {
    static const uint8_t length_codes[VALUE_MAX + 1] = {[1] = 0, [2] = 1, [4] = 3, [8] = 2};
    uint64_t kind = point->kind == BREAK_HARDWARE ? KIND_EXECUTE
                    : point->kind == WATCH_WRITE  ? KIND_WRITE
                                                  : KIND_ACCESS;
    uint64_t bits = kind | (uint64_t)length_codes[point->size] << LENGTH_SHIFT;
    return bits << (CONTROL_KIND_SHIFT + 4 * i) | UINT64_C(2) << (2 * i);
}

static void register_load(uint32_t i, uint64_t address) {
    switch (i) {
    case 0:
        __asm__ volatile("movq %0, %%dr0" : : "r"(address));
        break;
    case 1:
        __asm__ volatile("movq %0, %%dr1" : : "r"(address));
        break;
    case 2:
        __asm__ volatile("movq %0, %%dr2" : : "r"(address));
        break;
    default:
        __asm__ volatile("movq %0, %%dr3" : : "r"(address));
        break;
    }
}

static void control_load(uint64_t control) {
    __asm__ volatile("movq %0, %%dr7" : : "r"(control));
}

void hardware_load(bool steps) {
    uint64_t control = CONTROL_ALWAYS;
    for (uint32_t i = 0; i < POINTS; i++) {
        if (!points[i].is_set || (steps && points[i].kind != BREAK_HARDWARE))
            continue;
        register_load(i, points[i].address);
        control |= point_control(&points[i], i);
    }
    control_load(control);
}

void hardware_unload(void) {
    control_load(CONTROL_ALWAYS);
}

// ---- hits ----

static void stop_fill(const struct point *point, struct debug_stop *stop) {
    stop->is_break = true;
    stop->kind = point->kind;
    stop->address = point->whole_address;
}

bool hardware_hit(uint64_t status, const struct debug_thread *thread, struct debug_stop *stop) {
    for (uint32_t i = 0; i < POINTS; i++) {
        if (!(status & 1u << i) || !points[i].is_set || !holds_for(&points[i], thread))
            continue;
        stop_fill(&points[i], stop);
        return true;
    }
    return false;
}

bool hardware_breaks_at(uint64_t address) {
    for (uint32_t i = 0; i < POINTS; i++)
        if (points[i].is_set && points[i].kind == BREAK_HARDWARE && points[i].address == address)
            return true;
    return false;
}

bool hardware_is_used(void) {
    for (uint32_t i = 0; i < POINTS; i++)
        if (points[i].is_set)
            return true;
    return false;
}

// QEMU tells a step that also hits a watch point twice, the second time inside the handler. So a stepping CPU does not watch, and
// what the instruction changed is seen by looking.
void hardware_note_values(const struct debug_thread *thread) {
    for (uint32_t i = 0; i < POINTS; i++)
        if (points[i].is_set && points[i].kind != BREAK_HARDWARE && holds_for(&points[i], thread))
            target_memory_read(thread, points[i].address, points[i].value, points[i].size);
}

bool hardware_value_changed(const struct debug_thread *thread, struct debug_stop *stop) {
    for (uint32_t i = 0; i < POINTS; i++) {
        uint8_t now[VALUE_MAX];
        const struct point *point = &points[i];
        if (!point->is_set || point->kind == BREAK_HARDWARE || !holds_for(point, thread))
            continue;
        if (target_memory_read(thread, point->address, now, point->size) == point->size &&
            memcmp(now, point->value, point->size) != 0) {
            stop_fill(point, stop);
            return true;
        }
    }
    return false;
}
