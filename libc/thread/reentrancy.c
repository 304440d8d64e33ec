// newlib's data per thread: where it is found, and what of it is freed at a thread's end.
#include "libc/thread/reentrancy.h"

#include <errno.h>
#include <stdlib.h>

#include "libc/thread/control.h"

struct _reent *__getreent(void) {
    struct _reent *reent;
    __asm__("movq %%fs:8, %0" : "=r"(reent));
    return reent;
}

int *__errno(void) {
    return &__getreent()->_errno;
}

// The lists of numbers that conversions between floating point and text keep for the next time.
static void release_numbers(struct _Bigint **lists) {
    for (size_t i = 0; i < _Kmax; i++)
        for (struct _Bigint *number = lists[i]; number;) {
            struct _Bigint *next = number->_next;
            free(number);
            number = next;
        }
    free(lists);
}

void reentrancy_release(struct _reent *reent) {
    if (reent->_freelist)
        release_numbers(reent->_freelist);
    free(reent->_cvtbuf);
    reent->_freelist = NULL;
    reent->_cvtbuf = NULL;
}
