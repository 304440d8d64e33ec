// Tests of polling several links and all links of a process.
#include <criterion/criterion.h>
#include <string.h>

#include "ipc/link_set.h"
#include "kernel/base/writer.h"
#include "tests/unit/links.h"

TestSuite(link_polls, .init = host_start, .fini = host_finish);

enum { SECOND = 1000000000, MANY = 8 };

// One process with several links, whose other ends are another's.
struct fan {
    struct process *server, *client;
    uint64_t at_server[MANY], at_client[MANY];
};

static struct fan fan_make(void) {
    struct fan fan = {.server = host_process("server"), .client = host_process("client")};
    for (int i = 0; i < MANY; i++) {
        uint64_t other;
        fan.at_server[i] = links_make(fan.server, 0, &other);
        fan.at_client[i] = links_move(fan.server, other, fan.client);
    }
    return fan;
}

static void signal(const struct fan *fan, int link) {
    cr_assert_eq(AS(fan->client, link_signal, fan->at_client[link]).status, STATUS_OK);
}

// ---- several ----

static void several_set(const struct fan *fan, struct link_ready ready[3], const int links[3]) {
    memset(ready, 0xa5, 3 * sizeof(ready[0]));
    for (int i = 0; i < 3; i++)
        ready[i].number = (int32_t)fan->at_server[links[i]];
}

Test(link_polls, several_tells_which_are_ready_and_who_is_there) {
    struct fan fan = fan_make();
    struct link_ready ready[3];
    several_set(&fan, ready, (const int[]){0, 3, 5});
    signal(&fan, 3);
    signal(&fan, 3);
    signal(&fan, 1);
    struct result result = AS(fan.server, link_poll_several, USER(ready), 3, DEADLINE_NEVER);
    cr_assert_eq(result.value, 1);
    struct link_ready expected = {.number = (int32_t)fan.at_server[3], .signals = 2, .user = HOST_USER};
    expected.process = fan.server->id; // who made both ends
    cr_assert_arr_eq(&ready[1], &expected, sizeof(expected));
    struct link_ready nothing = {.number = (int32_t)fan.at_server[0], .status = STATUS_WOULD_WAIT};
    cr_assert_arr_eq(&ready[0], &nothing, sizeof(nothing));
    cr_assert_eq(AS(fan.server, link_poll_several, USER(ready), 3, DEADLINE_NOW).status, STATUS_WOULD_WAIT);
}

Test(link_polls, several_waits_for_the_first) {
    struct fan fan = fan_make();
    struct link_ready ready[3];
    several_set(&fan, ready, (const int[]){0, 3, 5});
    struct fiber *poller = FIBER_CALL(fan.server, link_poll_several, USER(ready), 3, DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(poller), WAIT_LINKS);
    signal(&fan, 4);
    cr_assert(fiber_is_waiting(poller));
    AS(fan.client, number_close, fan.at_client[5]);
    signal(&fan, 0);
    fiber_run(poller);
    cr_assert_eq(poller->result.value, 2);
    cr_assert_eq(ready[0].signals, 1);
    cr_assert_eq(ready[2].status, STATUS_PEER_DIED);
}

Test(link_polls, several_ends_at_its_deadline_and_when_it_is_killed) {
    struct fan fan = fan_make();
    struct link_ready ready[3];
    several_set(&fan, ready, (const int[]){0, 3, 5});
    struct fiber *poller = FIBER_CALL(fan.server, link_poll_several, USER(ready), 3, clock_now() + SECOND);
    machine_clock_advance(SECOND);
    fiber_run(poller);
    cr_assert_eq(poller->result.status, STATUS_TIMED_OUT);
    poller = FIBER_CALL(fan.server, link_poll_several, USER(ready), 3, DEADLINE_NEVER);
    fiber_interrupt(poller);
    fiber_run(poller);
    cr_assert_eq(poller->result.status, STATUS_INTERRUPTED);
    signal(&fan, 0);
    cr_assert_eq(AS(fan.server, link_poll_several, USER(ready), 3, DEADLINE_NOW).value, 1);
}

Test(link_polls, several_refuses_wrong_wishes_and_takes_nothing) {
    struct fan fan = fan_make();
    struct link_ready ready[3], many[LINK_POLL_MAX + 1] = {0};
    signal(&fan, 0);
    several_set(&fan, ready, (const int[]){0, 3, 5});
    struct host_figures before = host_figures();
    cr_assert_eq(AS(fan.server, link_poll_several, USER(ready), 0, DEADLINE_NOW).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(fan.server, link_poll_several, USER(many), LINK_POLL_MAX + 1, DEADLINE_NOW).status,
                 STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(fan.server, link_poll_several, USER_NOWHERE, 3, DEADLINE_NOW).status, STATUS_BAD_ADDRESS);
    ready[2].number = 77;
    cr_assert_eq(AS(fan.server, link_poll_several, USER(ready), 3, DEADLINE_NOW).status, STATUS_BAD_NUMBER);
    ready[2].number = ready[0].number;
    cr_assert_eq(AS(fan.server, link_poll_several, USER(ready), 3, DEADLINE_NOW).status, STATUS_INVALID_ARGUMENT);
    host_figures_expect(&before, "after wrong wishes");
    cr_assert_eq(AS(fan.server, link_poll, fan.at_server[0], DEADLINE_NOW).value, 1);
}

Test(link_polls, several_and_one_exclude_each_other) {
    struct fan fan = fan_make();
    struct link_ready ready[3], other[3];
    several_set(&fan, ready, (const int[]){0, 3, 5});
    several_set(&fan, other, (const int[]){1, 2, 5});
    struct fiber *first = FIBER_CALL(fan.server, link_poll_several, USER(ready), 3, DEADLINE_NEVER);
    cr_assert_eq(FIBER_CALL(fan.server, link_poll, fan.at_server[3], DEADLINE_NEVER)->result.status, STATUS_BUSY);
    cr_assert_eq(FIBER_CALL(fan.server, link_poll_several, USER(other), 3, DEADLINE_NEVER)->result.status, STATUS_BUSY);
    cr_assert_eq(AS(fan.server, link_poll, fan.at_server[1], DEADLINE_NOW).status, STATUS_WOULD_WAIT, "it was let go");
    signal(&fan, 3);
    fiber_run(first);
    cr_assert_eq(first->result.value, 1);
}

Test(link_polls, several_without_memory_changes_nothing) {
    struct fan fan = fan_make();
    struct link_ready ready[3];
    several_set(&fan, ready, (const int[]){0, 3, 5});
    allocation_fail_at(1);
    cr_assert_eq(AS(fan.server, link_poll_several, USER(ready), 3, DEADLINE_NEVER).status, STATUS_NO_MEMORY);
    cr_assert(allocation_has_failed());
    signal(&fan, 0);
    cr_assert_eq(AS(fan.server, link_poll, fan.at_server[0], DEADLINE_NOW).value, 1);
}

Test(link_polls, what_cannot_be_told_is_not_lost) {
    struct fan fan = fan_make();
    static struct link_ready ready[3];
    several_set(&fan, ready, (const int[]){0, 3, 5});
    fiber_set_pauses(PAUSE_COPY);
    struct fiber *poller = FIBER_CALL(fan.server, link_poll_several, USER(ready), 3, DEADLINE_NEVER);
    fiber_set_pauses(0);
    fiber_run(poller);
    cr_assert(fiber_is_waiting(poller));
    user_memory_forbid(ready, sizeof(ready));
    signal(&fan, 3);
    fiber_run(poller);
    user_memory_forbid(0, 0);
    cr_assert_eq(poller->result.status, STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(fan.server, link_poll, fan.at_server[3], DEADLINE_NOW).value, 1);
    signal(&fan, 4);
    cr_assert_eq(AS(fan.server, link_poll_all, LINK_POLL_TASK, USER_NOWHERE, 3, DEADLINE_NOW).status,
                 STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(fan.server, link_poll_all, LINK_POLL_TASK, USER(ready), 3, DEADLINE_NOW).value, 1);
    cr_assert_eq(ready[0].number, (int32_t)fan.at_server[4]);
    cr_assert_eq(ready[0].signals, 1);
}

// ---- all ----

static struct result all(struct process *process, uint32_t flags, struct link_ready *ready, size_t capacity) {
    memset(ready, 0xa5, capacity * sizeof(ready[0]));
    return AS(process, link_poll_all, flags, USER(ready), capacity, DEADLINE_NOW);
}

Test(link_polls, R_C2_all_tells_those_that_are_ready_round_robin) {
    struct fan fan = fan_make();
    struct link_ready ready[MANY];
    for (int i = 0; i < MANY; i++)
        signal(&fan, i);
    cr_assert_eq(all(fan.server, LINK_POLL_TASK, ready, 3).value, 3);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(ready[i].number, (int32_t)fan.at_server[i]);
    signal(&fan, 0); // it is behind those that still wait for their turn
    for (int round = 0; round < 2; round++) {
        cr_assert_eq(all(fan.server, LINK_POLL_TASK, ready, 3).value, 3);
        cr_assert_eq(ready[2].number, (int32_t)fan.at_server[round == 0 ? 5 : 0]);
    }
    cr_assert_eq(all(fan.server, LINK_POLL_TASK, ready, 3).status, STATUS_WOULD_WAIT);
}

Test(link_polls, R_C2_a_link_that_is_signalled_all_the_time_starves_no_other) {
    struct fan fan = fan_make();
    struct link_ready ready[1];
    uint32_t told[MANY] = {0};
    all(fan.server, LINK_POLL_TASK, ready, 1);
    for (int round = 0; round < 40; round++) {
        signal(&fan, 0);
        if (round % 4 == 0)
            signal(&fan, 1 + round / 4 % 3);
        cr_assert_eq(all(fan.server, LINK_POLL_TASK, ready, 1).value, 1);
        for (int i = 0; i < MANY; i++)
            told[i] += ready[0].number == (int32_t)fan.at_server[i] ? ready[0].signals : 0;
    }
    cr_assert_geq(told[1], 3);
    cr_assert_geq(told[2], 3);
    cr_assert_geq(told[3], 2);
}

Test(link_polls, all_waits_and_tells_of_links_that_came_in_a_message) {
    struct fan fan = fan_make();
    static struct link_ready ready[MANY];
    struct process *third = host_process("third");
    uint64_t other, own = links_make(third, 0, &other);
    all(fan.server, LINK_POLL_TASK, ready, MANY);
    uint64_t moved = links_move(third, other, fan.server);
    struct fiber *poller = FIBER_CALL(fan.server, link_poll_all, LINK_POLL_TASK, USER(ready), MANY, DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(poller), WAIT_LINKS);
    AS(third, link_signal, own);
    fiber_run(poller);
    cr_assert_eq(poller->result.value, 1);
    cr_assert_eq(ready[0].number, (int32_t)moved);
    cr_assert_eq(ready[0].process, third->id);
}

Test(link_polls, a_link_made_after_the_first_poll_is_told_of_without_a_walk) {
    struct fan fan = fan_make();
    struct link_ready ready[MANY];
    uint64_t other;
    all(fan.server, LINK_POLL_TASK, ready, MANY);
    links_make(fan.server, 0, &other);
    struct link_set *set = fan.server->attachments[ATTACHMENT_LINKS];
    cr_assert_eq(set->seen, fan.server->numbers.gathered);
    AS(fan.server, link_signal, other);
    cr_assert_eq(all(fan.server, LINK_POLL_TASK, ready, MANY).value, 1);
}

Test(link_polls, a_link_whose_other_end_is_gone_is_told_until_it_is_closed) {
    struct fan fan = fan_make();
    struct link_ready ready[MANY];
    signal(&fan, 2);
    AS(fan.client, number_close, fan.at_client[2]);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(all(fan.server, LINK_POLL_TASK, ready, MANY).value, 1);
        cr_assert_eq(ready[0].status, STATUS_PEER_DIED);
        cr_assert_eq(ready[0].signals, i == 0 ? 1 : 0);
    }
    AS(fan.server, number_close, fan.at_server[2]);
    cr_assert_eq(all(fan.server, LINK_POLL_TASK, ready, MANY).status, STATUS_WOULD_WAIT);
}

Test(link_polls, what_a_set_keeps_of_a_link_goes_with_it) {
    struct fan fan = fan_make();
    struct link_ready ready[MANY];
    all(fan.server, LINK_POLL_TASK, ready, MANY);
    struct host_figures before = host_figures();
    for (int signals = 0; signals < 2; signals++) {
        uint64_t other, own = links_make(fan.server, 0, &other);
        if (signals != 0)
            AS(fan.server, link_signal, other);
        AS(fan.server, number_close, own);
        AS(fan.server, number_close, other);
        host_figures_expect(&before, "after closing");
    }
}

Test(link_polls, a_link_that_is_closed_while_all_are_polled_goes_with_that_poll) {
    struct fan fan = fan_make();
    static struct link_ready ready[MANY];
    all(fan.server, LINK_POLL_TASK, ready, MANY);
    struct host_figures before = host_figures();
    uint64_t other, own = links_make(fan.server, 0, &other);
    struct fiber *poller = FIBER_CALL(fan.server, link_poll_all, LINK_POLL_TASK, USER(ready), MANY, DEADLINE_NEVER);
    AS(fan.server, number_close, own);
    AS(fan.server, number_close, other);
    fiber_run(poller);
    cr_assert(fiber_is_waiting(poller));
    signal(&fan, 0);
    fiber_run(poller);
    cr_assert_eq(poller->result.value, 1);
    host_figures_expect(&before, "after closing");
}

Test(link_polls, what_is_kept_of_a_number_that_was_closed_goes_when_a_poll_finds_it) {
    struct fan fan = fan_make();
    struct link_ready ready[MANY];
    all(fan.server, LINK_POLL_TASK, ready, MANY);
    struct object *object;
    int32_t second;
    number_find(&fan.server->numbers, (int32_t)fan.at_server[0], OBJECT_LINK, 0, &object);
    number_insert(&fan.client->numbers, object, LINK_RIGHTS, &second);
    object_release(object);
    uint64_t used = fan.server->account->lines[ACCOUNT_OBJECTS].used;
    AS(fan.server, number_close, fan.at_server[0]);
    signal(&fan, 0);
    cr_assert_eq(all(fan.server, LINK_POLL_TASK, ready, MANY).status, STATUS_WOULD_WAIT);
    cr_assert_eq(fan.server->account->lines[ACCOUNT_OBJECTS].used, used - 1);
    cr_assert_eq(AS(fan.client, link_poll, (uint64_t)second, DEADLINE_NOW).value, 1, "the signal is its holder's");
}

Test(link_polls, what_is_kept_of_closed_links_goes_with_the_next_poll) {
    struct fan fan = fan_make();
    struct link_ready ready[MANY];
    all(fan.server, LINK_POLL_TASK, ready, MANY);
    struct host_figures before = host_figures();
    uint64_t other, own = links_make(fan.server, 0, &other);
    AS(fan.server, link_signal, other);
    AS(fan.server, number_close, own);
    AS(fan.server, number_close, other);
    cr_assert_eq(all(fan.server, LINK_POLL_TASK, ready, MANY).status, STATUS_WOULD_WAIT);
    host_figures_expect(&before, "after closing");
}

Test(link_polls, two_threads_cannot_poll_all_and_no_other_polls_one_meanwhile) {
    struct fan fan = fan_make();
    static struct link_ready ready[MANY];
    struct link_bytes bytes = links_bytes(1);
    struct fiber *first = FIBER_CALL(fan.server, link_poll_all, LINK_POLL_TASK, USER(ready), MANY, DEADLINE_NEVER);
    cr_assert_eq(
        FIBER_CALL(fan.server, link_poll_all, LINK_POLL_TASK, USER(ready), MANY, DEADLINE_NEVER)->result.status,
        STATUS_BUSY);
    cr_assert_eq(AS(fan.server, link_poll, fan.at_server[0], DEADLINE_NEVER).status, STATUS_BUSY);
    cr_assert_eq(AS(fan.server, link_call, fan.at_server[0], USER(&bytes), DEADLINE_NEVER).status, STATUS_BUSY);
    signal(&fan, 0);
    fiber_run(first);
    cr_assert_eq(first->result.value, 1);
    cr_assert_eq(AS(fan.server, link_poll, fan.at_server[0], DEADLINE_NOW).status, STATUS_WOULD_WAIT);
}

Test(link_polls, a_link_that_another_thread_polls_is_told_as_busy_and_left_to_it) {
    struct fan fan = fan_make();
    struct link_ready ready[MANY];
    struct fiber *first = FIBER_CALL(fan.server, link_poll, fan.at_server[0], DEADLINE_NEVER);
    signal(&fan, 0);
    cr_assert_eq(all(fan.server, LINK_POLL_TASK, ready, MANY).value, 1);
    cr_assert_eq(ready[0].status, STATUS_BUSY);
    cr_assert_eq(ready[0].signals, 0);
    fiber_run(first);
    cr_assert_eq(first->result.value, 1);
}

Test(link_polls, all_ends_at_its_deadline_and_when_it_is_killed) {
    struct fan fan = fan_make();
    static struct link_ready ready[MANY];
    struct fiber *poller =
        FIBER_CALL(fan.server, link_poll_all, LINK_POLL_TASK, USER(ready), MANY, clock_now() + SECOND);
    machine_clock_advance(SECOND);
    fiber_run(poller);
    cr_assert_eq(poller->result.status, STATUS_TIMED_OUT);
    poller = FIBER_CALL(fan.server, link_poll_all, LINK_POLL_TASK, USER(ready), MANY, DEADLINE_NEVER);
    fiber_interrupt(poller);
    fiber_run(poller);
    cr_assert_eq(poller->result.status, STATUS_INTERRUPTED);
    cr_assert_eq(all(fan.server, LINK_POLL_TASK, ready, MANY).status, STATUS_WOULD_WAIT);
}

Test(link_polls, wrong_flags_are_refused) {
    struct process *process = host_process("p");
    struct link_ready ready[1];
    cr_assert_eq(all(process, 0, ready, 1).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(all(process, 4, ready, 1).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(process, link_poll_all, LINK_POLL_TASK, USER(ready), 0, DEADLINE_NOW).status,
                 STATUS_INVALID_ARGUMENT);
}

Test(link_polls, a_link_that_came_without_the_right_to_wait_is_left_out) {
    struct fan fan = fan_make();
    struct link_ready ready[MANY];
    struct object *object;
    int32_t weak;
    number_find(&fan.server->numbers, (int32_t)fan.at_server[0], OBJECT_LINK, 0, &object);
    struct process *third = host_process("third");
    number_insert(&third->numbers, object, RIGHT_READ, &weak);
    object_release(object);
    signal(&fan, 0);
    cr_assert_eq(all(third, LINK_POLL_TASK, ready, MANY).status, STATUS_WOULD_WAIT);
    cr_assert_eq(AS(third, link_poll, (uint64_t)weak, DEADLINE_NOW).status, STATUS_NO_RIGHT);
}

static enum status poll_first(void *context) {
    static struct link_ready ready[MANY];
    enum status status = (enum status)all(((struct fan *)context)->server, LINK_POLL_TASK, ready, MANY).status;
    return status == STATUS_WOULD_WAIT ? STATUS_OK : status;
}

Test(link_polls, the_first_poll_of_all_makes_up_for_what_memory_lacked_for) {
    struct fan fan = fan_make();
    struct link_ready ready[MANY];
    enum status status;
    for (uint32_t n = 1;; n++) { // listings that were made stay, so the figures are not those of before
        allocation_fail_at(n);
        status = poll_first(&fan);
        if (!allocation_has_failed())
            break;
        cr_assert_eq(status, STATUS_NO_MEMORY);
    }
    cr_assert_eq(status, STATUS_OK);
    for (int i = 0; i < MANY; i++)
        signal(&fan, i);
    cr_assert_eq(all(fan.server, LINK_POLL_TASK, ready, MANY).value, MANY);
}

Test(link_polls, past_a_limit_a_poll_of_all_says_so) {
    struct fan fan = fan_make();
    account_set_limit(fan.server->account, ACCOUNT_OBJECTS, fan.server->account->lines[ACCOUNT_OBJECTS].used + 2);
    cr_assert_eq(poll_first(&fan), STATUS_LIMIT_REACHED);
    account_set_limit(fan.server->account, ACCOUNT_OBJECTS, 1000);
    cr_assert_eq(poll_first(&fan), STATUS_OK);
}

Test(link_polls, a_set_describes_itself_and_names_who_could_signal) {
    struct fan fan = fan_make();
    static struct link_ready ready[MANY];
    struct fiber *poller = FIBER_CALL(fan.server, link_poll_all, LINK_POLL_TASK, USER(ready), MANY, DEADLINE_NEVER);
    struct link_set *set = fan.server->attachments[ATTACHMENT_LINKS];
    struct wait_edges edges = {0};
    struct writer writer;
    char text[512] = "";
    writer_to_buffer(&writer, text, sizeof(text) - 1);
    object_describe(&set->object, &writer);
    cr_assert_not_null(strstr(text, "\nlinks: 8\nready: 0\npolled: yes\n"), "%s", text);
    set->object.type->wait_edges(&set->object, WAIT_LINKS, &edges);
    cr_assert_eq(edges.count, 1);
    cr_assert_eq(edges.processes[0], fan.client->id);
    signal(&fan, 0);
    fiber_run(poller);
}
