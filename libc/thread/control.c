// Thread-local storage: filling in a thread's control block, and that of the first thread at the start of a program.
#include "libc/thread/control.h"

#include <parley/calls.h>
#include <string.h>

extern uintptr_t __stack_chk_guard;

enum { FIRST_ROOM = 448, FIRST_ALIGNMENT = 64 };

struct thread_image thread_image;

// The standard streams are linked only into programs that use a stream; to others these addresses mean nothing.
#pragma weak __sf

// Room for the first thread of a program with few thread-local variables; others map memory.
static struct {
    _Alignas(FIRST_ALIGNMENT) char variables[FIRST_ROOM];
    struct thread thread;
} first;

// newlib's name for the data of the first thread, where the list of open streams hangs.
struct _reent *const _global_impure_ptr = &first.thread.reentrancy;

uint64_t thread_image_room(uint64_t *alignment) {
    *alignment = thread_image.alignment > FIRST_ALIGNMENT ? thread_image.alignment : FIRST_ALIGNMENT;
    return (thread_image.memory_size + *alignment - 1) & ~(*alignment - 1);
}

void thread_control_prepare(struct thread *thread) {
    uint64_t alignment = thread_image.alignment ? thread_image.alignment : 1;
    uint64_t size = (thread_image.memory_size + alignment - 1) & ~(alignment - 1);
    char *variables = (char *)thread - size;
    memcpy(variables, thread_image.start, thread_image.file_size);
    memset(variables + thread_image.file_size, 0, size - thread_image.file_size);
    memset(thread, 0, sizeof *thread);
    thread->self = thread;
    thread->reent = &thread->reentrancy;
    thread->stack_guard = __stack_chk_guard;
    _REENT_INIT_PTR_ZEROED(&thread->reentrancy);
}

bool thread_control_install_first(void) {
    struct thread *thread = &first.thread;
    uint64_t alignment, room = thread_image_room(&alignment);
    if (room > FIRST_ROOM || alignment > FIRST_ALIGNMENT) {
        uint64_t base;
        if (memory_map(0, room + alignment + sizeof *thread, PROTECTION_WRITE, 0, &base) < 0)
            return false;
        thread = (struct thread *)((base + room + alignment - 1) & ~(alignment - 1));
        thread_control_prepare(thread);
        thread->reent = &first.thread.reentrancy;
        _REENT_INIT_PTR_ZEROED(thread->reent);
    } else {
        thread_control_prepare(thread);
    }
    thread->end_word = 1;
    return thread_set_pointer((uint64_t)thread) >= 0;
}
