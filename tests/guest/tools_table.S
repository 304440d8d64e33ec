// The table of command lines, as the test program finds it: text, with a 0 behind.
    .section .rodata
    .globl tools_table
tools_table:
    .incbin "tests/guest/tools.table"
    .byte 0
    .section .note.GNU-stack, "", %progbits
