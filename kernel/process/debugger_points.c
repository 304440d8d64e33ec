// The processor's points on a thread's way to its program, and what stands for them while it steps.
//
// A step is made with no points loaded, and its end looks whether something else lies under them: QEMU tells of a watch point that a step
// has hit by a second debug exception, which comes in the first instruction of the first one's handler, where nothing is saved yet.
// So a step does not see reads, nor writes of what lay there already.
#include "kernel/base/string.h"
#include "kernel/memory/user.h"
#include "kernel/process/debugger.h"
#include "kernel/process/process.h"
#include "kernel/thread/thread.h"

static const struct debug_point none[DEBUG_POINTS];

static uint64_t watched_size(const struct debug_point *point) {
    return point->kind == DEBUG_BREAK ? 0 : point->size;
}

void debugger_points_load(struct process *process, struct thread *thread) {
    const struct debugger *debugger = process->debugger;
    const struct debug_point *points = debugger != 0 ? debugger->points : none;
    struct thread_debug *debug = &thread->debug;
    uint64_t sizes = 0;
    for (uint32_t i = 0; i < DEBUG_POINTS; i++) {
        sizes |= points[i].size;
        if (debug->steps && !debug->is_noted)
            debug->watched[i] = (struct debug_watched){points[i].address, watched_size(&points[i]), {0}};
    }
    arch_debug_points_load(process->id, debug->steps ? none : points);
    if (sizes == 0 && !debug->steps)
        __atomic_and_fetch(&thread->demands, (uint8_t)~DEMAND_POINTS, __ATOMIC_SEQ_CST);
}

static bool value_read(const struct debug_watched *watched, uint8_t *value) {
    return user_copy_in_at_once(value, (struct user_address){watched->address}, watched->size) == STATUS_OK;
}

void debugger_points_note(struct thread_debug *debug) {
    if (!debug->steps || debug->is_noted)
        return;
    for (uint32_t i = 0; i < DEBUG_POINTS; i++) {
        struct debug_watched *watched = &debug->watched[i];
        if (watched->size != 0 && !value_read(watched, watched->value))
            watched->size = 0;
    }
    debug->is_noted = true;
}

uint32_t debugger_points_changed(const struct thread_debug *debug) {
    uint32_t changed = 0;
    for (uint32_t i = 0; i < DEBUG_POINTS && debug->steps && debug->is_noted; i++) {
        const struct debug_watched *watched = &debug->watched[i];
        uint8_t value[sizeof(watched->value)];
        if (watched->size != 0 && value_read(watched, value) && memcmp(value, watched->value, watched->size) != 0)
            changed |= 1u << i;
    }
    return changed;
}
