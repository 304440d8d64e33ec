// The one list of system calls. The kernel's table, libc's stubs (<parley/calls.h>) and docs/calls are made from it.
//
// CALL(code, name, value, parameters): `value` is VALUE(type, name) where the call has a result beside its status, which
// libc hands out through a last pointer (null: not wanted), or NO_VALUE. ADDRESS(type) is a pointer into the program.
// The comment above each is its manual: what it does, then `=` lines: STATUS what it means here. Every call can answer
// BAD_ADDRESS for a pointer that is not the program's, and NO_MEMORY or LIMIT_REACHED where it makes something.
//
// At the machine: rax holds the code, rdi rsi rdx r10 r8 r9 the parameters; `syscall`; then rax holds the status, rdx the
// value, rcx r11 rdi rsi r8 r9 r10 hold nothing (zeros, or what the instruction itself leaves), the others are kept.
// No include guard, here or in the parts: who includes this defines CALL first.

#include "kernel/abi/calls/debug.h"
#include "kernel/abi/calls/device.h"
#include "kernel/abi/calls/event.h"
#include "kernel/abi/calls/general.h"
#include "kernel/abi/calls/interface.h"
#include "kernel/abi/calls/link.h"
#include "kernel/abi/calls/memory.h"
#include "kernel/abi/calls/message.h"
#include "kernel/abi/calls/object.h"
#include "kernel/abi/calls/page.h"
#include "kernel/abi/calls/pager.h"
#include "kernel/abi/calls/pipe.h"
#include "kernel/abi/calls/port.h"
#include "kernel/abi/calls/process.h"
#include "kernel/abi/calls/thread.h"
#include "kernel/abi/calls/trace.h"
