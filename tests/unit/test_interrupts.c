// Tests of interrupt lines as objects: masked from the interrupt to its acknowledgement, and when nobody serves them.
#include <criterion/criterion.h>
#include <string.h>

#include "ipc/interrupt.h"
#include "kernel/thread/line.h"
#include "tests/unit/devices.h"
#include "tests/unit/host/host.h"

TestSuite(interrupts, .init = host_start, .fini = host_finish);

#define SECOND UINT64_C(1000000000)

static uint64_t line_make(const struct driver *driver, uint32_t line) {
    struct result result = AS(driver->process, interrupt_create, driver->machine, line);
    cr_assert_eq(result.status, STATUS_OK);
    return result.value;
}

static uint64_t line_bound(const struct driver *driver, uint32_t line) {
    uint64_t number = line_make(driver, line);
    cr_assert_eq(AS(driver->process, interrupt_bind, number).status, STATUS_OK);
    return number;
}

Test(interrupts, a_line_needs_the_machines_right_and_is_one_owners) {
    struct driver driver = driver_make(), poor = driver;
    poor.machine = (uint64_t)host_machine_number(driver.process, RIGHT_RANGE);
    cr_assert_eq(AS(poor.process, interrupt_create, poor.machine, 1).status, STATUS_NO_RIGHT);
    cr_assert_eq(AS(driver.process, interrupt_create, driver.machine, INTERRUPT_LINE_COUNT).status,
                 STATUS_INVALID_ARGUMENT);
    uint64_t number = line_make(&driver, 1);
    struct host_figures before = host_figures();
    cr_assert_eq(AS(driver.process, interrupt_create, driver.machine, 1).status, STATUS_BUSY);
    host_figures_expect(&before, "when somebody has the line");
    number_close(&driver.process->numbers, (int32_t)number);
    line_make(&driver, 1);
}

Test(interrupts, a_line_is_masked_until_it_is_bound) {
    struct driver driver = driver_make();
    uint64_t number = line_make(&driver, 4);
    cr_assert(machine_line_is_masked(4));
    AS(driver.process, interrupt_bind, number);
    cr_assert_not(machine_line_is_masked(4));
}

// R-B12: masked on delivery, unmasked on the acknowledgement.
Test(interrupts, R_B12_an_interrupt_is_an_event_and_masks_its_line_until_it_is_acknowledged) {
    struct driver driver = driver_make();
    uint64_t number = line_bound(&driver, 4);
    uint64_t raised = clock_now();
    cr_assert(machine_line_raise(4));
    cr_assert(machine_line_is_masked(4));
    cr_assert_not(machine_line_raise(4), "no storm");
    machine_clock_advance(100);
    struct host_event got = host_event_get(driver.process);
    cr_assert_eq(got.event.Type, EVENT_INTERRUPT);
    cr_assert_eq(got.event.Data1, number);
    cr_assert_eq(got.event.Data2, 1);
    cr_assert_eq(got.event.Data3, 4);
    cr_assert_eq(got.source.time, raised);
    AS(driver.process, interrupt_acknowledge, number);
    cr_assert_not(machine_line_is_masked(4));
}

Test(interrupts, R_B12_interrupts_that_were_not_taken_are_counted) {
    struct driver driver = driver_make();
    uint64_t number = line_bound(&driver, 4);
    for (int i = 0; i < 3; i++) {
        machine_line_raise(4);
        AS(driver.process, interrupt_acknowledge, number);
    }
    cr_assert_eq(host_event_get(driver.process).event.Data2, 3);
    cr_assert_eq(host_event_get(driver.process).status, STATUS_NOTHING);
}

Test(interrupts, an_unbound_line_has_nothing_to_acknowledge) {
    struct driver driver = driver_make();
    uint64_t number = line_make(&driver, 4);
    cr_assert_eq(AS(driver.process, interrupt_acknowledge, number).status, STATUS_INVALID_ARGUMENT);
    cr_assert(machine_line_is_masked(4), "it is not bound");
}

Test(interrupts, R_B12_the_line_is_masked_when_its_driver_dies) {
    struct driver driver = driver_make();
    struct process *init = host_process("init");
    uint64_t number = line_bound(&driver, 4);
    struct object *object;
    int32_t kept;
    number_find(&driver.process->numbers, (int32_t)number, OBJECT_INTERRUPT, 0, &object);
    number_insert(&init->numbers, object, RIGHT_MANAGE, &kept);
    object_release(object);
    machine_line_raise(4);
    host_process_end(driver.process);
    cr_assert(machine_line_is_masked(4));
    cr_assert_eq(AS(init, interrupt_acknowledge, (uint64_t)kept).status, STATUS_INVALID_ARGUMENT);
    cr_assert(machine_line_is_masked(4), "nobody serves it");
    cr_assert_eq(AS(init, interrupt_bind, (uint64_t)kept).status, STATUS_OK);
    cr_assert(machine_line_raise(4));
    cr_assert_eq(host_event_get(init).event.Data1, (uint32_t)kept, "to who bound it last");
}

Test(interrupts, R_B12_the_line_is_masked_when_its_last_number_is_closed) {
    struct driver driver = driver_make();
    uint64_t number = line_bound(&driver, 4);
    machine_line_raise(4);
    number_close(&driver.process->numbers, (int32_t)number);
    cr_assert(machine_line_is_masked(4));
    cr_assert_eq(host_event_get(driver.process).status, STATUS_NOTHING, "nobody could serve it");
}

Test(interrupts, binding_again_moves_the_events) {
    struct driver driver = driver_make();
    uint64_t number = line_bound(&driver, 4);
    machine_line_raise(4);
    AS(driver.process, interrupt_bind, number);
    cr_assert_eq(host_event_get(driver.process).status, STATUS_NOTHING, "what was not served comes again");
    cr_assert(machine_line_raise(4));
    cr_assert_eq(host_event_get(driver.process).event.Type, EVENT_INTERRUPT);
}

Test(interrupts, a_line_that_nobody_has_is_left_masked) {
    interrupt_line_handler(5);
    interrupt_line_handler(INTERRUPT_LINE_COUNT + 1);
    cr_assert(machine_line_is_masked(5));
}

Test(interrupts, calls_check_number_and_right) {
    struct driver driver = driver_make();
    cr_assert_eq(AS(driver.process, interrupt_bind, 99).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(driver.process, interrupt_bind, driver.machine).status, STATUS_WRONG_TYPE);
    cr_assert_eq(AS(driver.process, interrupt_acknowledge, 99).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(driver.process, interrupt_acknowledge, driver.machine).status, STATUS_WRONG_TYPE);
}

Test(interrupts, a_line_describes_itself) {
    struct driver driver = driver_make();
    char text[DESCRIPTION_SIZE];
    uint64_t number = line_bound(&driver, 4);
    machine_line_raise(4);
    machine_clock_advance(5000);
    driver_describe(OBJECT_INTERRUPT, text);
    cr_assert_not_null(strstr(text, "line: 4\ndriver: 1\ncount: 1\nmasked: yes\nnot acknowledged for: 5000 ns\n"));
    AS(driver.process, interrupt_acknowledge, number);
    driver_describe(OBJECT_INTERRUPT, text);
    cr_assert_not_null(strstr(text, "count: 1\nmasked: no\nnot acknowledged for: 0 ns\n"));
}

Test(interrupts, R_B12_a_line_that_nobody_acknowledges_is_logged_once) {
    struct driver driver = driver_make();
    uint64_t first = line_bound(&driver, 4), second = line_bound(&driver, 5);
    machine_line_raise(4);
    machine_clock_advance(SECOND / 2);
    machine_line_raise(5);
    machine_clock_advance(SECOND / 2);
    cr_assert_eq(machine_log_lines(), 1, "the other one is younger");
    AS(driver.process, interrupt_acknowledge, second);
    machine_clock_advance(10 * SECOND);
    cr_assert_eq(machine_log_lines(), 1);
    AS(driver.process, interrupt_acknowledge, first);
    machine_line_raise(4);
    machine_clock_advance(SECOND);
    cr_assert_eq(machine_log_lines(), 2, "it is a new interrupt");
}

Test(interrupts, a_line_that_is_closed_while_it_is_bound_stays_masked) {
    struct driver driver = driver_make();
    struct interrupt *interrupt;
    cr_assert_eq(interrupt_create(0, 4, &interrupt), STATUS_OK);
    int32_t number;
    number_insert(&driver.process->numbers, &interrupt->object, RIGHT_MANAGE, &number);
    number_close(&driver.process->numbers, number);
    struct interrupt_binding binding = {.process = driver.process, .number = number};
    cr_assert_eq(interrupt_bind(interrupt, &binding), STATUS_BAD_NUMBER);
    cr_assert(machine_line_is_masked(4));
    object_release(&interrupt->object);
}

static enum status line_make_and_close(void *context) {
    struct driver *driver = context;
    struct result result = AS(driver->process, interrupt_create, driver->machine, 4);
    if (result.status == STATUS_OK)
        number_close(&driver->process->numbers, (int32_t)result.value);
    return (enum status)result.status;
}

Test(interrupts, a_failed_allocation_takes_no_line) {
    struct driver driver = driver_make();
    struct host_operation operation = {line_make_and_close, 0, &driver};
    cr_assert_eq(host_fail_each_allocation(&operation), 1);
}

// ---- by link (seeds/003) ----

struct line_link {
    struct driver driver;
    uint64_t line, link; // numbers: of the interrupt, of the driver's end
    int32_t other;
};

static struct line_link line_link_make(void) {
    struct line_link made = {.driver = driver_make()};
    struct link_create plan = {0};
    made.line = line_make(&made.driver, 4);
    made.link = AS(made.driver.process, link_create, USER(&plan)).value;
    made.other = plan.other;
    cr_assert_eq(AS(made.driver.process, interrupt_link, made.line, (uint64_t)plan.other).status, STATUS_OK);
    return made;
}

Test(interrupts, R_B12_an_interrupt_signals_a_link_and_masks_its_line_until_it_is_acknowledged) {
    struct line_link made = line_link_make();
    struct process *driver = made.driver.process;
    cr_assert_eq(AS(driver, number_close, (uint64_t)made.other).status, STATUS_BAD_NUMBER, "the end is the line's now");
    struct fiber *fiber = FIBER_CALL(driver, link_poll, made.link, DEADLINE_NEVER);
    cr_assert(machine_line_raise(4));
    cr_assert(machine_line_is_masked(4));
    fiber_run(fiber);
    cr_assert_eq(fiber->result.value, 1);
    struct link_interrupt told;
    AS(driver, link_read, made.link, USER(&told));
    struct link_interrupt expected = {.line = 4, .count = 1, .time = clock_now()};
    cr_assert_arr_eq(&told, &expected, sizeof(told));
    cr_assert_eq(host_event_get(driver).status, STATUS_NOTHING);
    AS(driver, interrupt_acknowledge, made.line);
    cr_assert(machine_line_raise(4));
    cr_assert_eq(AS(driver, link_poll, made.link, DEADLINE_NOW).value, 1);
    char text[DESCRIPTION_SIZE];
    driver_describe(OBJECT_INTERRUPT, text);
    cr_assert_not_null(strstr(text, "\nlink: "));
}

Test(interrupts, closing_the_interrupt_closes_its_end_of_the_link) {
    struct line_link made = line_link_make();
    AS(made.driver.process, number_close, made.line);
    cr_assert_eq(AS(made.driver.process, link_poll, made.link, DEADLINE_NOW).status, STATUS_PEER_DIED);
}

Test(interrupts, binding_it_otherwise_closes_its_end_of_the_link) {
    struct line_link made = line_link_make();
    AS(made.driver.process, interrupt_bind, made.line);
    cr_assert_eq(AS(made.driver.process, link_poll, made.link, DEADLINE_NOW).status, STATUS_PEER_DIED);
    machine_line_raise(4);
    cr_assert_eq(host_event_get(made.driver.process).event.Type, EVENT_INTERRUPT);
}

Test(interrupts, a_driver_that_dies_or_closes_its_end_leaves_the_line_masked) {
    struct line_link made = line_link_make();
    AS(made.driver.process, number_close, made.link);
    machine_line_raise(4);
    cr_assert(machine_line_is_masked(4));
    host_process_end(made.driver.process);
    cr_assert(machine_line_is_masked(4));
}

Test(interrupts, a_line_that_cannot_be_bound_leaves_the_link_where_it_was) {
    struct driver driver = driver_make();
    struct link_create plan = {0};
    AS(driver.process, link_create, USER(&plan));
    uint64_t other = (uint64_t)plan.other, line = line_make(&driver, 4);
    cr_assert_eq(AS(driver.process, interrupt_link, other, other).status, STATUS_WRONG_TYPE);
    cr_assert_eq(AS(driver.process, interrupt_link, line, line).status, STATUS_WRONG_TYPE);
    struct interrupt *interrupt;
    interrupt_create(0, 5, &interrupt);
    int32_t number;
    number_insert(&driver.process->numbers, &interrupt->object, RIGHT_MANAGE, &number);
    number_close(&driver.process->numbers, number);
    struct object *object;
    number_find(&driver.process->numbers, plan.other, OBJECT_LINK, 0, &object);
    struct interrupt_binding binding = {driver.process, number, (struct link_end *)object};
    cr_assert_eq(interrupt_bind(interrupt, &binding), STATUS_BAD_NUMBER);
    object_release(object);
    object_release(&interrupt->object);
    cr_assert_eq(AS(driver.process, link_signal, other).status, STATUS_OK);
}
