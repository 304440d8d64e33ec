// Running the kernel's own instruments (describe, wait edges) on a stopped machine.
//
// They take locks. One that a stopped CPU holds is lent: the debugger goes on as if it had it, and it is given back as it was. Others are
// taken and released as ever. What is in the middle of a change may look wrong, and even lead nowhere: a fault, or a mistake that the kernel
// finds, ends the instrument and is told, and the machine stands as before.
#include "debug/kernel/private.h"
#include "kernel/base/debugger.h"
#include "kernel/base/string.h"

enum { LENT_MAX = 32 };

static struct {
    struct lock *lock;
    uint8_t holder;
} lent[LENT_MAX];
static uint32_t lent_count;
static bool is_on;
static void *landing[5]; // of __builtin_setjmp

bool lending_is_on(void) {
    return is_on;
}

bool debugger_borrows_lock(struct lock *lock) {
    stepping.waits |= stepping.is_on && hold_is_mine(processor_index());
    if (!is_on || lent_count == LENT_MAX)
        return false;
    lent[lent_count].lock = lock;
    lent[lent_count++].holder = lock->processor;
    return true;
}

static void give_back(void) {
    while (lent_count > 0) {
        lent_count--;
        lent[lent_count].lock->held = 1;
        lent[lent_count].lock->processor = lent[lent_count].holder;
    }
}

bool lending_caught(void) {
    if (is_on)
        __builtin_longjmp(landing, 1);
    return false;
}

// Apart, so that nothing of the caller's lives in registers across the jump.
static __attribute__((noinline)) bool run_caught(void (*function)(void *argument), void *argument) {
    if (__builtin_setjmp(landing) != 0)
        return false;
    is_on = true;
    function(argument);
    return true;
}

// The ranks of locks that this CPU held when it stopped mean nothing to what runs now.
bool lend_locks(void (*function)(void *argument), void *argument) {
    struct processor *processor = processor_current();
    uint32_t held = processor->lock_count;
    const struct lock *locks[sizeof(processor->locks) / sizeof(processor->locks[0])];
    memcpy(locks, processor->locks, sizeof(locks));
    processor->lock_count = 0;
    bool is_done = run_caught(function, argument);
    is_on = false;
    give_back();
    memcpy(processor->locks, locks, sizeof(locks));
    processor->lock_count = held;
    return is_done;
}
