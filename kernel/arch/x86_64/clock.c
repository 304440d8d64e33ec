// The clocks: time is the processor's counter times a fixed-point factor.
#include "kernel/arch/x86_64/clock.h"

#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/acpi.h"
#include "kernel/arch/x86_64/local_apic.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/log.h"
#include "kernel/base/stands.h"

enum {
    SCALE_SHIFT = 32,     // of nanoseconds per count, and of timer counts per nanosecond
    MEASURE_TICKS = 7159, // of the ACPI timer: 2 ms
    SAMPLE_TRIES = 5,
    TIMER_COUNT_LEAST = 16,
};
#define NANOSECONDS_PER_SECOND UINT64_C(1000000000)
#define TIMER_COUNT_MOST UINT32_MAX
#define ARM_MOST (NANOSECONDS_PER_SECOND * 2) // a timer interrupt too early does no harm

static uint64_t counter_at_boot, counter_frequency, nanoseconds_per_count, timer_counts_per_nanosecond;
static uint64_t boot_time;
static uint64_t first_counter; // counter_at_boot as it was before the machine ever stood
static uint64_t stood_until;   // [a] the counter's value when the machine went on, after it had stood; 0: it never has

// The three counters at one moment.
struct sample {
    uint64_t counter;
    uint32_t ticks;
    uint32_t timer_left;
};

uint64_t clock_counter(void) {
    return counter_read();
}

uint64_t clock_counter_frequency(void) {
    return counter_frequency;
}

uint64_t clock_boot_time(void) {
    return boot_time;
}

uint64_t clock_counter_nanoseconds(uint64_t ticks) {
    return (uint64_t)((unsigned __int128)ticks * nanoseconds_per_count >> SCALE_SHIFT);
}

// Of a moment before the machine stood last. It may stand again in the midst of this: at each instruction, where they are stepped.
static __attribute__((noinline)) uint64_t at_before_stand(uint64_t counter) {
    return clock_counter_nanoseconds(stands_without(counter) - first_counter);
}

// If the machine stands between the two loads, the second sees it; if it does later, the first was right.
uint64_t clock_at(uint64_t counter) {
    uint64_t boot = __atomic_load_n(&counter_at_boot, __ATOMIC_ACQUIRE);
    if (__builtin_expect(counter < __atomic_load_n(&stood_until, __ATOMIC_RELAXED), 0))
        return at_before_stand(counter);
    return clock_counter_nanoseconds(counter - boot);
}

uint64_t clock_stood(uint64_t begin) {
    uint64_t end = counter_read();
    stand_note(begin, end);
    counter_at_boot += end - begin;
    stood_until = end;
    return end;
}

uint64_t clock_now(void) {
    return clock_at(counter_read());
}

void clock_arm(uint64_t when) {
    if (when == UINT64_MAX) {
        local_apic_timer_set(0);
        return;
    }
    uint64_t now = clock_now();
    uint64_t distance = when > now ? when - now : 0;
    if (distance > ARM_MOST)
        distance = ARM_MOST;
    uint64_t count =
        (uint64_t)((unsigned __int128)distance * timer_counts_per_nanosecond >> SCALE_SHIFT) + TIMER_COUNT_LEAST;
    local_apic_timer_set(count > TIMER_COUNT_MOST ? TIMER_COUNT_MOST : (uint32_t)count);
}

// Reading the ACPI timer takes its time, and the virtual machine may be stopped meanwhile: the tightest of a few readings counts.
static struct sample sample_take(void) {
    struct sample best = {0};
    uint64_t best_width = UINT64_MAX;
    for (int i = 0; i < SAMPLE_TRIES; i++) {
        uint64_t before = counter_read();
        uint32_t ticks = acpi_timer_read();
        uint32_t left = local_apic_timer_left();
        uint64_t after = counter_read();
        if (after - before >= best_width)
            continue;
        best_width = after - before;
        best = (struct sample){before + best_width / 2, ticks, left};
    }
    return best;
}

static void frequencies_set(const struct sample *begin, const struct sample *end) {
    uint64_t ticks = (end->ticks - begin->ticks) & acpi_timer_mask();
    uint64_t counts = end->counter - begin->counter, timer_counts = begin->timer_left - end->timer_left;
    counter_frequency = counts * ACPI_TIMER_FREQUENCY / ticks;
    uint64_t timer_frequency = timer_counts * ACPI_TIMER_FREQUENCY / ticks;
    nanoseconds_per_count = (NANOSECONDS_PER_SECOND << SCALE_SHIFT) / counter_frequency;
    timer_counts_per_nanosecond = (timer_frequency << SCALE_SHIFT) / NANOSECONDS_PER_SECOND;
}

void clock_start(void) {
    local_apic_timer_set(UINT32_MAX);
    struct sample begin = sample_take();
    while (((acpi_timer_read() - begin.ticks) & acpi_timer_mask()) < MEASURE_TICKS)
        processor_pause();
    struct sample end = sample_take();
    local_apic_timer_set(0);
    frequencies_set(&begin, &end);
    counter_at_boot = first_counter = begin.counter;
    boot_time = real_time_clock_read();
    log_line("clock: counter at %lu kHz", counter_frequency / 1000);
}
