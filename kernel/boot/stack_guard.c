// The stack canary.
#include "kernel/boot/stack_guard.h"

#include "kernel/arch/machine.h"

// A string function stops at the canary's zero byte and cannot write it.
#define GUARD_MASK (~UINT64_C(0xff))

uint64_t __stack_chk_guard;

__attribute__((no_stack_protector)) void stack_guard_draw(void) {
    __stack_chk_guard = machine_random() & GUARD_MASK;
}
