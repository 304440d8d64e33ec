// Ports between real processes and threads: calls under load, ends in every state, floods, cycles, priorities.
#include <parley/sync.h>
#include <signal.h>

#include "tests/guest/guest.h"

enum { WORDS = 8, MESSAGE_SIZE = WORDS * 8, CALLERS = 4, ROUNDS = 500 };

// What a served call asks for: its first word.
enum demand { DEMAND_ECHO = 1, DEMAND_NOTHING, DEMAND_DIE, DEMAND_PRIORITY, DEMAND_CALL_BACK, DEMAND_LEAVE };

static int32_t make_port(uint32_t scope, int32_t *entry) {
    struct port_create plan = {.message_size = MESSAGE_SIZE, .scope = scope};
    int32_t port;
    EXPECT_OK(port_create(&plan, &port));
    *entry = plan.entry;
    return port;
}

// The port of a child that has surely made it: it says so first.
static int32_t open_port(struct spawned child) {
    int32_t entry;
    EXPECT_EQUAL(guest_hear(child.process), 1);
    EXPECT_OK(port_open(child.process, 0, guest_soon(), &entry));
    return entry;
}

static uint32_t own_priority(void) {
    struct process_information own;
    process_list(guest_self() - 1, &own, 1, NULL);
    return own.priority;
}

static uint64_t priority_demanded(void) {
    return own_priority();
}

static uint64_t call_back(uint64_t process) {
    uint64_t words[WORDS] = {DEMAND_ECHO};
    int32_t entry;
    if (port_open((uint32_t)process, 0, DEADLINE_NOW, &entry) != STATUS_OK)
        return 0;
    enum status status = port_call(entry, words, NULL, DEADLINE_NEVER);
    number_close(entry);
    return (uint64_t)(int64_t)status;
}

ROLE(serves) {
    struct port_create plan = {.message_size = MESSAGE_SIZE, .scope = PORT_OF_PROCESS};
    struct port_information information;
    uint64_t words[WORDS], id;
    int32_t port;
    ROLE_EXPECT(port_create(&plan, &port) == STATUS_OK);
    guest_say(guest_parent(), 1);
    enum status status = port_receive(port, words, &information, DEADLINE_NEVER, &id);
    while (status == STATUS_OK) {
        bool answers = information.kind == PORT_CALLED && words[0] != DEMAND_NOTHING;
        if (words[0] == DEMAND_DIE)
            process_exit(0);
        if (words[0] == DEMAND_PRIORITY)
            words[1] = priority_demanded();
        if (words[0] == DEMAND_CALL_BACK)
            words[1] = call_back(words[1]);
        if (words[0] == DEMAND_LEAVE)
            return port_reply(port, id, words, NULL) != STATUS_OK;
        status = answers ? port_reply_receive(port, id, words, &information, DEADLINE_NEVER, &id)
                         : port_receive(port, words, &information, DEADLINE_NEVER, &id);
    }
    return 1;
}

// ---- load ----

struct load {
    int32_t entry;
    uint64_t seed;
    uint32_t wrong;
};

static void *call_and_compare(void *argument) {
    struct load *load = argument;
    for (uint64_t i = 0; i < ROUNDS; i++) {
        uint64_t words[WORDS] = {DEMAND_ECHO, load->seed, i, load->seed ^ i};
        enum status status = port_call(load->entry, words, NULL, DEADLINE_NEVER);
        if (status != STATUS_OK || words[1] != load->seed || words[2] != i || words[3] != (load->seed ^ i))
            load->wrong++;
    }
    return NULL;
}

// R-P2 under load: every caller has its own answer, whoever else calls.
TEST(many_threads_call_one_server_and_each_gets_its_own_answers) {
    struct spawned child = guest_start("serves", NULL);
    int32_t entry = open_port(child);
    struct load loads[CALLERS];
    struct thread *threads[CALLERS];
    for (uint32_t i = 0; i < CALLERS; i++) {
        loads[i] = (struct load){entry, 0x1000 + i, 0};
        EXPECT_OK(thread_start(call_and_compare, &loads[i], NULL, &threads[i]));
    }
    for (uint32_t i = 0; i < CALLERS; i++) {
        EXPECT_OK(thread_join(threads[i], NULL));
        EXPECT_EQUAL(loads[i].wrong, 0);
    }
    EXPECT_OK(number_close(entry));
}

// ---- whose a port is ----

enum { OBJECTS = 64 };

static int32_t object_entries[OBJECTS];

static void *call_objects(void *argument) {
    struct load *load = argument;
    for (uint64_t i = 0; i < ROUNDS; i++) {
        uint64_t object = (load->seed + i) * 0x9e3779b97f4a7c15u >> 58, words[WORDS] = {load->seed, i};
        if (port_call(object_entries[object], words, NULL, DEADLINE_NEVER) != STATUS_OK || words[0] != object ||
            words[1] != i)
            load->wrong++;
    }
    return NULL;
}

// Answers all that waits at the port of an object, and has its next call told again.
static uint32_t serve_object(int32_t port, uint32_t object) {
    uint64_t words[WORDS], id;
    uint32_t served = 0;
    for (; port_receive(port, words, NULL, DEADLINE_NOW, &id) == STATUS_OK; served++) {
        words[0] = object;
        EXPECT_OK(port_reply(port, id, words, NULL));
    }
    EXPECT_OK(event_watch(port, WATCH_READABLE, object));
    return served;
}

TEST(one_thread_serves_a_port_for_each_of_many_objects) {
    int32_t ports[OBJECTS];
    struct load loads[CALLERS];
    struct thread *threads[CALLERS];
    for (uint32_t i = 0; i < OBJECTS; i++) {
        ports[i] = make_port(PORT_OF_OBJECT, &object_entries[i]);
        EXPECT_OK(event_watch(ports[i], WATCH_READABLE, i));
    }
    for (uint32_t i = 0; i < CALLERS; i++) {
        loads[i] = (struct load){.seed = i * 1000};
        EXPECT_OK(thread_start(call_objects, &loads[i], NULL, &threads[i]));
    }
    for (uint32_t served = 0; served < CALLERS * ROUNDS;) {
        EVENT event;
        EXPECT_OK(event_wait(guest_soon()));
        while (event_get(&event, NULL) == STATUS_OK)
            if (event.Type == EVENT_READY)
                served += serve_object((int32_t)event.Data1, event.Data2);
    }
    for (uint32_t i = 0; i < CALLERS; i++) {
        EXPECT_OK(thread_join(threads[i], NULL));
        EXPECT_EQUAL(loads[i].wrong, 0);
    }
    for (uint32_t i = 0; i < OBJECTS; i++) {
        EXPECT_OK(number_close(object_entries[i]));
        EXPECT_OK(number_close(ports[i]));
    }
}

static int32_t thread_port; // 0: the thread made none yet

static void *serve_one_call(void *argument) {
    int32_t entry;
    uint64_t words[WORDS], id;
    __atomic_store_n(&thread_port, make_port(PORT_OF_THREAD, &entry), __ATOMIC_RELEASE);
    EXPECT_OK(port_receive(thread_port, words, NULL, guest_soon(), &id));
    words[1] = words[0] + 1;
    EXPECT_OK(port_reply(thread_port, id, words, NULL));
    EXPECT_OK(port_receive(thread_port, words, NULL, guest_soon(), &id));
    return argument; // the second call is in its hand
}

TEST(the_port_of_a_thread_is_found_by_its_id_and_closes_with_it) {
    struct number_information information;
    struct thread *thread;
    uint64_t words[WORDS] = {41};
    int32_t entry;
    EXPECT_OK(thread_start(serve_one_call, NULL, NULL, &thread));
    EXPECT_OK(number_information(thread_number(thread), &information));
    EXPECT_OK(port_open(guest_self(), information.id, guest_soon(), &entry));
    while (!__atomic_load_n(&thread_port, __ATOMIC_ACQUIRE))
        thread_yield(); // the port is there before its maker has its number
    EXPECT_STATUS(port_receive(thread_port, words, NULL, DEADLINE_NOW, NULL), DENIED);
    EXPECT_OK(port_call(entry, words, NULL, guest_soon()));
    EXPECT_EQUAL(words[1], 42);
    EXPECT_STATUS(port_call(entry, words, NULL, guest_soon()), PEER_DIED);
    EXPECT_OK(thread_join(thread, NULL));
    EXPECT_STATUS(port_call(entry, words, NULL, guest_soon()), PEER_DIED);
    EXPECT_OK(number_close(entry));
}

// ---- senders ----

static void *send_many(void *argument) {
    struct load *load = argument;
    for (uint64_t i = 0; i < ROUNDS; i++) {
        uint64_t words[WORDS] = {load->seed, i};
        while (port_send(load->entry, words, NULL, guest_soon(), NULL) == STATUS_LIMIT_REACHED)
            thread_yield();
    }
    return NULL;
}

// R-B1: no message and no wake-up is lost, and each sender's come in their order.
TEST(messages_of_many_senders_all_arrive_each_senders_in_order) {
    int32_t entry, port = make_port(PORT_OF_OBJECT, &entry);
    struct load loads[CALLERS];
    struct thread *threads[CALLERS];
    uint64_t next[CALLERS] = {0}, words[WORDS];
    for (uint32_t i = 0; i < CALLERS; i++) {
        loads[i] = (struct load){entry, i, 0};
        EXPECT_OK(thread_start(send_many, &loads[i], NULL, &threads[i]));
    }
    for (uint32_t i = 0; i < CALLERS * ROUNDS; i++) {
        EXPECT_OK(port_receive(port, words, NULL, guest_soon(), NULL));
        EXPECT(words[0] < CALLERS);
        EXPECT_EQUAL(words[1], next[words[0]]);
        next[words[0]]++;
    }
    for (uint32_t i = 0; i < CALLERS; i++)
        EXPECT_OK(thread_join(threads[i], NULL));
    EXPECT_STATUS(port_receive(port, words, NULL, DEADLINE_NOW, NULL), WOULD_WAIT);
    EXPECT_OK(number_close(entry));
    EXPECT_OK(number_close(port));
}

// ---- ends ----

// R-P7; R-P5: an end is not a deadline
TEST(a_server_that_dies_with_a_call_in_hand_ends_it) {
    struct spawned child = guest_start("serves", NULL);
    int32_t entry = open_port(child);
    uint64_t words[WORDS] = {DEMAND_DIE};
    EXPECT_STATUS(port_call(entry, words, NULL, guest_soon()), PEER_DIED);
    EXPECT_STATUS(port_call(entry, words, NULL, guest_soon()), PEER_DIED);
    EXPECT_STATUS(port_send(entry, words, NULL, guest_soon(), NULL), PEER_DIED);
    EXPECT_OK(number_close(entry));
}

static void *call_once(void *argument) {
    struct load *load = argument;
    uint64_t words[WORDS] = {DEMAND_NOTHING};
    load->seed = (uint64_t)(int64_t)port_call(load->entry, words, NULL, DEADLINE_NEVER);
    return NULL;
}

TEST(a_server_that_is_killed_ends_the_calls_that_wait_for_its_reply) {
    struct spawned child = guest_start("serves", NULL);
    struct load load = {.entry = open_port(child)};
    struct thread *thread;
    EXPECT_OK(thread_start(call_once, &load, NULL, &thread));
    struct wait_information wait = guest_await_wait(guest_self(), WAIT_PORT_REPLY);
    EXPECT_EQUAL(wait.waker_count, 1);
    EXPECT_EQUAL(wait.wakers[0], child.process);
    guest_kill(child);
    EXPECT_OK(thread_join(thread, NULL));
    EXPECT_EQUAL((int64_t)load.seed, STATUS_PEER_DIED);
    EXPECT_OK(number_close(load.entry));
}

ROLE(calls_for_ever) {
    uint64_t words[WORDS] = {DEMAND_NOTHING};
    port_call(guest_granted("entry"), words, NULL, DEADLINE_NEVER);
    return 1;
}

// R-P10
TEST(a_caller_that_is_killed_is_told_to_who_has_its_call) {
    int32_t entry, port = make_port(PORT_OF_OBJECT, &entry);
    struct port_information information;
    uint64_t words[WORDS], id, told;
    guest_grant("entry", entry, RIGHT_WRITE);
    struct spawned child = guest_start("calls_for_ever", NULL);
    EXPECT_OK(port_receive(port, words, &information, guest_soon(), &id));
    EXPECT_EQUAL(information.kind, PORT_CALLED);
    EXPECT_EQUAL(information.process, child.process);
    guest_kill(child);
    EXPECT_OK(port_receive(port, words, &information, guest_soon(), &told));
    EXPECT_EQUAL(information.kind, PORT_CANCELLED);
    EXPECT_EQUAL(told, id);
    EXPECT_STATUS(port_reply(port, id, words, NULL), NOT_FOUND);
    EXPECT_OK(number_close(entry));
    EXPECT_OK(number_close(port));
}

TEST(a_caller_that_is_killed_in_the_queue_leaves_nothing) {
    int32_t entry, port = make_port(PORT_OF_OBJECT, &entry);
    uint64_t words[WORDS];
    guest_grant("entry", entry, RIGHT_WRITE);
    struct spawned child = guest_start("calls_for_ever", NULL);
    struct wait_information wait = guest_await_wait(child.process, WAIT_PORT_CALL);
    EXPECT_EQUAL(wait.wakers[0], guest_self());
    guest_kill(child);
    EXPECT_STATUS(port_receive(port, words, NULL, DEADLINE_NOW, NULL), WOULD_WAIT);
    EXPECT_OK(number_close(entry));
    EXPECT_OK(number_close(port));
}

ROLE(receives_for_ever) {
    uint64_t words[WORDS];
    return port_receive(guest_granted("port"), words, NULL, DEADLINE_NEVER, NULL) != STATUS_OK;
}

TEST(a_receiver_that_is_killed_while_it_waits_loses_no_message) {
    int32_t entry, port = make_port(PORT_OF_OBJECT, &entry);
    uint64_t words[WORDS] = {7};
    guest_grant("port", port, RIGHT_READ);
    struct spawned child = guest_start("receives_for_ever", NULL);
    guest_await_wait(child.process, WAIT_PORT_MESSAGE);
    guest_kill(child);
    EXPECT_OK(port_send(entry, words, NULL, DEADLINE_NOW, NULL));
    EXPECT_OK(port_receive(port, words, NULL, guest_soon(), NULL));
    EXPECT_EQUAL(words[0], 7);
    EXPECT_OK(number_close(entry));
    EXPECT_OK(number_close(port));
}

ROLE(has_nothing_of_its_parents) {
    uint64_t words[WORDS] = {DEMAND_ECHO}, id = 0;
    ROLE_EXPECT(argument_count == 3);
    int32_t port = atoi(arguments[0]), entry = atoi(arguments[1]);
    id = strtoull(arguments[2], NULL, 10);
    ROLE_EXPECT(port_reply(port, id, words, NULL) != STATUS_OK);
    ROLE_EXPECT(port_send(entry, words, NULL, DEADLINE_NOW, NULL) != STATUS_OK);
    ROLE_EXPECT(port_open(guest_parent(), 0, DEADLINE_NOW, &entry) == STATUS_NOT_FOUND);
    return 0;
}

// There is no fork: a child has what it is given by name, and no number that its parent holds means anything to it.
TEST(a_child_started_in_the_midst_of_a_call_has_no_part_in_it_R_P9) {
    int32_t entry, port = make_port(PORT_OF_OBJECT, &entry);
    struct load load = {.entry = entry};
    struct thread *thread;
    char numbers[3][24];
    uint64_t words[WORDS], id;
    EXPECT_OK(thread_start(call_once, &load, NULL, &thread));
    EXPECT_OK(port_receive(port, words, NULL, guest_soon(), &id));
    snprintf(numbers[0], sizeof(numbers[0]), "%d", port);
    snprintf(numbers[1], sizeof(numbers[1]), "%d", entry);
    snprintf(numbers[2], sizeof(numbers[2]), "%llu", (unsigned long long)id);
    guest_expect_success(guest_start("has_nothing_of_its_parents", numbers[0], numbers[1], numbers[2], NULL));
    EXPECT_OK(port_reply(port, id, words, NULL));
    EXPECT_OK(thread_join(thread, NULL));
    EXPECT_EQUAL((int64_t)load.seed, STATUS_OK);
    EXPECT_OK(number_close(entry));
    EXPECT_OK(number_close(port));
}

// ---- floods ----

ROLE(floods) {
    uint64_t words[WORDS] = {0};
    while (port_send(guest_granted("entry"), words, NULL, DEADLINE_NOW, NULL) == STATUS_OK)
        continue;
    guest_say(guest_parent(), 1);
    return thread_sleep(DEADLINE_NEVER);
}

// R-P1, R-B3
TEST(a_flood_stops_at_the_senders_limit_and_others_still_send) {
    int32_t entry, port = make_port(PORT_OF_OBJECT, &entry);
    uint64_t words[WORDS] = {9};
    guest_grant("entry", entry, RIGHT_WRITE);
    struct spawned child = guest_start("floods", NULL);
    EXPECT_EQUAL(guest_hear(child.process), 1);
    struct account_line line = guest_account(child.process, ACCOUNT_PORT_MESSAGES);
    EXPECT_EQUAL(line.used, line.limit);
    EXPECT_OK(port_send(entry, words, NULL, DEADLINE_NOW, NULL));
    for (uint64_t i = 0; i < line.limit; i++)
        EXPECT_OK(port_receive(port, words, NULL, DEADLINE_NOW, NULL));
    EXPECT_OK(port_receive(port, words, NULL, DEADLINE_NOW, NULL));
    EXPECT_EQUAL(words[0], 9);
    EXPECT_EQUAL(guest_account(child.process, ACCOUNT_PORT_MESSAGES).used, 0);
    EXPECT_OK(number_close(entry));
    EXPECT_OK(number_close(port));
}

// ---- cycles and priorities ----

// R-P5
TEST(a_server_that_calls_its_caller_is_told_and_answers_all_the_same) {
    int32_t own_entry, own = make_port(PORT_OF_PROCESS, &own_entry);
    struct spawned child = guest_start("serves", NULL);
    int32_t entry = open_port(child);
    uint64_t words[WORDS] = {DEMAND_CALL_BACK, guest_self()};
    EXPECT_OK(port_call(entry, words, NULL, guest_soon()));
    EXPECT_EQUAL((int64_t)words[1], STATUS_DEADLOCK);
    EXPECT_OK(number_close(entry));
    EXPECT_OK(number_close(own_entry));
    EXPECT_OK(number_close(own));
}

static uint32_t spins;
static bool spins_on;

static void *spin(void *argument) {
    while (__atomic_load_n(&spins_on, __ATOMIC_RELAXED))
        __atomic_add_fetch(&spins, 1, __ATOMIC_RELAXED);
    return argument;
}

ROLE(serves_slowly) {
    if (thread_set_priority(0, PRIORITY_LOW) != STATUS_OK)
        return 1;
    return role_serves(argument_count, arguments);
}

// R-P8: three threads. The server is low, one in the middle never rests, the caller is above: the server works at its priority.
TEST(a_low_server_has_its_callers_priority_while_another_thread_spins_between_them) {
    struct spawned child = guest_start("serves_slowly", NULL);
    int32_t entry = open_port(child);
    struct thread *middle;
    uint64_t words[WORDS] = {DEMAND_PRIORITY};
    uint32_t own = own_priority();
    EXPECT(own > PRIORITY_LOW);
    spins_on = true;
    EXPECT_OK(thread_start(spin, NULL, NULL, &middle));
    EXPECT_OK(port_call(entry, words, NULL, guest_soon()));
    EXPECT_EQUAL(words[1], own);
    __atomic_store_n(&spins_on, false, __ATOMIC_RELAXED);
    EXPECT_OK(thread_join(middle, NULL));
    struct process_information server;
    do
        EXPECT_OK(process_list(child.process - 1, &server, 1, NULL));
    while (server.priority != PRIORITY_LOW); // it answers, and goes back to its own, about now
    EXPECT_OK(number_close(entry));
}

// ---- a server that calls another (R-P11) ----

ROLE(calls_out) {
    struct mutex mutex = {0};
    uint64_t words[WORDS] = {DEMAND_ECHO};
    int32_t entry;
    ROLE_EXPECT(argument_count == 1);
    ROLE_EXPECT(port_open(guest_parent(), 0, DEADLINE_NEVER, &entry) == STATUS_OK);
    if (arguments[0][0] == 'h')
        mutex_lock(&mutex);
    ROLE_EXPECT(port_call_out(entry, words, NULL, guest_soon()) == STATUS_OK);
    return 0;
}

TEST(a_server_that_calls_out_with_a_mutex_held_is_stopped_before_it_waits_R_P11) {
    struct port_information information;
    uint64_t words[WORDS], id;
    int32_t entry, port = make_port(PORT_OF_PROCESS, &entry);
    struct process_end end = guest_await(guest_start("calls_out", "holding a mutex", NULL));
    EXPECT_EQUAL(end.reason, END_KILLED);
    EXPECT_EQUAL(end.code, SIGABRT);
    EXPECT_STATUS(port_receive(port, words, &information, DEADLINE_NOW, &id), WOULD_WAIT); // no call came of it
    struct spawned child = guest_start("calls_out", "free", NULL);
    EXPECT_OK(port_receive(port, words, &information, guest_soon(), &id));
    EXPECT_OK(port_reply(port, id, words, NULL));
    guest_expect_success(child);
    EXPECT_OK(number_close(entry));
    EXPECT_OK(number_close(port));
}

// ---- what is left ----

TEST(nothing_is_left_of_ports_calls_and_servers) {
    struct guest_figures before = guest_figures_settled();
    for (int i = 0; i < 10; i++) {
        struct spawned child = guest_start("serves", NULL);
        int32_t entry = open_port(child);
        uint64_t words[WORDS] = {i % 2 ? DEMAND_LEAVE : DEMAND_DIE};
        enum status status = port_call(entry, words, NULL, guest_soon());
        EXPECT_EQUAL(status, i % 2 ? STATUS_OK : STATUS_PEER_DIED);
        guest_await(child);
        EXPECT_OK(number_close(entry));
    }
    guest_drain();
    guest_figures_forgive_tables(&before);
    const char *changed = guest_figures_changed(&before);
    if (changed != NULL)
        FAIL("%s changed", changed);
}
