// Where an idle thread comes out of the line's NMI: as if it had trapped here, with the frame of what it did at its stack's end (stop.c).

#include "kernel/arch/x86_64/machine_constants.h"
#include "kernel/arch/x86_64/register_macros.h"
#include "kernel/arch/x86_64/unwind.h"

    .section .text.debugger, "ax", @progbits

    .global idle_stop
idle_stop:
    mov %rsp, %rdi
    call idle_stopped
    POP_REGISTERS
    add $16, %rsp               // vector and error
idle_stop_end:
    iretq

    UNWIND_START
    UNWIND_FRAME idle_stop, idle_stop_end
