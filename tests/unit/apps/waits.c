// The wait-for graph of `waits`: who is stuck, and what is a cycle.
#include "apps/waits/graph.h"

#include <criterion/criterion.h>

static struct graph graph;

static struct wait_information waits_for(uint32_t process, uint32_t waker) {
    struct wait_information wait = {
        .thread = process, .process = process, .deadline = DEADLINE_NEVER, .waker_count = 1};
    wait.wakers[0] = waker;
    return wait;
}

static struct process_information with_threads(uint32_t process, uint32_t threads) {
    return (struct process_information){.process = process, .threads = threads};
}

static void release(void) {
    graph_release(&graph);
}

TestSuite(waits, .fini = release);

static uint32_t cycle_of(uint32_t process) {
    const struct graph_process *found = graph_find(&graph, process);
    cr_assert_not_null(found);
    return found->cycle;
}

static bool is_stuck(uint32_t process) {
    return graph_find(&graph, process)->stuck;
}

Test(waits, two_that_wait_for_each_other_are_a_cycle) {
    struct wait_information waits[] = {waits_for(5, 6), waits_for(6, 5)};
    struct process_information processes[] = {with_threads(5, 1), with_threads(6, 1)};
    cr_assert(graph_make(&graph, waits, 2, processes, 2));
    cr_assert_eq(graph.cycles, 1);
    cr_assert_eq(cycle_of(5), 1);
    cr_assert_eq(cycle_of(6), 1);
    cr_assert_eq(graph.processes[graph_find(&graph, 5)->next].process, 6);
    cr_assert_eq(graph_cycle_until(&graph, 1), DEADLINE_NEVER);
}

Test(waits, a_chain_that_ends_at_a_running_process_is_none) {
    struct wait_information waits[] = {waits_for(5, 6), waits_for(6, 7)};
    struct process_information processes[] = {with_threads(5, 1), with_threads(6, 1), with_threads(7, 1)};
    cr_assert(graph_make(&graph, waits, 2, processes, 3));
    cr_assert_eq(graph.cycles, 0);
    cr_assert_not(is_stuck(5) || is_stuck(6) || is_stuck(7));
}

Test(waits, a_chain_that_ends_at_an_event_is_none) {
    struct wait_information waits[] = {waits_for(5, 6), waits_for(6, 0)};
    waits[1].waker_count = 0;
    cr_assert(graph_make(&graph, waits, 2, NULL, 0));
    cr_assert_eq(graph.cycles, 0);
}

Test(waits, one_that_waits_for_itself_is_a_cycle) {
    struct wait_information waits[] = {waits_for(9, 9)};
    cr_assert(graph_make(&graph, waits, 1, NULL, 0));
    cr_assert_eq(cycle_of(9), 1);
}

Test(waits, whoever_waits_for_a_cycle_is_stuck_but_not_in_it) {
    struct wait_information waits[] = {waits_for(1, 2), waits_for(2, 3), waits_for(3, 4), waits_for(4, 2)};
    cr_assert(graph_make(&graph, waits, 4, NULL, 0));
    cr_assert_eq(graph.cycles, 1);
    cr_assert(is_stuck(1));
    cr_assert_eq(cycle_of(1), 0);
    cr_assert(cycle_of(2) == 1 && cycle_of(3) == 1 && cycle_of(4) == 1);
}

Test(waits, another_thread_that_runs_or_another_waker_breaks_a_cycle) {
    struct wait_information waits[] = {waits_for(5, 6), waits_for(6, 5)};
    struct process_information processes[] = {with_threads(5, 2), with_threads(6, 1)};
    cr_assert(graph_make(&graph, waits, 2, processes, 2));
    cr_assert_eq(graph.cycles, 0);
    graph_release(&graph);
    processes[0].threads = 1;
    waits[1].waker_count = 2;
    waits[1].wakers[1] = 8; // not known, so not known to be stuck
    cr_assert(graph_make(&graph, waits, 2, processes, 2));
    cr_assert_eq(graph.cycles, 0);
}

Test(waits, wakers_that_are_not_all_told_break_a_cycle) {
    struct wait_information waits[] = {waits_for(5, 6), waits_for(6, 5)};
    waits[0].waker_count = WAIT_WAKERS_MAX + 1;
    cr_assert(graph_make(&graph, waits, 2, NULL, 0));
    cr_assert_eq(graph.cycles, 0);
}

Test(waits, all_threads_of_a_process_must_be_stuck) {
    struct wait_information waits[] = {waits_for(5, 6), waits_for(6, 5), waits_for(6, 7)};
    struct process_information processes[] = {with_threads(5, 1), with_threads(6, 2), with_threads(7, 1)};
    cr_assert(graph_make(&graph, waits, 3, processes, 3));
    cr_assert_eq(graph.cycles, 0);
    graph_release(&graph);
    waits[2] = waits_for(6, 5);
    cr_assert(graph_make(&graph, waits, 3, processes, 3));
    cr_assert_eq(graph.cycles, 1);
}

Test(waits, cycles_are_told_apart) {
    struct wait_information waits[] = {waits_for(1, 2), waits_for(2, 1), waits_for(3, 4), waits_for(4, 3)};
    cr_assert(graph_make(&graph, waits, 4, NULL, 0));
    cr_assert_eq(graph.cycles, 2);
    cr_assert_eq(cycle_of(1), cycle_of(2));
    cr_assert_eq(cycle_of(3), cycle_of(4));
    cr_assert_neq(cycle_of(1), cycle_of(3));
}

Test(waits, a_deadline_in_a_cycle_says_when_it_ends) {
    struct wait_information waits[] = {waits_for(5, 6), waits_for(6, 5)};
    waits[1].deadline = 1234;
    cr_assert(graph_make(&graph, waits, 2, NULL, 0));
    cr_assert_eq(graph.cycles, 1);
    cr_assert_eq(graph_cycle_until(&graph, 1), 1234);
}

Test(waits, nothing_that_waits_is_no_graph) {
    cr_assert(graph_make(&graph, NULL, 0, NULL, 0));
    cr_assert_eq(graph.cycles, 0);
    cr_assert_null(graph_find(&graph, 1));
}
