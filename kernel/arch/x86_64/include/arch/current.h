// Which CPU and thread this is: read through gs. Host tests have a header of the same name.
//
// A thread stays the same thread, so the compiler may remember it; it may run on another CPU after each sleep, so the CPU is
// read anew each time.
#pragma once

#include <stdint.h>

struct processor;
struct thread;

static inline struct processor *processor_current(void) {
    struct processor *processor;
    __asm__ volatile("movq %%gs:0, %0" : "=r"(processor));
    return processor;
}

static inline struct thread *thread_current(void) {
    struct thread *thread;
    __asm__("movq %%gs:8, %0" : "=r"(thread));
    return thread;
}

static inline uint32_t processor_index(void) {
    uint32_t index;
    __asm__ volatile("movl %%gs:36, %0" : "=r"(index));
    return index;
}
