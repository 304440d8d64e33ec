// Tests of number tables: giving, finding, closing, reserving, and what a guessed or an old number gets.
#include <criterion/criterion.h>

#include "kernel/object/machine.h"
#include "tests/unit/host/host.h"

TestSuite(numbers, .init = host_start, .fini = host_finish);

static uint32_t closings; // of the last number

static void count_closing(struct object *object) {
    (void)object;
    closings++;
}

// A type that does nothing but count.
static const struct object_type plain_type = {
    .name = "plain",
    .kind = OBJECT_RANGE,
    .size = sizeof(struct object),
    .lock_rank = RANK_OBJECT,
    .rights = RIGHT_READ | RIGHT_WRITE,
    .last_number_closed = count_closing,
};

static struct object *plain_object(void) {
    struct object *object;
    cr_assert_eq(object_create(&plain_type, 0, "plain", &object), STATUS_OK);
    return object;
}

// Gives a new object, which nothing but the number keeps, a number.
static int32_t plain_number(struct process *process) {
    struct object *object = plain_object();
    int32_t number;
    cr_assert_eq(number_insert(&process->numbers, object, RIGHT_READ, &number), STATUS_OK);
    object_release(object);
    return number;
}

static enum status find(struct process *process, int32_t number, enum object_kind kind, uint32_t rights) {
    struct object *object;
    enum status status = number_find(&process->numbers, number, kind, rights, &object);
    if (status == STATUS_OK)
        object_release(object);
    return status;
}

Test(numbers, the_first_ones_are_1_2_3) {
    struct process *process = host_process("p");
    for (int32_t expected = 1; expected <= 3; expected++)
        cr_assert_eq(plain_number(process), expected);
}

Test(numbers, finding_checks_kind_and_rights) {
    struct process *process = host_process("p");
    int32_t number = plain_number(process);
    cr_assert_eq(find(process, number, OBJECT_RANGE, RIGHT_READ), STATUS_OK);
    cr_assert_eq(find(process, number, OBJECT_ANY, 0), STATUS_OK);
    cr_assert_eq(find(process, number, OBJECT_TIMER, RIGHT_READ), STATUS_WRONG_TYPE);
    cr_assert_eq(find(process, number, OBJECT_RANGE, RIGHT_WRITE), STATUS_NO_RIGHT);
    cr_assert_eq(find(process, number, OBJECT_RANGE, RIGHT_READ | RIGHT_WRITE), STATUS_NO_RIGHT);
}

Test(numbers, finding_with_rights_tells_them) {
    struct process *process = host_process("p");
    struct object *object;
    uint32_t rights;
    int32_t number = plain_number(process);
    cr_assert_eq(number_find_rights(&process->numbers, number, &object, &rights), STATUS_OK);
    cr_assert_eq(rights, RIGHT_READ);
    object_release(object);
    cr_assert_eq(number_find_rights(&process->numbers, number + 1, &object, &rights), STATUS_BAD_NUMBER);
}

Test(numbers, what_was_never_given_out_names_nothing) {
    static const int32_t wrong[] = {0, -1, INT32_MIN, INT32_MAX, 2, NUMBER_INDEX_MAX, 1 | 1 << NUMBER_INDEX_BITS};
    struct process *process = host_process("p");
    plain_number(process);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        cr_assert_eq(find(process, wrong[i], OBJECT_ANY, 0), STATUS_BAD_NUMBER, "%d", wrong[i]);
        cr_assert_eq(number_close(&process->numbers, wrong[i]), STATUS_BAD_NUMBER, "%d", wrong[i]);
    }
}

Test(numbers, another_process_does_not_know_them) {
    struct process *one = host_process("one"), *other = host_process("other");
    int32_t number = plain_number(one);
    cr_assert_eq(find(other, number, OBJECT_ANY, 0), STATUS_BAD_NUMBER);
}

Test(numbers, closing_tells_the_object_once_when_the_last_one_goes) {
    struct process *process = host_process("p");
    struct object *object = plain_object();
    int32_t first, second;
    cr_assert_eq(number_insert(&process->numbers, object, 0, &first), STATUS_OK);
    cr_assert_eq(number_insert(&process->numbers, object, 0, &second), STATUS_OK);
    cr_assert_eq(number_close(&process->numbers, first), STATUS_OK);
    cr_assert_eq(closings, 0);
    cr_assert_eq(number_close(&process->numbers, second), STATUS_OK);
    cr_assert_eq(closings, 1);
    cr_assert_eq(number_close(&process->numbers, second), STATUS_BAD_NUMBER);
    cr_assert_eq(closings, 1);
    object_release(object);
}

// R-B6: handles are index and generation.
Test(numbers, R_B6_a_closed_number_names_nothing_though_its_slot_is_reused_65536_times) {
    struct process *process = host_process("p");
    int32_t old = plain_number(process);
    uint64_t last_id = 0;
    cr_assert_eq(number_close(&process->numbers, old), STATUS_OK);
    for (uint32_t use = 0; use < 1 << 16; use++) {
        int32_t number = plain_number(process);
        struct object *object;
        uint32_t rights;
        cr_assert_eq(number & NUMBER_INDEX_MAX, old & NUMBER_INDEX_MAX, "the only slot is used");
        cr_assert_neq(number, old);
        cr_assert_gt(number, 0);
        cr_assert_eq(find(process, old, OBJECT_ANY, 0), STATUS_BAD_NUMBER);
        cr_assert_eq(number_find_rights(&process->numbers, number, &object, &rights), STATUS_OK);
        cr_assert_gt(object->id, last_id, "ids are never given out twice");
        last_id = object->id;
        object_release(object);
        cr_assert_eq(number_close(&process->numbers, number), STATUS_OK);
    }
}

Test(numbers, a_closed_slot_is_used_again_last) {
    struct process *process = host_process("p");
    int32_t first = plain_number(process), second = plain_number(process);
    number_close(&process->numbers, first);
    number_close(&process->numbers, second);
    int32_t third = plain_number(process);
    cr_assert_eq(third & NUMBER_INDEX_MAX, first & NUMBER_INDEX_MAX);
    cr_assert_neq(third, first);
}

Test(numbers, a_full_table_says_limit_reached_and_recovers) {
    struct process *process = host_process("p");
    struct object *object = plain_object();
    int32_t number;
    for (int i = 0; i < NUMBER_INDEX_MAX; i++)
        cr_assert_eq(number_insert(&process->numbers, object, 0, &number), STATUS_OK, "number %d", i + 1);
    account_set_limit(process->account, ACCOUNT_NUMBERS, UINT64_MAX);
    struct host_figures before = host_figures();
    int32_t more;
    cr_assert_eq(number_insert(&process->numbers, object, 0, &more), STATUS_LIMIT_REACHED);
    cr_assert_eq(number_reserve(&process->numbers, &more), STATUS_LIMIT_REACHED);
    host_figures_expect(&before, "when the table is full");
    cr_assert_eq(number_close(&process->numbers, number), STATUS_OK);
    cr_assert_eq(number_insert(&process->numbers, object, 0, &more), STATUS_OK);
    object_release(object);
}

Test(numbers, the_account_limits_them) {
    struct process *process = host_process("p");
    struct object *object = plain_object();
    int32_t number;
    account_set_limit(process->account, ACCOUNT_NUMBERS, 1);
    cr_assert_eq(number_insert(&process->numbers, object, 0, &number), STATUS_OK);
    cr_assert_eq(number_insert(&process->numbers, object, 0, &number), STATUS_LIMIT_REACHED);
    cr_assert_eq(process->account->lines[ACCOUNT_NUMBERS].refused, 1);
    object_release(object);
}

// ---- reserving ----

Test(numbers, a_reserved_place_names_nothing_until_it_is_filled) {
    struct process *process = host_process("p");
    struct object *object = plain_object();
    int32_t number;
    cr_assert_eq(number_reserve(&process->numbers, &number), STATUS_OK);
    cr_assert_eq(find(process, number, OBJECT_ANY, 0), STATUS_BAD_NUMBER);
    cr_assert_eq(number_close(&process->numbers, number), STATUS_BAD_NUMBER);
    number_insert_reserved(&process->numbers, number, object, RIGHT_WRITE);
    cr_assert_eq(find(process, number, OBJECT_RANGE, RIGHT_WRITE), STATUS_OK);
    object_release(object);
}

Test(numbers, a_reserved_place_can_be_given_back) {
    struct process *process = host_process("p");
    plain_number(process); // the table has its page
    struct host_figures before = host_figures();
    int32_t number;
    cr_assert_eq(number_reserve(&process->numbers, &number), STATUS_OK);
    number_unreserve(&process->numbers, number);
    host_figures_expect(&before, "after giving back");
    cr_assert_eq(find(process, number, OBJECT_ANY, 0), STATUS_BAD_NUMBER);
}

// ---- the end of a process ----

Test(numbers, the_end_of_a_process_closes_all) {
    struct process *process = host_process("p");
    struct object *object = plain_object();
    int32_t number;
    for (int i = 0; i < 3; i++)
        cr_assert_eq(number_insert(&process->numbers, object, 0, &number), STATUS_OK);
    host_process_end(process);
    cr_assert_eq(closings, 1);
    cr_assert_eq(object->references, 1);
    object_release(object);
}

Test(numbers, a_closed_table_lets_nothing_in) {
    struct process *process = host_process("p");
    struct object *object = plain_object();
    int32_t reserved, given_back, number;
    cr_assert_eq(number_reserve(&process->numbers, &reserved), STATUS_OK);
    cr_assert_eq(number_reserve(&process->numbers, &given_back), STATUS_OK);
    number_table_close_all(&process->numbers);
    cr_assert_eq(number_insert(&process->numbers, object, 0, &number), STATUS_PEER_DIED);
    cr_assert_eq(closings, 1, "it had no other number, so it is told");
    number_insert_reserved(&process->numbers, reserved, object, 0);
    number_unreserve(&process->numbers, given_back);
    cr_assert_eq(find(process, reserved, OBJECT_ANY, 0), STATUS_BAD_NUMBER);
    cr_assert_eq(object->references, 1);
    cr_assert_eq(process->account->lines[ACCOUNT_NUMBERS].used, 0);
    object_release(object);
}

// ---- memory running out ----

struct insertion {
    struct process *process;
    struct object *object;
    int32_t number;
};

static enum status insert(void *context) {
    struct insertion *insertion = context;
    return number_insert(&insertion->process->numbers, insertion->object, RIGHT_READ, &insertion->number);
}

Test(numbers, a_failed_allocation_changes_nothing) {
    struct insertion insertion = {.process = host_process("p"), .object = plain_object()};
    struct host_operation operation = {.operation = insert, .context = &insertion};
    cr_assert_eq(host_fail_each_allocation(&operation), 1, "the table's first page");
    cr_assert_eq(find(insertion.process, insertion.number, OBJECT_ANY, 0), STATUS_OK);
    object_release(insertion.object);
}

static void reserve(void *argument) {
    struct process *process = argument;
    int32_t number;
    cr_assert_eq(number_reserve(&process->numbers, &number), STATUS_OK);
}

Test(numbers, two_threads_that_need_the_same_new_page_get_two_numbers) {
    struct process *process = host_process("p");
    fiber_set_pauses(PAUSE_ALLOCATE);
    struct fiber *one = fiber_start(process, reserve, process);
    struct fiber *other = fiber_start(process, reserve, process);
    cr_assert(fiber_is_ready(one) && fiber_is_ready(other), "both are about to get a page");
    fiber_run_all();
    cr_assert_eq(process->numbers.used, 2);
    cr_assert_eq(allocation_pages(), 1, "the page that is not needed is free again");
}

Test(numbers, a_thread_whose_page_was_used_up_meanwhile_gets_another) {
    struct process *process = host_process("p");
    struct object *object = plain_object();
    fiber_set_pauses(PAUSE_ALLOCATE);
    struct fiber *late = fiber_start(process, reserve, process);
    fiber_set_pauses(0);
    for (int i = 1; i < NUMBER_CHUNK_SLOTS; i++) { // another thread fills a page of its own, but for the slot 0
        int32_t number;
        cr_assert_eq(number_insert(&process->numbers, object, 0, &number), STATUS_OK);
    }
    fiber_run(late);
    cr_assert_eq(process->numbers.used, NUMBER_CHUNK_SLOTS);
    cr_assert_eq(allocation_pages(), 2);
    object_release(object);
}

// ---- the machine's number ----

Test(numbers, the_machine_number_gives_the_rights_that_it_has) {
    struct process *process = host_process("p");
    int32_t number = host_machine_number(process, RIGHT_LINE | RIGHT_RANGE);
    int32_t plain = plain_number(process);
    cr_assert_eq(machine_right_check(process, number, RIGHT_LINE), STATUS_OK);
    cr_assert_eq(machine_right_check(process, number, RIGHT_POWER), STATUS_NO_RIGHT);
    cr_assert_eq(machine_right_check(process, plain, RIGHT_LINE), STATUS_WRONG_TYPE);
    cr_assert_eq(machine_right_check(process, 99, RIGHT_LINE), STATUS_BAD_NUMBER);
}

Test(numbers, cargo_counts_as_a_number_until_it_is_dropped_R_B8) {
    struct process *process = host_process("p");
    struct object *object = plain_object();
    struct number_cargo cargo;
    int32_t number;
    cr_assert_eq(number_insert(&process->numbers, object, RIGHT_READ | RIGHT_SEND, &number), STATUS_OK);
    object_release(object);
    cr_assert_eq(number_cargo_load(&process->numbers, number, RIGHT_READ | RIGHT_WRITE, &cargo), STATUS_OK);
    cr_assert_eq(cargo.object, object);
    cr_assert_eq(cargo.rights, RIGHT_READ);
    closings = 0;
    cr_assert_eq(number_close(&process->numbers, number), STATUS_OK);
    cr_assert_eq(closings, 0);
    number_cargo_drop(&cargo);
    cr_assert_eq(closings, 1);
    cr_assert_null(cargo.object);
    number_cargo_drop(&cargo);
}

Test(numbers, what_may_not_be_sent_is_no_cargo) {
    struct process *process = host_process("p");
    struct number_cargo cargo;
    int32_t number = plain_number(process);
    cr_assert_eq(number_cargo_load(&process->numbers, number, RIGHT_READ, &cargo), STATUS_NO_RIGHT);
    cr_assert_eq(number_cargo_load(&process->numbers, number + 1, RIGHT_READ, &cargo), STATUS_BAD_NUMBER);
    closings = 0;
    cr_assert_eq(number_close(&process->numbers, number), STATUS_OK);
    cr_assert_eq(closings, 1);
}
