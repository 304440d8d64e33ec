// Interrupts: a table of what each vector means, and the device lines with their masks.
#include "kernel/arch/x86_64/interrupts.h"

#include "kernel/abi/machine.h"
#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/io_apic.h"
#include "kernel/arch/x86_64/local_apic.h"
#include "kernel/arch/x86_64/processors.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/log.h"
#include "kernel/sync/lock.h"
#include "kernel/thread/processor.h"
#include "kernel/thread/scheduler.h"

enum {
    OLD_CONTROLLER = 0x20, // the two 8259
    OLD_CONTROLLER_SECOND = 0xa0,
    OLD_INITIALISE = 0x11,
    OLD_CASCADE_PIN = 2,
    OLD_MODE_8086 = 1,
    OLD_VECTORS = 32, // where a stray interrupt of theirs would come
    ISA_LINES = 16,
    PIN_NONE = 0xffff,
};

struct line {
    uint32_t pin;
    bool level, active_low;
    bool masked;  // [controller_lock] not to be delivered
    bool pending; // [controller_lock] an edge came while it was masked
};

void (*interrupt_line_handler)(uint32_t line);

static struct lock controller_lock = {.rank = RANK_CONTROLLER};
static struct line lines[INTERRUPT_LINE_COUNT];

// ---- lines ----

// ISA interrupts are edges, active high; the pins beyond are PCI's: levels, active low.
static void lines_start(void) {
    for (uint32_t i = 0; i < INTERRUPT_LINE_COUNT; i++) {
        bool is_isa = i < ISA_LINES;
        lines[i] = (struct line){.pin = i, .level = !is_isa, .active_low = !is_isa, .masked = true};
    }
}

// The line that would have had the pin gets none.
void interrupt_line_wire(uint32_t line, uint32_t pin, bool level, bool active_low) {
    if (line >= INTERRUPT_LINE_COUNT)
        return;
    if (pin < INTERRUPT_LINE_COUNT && pin != line)
        lines[pin].pin = PIN_NONE;
    lines[line].pin = pin;
    lines[line].level = level;
    lines[line].active_low = active_low;
}

// The lock is held.
static void line_route(uint32_t number, bool masked) {
    const struct line *line = &lines[number];
    if (line->pin >= io_apic_pins())
        return;
    struct io_apic_route route = {
        .vector = VECTOR_LINES + number,
        .apic_id = processors[0].arch.apic_id,
        .level = line->level,
        .active_low = line->active_low,
        .masked = masked,
    };
    io_apic_route(line->pin, &route);
}

void interrupt_line_deliver_non_maskable(uint32_t number) {
    const struct line *line = &lines[number];
    struct io_apic_route route = {.apic_id = processors[0].arch.apic_id, .non_maskable = true};
    if (line->pin < io_apic_pins())
        io_apic_route(line->pin, &route);
}

void interrupt_line_mask(uint32_t number) {
    lock_acquire(&controller_lock);
    lines[number].masked = true;
    lines[number].pending = false;
    line_route(number, true);
    lock_release(&controller_lock);
}

// An edge kept meanwhile is delivered by an interrupt of our own, so that no handler runs under the caller's locks.
void interrupt_line_unmask(uint32_t number) {
    lock_acquire(&controller_lock);
    bool pending = lines[number].pending;
    lines[number].masked = false;
    lines[number].pending = false;
    line_route(number, false);
    lock_release(&controller_lock);
    if (pending)
        local_apic_send(local_apic_id(), VECTOR_LINES + number);
}

// Masks a line that interrupted, as its kind wants it. False: it was masked already, and a new edge is kept.
static bool line_take(uint32_t number) {
    struct line *line = &lines[number];
    lock_acquire(&controller_lock);
    bool deliver = !line->masked;
    line->masked = true;
    if (!deliver)
        line->pending = !line->level;
    if (line->level || !deliver)
        line_route(number, true);
    lock_release(&controller_lock);
    return deliver;
}

static void line_interrupt(uint32_t vector) {
    uint32_t line = vector - VECTOR_LINES;
    bool deliver = line_take(line);
    local_apic_end_of_interrupt();
    if (!deliver)
        return;
    if (interrupt_line_handler != 0)
        interrupt_line_handler(line);
    else
        log_line("interrupt line %u: nobody serves it", line);
}

// ---- vectors ----

static void timer_vector(uint32_t vector) {
    local_apic_end_of_interrupt();
    timer_interrupt();
}

// Whoever sent it has set the attention bits: looked at on the way back to the program, or by the idle thread.
static void reschedule_vector(uint32_t vector) {
    local_apic_end_of_interrupt();
}

static void flush_vector(uint32_t vector) {
    local_apic_end_of_interrupt();
    processor_serve_requests();
}

void interrupt_handle(uint32_t vector) {
    static void (*const handlers[VECTOR_COUNT])(uint32_t vector) = {
        [VECTOR_LINES... VECTOR_LINES + INTERRUPT_LINE_COUNT - 1] = line_interrupt,
        [VECTOR_TIMER] = timer_vector,
        [VECTOR_RESCHEDULE] = reschedule_vector,
        [VECTOR_FLUSH] = flush_vector,
    };
    if (vector == VECTOR_SPURIOUS)
        return; // the controller changed its mind: nothing to end
    scheduler_time_passed();
    if (handlers[vector] != 0)
        handlers[vector](vector);
    else
        log_line("interrupt vector %u: unexpected", vector);
}

// The old controllers: moved out of the exceptions' vectors, and every line masked.
static void old_controllers_mask(void) {
    static const uint16_t bases[] = {OLD_CONTROLLER, OLD_CONTROLLER_SECOND};
    static const uint8_t cascades[] = {1 << OLD_CASCADE_PIN, OLD_CASCADE_PIN};
    for (unsigned i = 0; i < 2; i++) {
        io_port_write_8(bases[i], OLD_INITIALISE);
        io_port_write_8(bases[i] + 1, (uint8_t)(OLD_VECTORS + 8 * i));
        io_port_write_8(bases[i] + 1, cascades[i]);
        io_port_write_8(bases[i] + 1, OLD_MODE_8086);
        io_port_write_8(bases[i] + 1, 0xff);
    }
}

void interrupt_start(void) {
    old_controllers_mask();
    lines_start();
}
