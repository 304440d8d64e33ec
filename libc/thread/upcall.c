// Upcalls: the stacks that they run on, and handlers as programs make them.
#include <parley/calls.h>
#include <parley/page.h>

#include "libc/thread/control.h"

void upcall_begin(void); // upcall.S

enum status upcalls_take(void) {
    struct thread *thread = thread_control();
    uint64_t base;
    if (thread->upcall_stack)
        return STATUS_OK;
    enum status status = memory_map(0, UPCALL_STACK_SIZE, PROTECTION_WRITE, MAP_GUARD, &base);
    if (status < 0)
        return status;
    status = upcall_set((uint64_t)upcall_begin, base, UPCALL_STACK_SIZE);
    if (status < 0)
        memory_unmap(base, UPCALL_STACK_SIZE);
    else
        thread->upcall_stack = base;
    return status;
}

enum status page_handle(uint32_t type, page_function *function, uint64_t pages, uint32_t flags, int32_t *number) {
    enum status status = upcalls_take();
    return status < 0 ? status : page_handler(type, (uint64_t)function, 0, pages, flags, number);
}
