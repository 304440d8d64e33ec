// exit: what was registered runs, streams are flushed, and the process ends.
#include <parley/calls.h>
#include <reent.h>
#include <stdlib.h>
#include <unistd.h>

typedef void finaliser(void);

extern finaliser *const __fini_array_start[] __attribute__((visibility("hidden")));
extern finaliser *const __fini_array_end[] __attribute__((visibility("hidden")));

// newlib's table of exit handlers; only there when the program registers one.
void __call_exitprocs(int code, void *handle) __attribute__((weak));

void exit(int code) {
    if (__call_exitprocs)
        __call_exitprocs(code, NULL);
    for (finaliser *const *each = __fini_array_end; each > __fini_array_start;)
        (*--each)();
    if (_GLOBAL_REENT->__cleanup)
        _GLOBAL_REENT->__cleanup(_GLOBAL_REENT);
    _exit(code);
}

void _exit(int code) {
    process_exit(code);
    __builtin_trap();
}
