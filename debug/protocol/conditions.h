// Conditions of break points, which the target evaluates itself: what GDB sent behind a Z packet, by the point that it was set for.
//
// Rules: pure; no point has an empty list: one without conditions is not in the table. A list is taken in two steps, since the point may
// be refused: conditions_take puts it behind what is there, conditions_commit makes it the point's.
#pragma once

#include "debug/protocol/agent.h"

// One in the kernel is set for each of GDB's processes.
enum { CONDITIONS_MAX = 1024, CONDITION_BYTES = 1 << 15 };

// A break point, as GDB set it.
struct break_place {
    enum debug_break kind;
    uint32_t process;
    uint64_t address;
};

struct condition_list {
    struct break_place place;
    uint32_t start, size; // in `code`: each expression with its length before it
};

struct conditions {
    uint32_t count, used, taken; // lists; bytes of them; and of the one that was taken last
    struct condition_list lists[CONDITIONS_MAX];
    uint8_t code[CONDITION_BYTES];
};

void conditions_clear(struct conditions *conditions);

// Takes what is left of a Z packet: nothing, or ";X length,bytecode" as often as there is one. INVALID_ARGUMENT: something else, or an
// expression that agent_check refuses. LIMIT_REACHED: there is no room.
enum status conditions_take(struct conditions *conditions, struct text_cursor *packet);

// What was taken last is the point's now, in place of what it had.
void conditions_commit(struct conditions *conditions, const struct break_place *place);

void conditions_remove(struct conditions *conditions, const struct break_place *place);
void conditions_remove_process(struct conditions *conditions, uint32_t process); // 0: of all

// Whether a thread that ran into the point is to stop: it has no conditions, or one is true or cannot be evaluated, which GDB will say.
bool conditions_hold(const struct conditions *conditions, const struct break_place *place,
                     const struct debug_target *target, const struct debug_thread *thread);
