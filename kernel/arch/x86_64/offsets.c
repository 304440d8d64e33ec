// Checks that the numbers assembly uses (machine_constants.h) are what the C definitions say.
#include <stddef.h>

#include "kernel/abi/status.h"
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/machine_constants.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/base/call.h"
#include "kernel/thread/processor.h"

_Static_assert(offsetof(struct processor, self) == PROCESSOR_SELF, "");
_Static_assert(offsetof(struct processor, current) == PROCESSOR_CURRENT, "");
_Static_assert(offsetof(struct processor, kernel_stack) == PROCESSOR_KERNEL_STACK, "");
_Static_assert(offsetof(struct processor, user_stack) == PROCESSOR_USER_STACK, "");
_Static_assert(offsetof(struct processor, attention) == PROCESSOR_ATTENTION, "");
_Static_assert(offsetof(struct processor, index) == 36, "processor_index in arch/current.h");
_Static_assert(offsetof(struct trap_frame, rdx) == FRAME_RDX, "");
_Static_assert(offsetof(struct trap_frame, rcx) == FRAME_RCX, "");
_Static_assert(offsetof(struct trap_frame, rax) == FRAME_RAX, "");
_Static_assert(offsetof(struct trap_frame, vector) == FRAME_VECTOR, "");
_Static_assert(offsetof(struct trap_frame, error) == FRAME_ERROR, "");
_Static_assert(offsetof(struct trap_frame, rip) == FRAME_INSTRUCTION, "");
_Static_assert(offsetof(struct trap_frame, cs) == FRAME_CODE_SEGMENT, "");
_Static_assert(offsetof(struct trap_frame, rflags) == FRAME_FLAGS, "");
_Static_assert(offsetof(struct trap_frame, rsp) == FRAME_STACK, "");
_Static_assert(sizeof(struct trap_frame) == FRAME_SIZE, "");
_Static_assert(FRAME_SIZE % 16 == 0, "the stack stays aligned for C behind a frame");
_Static_assert(SELECTOR_KERNEL_CODE == SELECTOR_KERNEL_CODE_NUMBER, "");
_Static_assert(SELECTOR_KERNEL_DATA == SELECTOR_KERNEL_DATA_NUMBER, "");
_Static_assert(SELECTOR_USER_DATA == SELECTOR_USER_DATA_NUMBER, "");
_Static_assert(SELECTOR_USER_CODE == SELECTOR_USER_CODE_NUMBER, "");
_Static_assert(CALL_LIMIT == CALL_TABLE_SIZE, "");
_Static_assert(STATUS_NO_CALL == STATUS_NO_CALL_NUMBER, "");
_Static_assert(KERNEL_STACK_SIZE == KERNEL_STACK_BYTES, "");
