// Telling debuggers how to get from the assembly of the kernel's entries to what was interrupted: backtraces cross them.
//
// Rules: UNWIND_START once per file; then UNWIND_FRAME start, end for each stretch of code with a struct trap_frame at rsp, UNWIND_CALL
// where the callee-saved registers are not read back from it, and UNWIND_END for code that nothing called. Written by hand, because assemblers cannot mark signal frames in .debug_frame.
#pragma once

#define UNWIND_OFFSET(register, words) .byte 0x80 | register; .uleb128 words
#define UNWIND_CFA_AT_STACK .byte 0x0c; .uleb128 7; .uleb128 FRAME_SIZE
#define UNWIND_UNDEFINED(register) .byte 0x07; .uleb128 register
#define UNWIND_SAME(register) .byte 0x08; .uleb128 register

// The common entry: a signal frame ("S"), words of 8 bytes downwards from behind the frame, return address in number 16.
.macro UNWIND_START
    .pushsection .debug_frame, "", @progbits
unwind_common:
    .long 772f - 771f
771:
    .long 0xffffffff
    .byte 1
    .asciz "S"
    .uleb128 1
    .sleb128 -8
    .byte 16
    UNWIND_CFA_AT_STACK
    UNWIND_OFFSET(15, 22)
    UNWIND_OFFSET(14, 21)
    UNWIND_OFFSET(13, 20)
    UNWIND_OFFSET(12, 19)
    UNWIND_OFFSET(11, 18)
    UNWIND_OFFSET(10, 17)
    UNWIND_OFFSET(9, 16)
    UNWIND_OFFSET(8, 15)
    UNWIND_OFFSET(6, 14)
    UNWIND_OFFSET(5, 13)
    UNWIND_OFFSET(4, 12)
    UNWIND_OFFSET(1, 11)
    UNWIND_OFFSET(2, 10)
    UNWIND_OFFSET(3, 9)
    UNWIND_OFFSET(0, 8)
    UNWIND_OFFSET(16, 5)
    UNWIND_OFFSET(7, 2)
    UNWIND_OFFSET(49, 3) // flags, cs, ss
    UNWIND_OFFSET(51, 4)
    UNWIND_OFFSET(52, 1)
    .balign 8, 0
772:
    .popsection
.endm

.macro UNWIND_STRETCH start, end
    .long 774f - 773f
773:
    .long unwind_common
    .quad \start, \end - \start
.endm

.macro UNWIND_FRAME start, end
    .pushsection .debug_frame, "", @progbits
    UNWIND_STRETCH \start, \end
    .balign 8, 0
774:
    .popsection
.endm

.macro UNWIND_CALL start, end
    .pushsection .debug_frame, "", @progbits
    UNWIND_STRETCH \start, \end
    UNWIND_SAME(3)
    UNWIND_SAME(6)
    UNWIND_SAME(12)
    UNWIND_SAME(13)
    UNWIND_SAME(14)
    UNWIND_SAME(15)
    .balign 8, 0
774:
    .popsection
.endm

.macro UNWIND_END start, end
    .pushsection .debug_frame, "", @progbits
    UNWIND_STRETCH \start, \end
    UNWIND_UNDEFINED(16)
    .balign 8, 0
774:
    .popsection
.endm
