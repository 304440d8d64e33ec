// Tests of physical ranges: what a driver may have of the machine, and when it is taken away.
#include <criterion/criterion.h>
#include <string.h>

#include "kernel/abi/memory.h"
#include "tests/unit/devices.h"
#include "tests/unit/host/host.h"
#include "tests/unit/host/space.h"

TestSuite(ranges, .init = host_start, .fini = host_finish);

#define DEVICE_BASE UINT64_C(0xfe000000)

static struct result range(const struct driver *driver, uint32_t kind, uint64_t base, uint64_t size) {
    return AS(driver->process, range_create, driver->machine, kind, base, size);
}

// R-B10: only from the machine's number; never what the kernel manages.
Test(ranges, R_B10_a_range_needs_the_machines_right) {
    struct driver driver = driver_make(), poor = driver;
    poor.machine = (uint64_t)host_machine_number(driver.process, RIGHT_LINE);
    cr_assert_eq(range(&poor, RANGE_MEMORY, DEVICE_BASE, PAGE_SIZE).status, STATUS_NO_RIGHT);
    poor.machine = 0;
    cr_assert_eq(range(&poor, RANGE_MEMORY, DEVICE_BASE, PAGE_SIZE).status, STATUS_BAD_NUMBER);
    cr_assert_eq(range(&driver, RANGE_MEMORY, DEVICE_BASE, PAGE_SIZE).status, STATUS_OK);
}

Test(ranges, R_B10_wrong_ranges_are_refused) {
    static const struct {
        uint32_t kind;
        uint64_t base, size;
        enum status status;
    } rows[] = {
        {0, DEVICE_BASE, PAGE_SIZE, STATUS_INVALID_ARGUMENT},
        {3, DEVICE_BASE, PAGE_SIZE, STATUS_INVALID_ARGUMENT},
        {RANGE_MEMORY, DEVICE_BASE, 0, STATUS_INVALID_ARGUMENT},
        {RANGE_MEMORY, DEVICE_BASE + 1, PAGE_SIZE, STATUS_INVALID_ARGUMENT},
        {RANGE_MEMORY, DEVICE_BASE, PAGE_SIZE + 1, STATUS_INVALID_ARGUMENT},
        {RANGE_MEMORY, UINT64_MAX - PAGE_SIZE + 1, 2 * PAGE_SIZE, STATUS_INVALID_ARGUMENT},
        {RANGE_MEMORY, UINT64_C(1) << 52, PAGE_SIZE, STATUS_INVALID_ARGUMENT},
        {RANGE_MEMORY, 0, PAGE_SIZE, STATUS_DENIED},
        {RANGE_MEMORY, ALLOCATION_RAM_END - PAGE_SIZE, 2 * PAGE_SIZE, STATUS_DENIED},
        {RANGE_PORTS, 0xffff, 2, STATUS_INVALID_ARGUMENT},
        {RANGE_PORTS, UINT64_MAX, 2, STATUS_INVALID_ARGUMENT},
        {RANGE_PORTS, 0x60, 0, STATUS_INVALID_ARGUMENT},
        {RANGE_PORTS, 0x40, 1, STATUS_DENIED},
        {RANGE_PORTS, 0x3f, 2, STATUS_DENIED},
    };
    struct driver driver = driver_make();
    struct host_figures before = host_figures();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        cr_assert_eq(range(&driver, rows[i].kind, rows[i].base, rows[i].size).status, rows[i].status, "row %zu", i);
    host_figures_expect(&before, "after wrong ranges");
}

Test(ranges, R_B10_no_two_live_ranges_overlap) {
    struct driver driver = driver_make();
    uint64_t number = range(&driver, RANGE_MEMORY, DEVICE_BASE, 4 * PAGE_SIZE).value;
    struct host_figures before = host_figures();
    cr_assert_eq(range(&driver, RANGE_MEMORY, DEVICE_BASE + 3 * PAGE_SIZE, PAGE_SIZE).status, STATUS_BUSY);
    cr_assert_eq(range(&driver, RANGE_MEMORY, DEVICE_BASE - PAGE_SIZE, 2 * PAGE_SIZE).status, STATUS_BUSY);
    host_figures_expect(&before, "after an overlap");
    cr_assert_eq(range(&driver, RANGE_MEMORY, DEVICE_BASE + 4 * PAGE_SIZE, PAGE_SIZE).status, STATUS_OK);
    number_close(&driver.process->numbers, (int32_t)number);
    cr_assert_eq(range(&driver, RANGE_MEMORY, DEVICE_BASE, 4 * PAGE_SIZE).status, STATUS_OK, "the first is gone");
}

Test(ranges, ports_and_memory_do_not_overlap) {
    struct driver driver = driver_make();
    cr_assert_eq(range(&driver, RANGE_PORTS, 0, 0x20).status, STATUS_OK);
    cr_assert_eq(range(&driver, RANGE_PORTS, 0x10, 0x20).status, STATUS_BUSY);
    cr_assert_eq(range(&driver, RANGE_MEMORY, DEVICE_BASE, PAGE_SIZE).status, STATUS_OK);
}

Test(ranges, R_B10_a_mapping_is_never_executable_and_goes_with_its_process) {
    struct driver driver = driver_make();
    struct space_mapping what;
    uint64_t number = range(&driver, RANGE_MEMORY, DEVICE_BASE, 4 * PAGE_SIZE).value;
    struct result result = AS(driver.process, range_map, number, PAGE_SIZE, 2 * PAGE_SIZE, RANGE_WRITE_COMBINING);
    cr_assert_eq(result.status, STATUS_OK);
    cr_assert(space_mapping_at(driver.process->space, result.value, &what));
    cr_assert_eq(what.offset, DEVICE_BASE + PAGE_SIZE);
    cr_assert_eq(what.size, 2 * PAGE_SIZE);
    cr_assert_eq(what.protection, PROTECTION_READ | PROTECTION_WRITE);
    cr_assert_eq(what.caching, RANGE_WRITE_COMBINING);
    host_process_end(driver.process);
    struct driver next = driver_make();
    cr_assert_eq(range(&next, RANGE_MEMORY, DEVICE_BASE, PAGE_SIZE).status, STATUS_OK);
}

Test(ranges, R_B10_closing_the_last_number_takes_every_mapping_back) {
    struct driver driver = driver_make();
    struct process *helper = host_process("helper");
    struct space_mapping what;
    struct object *object;
    int32_t copy;
    uint64_t number = range(&driver, RANGE_MEMORY, DEVICE_BASE, 4 * PAGE_SIZE).value;
    number_find(&driver.process->numbers, (int32_t)number, OBJECT_RANGE, 0, &object);
    number_insert(&helper->numbers, object, RIGHT_READ | RIGHT_WRITE, &copy);
    object_release(object);
    uint64_t first = AS(driver.process, range_map, number, 0, PAGE_SIZE, RANGE_UNCACHED).value;
    uint64_t second = AS(driver.process, range_map, number, 0, PAGE_SIZE, RANGE_UNCACHED).value;
    uint64_t others = AS(helper, range_map, (uint64_t)copy, PAGE_SIZE, PAGE_SIZE, RANGE_CACHED).value;
    number_close(&helper->numbers, copy);
    cr_assert(space_mapping_at(helper->space, others, &what), "the range has another number");
    number_close(&driver.process->numbers, (int32_t)number);
    cr_assert_not(space_mapping_at(driver.process->space, first, &what));
    cr_assert_not(space_mapping_at(driver.process->space, second, &what));
    cr_assert_not(space_mapping_at(helper->space, others, &what));
    cr_assert_eq(range(&driver, RANGE_MEMORY, DEVICE_BASE, PAGE_SIZE).status, STATUS_OK, "nobody has it");
}

// Taking much memory back takes its time, and no lock is held meanwhile.
Test(ranges, R_B10_a_range_is_free_only_when_all_of_it_was_taken_back) {
    struct driver driver = driver_make();
    uint64_t number = range(&driver, RANGE_MEMORY, DEVICE_BASE, PAGE_SIZE).value;
    AS(driver.process, range_map, number, 0, PAGE_SIZE, RANGE_UNCACHED);
    fiber_set_pauses(PAUSE_PREEMPTION);
    struct fiber *closer = FIBER_CALL(driver.process, number_close, number);
    fiber_set_pauses(0);
    struct driver next = driver_make();
    cr_assert_eq(range(&next, RANGE_MEMORY, DEVICE_BASE, PAGE_SIZE).status, STATUS_BUSY);
    fiber_run(closer);
    cr_assert_eq(closer->result.status, STATUS_OK);
    cr_assert_eq(range(&next, RANGE_MEMORY, DEVICE_BASE, PAGE_SIZE).status, STATUS_OK);
}

// What runs between the mapping and its entry in the list: the second allocation of range_map is the mapping's.
Test(ranges, R_B10_a_range_that_is_closed_while_it_is_mapped_is_not_mapped) {
    struct driver driver = driver_make();
    uint64_t number = range(&driver, RANGE_MEMORY, DEVICE_BASE, PAGE_SIZE).value;
    fiber_set_pauses(PAUSE_ALLOCATE);
    struct fiber *mapper = FIBER_CALL(driver.process, range_map, number, 0, PAGE_SIZE, RANGE_UNCACHED);
    fiber_run(mapper);
    number_close(&driver.process->numbers, (int32_t)number);
    fiber_set_pauses(0);
    fiber_run(mapper);
    cr_assert_eq(mapper->result.status, STATUS_BAD_NUMBER);
    cr_assert_eq(range(&driver, RANGE_MEMORY, DEVICE_BASE, PAGE_SIZE).status, STATUS_OK);
}

Test(ranges, ports_that_are_closed_while_they_are_opened_are_not_open) {
    struct driver driver = driver_make();
    uint64_t number = range(&driver, RANGE_PORTS, 0x60, 8).value;
    fiber_set_pauses(PAUSE_ALLOCATE);
    struct fiber *opener = FIBER_CALL(driver.process, range_open, number);
    number_close(&driver.process->numbers, (int32_t)number);
    fiber_set_pauses(0);
    fiber_run(opener);
    cr_assert_eq(opener->result.status, STATUS_BAD_NUMBER);
    cr_assert_not(machine_port_is_open(driver.process, 0x60));
}

Test(ranges, wrong_parts_are_not_mapped) {
    static const uint64_t rows[][3] = {
        {0, 0, RANGE_UNCACHED},
        {1, PAGE_SIZE, RANGE_UNCACHED},
        {PAGE_SIZE, PAGE_SIZE, RANGE_UNCACHED},
        {UINT64_MAX & ~UINT64_C(4095), 2 * PAGE_SIZE, RANGE_UNCACHED},
        {0, PAGE_SIZE, RANGE_CACHED + 1},
    };
    struct driver driver = driver_make();
    uint64_t memory = range(&driver, RANGE_MEMORY, DEVICE_BASE, PAGE_SIZE).value;
    uint64_t ports = range(&driver, RANGE_PORTS, 0x60, 8).value;
    for (size_t i = 0; i < 5; i++)
        cr_assert_eq(AS(driver.process, range_map, memory, rows[i][0], rows[i][1], rows[i][2]).status,
                     STATUS_INVALID_ARGUMENT, "row %zu", i);
    cr_assert_eq(AS(driver.process, range_map, ports, 0, PAGE_SIZE, 0).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(driver.process, range_map, driver.machine, 0, PAGE_SIZE, 0).status, STATUS_WRONG_TYPE);
    cr_assert_eq(AS(driver.process, range_map, 99, 0, PAGE_SIZE, 0).status, STATUS_BAD_NUMBER);
}

Test(ranges, ports_are_open_until_the_last_number_is_closed) {
    struct driver driver = driver_make();
    uint64_t number = range(&driver, RANGE_PORTS, 0x60, 8).value;
    cr_assert_not(machine_port_is_open(driver.process, 0x60));
    cr_assert_eq(AS(driver.process, range_open, number).status, STATUS_OK);
    cr_assert(machine_port_is_open(driver.process, 0x60));
    cr_assert(machine_port_is_open(driver.process, 0x67));
    cr_assert_not(machine_port_is_open(driver.process, 0x68));
    cr_assert_eq(AS(driver.process, range_open, number).status, STATUS_OK, "open already is no error");
    number_close(&driver.process->numbers, (int32_t)number);
    cr_assert_not(machine_port_is_open(driver.process, 0x60));
}

Test(ranges, opening_needs_a_range_of_ports) {
    struct driver driver = driver_make();
    uint64_t memory = range(&driver, RANGE_MEMORY, DEVICE_BASE, PAGE_SIZE).value;
    cr_assert_eq(AS(driver.process, range_open, memory).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(driver.process, range_open, driver.machine).status, STATUS_WRONG_TYPE);
    cr_assert_eq(AS(driver.process, range_open, 99).status, STATUS_BAD_NUMBER);
}

Test(ranges, a_range_describes_itself) {
    struct driver driver = driver_make();
    char text[DESCRIPTION_SIZE];
    AS(driver.process, range_open, range(&driver, RANGE_PORTS, 0x60, 8).value);
    driver_describe(OBJECT_RANGE, text);
    cr_assert_not_null(strstr(text, "covers: ports\nbase: 0x60\nsize: 0x8\nused by processes: 1\nclosed: no\n"), "%s",
                       text);
}

static enum status range_make_and_close(void *context) {
    struct driver *driver = context;
    struct result result = range(driver, RANGE_MEMORY, DEVICE_BASE, PAGE_SIZE);
    if (result.status == STATUS_OK)
        number_close(&driver->process->numbers, (int32_t)result.value);
    return (enum status)result.status;
}

Test(ranges, a_failed_allocation_or_a_spent_limit_makes_no_range) {
    struct driver driver = driver_make();
    struct host_operation operation = {range_make_and_close, 0, &driver};
    cr_assert_eq(host_fail_each_allocation(&operation), 1);
    struct account *account = driver.process->account;
    account_set_limit(account, ACCOUNT_NUMBERS, account->lines[ACCOUNT_NUMBERS].used);
    cr_assert_eq(range_make_and_close(&driver), STATUS_LIMIT_REACHED);
    account_set_limit(account, ACCOUNT_NUMBERS, 100);
    cr_assert_eq(range_make_and_close(&driver), STATUS_OK, "nothing of it is left");
}

static enum status open_ports(void *context) {
    struct driver *driver = context;
    return (enum status)AS(driver->process, range_open, 2).status;
}

static enum status map_memory(void *context) {
    struct driver *driver = context;
    return (enum status)AS(driver->process, range_map, 3, 0, PAGE_SIZE, 0).status;
}

Test(ranges, a_failed_allocation_maps_and_opens_nothing) {
    struct driver driver = driver_make();
    cr_assert_eq(range(&driver, RANGE_PORTS, 0x60, 8).value, 2);
    cr_assert_eq(range(&driver, RANGE_MEMORY, DEVICE_BASE, PAGE_SIZE).value, 3);
    struct host_operation opening = {open_ports, 0, &driver}, mapping = {map_memory, 0, &driver};
    cr_assert_geq(host_fail_each_allocation(&opening), 1);
    cr_assert_geq(host_fail_each_allocation(&mapping), 1);
}

Test(ranges, a_machine_without_room_for_more_ports_tells_it) {
    struct driver driver = driver_make();
    enum status status = STATUS_OK;
    for (uint64_t base = 0x100; status == STATUS_OK; base += 8)
        status = (enum status)AS(driver.process, range_open, range(&driver, RANGE_PORTS, base, 8).value).status;
    cr_assert_eq(status, STATUS_LIMIT_REACHED);
}
