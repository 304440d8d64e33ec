// Links between processes: round trips, ends, listeners, the gate, threads' own links, and the handshake over shared memory.
#include "tests/guest/guest.h"

#include <parley/link.h>

static uint64_t words[LINK_SIZE / 8];

static int32_t make_link(int32_t *other) {
    struct link_create plan = {0};
    int32_t number;
    EXPECT_OK(link_create(&plan, &number));
    *other = plan.other;
    return number;
}

// Starts a child in a role with the other end of a new link, granted as "link"; says our end.
static struct spawned start_linked(const char *role, int32_t *own) {
    int32_t other;
    *own = make_link(&other);
    guest_grant("link", other, RIGHTS_ALL);
    struct spawned child = guest_start(role, NULL);
    EXPECT_OK(number_close(other));
    return child;
}

// ---- two processes ----

ROLE(adds_one_by_link) {
    int32_t link = guest_granted("link");
    uint64_t bytes[LINK_SIZE / 8] = {0};
    ROLE_EXPECT(link_poll(link, guest_soon(), NULL) == STATUS_OK);
    ROLE_EXPECT(link_read(link, bytes) == STATUS_OK);
    for (;;) {
        for (int i = 0; i < LINK_SIZE / 8; i++)
            bytes[i]++;
        enum status status = link_call(link, bytes, DEADLINE_NEVER, NULL);
        if (status == STATUS_PEER_DIED)
            return 0;
        ROLE_EXPECT(status == STATUS_OK);
    }
}

TEST(calls_over_a_link_come_back_with_what_the_other_side_wrote) {
    int32_t own;
    struct spawned child = start_linked("adds_one_by_link", &own);
    for (uint64_t i = 0; i < 1000; i++) {
        for (uint64_t k = 0; k < LINK_SIZE / 8; k++)
            words[k] = i * 100 + k;
        EXPECT_OK(link_call(own, words, guest_soon(), NULL));
        for (uint64_t k = 0; k < LINK_SIZE / 8; k++)
            EXPECT_EQUAL(words[k], i * 100 + k + 1);
    }
    EXPECT_OK(number_close(own));
    guest_expect_success(child);
}

ROLE(sends_signals) {
    int32_t link = guest_granted("link");
    for (int i = 0; i < 100000; i++)
        ROLE_EXPECT(link_signal(link) == STATUS_OK);
    return 0;
}

TEST(R_B1_R_C4_no_signal_is_lost_and_then_the_end_is_told) {
    int32_t own;
    struct spawned child = start_linked("sends_signals", &own);
    uint64_t got = 0;
    for (;;) {
        uint32_t signals = 0;
        enum status status = link_poll(own, guest_soon(), &signals);
        got += signals;
        if (status == STATUS_PEER_DIED)
            break;
        EXPECT_OK(status);
    }
    EXPECT_EQUAL(got, 100000);
    guest_expect_success(child);
    EXPECT_OK(number_close(own));
}

ROLE(waits_for_a_link_signal) {
    return link_poll(guest_granted("link"), DEADLINE_NEVER, NULL) == STATUS_PEER_DIED ? 0 : __LINE__;
}

TEST(who_waits_for_a_link_is_in_the_list_of_waits_with_who_could_signal_it) {
    int32_t own;
    struct spawned child = start_linked("waits_for_a_link_signal", &own);
    struct wait_information record = guest_await_wait(child.process, WAIT_LINK);
    EXPECT_EQUAL(record.waker_count, 1);
    EXPECT_EQUAL(record.wakers[0], guest_self());
    EXPECT_EQUAL(record.kind, OBJECT_LINK);
    EXPECT_OK(number_close(own));
    guest_expect_success(child);
}

ROLE(waits_in_a_link_call) {
    link_call(guest_granted("link"), words, DEADLINE_NEVER, NULL);
    return 0;
}

ROLE(waits_for_all_its_links) {
    struct link_ready ready[4];
    link_poll_all(LINK_POLL_TASK | LINK_POLL_THREAD, ready, 4, DEADLINE_NEVER, NULL);
    return 0;
}

ROLE(waits_for_several_links) {
    struct link_ready ready[1] = {{.number = guest_granted("link")}};
    link_poll_several(ready, 1, DEADLINE_NEVER, NULL);
    return 0;
}

// R-C1, R-B8: whatever a process waits for, its death closes its ends.
TEST(killing_who_waits_for_a_link_in_any_way_tells_the_other_end) {
    static const struct {
        const char *role;
        enum wait_reason reason;
    } ways[] = {{"waits_for_a_link_signal", WAIT_LINK},
                {"waits_in_a_link_call", WAIT_LINK},
                {"waits_for_all_its_links", WAIT_LINKS},
                {"waits_for_several_links", WAIT_LINKS}};
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        int32_t own;
        struct spawned child = start_linked(ways[i].role, &own);
        guest_await_wait(child.process, ways[i].reason);
        link_poll(own, DEADLINE_NOW, NULL); // of the call
        guest_kill(child);
        EXPECT_STATUS(link_poll(own, guest_soon(), NULL), PEER_DIED);
        EXPECT_STATUS(link_signal(own), PEER_DIED);
        EXPECT_OK(number_close(own));
    }
}

TEST(a_poll_of_all_finds_links_that_came_at_the_start) {
    int32_t own;
    struct spawned child = start_linked("waits_for_all_its_links", &own);
    guest_await_wait(child.process, WAIT_LINKS);
    EXPECT_OK(link_signal(own));
    guest_expect_success(child);
    EXPECT_OK(number_close(own));
}

// ---- listeners ----

ROLE(serves_one_link) {
    int32_t listener, link;
    ROLE_EXPECT(listener_create(LISTENER_OF_PROCESS, &listener) == STATUS_OK);
    ROLE_EXPECT(link_listen(listener, &link) == STATUS_OK);
    struct link_ready ready = {.number = link};
    ROLE_EXPECT(link_poll_several(&ready, 1, guest_soon(), NULL) == STATUS_OK);
    ROLE_EXPECT(ready.process == guest_parent() && ready.signals == 1);
    int32_t memory;
    uint64_t base;
    ROLE_EXPECT(shared_create(PAGE_SIZE, &memory) == STATUS_OK);
    ROLE_EXPECT(shared_map(memory, 0, PAGE_SIZE, PROTECTION_WRITE, 0, 0, &base) == STATUS_OK);
    ROLE_EXPECT(link_offer_memory(link, ready.process, memory, RIGHTS_ALL, guest_soon()) == STATUS_OK);
    while (__atomic_load_n((char *)base + 99, __ATOMIC_ACQUIRE) == 0)
        ROLE_EXPECT(link_poll(link, guest_soon(), NULL) == STATUS_OK);
    for (int i = 0; i < 100; i++)
        ((char *)base)[PAGE_SIZE - 1 - i] = ((char *)base)[i];
    return link_signal(link) == STATUS_OK ? 0 : __LINE__;
}

// The basic handshake: meet on a link, agree on memory, signal by link.
TEST(two_programs_meet_on_a_link_and_agree_on_shared_memory) {
    struct spawned server = guest_start("serves_one_link", NULL);
    int32_t link, memory;
    size_t size = PAGE_SIZE;
    uint64_t base;
    enum status status;
    while ((status = link_meet(server.process, 0, guest_soon(), &link)) == STATUS_NOT_FOUND)
        thread_yield(); // it has no listener yet
    EXPECT_OK(status);
    EXPECT_OK(link_take_memory(link, guest_soon(), &memory, &size));
    EXPECT_EQUAL(size, PAGE_SIZE);
    EXPECT_OK(shared_map(memory, 0, PAGE_SIZE, PROTECTION_WRITE, 0, 0, &base));
    for (int i = 0; i < 100; i++)
        ((char *)base)[i] = (char)i;
    EXPECT_OK(link_signal(link));
    EXPECT_OK(link_poll(link, guest_soon(), NULL));
    for (int i = 0; i < 100; i++)
        EXPECT_EQUAL(((char *)base)[PAGE_SIZE - 1 - i], i);
    EXPECT_OK(memory_unmap(base, PAGE_SIZE));
    EXPECT_OK(number_close(memory));
    EXPECT_OK(number_close(link));
    guest_expect_success(server);
}

ROLE(connects_to_its_parent) {
    int32_t link;
    enum status status = link_meet(guest_parent(), 0, DEADLINE_NEVER, &link);
    return status == STATUS_OK ? 0 : status == STATUS_PEER_DIED ? 1 : status == STATUS_DENIED ? 2 : 3;
}

TEST(an_empty_listener_makes_clients_wait_until_a_link_is_pushed_or_it_closes) {
    int32_t listener, link;
    EXPECT_OK(listener_create(LISTENER_OF_PROCESS, &listener));
    struct spawned first = guest_start("connects_to_its_parent", NULL);
    struct spawned second = guest_start("connects_to_its_parent", NULL);
    struct wait_information record = guest_await_wait(first.process, WAIT_LISTENER);
    EXPECT_EQUAL(record.wakers[0], guest_self());
    guest_await_wait(second.process, WAIT_LISTENER);
    EXPECT_OK(link_listen(listener, &link));
    EXPECT_OK(link_poll(link, guest_soon(), NULL));
    EXPECT_STATUS(link_poll(link, guest_soon(), NULL), PEER_DIED);
    EXPECT_OK(number_close(listener));
    EXPECT_OK(number_close(link));
    EXPECT_EQUAL(guest_await(first).code + guest_await(second).code, 1);
}

TEST(R_C5_a_closed_gate_denies_a_connection) {
    int32_t listener, link;
    EXPECT_OK(listener_create(LISTENER_OF_PROCESS, &listener));
    EXPECT_OK(link_listen(listener, &link));
    EXPECT_OK(gate_set(GATE_LINK, 0, NULL));
    struct spawned child = guest_start("connects_to_its_parent", NULL);
    EXPECT_EQUAL(guest_await(child).code, 2);
    EXPECT_OK(gate_set(GATE_LINK, GATE_ALL_USERS, NULL));
    EXPECT_STATUS(link_poll(link, DEADLINE_NOW, NULL), WOULD_WAIT);
    EXPECT_OK(number_close(listener));
    EXPECT_OK(number_close(link));
}

ROLE(takes_links_until_none_is_left) {
    int32_t link;
    while (link_meet(guest_parent(), 0, DEADLINE_NOW, &link) == STATUS_OK)
        continue;
    guest_say(guest_parent(), 1);
    return thread_sleep(DEADLINE_NEVER);
}

// What a server did not offer costs it nothing; what it offered it gets back when the client dies.
TEST(a_greedy_client_takes_what_was_offered_and_no_more) {
    int32_t listener, links[20];
    EXPECT_OK(listener_create(LISTENER_OF_PROCESS, &listener));
    for (int i = 0; i < 20; i++)
        EXPECT_OK(link_listen(listener, &links[i]));
    struct guest_figures before = guest_figures_settled();
    struct spawned child = guest_start("takes_links_until_none_is_left", NULL);
    EXPECT_EQUAL(guest_hear(child.process), 1);
    struct link_ready ready[20];
    size_t count;
    uint32_t connected = 0;
    while (link_poll_all(LINK_POLL_TASK, ready, 20, DEADLINE_NOW, &count) == STATUS_OK)
        connected += (uint32_t)count;
    EXPECT_EQUAL(connected, 20);
    guest_kill(child);
    for (int i = 0; i < 20; i++) {
        EXPECT_STATUS(link_poll(links[i], guest_soon(), NULL), PEER_DIED);
        EXPECT_OK(number_close(links[i]));
    }
    EXPECT_OK(number_close(listener));
    EXPECT_STATUS(link_poll_all(LINK_POLL_TASK, ready, 20, DEADLINE_NOW, NULL), WOULD_WAIT);
    struct guest_figures after = guest_figures();
    EXPECT(after.used[ACCOUNT_OBJECTS] < before.used[ACCOUNT_OBJECTS]);
}

// ---- links of a thread (R-C1) ----

static int32_t own_link, own_other, foreign;
static enum status foreign_status;

static void *has_a_link_of_its_own(void *argument) {
    struct link_create plan = {.flags = LINK_OF_THREAD};
    foreign_status = link_signal(foreign);
    if (link_create(&plan, &own_link) != STATUS_OK || link_signal(own_link) != STATUS_OK)
        return argument;
    own_other = plan.other;
    return NULL;
}

TEST(R_C1_a_threads_link_is_its_alone_and_closed_with_it) {
    struct link_create plan = {.flags = LINK_OF_THREAD};
    struct thread *thread;
    void *failed;
    EXPECT_OK(link_create(&plan, &foreign));
    EXPECT(foreign < 0);
    EXPECT_OK(thread_start(has_a_link_of_its_own, &thread, NULL, &thread));
    EXPECT_OK(thread_join(thread, &failed));
    EXPECT(failed == NULL);
    EXPECT_STATUS(foreign_status, BAD_NUMBER);
    EXPECT(own_link < 0 && own_link != foreign);
    EXPECT_STATUS(link_signal(own_link), BAD_NUMBER);
    EXPECT_OK(link_poll(own_other, guest_soon(), NULL));
    EXPECT_STATUS(link_poll(own_other, guest_soon(), NULL), PEER_DIED);
    EXPECT_OK(number_close(own_other));
    EXPECT_OK(link_signal(plan.other));
    struct link_ready ready[2];
    EXPECT_OK(link_poll_all(LINK_POLL_THREAD, ready, 2, DEADLINE_NOW, NULL));
    EXPECT_EQUAL(ready[0].number, foreign);
    EXPECT_OK(number_close(foreign));
    EXPECT_OK(number_close(plan.other));
}

static int32_t polled;

static void *polls_it(void *argument) {
    (void)argument;
    link_poll(polled, DEADLINE_NEVER, NULL);
    return NULL;
}

enum { SIGNALLERS = 4, SIGNALS = 10000 };

static void *signals_often(void *link) {
    for (int i = 0; i < SIGNALS; i++)
        if (link_signal(*(int32_t *)link) != STATUS_OK)
            return link;
    return NULL;
}

TEST(signals_of_several_threads_at_one_link_are_all_counted) {
    struct thread *threads[SIGNALLERS];
    int32_t other, own = make_link(&other);
    for (int i = 0; i < SIGNALLERS; i++)
        EXPECT_OK(thread_start(signals_often, &other, NULL, &threads[i]));
    for (uint32_t sum = 0, signals; sum < SIGNALLERS * SIGNALS; sum += signals)
        EXPECT_OK(link_poll(own, guest_soon(), &signals));
    for (int i = 0; i < SIGNALLERS; i++) {
        void *failed;
        EXPECT_OK(thread_join(threads[i], &failed));
        EXPECT(failed == NULL);
    }
    EXPECT_STATUS(link_poll(own, DEADLINE_NOW, NULL), WOULD_WAIT);
    EXPECT_OK(number_close(own));
    EXPECT_OK(number_close(other));
}

TEST(a_second_thread_that_polls_the_same_link_is_told) {
    int32_t other;
    struct thread *thread;
    polled = make_link(&other);
    EXPECT_OK(thread_start(polls_it, NULL, NULL, &thread));
    guest_await_wait(guest_self(), WAIT_LINK);
    EXPECT_STATUS(link_poll(polled, DEADLINE_NEVER, NULL), BUSY);
    EXPECT_OK(link_signal(other));
    EXPECT_OK(thread_join(thread, NULL));
    EXPECT_OK(number_close(polled));
    EXPECT_OK(number_close(other));
}

// ---- limits ----

TEST(a_flood_of_links_ends_at_the_makers_own_limit_and_leaves_nothing) {
    static int32_t numbers[20000];
    struct guest_figures before = guest_figures_settled();
    uint32_t count = 0;
    enum status status = STATUS_OK;
    while (count + 1 < 20000) {
        struct link_create plan = {0};
        status = link_create(&plan, &numbers[count]);
        if (status != STATUS_OK)
            break;
        numbers[count + 1] = plan.other;
        count += 2;
    }
    EXPECT_EQUAL(status, STATUS_LIMIT_REACHED);
    EXPECT(count > 1000);
    for (uint32_t i = 0; i < count; i++)
        EXPECT_OK(number_close(numbers[i]));
    struct guest_figures after = guest_figures();
    before.used[ACCOUNT_MEMORY_PAGES] = after.used[ACCOUNT_MEMORY_PAGES]; // the table of numbers grew
    const char *difference = guest_figures_differ(&before, &after);
    if (difference != NULL)
        FAIL("%s", difference);
}

ROLE(signals_its_parent_without_end) {
    int32_t link = guest_granted("link");
    while (link_write(link, words, LINK_SIGNAL) == STATUS_OK)
        continue;
    return 0;
}

TEST(R_C2_a_link_that_floods_does_not_keep_others_from_being_told) {
    int32_t flooded, quiet, other;
    struct spawned child = start_linked("signals_its_parent_without_end", &flooded);
    quiet = make_link(&other);
    for (int i = 0; i < 100; i++) {
        struct link_ready ready[1];
        bool told = false;
        EXPECT_OK(link_signal(other));
        for (int k = 0; k < 4 && !told; k++) {
            EXPECT_OK(link_poll_all(LINK_POLL_TASK, ready, 1, guest_soon(), NULL));
            told = ready[0].number == quiet;
        }
        EXPECT(told);
    }
    EXPECT_OK(number_close(flooded));
    guest_expect_success(child);
    EXPECT_OK(number_close(quiet));
    EXPECT_OK(number_close(other));
    struct link_ready ready[1];
    EXPECT_STATUS(link_poll_all(LINK_POLL_TASK, ready, 1, DEADLINE_NOW, NULL), WOULD_WAIT);
}
