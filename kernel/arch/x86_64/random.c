// Random numbers: the processor's generator where it has one, mixed with a counter-driven state where not.
#include <stdbool.h>

#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/features.h"
#include "kernel/arch/x86_64/registers.h"

enum { GENERATOR_TRIES = 10 };

static uint64_t state; // [a]

// One reading of the generator; 0 where it gave none.
static uint64_t generator_read(void) {
    for (int i = 0; features.random && i < GENERATOR_TRIES; i++) {
        uint64_t value;
        bool good;
        __asm__ volatile("rdrand %0" : "=r"(value), "=@ccc"(good));
        if (good)
            return value;
    }
    return 0;
}

// Spreads every input bit over the whole word (a finaliser of multiply and shift).
static uint64_t spread(uint64_t value) {
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

uint64_t machine_random(void) {
    uint64_t fresh = spread(counter_read()) + generator_read();
    return spread(__atomic_add_fetch(&state, fresh | 1, __ATOMIC_RELAXED));
}
