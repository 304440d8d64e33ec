// Where a thread that gave its CPU away in the middle of a step comes back: its switch finds this address on its stack (step.c).

    .section .text.debugger, "ax", @progbits

// Reached by the `ret` of a switch, with the address that the thread is to go on at in the debugger's books.
    .global step_return
step_return:
    int3
