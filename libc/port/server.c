// Calling out of a server: never while it holds a lock that its clients may wait for. (R-P11)
#include <assert.h>
#include <parley/port.h>

#include "libc/thread/control.h"

enum status port_call_out(int32_t entry, void *message, struct port_cargo *cargo, uint64_t deadline) {
    assert(thread_control()->mutexes_held == 0);
    return port_call(entry, message, cargo, deadline);
}
