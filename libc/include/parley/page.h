// Pages and upcalls: the calls (see <parley/calls.h> and kernel/abi/page.h, which is their manual) and what the library adds.
//
// Rules: an upcall interrupts a thread anywhere, also in malloc or stdio: what it does must be safe there (the plain calls are).
// Each thread that is to take upcalls calls upcalls_take once; page_handle does it for the calling thread.
#pragma once

#include "kernel/abi/page.h"
#include "kernel/abi/status.h"

#include <parley/calls.h>

enum { UPCALL_STACK_SIZE = 64 << 10 };

// `bytes` of what lies at `address` are the sender's; the rest of the pages holds zeros. A program need not take that parameter.
typedef size_t page_function(size_t pid, size_t type, void *address, size_t pages, size_t flags, size_t bytes);

// The calling thread takes upcalls from now on, on a stack of their own. Doing it again changes nothing. NO_MEMORY, LIMIT_REACHED.
enum status upcalls_take(void);

// Makes a handler with a window of so many pages where the kernel wants it; the calling thread takes upcalls. Its upcalls have
// broken-off calls made anew, unless `flags` lacks PAGE_HANDLER_RESTART. `number` may be null.
enum status page_handle(uint32_t type, page_function *function, uint64_t pages, uint32_t flags, int32_t *number);
