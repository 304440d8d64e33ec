// The machine of the host: clock, interrupt controller, log and panic.
#include "tests/unit/host/machine.h"

#include <arch/page_table.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernel/arch/machine.h"
#include "kernel/base/assert.h"
#include "kernel/base/log.h"
#include "kernel/base/writer.h"
#include "kernel/thread/timer.h"

// ---- time: it starts at one second, so that no point of it is a special deadline ----

static uint64_t now = 1000000000;

uint64_t clock_now(void) {
    return now;
}

uint64_t clock_counter(void) {
    return now;
}

uint64_t clock_at(uint64_t counter) {
    return counter;
}

uint64_t clock_counter_nanoseconds(uint64_t ticks) {
    return ticks;
}

void clock_arm(uint64_t when) {
    (void)when;
}

void machine_clock_advance(uint64_t nanoseconds) {
    now += nanoseconds;
    timer_interrupt();
}

// ---- interrupt lines ----

void (*interrupt_line_handler)(uint32_t line);
static uint64_t masked_lines;

void machine_line_mask_all(void) {
    masked_lines = UINT64_MAX;
}

void interrupt_line_mask(uint32_t line) {
    masked_lines |= UINT64_C(1) << line;
}

void interrupt_line_unmask(uint32_t line) {
    masked_lines &= ~(UINT64_C(1) << line);
}

bool machine_line_is_masked(uint32_t line) {
    return masked_lines >> line & 1;
}

bool machine_line_raise(uint32_t line) {
    if (machine_line_is_masked(line))
        return false;
    interrupt_line_mask(line);
    interrupt_line_handler(line);
    return true;
}

// ---- the rest ----

void machine_relax(void) {
    panic("spinning on a host with one CPU: a deadlock");
}

void page_table_load(struct page_table *table) {
    assert(table == 0);
}

void panic(const char *format, ...) {
    char text[512];
    struct writer writer;
    writer_to_buffer(&writer, text, sizeof(text) - 1);
    va_list arguments;
    va_start(arguments, format);
    writer_format_list(&writer, format, arguments);
    va_end(arguments);
    text[writer.length < sizeof(text) ? writer.length : sizeof(text) - 1] = 0;
    fprintf(stderr, "panic: %s\n", text);
    abort();
}

static uint32_t log_lines;

void log_line(const char *format, ...) {
    (void)format;
    log_lines++;
}

uint32_t machine_log_lines(void) {
    return log_lines;
}
