// Tests of chains of callers: cycles are told (R-P5), priorities are lent along them (R-P8).
#include <criterion/criterion.h>
#include <string.h>

#include "ipc/deadlock.h"
#include "ipc/port.h"
#include "kernel/abi/message.h"
#include "kernel/abi/pipe.h"
#include "kernel/thread/lend.h"
#include "kernel/thread/scheduler.h"
#include "kernel/thread/thread.h"
#include "tests/unit/ports.h"

static uint64_t words[sizeof(struct message_information) / 8 + PORT_WORDS];

// What threads use that may run once more when the test is over.
static void *keep(const void *value, size_t size) {
    static _Alignas(16) char kept[16 << 10];
    static size_t used;
    void *place = kept + used;
    used += (size + 15) & ~(size_t)15;
    cr_assert_leq(used, sizeof(kept));
    return memcpy(place, value, size);
}

#define KEEP(type, ...) ((struct type *)keep(&(struct type){__VA_ARGS__}, sizeof(struct type)))

// A program whose one thread can be made to wait: the test's own never runs, so it stands for a busy one unless it is gone.
struct party {
    struct process *process;
    uint64_t port, entry;
};

static struct thread *main_of(struct process *process) {
    struct thread *thread, *main = 0;
    LIST_FOREACH(thread, &process->threads, process_link) {
        main = thread;
    }
    return main;
}

// As if it waited for the program's other threads.
static void leave_main(struct process *process) {
    struct thread *main = main_of(process);
    main->state = THREAD_WAITING;
    main->outcome = WAIT_WAITING;
    main->wait.reason = WAIT_FUTEX;
}

static void chains_finish(void) {
    uint32_t after = 0;
    struct process *process;
    while ((process = process_next(after)) != 0) {
        after = process->id;
        main_of(process)->outcome = WAIT_IDLE;
        main_of(process)->wait.reason = WAIT_NOT;
        process_release(process);
    }
    host_finish();
}

TestSuite(port_chains, .init = host_start, .fini = chains_finish);

static struct party party_make(const char *name) {
    struct party party = {.process = host_process(name)};
    party.port = port_make_number(party.process, PORT_OF_PROCESS, 0, &party.entry);
    leave_main(party.process);
    return party;
}

static struct fiber *party_calls(struct party *from, struct party *to, uint64_t deadline) {
    uint64_t entry = AS(from->process, port_open, to->process->id, 0, DEADLINE_NOW).value;
    leave_main(from->process);
    return FIBER_CALL(from->process, port_call, entry, USER(words), 0, deadline);
}

static void expect_deadlock(struct fiber *caller) {
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_DEADLOCK);
}

// ---- cycles ----

Test(port_chains, a_program_that_calls_itself_is_told) {
    struct party self = party_make("self");
    expect_deadlock(party_calls(&self, &self, DEADLINE_NEVER));
    cr_assert_eq(AS(self.process, port_receive, self.port, USER(words), 0, DEADLINE_NOW).status, STATUS_WOULD_WAIT);
}

Test(port_chains, two_programs_that_call_each_other_are_told) {
    struct party a = party_make("a"), b = party_make("b");
    struct fiber *first = party_calls(&a, &b, DEADLINE_NEVER);
    cr_assert(fiber_is_ready(first), "b waits for nothing but itself");
    fiber_run(first);
    cr_assert_eq(first->result.status, STATUS_DEADLOCK);
}

// Serves one call by calling another port, and answers it all the same.
struct relay {
    uint64_t port, entry;
    enum status status; // of its own call
};

static void serve_by_calling(void *argument) {
    struct relay *relay = argument;
    uint64_t buffer[PORT_WORDS];
    struct user_address nothing = {0};
    uint64_t id = call_port_receive((int32_t)relay->port, user_of(buffer), nothing, DEADLINE_NEVER).value;
    relay->status = (enum status)call_port_call((int32_t)relay->entry, user_of(buffer), nothing, DEADLINE_NEVER).status;
    call_port_reply((int32_t)relay->port, id, user_of(buffer), nothing);
}

static struct fiber *relay_start(struct relay *relay, struct party *server, struct party *next) {
    relay->port = server->port;
    relay->entry = AS(server->process, port_open, next->process->id, 0, DEADLINE_NOW).value;
    struct fiber *fiber = fiber_start(server->process, serve_by_calling, relay);
    leave_main(server->process);
    return fiber;
}

// The common form of it.
Test(port_chains, a_server_that_calls_its_caller_is_told_though_the_caller_has_a_deadline) {
    struct party client = party_make("client"), server = party_make("server");
    struct relay *relay = KEEP(relay, 0);
    struct fiber *receiver = relay_start(relay, &server, &client);
    struct fiber *caller = party_calls(&client, &server, 60 * (uint64_t)SECOND);
    fiber_run(receiver);
    cr_assert_eq(fiber_wait_reason(caller), WAIT_PORT_REPLY);
    fiber_run(receiver);
    cr_assert_eq(relay->status, STATUS_DEADLOCK);
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_OK, "the answer still comes");
}

Test(port_chains, a_cycle_over_another_kind_of_wait_is_told) {
    struct party client = party_make("client"), server = party_make("server");
    struct message_filter filter = {.sender = client.process->id};
    FIBER_CALL(server.process, message_wait, USER(&filter), USER(words), DEADLINE_NEVER);
    leave_main(server.process);
    expect_deadlock(party_calls(&client, &server, DEADLINE_NEVER));
}

// parties[0] calls the first of a chain of servers, of which the last calls parties[0].
static struct fiber *chain_run(struct party *parties, int count, struct relay **relays) {
    struct fiber *servers[64];
    for (int i = 0; i < count; i++)
        parties[i] = party_make("party");
    for (int i = 1; i < count; i++) {
        relays[i] = KEEP(relay, 0);
        servers[i] = relay_start(relays[i], &parties[i], &parties[(i + 1) % count]);
    }
    party_calls(&parties[0], &parties[1], DEADLINE_NEVER);
    for (int i = 1; i < count; i++)
        fiber_run(servers[i]);
    return servers[count - 1];
}

Test(port_chains, a_longer_cycle_is_told) {
    struct party parties[5];
    struct relay *relays[5];
    fiber_run(chain_run(parties, 5, relays));
    cr_assert_eq(relays[4]->status, STATUS_DEADLOCK);
    fiber_run_all();
    cr_assert_eq(relays[1]->status, STATUS_OK, "only the one that would have closed the cycle");
}

Test(port_chains, a_server_that_waits_for_what_anybody_may_bring_is_no_cycle) {
    struct party client = party_make("client"), server = party_make("server");
    FIBER_CALL(server.process, event_wait, DEADLINE_NEVER);
    struct fiber *caller = party_calls(&client, &server, DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(caller), WAIT_PORT_CALL);
}

Test(port_chains, a_server_that_works_is_no_cycle) {
    struct party client = party_make("client");
    struct process *server = host_process("server");
    uint64_t entry;
    port_make_number(server, PORT_OF_PROCESS, 0, &entry);
    uint64_t opened = AS(client.process, port_open, server->id, 0, DEADLINE_NOW).value;
    leave_main(client.process);
    struct fiber *caller = FIBER_CALL(client.process, port_call, opened, USER(words), 0, DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(caller), WAIT_PORT_CALL);
}

Test(port_chains, a_second_holder_of_the_port_that_can_receive_is_no_cycle) {
    struct party client = party_make("client"), server = party_make("server");
    struct process *second = host_process("second");
    port_pass_number(server.process, server.port, second);
    struct fiber *caller = party_calls(&client, &server, DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(caller), WAIT_PORT_CALL);
}

Test(port_chains, what_is_too_large_to_be_searched_is_no_cycle) {
    struct party client = party_make("client"), server = party_make("server");
    struct message_filter filter = {.sender = client.process->id};
    for (int i = 0; i < 70; i++)
        FIBER_CALL(server.process, message_wait, USER(&filter), USER(words), DEADLINE_NEVER);
    leave_main(server.process);
    struct fiber *caller = party_calls(&client, &server, DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(caller), WAIT_PORT_CALL);
}

Test(port_chains, more_programs_than_are_searched_are_no_cycle) {
    struct party parties[36];
    struct relay *relays[36];
    cr_assert_eq(fiber_wait_reason(chain_run(parties, 36, relays)), WAIT_PORT_CALL);
}

Test(port_chains, edges_to_nobody_and_to_programs_that_are_gone) {
    struct party self = party_make("self");
    struct wait_edges none = {0}, gone = {1, {4711}}, many = {WAIT_WAKERS_MAX + 1, {0}};
    host_be(self.process);
    cr_assert_not(deadlock_is_certain(&none));
    cr_assert(deadlock_is_certain(&gone));
    cr_assert_not(deadlock_is_certain(&many));
}

// ---- priorities ----

static struct thread *thread_of(const struct fiber *fiber) {
    return fiber->thread;
}

// Callers are as urgent as the test says before they call.
struct urgent_call {
    uint32_t priority;
    uint64_t entry;
    enum status status;
};

static void call_urgently(void *argument) {
    struct urgent_call *call = argument;
    thread_set_priority(thread_current(), call->priority);
    call->status =
        (enum status)call_port_call((int32_t)call->entry, user_of(words), (struct user_address){0}, DEADLINE_NEVER)
            .status;
}

struct work {
    uint64_t port, id[3];
    uint32_t takes; // how many before it works
};

// Takes calls, works until it is let on, and answers in the order of taking.
static void work(void *argument) {
    struct work *work = argument;
    uint64_t buffer[PORT_WORDS];
    thread_set_priority(thread_current(), PRIORITY_LOW);
    for (uint32_t i = 0; i < work->takes; i++)
        work->id[i] =
            call_port_receive((int32_t)work->port, user_of(buffer), (struct user_address){0}, DEADLINE_NEVER).value;
    for (uint32_t i = 0; i < work->takes; i++) {
        scheduler_yield();
        call_port_reply((int32_t)work->port, work->id[i], user_of(buffer), (struct user_address){0});
    }
    scheduler_yield();
}

// R-P8 with three threads: what a low server does for a high caller is not behind a middle one.
Test(port_chains, a_server_works_at_its_callers_priority_until_it_answers) {
    struct port_scene scene = port_scene_make();
    struct work *job = KEEP(work, .port = scene.port, .takes = 1);
    struct urgent_call *high = KEEP(urgent_call, PRIORITY_SERVER, scene.entry, 0);
    struct fiber *server = fiber_start(scene.server, work, job);
    struct fiber *caller = fiber_start(scene.client, call_urgently, high);
    cr_assert_eq(thread_of(server)->base_priority, PRIORITY_SERVER, "before it runs");
    cr_assert_gt(thread_of(server)->base_priority, PRIORITY_NORMAL);
    cr_assert_eq(thread_own_priority(thread_of(server)), PRIORITY_LOW);
    fiber_run(server);
    cr_assert_eq(thread_of(server)->base_priority, PRIORITY_SERVER, "while it works");
    fiber_run(server);
    cr_assert_eq(thread_of(server)->base_priority, PRIORITY_LOW, "when it has answered");
    fiber_run(caller);
    cr_assert_eq(high->status, STATUS_OK);
}

Test(port_chains, what_is_lent_is_bounded) {
    struct port_scene scene = port_scene_make();
    struct work *job = KEEP(work, .port = scene.port, .takes = 1);
    struct urgent_call *high = KEEP(urgent_call, PRIORITY_MAX, scene.entry, 0);
    struct fiber *server = fiber_start(scene.server, work, job);
    fiber_start(scene.client, call_urgently, high);
    cr_assert_eq(thread_of(server)->base_priority, PRIORITY_LENT_MAX);
}

Test(port_chains, a_caller_that_queues_lends_to_who_works_there) {
    struct port_scene scene = port_scene_make();
    struct work *job = KEEP(work, .port = scene.port, .takes = 1);
    struct urgent_call *low = KEEP(urgent_call, PRIORITY_LOW, scene.entry, 0),
                       *high = KEEP(urgent_call, PRIORITY_SERVER, scene.entry, 0);
    struct fiber *server = fiber_start(scene.server, work, job);
    fiber_start(scene.client, call_urgently, low);
    fiber_run(server);
    cr_assert_eq(thread_of(server)->base_priority, PRIORITY_LOW);
    fiber_start(scene.client, call_urgently, high);
    cr_assert_eq(thread_of(server)->base_priority, PRIORITY_SERVER);
    fiber_run(server);
    cr_assert_eq(thread_of(server)->base_priority, PRIORITY_LOW);
}

Test(port_chains, with_several_calls_in_hand_the_highest_counts) {
    struct port_scene scene = port_scene_make();
    struct work *job = KEEP(work, .port = scene.port, .takes = 3);
    struct urgent_call *calls[] = {KEEP(urgent_call, PRIORITY_SERVER, scene.entry, 0),
                                   KEEP(urgent_call, PRIORITY_NORMAL, scene.entry, 0),
                                   KEEP(urgent_call, PRIORITY_IDLE, scene.entry, 0)};
    struct fiber *server = fiber_start(scene.server, work, job);
    for (int i = 0; i < 3; i++) {
        fiber_start(scene.client, call_urgently, calls[i]);
        if (fiber_is_ready(server))
            fiber_run(server);
    }
    cr_assert_eq(thread_of(server)->base_priority, PRIORITY_SERVER);
    fiber_run(server);
    cr_assert_eq(thread_of(server)->base_priority, PRIORITY_NORMAL);
    fiber_run(server);
    cr_assert_eq(thread_of(server)->base_priority, PRIORITY_LOW, "its own again");
}

Test(port_chains, a_caller_that_still_queues_keeps_the_server_at_its_priority) {
    struct port_scene scene = port_scene_make();
    struct work *job = KEEP(work, .port = scene.port, .takes = 2);
    struct urgent_call *low[] = {KEEP(urgent_call, PRIORITY_LOW, scene.entry, 0),
                                 KEEP(urgent_call, PRIORITY_LOW, scene.entry, 0)};
    struct urgent_call *high = KEEP(urgent_call, PRIORITY_SERVER, scene.entry, 0);
    struct urgent_call *middle = KEEP(urgent_call, PRIORITY_NORMAL, scene.entry, 0);
    struct fiber *server = fiber_start(scene.server, work, job);
    for (int i = 0; i < 2; i++) {
        fiber_start(scene.client, call_urgently, low[i]);
        fiber_run(server);
    }
    fiber_start(scene.client, call_urgently, high);
    fiber_start(scene.client, call_urgently, middle);
    cr_assert_eq(thread_of(server)->base_priority, PRIORITY_SERVER);
    fiber_run(server);
    cr_assert_eq(thread_of(server)->base_priority, PRIORITY_SERVER,
                 "one is answered, one in hand, and the urgent one waits for that");
    fiber_run(server);
    cr_assert_eq(thread_of(server)->base_priority, PRIORITY_LOW, "whoever takes the next serves the urgent one");
}

// Takes a call and goes without an answer, or waits for what no port brings.
struct leave {
    uint64_t port;
    bool waits;
};

static void take_and_leave(void *argument) {
    struct leave *leave = argument;
    uint64_t buffer[PORT_WORDS];
    thread_set_priority(thread_current(), PRIORITY_LOW);
    call_port_receive((int32_t)leave->port, user_of(buffer), (struct user_address){0}, DEADLINE_NEVER);
    if (leave->waits)
        call_event_wait(DEADLINE_NEVER);
}

static void lend_past(bool waits) {
    struct port_scene scene = port_scene_make();
    struct leave *leave = KEEP(leave, scene.port, waits);
    struct urgent_call *low = KEEP(urgent_call, PRIORITY_LOW, scene.entry, 0),
                       *high = KEEP(urgent_call, PRIORITY_SERVER, scene.entry, 0);
    struct fiber *first = fiber_start(scene.server, take_and_leave, leave);
    fiber_start(scene.client, call_urgently, low);
    fiber_run(first);
    struct fiber *urgent = fiber_start(scene.client, call_urgently, high);
    if (waits)
        cr_assert_eq(thread_of(first)->base_priority, PRIORITY_SERVER, "it has the priority for when it is woken");
    cr_assert_eq(fiber_wait_reason(urgent), WAIT_PORT_CALL);
    struct work *job = KEEP(work, .port = scene.port, .takes = 1);
    fiber_run(fiber_start(scene.server, work, job));
    fiber_run(urgent);
    cr_assert_eq(high->status, STATUS_OK, "another thread serves it");
}

Test(port_chains, a_chain_ends_at_who_waits_for_what_no_port_brings) {
    lend_past(true);
}

Test(port_chains, a_chain_ends_at_a_thread_that_is_gone) {
    lend_past(false);
}

struct middle {
    uint64_t port, entry;
};

// Serves by asking another server.
static void ask_on(void *argument) {
    struct middle *middle = argument;
    uint64_t buffer[PORT_WORDS];
    thread_set_priority(thread_current(), PRIORITY_LOW);
    struct user_address nothing = {0};
    uint64_t id = call_port_receive((int32_t)middle->port, user_of(buffer), nothing, DEADLINE_NEVER).value;
    call_port_call((int32_t)middle->entry, user_of(buffer), nothing, DEADLINE_NEVER);
    call_port_reply((int32_t)middle->port, id, user_of(buffer), nothing);
}

static void chain_is_lent(bool taken) {
    struct port_scene first = port_scene_make(), second = port_scene_make();
    struct middle *middle = KEEP(middle, first.port, port_pass_number(second.client, second.entry, first.server));
    struct work *job = KEEP(work, .port = second.port, .takes = taken ? 1 : 2);
    struct urgent_call *low = KEEP(urgent_call, PRIORITY_LOW, first.entry, 0),
                       *high = KEEP(urgent_call, PRIORITY_SERVER, first.entry, 0);
    struct urgent_call *other = KEEP(urgent_call, PRIORITY_LOW, second.entry, 0);
    struct fiber *last = fiber_start(second.server, work, job);
    if (!taken) {
        job->takes = 1;
        fiber_start(second.client, call_urgently, other); // the last one is busy, so the middle one queues
        fiber_run(last);
    }
    struct fiber *between = fiber_start(first.server, ask_on, middle);
    fiber_start(first.client, call_urgently, low);
    fiber_run(between);
    if (taken)
        fiber_run(last);
    cr_assert_eq(fiber_wait_reason(between), taken ? WAIT_PORT_REPLY : WAIT_PORT_CALL);
    cr_assert_eq(thread_of(last)->base_priority, PRIORITY_LOW);
    fiber_start(first.client, call_urgently, high);
    cr_assert_eq(thread_of(between)->base_priority, PRIORITY_SERVER);
    cr_assert_eq(thread_of(last)->base_priority, PRIORITY_SERVER);
}

Test(port_chains, lending_goes_on_to_whom_the_server_waits_for) {
    chain_is_lent(true);
}

Test(port_chains, and_to_who_works_at_the_port_where_it_queues) {
    chain_is_lent(false);
}

Test(port_chains, what_was_lent_goes_back_when_the_port_closes) {
    struct port_scene scene = port_scene_make();
    struct work *job = KEEP(work, .port = scene.port, .takes = 1);
    struct urgent_call *high = KEEP(urgent_call, PRIORITY_SERVER, scene.entry, 0);
    struct fiber *server = fiber_start(scene.server, work, job);
    struct fiber *caller = fiber_start(scene.client, call_urgently, high);
    fiber_run(server);
    cr_assert_eq(thread_of(server)->base_priority, PRIORITY_SERVER);
    port_close_number(scene.server, (uint64_t)scene.port);
    cr_assert_eq(thread_of(server)->base_priority, PRIORITY_LOW);
    fiber_run(caller);
    cr_assert_eq(high->status, STATUS_PEER_DIED);
}

Test(port_chains, a_thread_that_was_lent_a_priority_sets_its_own_for_later) {
    struct process *process = host_process("worker");
    host_be(process);
    struct thread *thread = thread_current();
    thread_set_priority(thread, PRIORITY_LOW);
    thread_lend(thread, PRIORITY_NORMAL);
    thread_lend(thread, PRIORITY_LOW); // less than it has
    thread_set_priority(thread, PRIORITY_IDLE);
    cr_assert_eq(thread->base_priority, PRIORITY_NORMAL);
    thread_lend_less(thread, 0);
    cr_assert_eq(thread->base_priority, PRIORITY_IDLE);
    thread_lend_less(thread, PRIORITY_NORMAL); // nothing is lent
    cr_assert_eq(thread->base_priority, PRIORITY_IDLE);
}
