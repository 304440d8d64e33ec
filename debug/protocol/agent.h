// GDB's agent expressions: the bytecode in which it sends conditions of breakpoints (GDB's manual, "The GDB Agent Expression Mechanism").
//
// Rules: pure; an expression is run only after agent_check said OK, and even then it ends: after AGENT_STEPS instructions at the latest, within
// a stack of AGENT_STACK values. What collects traces, prints, or keeps variables is not for conditions and is refused.
#pragma once

#include "debug/protocol/target.h"

enum { AGENT_CODE_MAX = 1024, AGENT_STACK = 64, AGENT_STEPS = 4096 };

// OK; INVALID_ARGUMENT: an unknown instruction, one that is cut off, a jump to where none begins, or no end.
enum status agent_check(const uint8_t *code, size_t size);

// The value on top of the stack at the end. BAD_ADDRESS: there is no memory that it reads, or no register. INVALID_ARGUMENT: a division by zero,
// a stack that is empty or full. LIMIT_REACHED: too many steps.
enum status agent_run(const uint8_t *code, size_t size, const struct debug_target *target,
                      const struct debug_thread *thread, uint64_t *value);
