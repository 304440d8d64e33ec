// Opening user memory to the kernel for the length of a copy: stac and clac, which an old processor does not know. They start
// as no-ops and are patched in at boot (smap_patch), before the text becomes read-only: no test at run time.
//
// Rules: in assembly: USER_OPEN and USER_CLOSE, three bytes each. Whoever enters the kernel by a trap uses USER_CLOSE too, since the
// interrupted copy may have left it open.
#pragma once

#ifdef __ASSEMBLER__
.macro SMAP_SITE instruction
771:
    .byte 0x0f, 0x1f, 0x00
    .pushsection smap_sites, "a"
    .balign 8
    .quad 771b, \instruction
    .popsection
.endm
.macro USER_OPEN
    SMAP_SITE 0xcb010f
.endm
.macro USER_CLOSE
    SMAP_SITE 0xca010f
.endm
#else
// Writes the real instructions. Once, on the first CPU, while the boot code's writable tables are loaded.
void smap_patch(void);
#endif
