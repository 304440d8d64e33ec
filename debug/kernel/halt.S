// Halting on the stopped machine until an NMI comes, with none lost between the look and the halt.

    .section .text.debugger, "ax", @progbits

// halt_begin(const uint32_t *halts): returns at once where *halts is 0, which the handler of an NMI makes it. One that comes before the
// halt is executed goes on behind it (halt_skip). Destroys flags.
    .global halt_begin, halt_end
halt_begin:
    cmpl $0, (%rdi)
    je halt_end
    hlt
halt_end:
    ret
