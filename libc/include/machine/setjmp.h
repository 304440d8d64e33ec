/* What setjmp keeps: rbx rbp r12 r13 r14 r15 rsp and the address to return to; sigsetjmp also the blocked signals.
   Both longjmp and siglongjmp leave the handler of a signal. */
#ifndef PARLEY_MACHINE_SETJMP_H
#define PARLEY_MACHINE_SETJMP_H

typedef unsigned long jmp_buf[8];
typedef unsigned long sigjmp_buf[10]; /* a jmp_buf, whether the mask was kept, and the mask */

void sigjmp_keep(unsigned long *buffer, int mask_too);
int sigjmp_landed(const unsigned long *buffer, int value);

#define sigsetjmp(buffer, mask_too) (sigjmp_keep((buffer), (mask_too)), sigjmp_landed((buffer), setjmp(buffer)))
#define siglongjmp(buffer, value) longjmp((buffer), (value))
#define _setjmp(buffer) setjmp(buffer)
#define _longjmp(buffer, value) longjmp((buffer), (value))

#endif
