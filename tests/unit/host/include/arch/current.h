// Which CPU and thread this is: on the host, variables that the fiber scheduler sets (tests/unit/host/fiber.c).
#pragma once

#include <stdint.h>

struct processor;
struct thread;

extern struct processor *host_processor;
extern struct thread *host_thread;

static inline struct processor *processor_current(void) {
    return host_processor;
}

static inline struct thread *thread_current(void) {
    return host_thread;
}

static inline uint32_t processor_index(void) {
    return 0;
}
