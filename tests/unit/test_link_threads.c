// Tests of links that are one thread's own: negative numbers, good for it alone, closed with it (R-C1).
#include <criterion/criterion.h>
#include <string.h>

#include "ipc/link_set.h"
#include "kernel/abi/message.h"
#include "tests/unit/links.h"

TestSuite(link_threads, .init = host_start, .fini = host_finish);

enum { MANY = 8 };

static struct result all(struct process *process, uint32_t flags, struct link_ready *ready, size_t capacity) {
    memset(ready, 0xa5, capacity * sizeof(ready[0]));
    return AS(process, link_poll_all, flags, USER(ready), capacity, DEADLINE_NOW);
}

Test(link_threads, R_C1_a_threads_link_is_negative_and_usable) {
    struct process *process = host_process("p");
    uint64_t other, own = links_make(process, LINK_OF_THREAD, &other);
    struct link_bytes bytes = links_bytes(3);
    cr_assert_lt((int32_t)own, 0);
    cr_assert_gt((int32_t)other, 0);
    cr_assert_eq(AS(process, link_write, own, USER(&bytes), LINK_SIGNAL).status, STATUS_OK);
    cr_assert_eq(AS(process, link_poll, other, DEADLINE_NOW).value, 1);
    AS(process, link_signal, other);
    cr_assert_eq(AS(process, link_poll, own, DEADLINE_NOW).value, 1);
    struct number_information information;
    cr_assert_eq(AS(process, number_information, own, USER(&information)).status, STATUS_OK);
    cr_assert_eq(information.kind, OBJECT_LINK);
    cr_assert_eq(information.rights & RIGHT_SEND, 0);
    cr_assert_eq(AS(process, number_close, own).status, STATUS_OK);
    cr_assert_eq(AS(process, number_close, own).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(process, link_poll, other, DEADLINE_NOW).status, STATUS_PEER_DIED);
}

static int64_t foreign_number;
static uint64_t foreign_made;

static void use_foreign(void *argument) {
    enum status *statuses = argument;
    struct link_bytes bytes;
    struct link_create plan = {.flags = LINK_OF_THREAD};
    struct number_information information;
    uint64_t number = (uint64_t)foreign_number;
    statuses[0] =
        (enum status)fiber_invoke((call_function *)call_link_read, (const uint64_t[6]){number, USER(&bytes)}).status;
    statuses[1] = (enum status)fiber_invoke((call_function *)call_number_close, (const uint64_t[6]){number}).status;
    statuses[2] = (enum status)fiber_invoke((call_function *)call_number_information,
                                            (const uint64_t[6]){number, USER(&information)})
                      .status;
    foreign_made = fiber_invoke((call_function *)call_link_create, (const uint64_t[6]){USER(&plan)}).value;
}

Test(link_threads, R_C1_another_threads_number_names_nothing) {
    struct process *process = host_process("p");
    uint64_t other, own = links_make(process, LINK_OF_THREAD, &other);
    enum status statuses[3] = {0};
    foreign_number = (int32_t)own;
    fiber_start(process, use_foreign, statuses);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(statuses[i], STATUS_BAD_NUMBER, "%d", i);
    cr_assert_neq((int32_t)foreign_made, (int32_t)own, "two threads have no number in common");
    cr_assert_eq(AS(process, link_signal, own).status, STATUS_OK);
    cr_assert_eq(AS(process, link_read, (uint64_t)INT32_MIN, USER(&statuses)).status, STATUS_BAD_NUMBER);
}

Test(link_threads, R_C1_a_threads_link_cannot_be_sent_nor_copied) {
    struct process *process = host_process("p");
    uint64_t other, own = links_make(process, LINK_OF_THREAD, &other);
    struct message_options options = {.number_count = 1, .numbers = {(int32_t)own}, .rights = {RIGHTS_ALL}};
    cr_assert_eq(AS(process, message_send, process->id, USER("x"), 1, USER(&options), DEADLINE_NOW).status,
                 STATUS_BAD_NUMBER);
    cr_assert_eq(AS(process, number_copy, own, RIGHTS_ALL).status, STATUS_NO_RIGHT);
    uint64_t listener = AS(process, listener_create, 0).value;
    cr_assert_eq(AS(process, listener_push, listener, own).status, STATUS_BAD_NUMBER);
}

static void make_and_end(void *argument) {
    struct link_create plan = {.flags = LINK_OF_THREAD};
    struct link_ready ready[1];
    fiber_invoke((call_function *)call_link_create, (const uint64_t[6]){USER(&plan)});
    fiber_invoke((call_function *)call_link_poll_all,
                 (const uint64_t[6]){LINK_POLL_THREAD, USER(ready), 1, DEADLINE_NOW});
    *(uint64_t *)argument = (uint64_t)plan.other;
}

Test(link_threads, R_C1_a_threads_links_are_closed_with_it) {
    struct process *process = host_process("p");
    uint64_t other = 0;
    uint64_t kept, own = links_make(process, LINK_OF_THREAD, &kept);
    struct host_figures before = host_figures();
    fiber_start(process, make_and_end, &other);
    cr_assert_eq(AS(process, link_poll, other, DEADLINE_NOW).status, STATUS_PEER_DIED);
    AS(process, number_close, other);
    host_figures_expect(&before, "after the thread's end");
    cr_assert_eq(AS(process, link_signal, own).status, STATUS_OK, "this thread's own is not touched");
}

Test(link_threads, all_takes_the_process_links_the_threads_own_or_both) {
    struct process *process = host_process("p");
    struct link_ready ready[MANY];
    uint64_t at_task, task = links_make(process, 0, &at_task);
    uint64_t at_thread, thread = links_make(process, LINK_OF_THREAD, &at_thread);
    for (int round = 0; round < 3; round++) {
        AS(process, link_signal, at_task);
        AS(process, link_signal, at_thread);
        if (round == 0) {
            cr_assert_eq(all(process, LINK_POLL_TASK, ready, MANY).value, 1);
            cr_assert_eq(ready[0].number, (int32_t)task);
            cr_assert_eq(all(process, LINK_POLL_THREAD, ready, MANY).value, 1);
            cr_assert_eq(ready[0].number, (int32_t)thread);
        } else {
            cr_assert_eq(all(process, LINK_POLL_TASK | LINK_POLL_THREAD, ready, MANY).value, 2);
            cr_assert_eq(ready[0].number + ready[1].number, (int32_t)task + (int32_t)thread);
        }
    }
    AS(process, link_signal, at_task);
    AS(process, link_signal, at_thread);
    cr_assert_eq(all(process, LINK_POLL_TASK | LINK_POLL_THREAD, ready, 1).value, 1);
    int32_t first = ready[0].number;
    cr_assert_eq(all(process, LINK_POLL_TASK | LINK_POLL_THREAD, ready, 1).value, 1);
    cr_assert_neq(ready[0].number, first);
}

static enum status create_own(void *context) {
    struct link_create plan = {.flags = LINK_OF_THREAD};
    return (enum status)AS(context, link_create, USER(&plan)).status;
}

Test(link_threads, a_failed_allocation_makes_no_threads_link_but_may_leave_it_to_be_listed_later) {
    struct process *process = host_process("p");
    struct link_ready ready[MANY];
    uint64_t own = 0, other = 0;
    for (uint32_t n = 1;; n++) {
        struct link_create plan = {.flags = LINK_OF_THREAD};
        allocation_fail_at(n);
        struct result result = AS(process, link_create, USER(&plan));
        bool failed = allocation_has_failed();
        cr_assert(failed || result.status == STATUS_OK);
        if (result.status == STATUS_OK) {
            own = result.value;
            other = (uint64_t)plan.other;
            AS(process, link_signal, other);
            cr_assert_eq(all(process, LINK_POLL_THREAD, ready, MANY).value, 1);
            cr_assert_eq(ready[0].number, (int32_t)own);
        }
        if (!failed)
            break;
    }
    account_set_limit(process->account, ACCOUNT_NUMBERS, process->account->lines[ACCOUNT_NUMBERS].used + 1);
    struct host_figures before = host_figures();
    cr_assert_eq(create_own(process), STATUS_LIMIT_REACHED);
    host_figures_expect(&before, "past the limit");
}
