// The canary that the compiler puts on stacks and checks: drawn at boot.
#pragma once

#include <stdint.h>

extern uint64_t __stack_chk_guard; // the compiler's name

// Draws it. Only functions without a canary may be on the stack: kernel_main, which never returns.
void stack_guard_draw(void);
