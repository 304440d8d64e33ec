// Tests of the gate: whom a process lets approach it.
#include <criterion/criterion.h>

#include "ipc/gate.h"
#include "tests/unit/host/host.h"

TestSuite(gate, .init = host_start, .fini = host_finish);

static struct process *process_of_user(uint32_t user) {
    struct host_plan plan = {.name = "p", .user = user};
    struct process *process;
    cr_assert_eq(host_process_create(&plan, &process), STATUS_OK);
    return process;
}

Test(gate, at_first_all_but_user_events_come_in) {
    struct process *to = process_of_user(1), *from = process_of_user(2);
    cr_assert_eq(gate_check(to, GATE_MESSAGE, from), STATUS_OK);
    cr_assert_eq(gate_check(to, GATE_PIPE, from), STATUS_OK);
    cr_assert_eq(gate_check(to, GATE_SHARED_MEMORY, from), STATUS_OK);
    cr_assert_eq(gate_check(to, GATE_EVENT, from), STATUS_DENIED);
}

Test(gate, a_bit_stands_for_a_user) {
    struct process *to = process_of_user(1);
    struct process *first = process_of_user(0), *last = process_of_user(USER_COUNT - 1);
    cr_assert_eq(AS(to, gate_set, GATE_MESSAGE, UINT64_C(1) << 63).status, STATUS_OK);
    cr_assert_eq(gate_check(to, GATE_MESSAGE, last), STATUS_OK);
    cr_assert_eq(gate_check(to, GATE_MESSAGE, first), STATUS_DENIED);
    cr_assert_eq(gate_check(to, GATE_PIPE, first), STATUS_OK, "each kind has its own");
}

Test(gate, a_process_always_reaches_itself) {
    struct process *self = process_of_user(1);
    AS(self, gate_set, GATE_EVENT, 0);
    cr_assert_eq(gate_check(self, GATE_EVENT, self), STATUS_OK);
}

Test(gate, setting_says_what_was_before) {
    struct process *process = process_of_user(1);
    cr_assert_eq(AS(process, gate_set, GATE_PIPE, 5).value, GATE_ALL_USERS);
    cr_assert_eq(AS(process, gate_set, GATE_PIPE, 6).value, 5);
}

Test(gate, an_unknown_kind_is_refused) {
    struct process *process = process_of_user(1);
    cr_assert_eq(AS(process, gate_set, GATE_KIND_COUNT, 5).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(process, gate_set, UINT32_MAX, 5).status, STATUS_INVALID_ARGUMENT);
}

Test(gate, anybody_may_read_it) {
    struct process *process = process_of_user(1), *other = process_of_user(2);
    AS(process, gate_set, GATE_LINK, 6);
    cr_assert_eq(AS(other, gate_read, process->id, GATE_LINK).value, 6);
    cr_assert_eq(AS(other, gate_read, process->id, GATE_PIPE).value, GATE_ALL_USERS);
    cr_assert_eq(AS(other, gate_read, process->id, GATE_KIND_COUNT).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(other, gate_read, UINT32_MAX, GATE_LINK).status, STATUS_NOT_FOUND);
}

static int32_t number_of(struct process *process, struct process *holder, uint32_t rights) {
    int32_t number;
    cr_assert_eq(number_insert(&holder->numbers, &process->object, rights, &number), STATUS_OK);
    return number;
}

Test(gate, who_may_manage_a_process_may_change_it) {
    struct process *process = process_of_user(1), *manager = process_of_user(1), *from = process_of_user(2);
    int32_t number = number_of(process, manager, RIGHT_MANAGE);
    cr_assert_eq(AS(manager, gate_change, number, GATE_MESSAGE, 2).value, GATE_ALL_USERS);
    cr_assert_eq(gate_check(process, GATE_MESSAGE, from), STATUS_DENIED);
    cr_assert_eq(gate_check(process, GATE_MESSAGE, manager), STATUS_OK);
    cr_assert_eq(AS(manager, gate_change, number, GATE_KIND_COUNT, 2).status, STATUS_INVALID_ARGUMENT);
}

Test(gate, who_may_not_changes_nothing) {
    struct process *process = process_of_user(1), *other = process_of_user(2);
    int32_t number = number_of(process, other, RIGHT_READ | RIGHT_WAIT);
    cr_assert_eq(AS(other, gate_change, number, GATE_MESSAGE, 0).status, STATUS_NO_RIGHT);
    cr_assert_eq(AS(other, gate_change, NUMBER_NONE, GATE_MESSAGE, 0).status, STATUS_BAD_NUMBER);
    cr_assert_eq(gate_check(process, GATE_MESSAGE, other), STATUS_OK);
}
