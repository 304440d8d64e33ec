// Interfaces whose server or client ends, at every point; floods; and that nothing of it is left.
#include "tests/guest/interface_server.h"

// ---- the server ends ----

static struct trial_request hang = {.operation = TRIAL_HANG};

// R-I1: who sleeps on any word of the pages is woken and told at once, not at the deadline.
TEST(R_I1_a_servers_death_ends_a_wait_for_its_answer) {
    struct spawned server = trial_start("1");
    struct trial_page *page = trial_open(0);
    struct trial_request reply;
    exchange_ask(&page->exchange, &hang);
    EXPECT_OK(process_kill(server.number, 9));
    EXPECT_STATUS(exchange_call(&page->exchange, &hang, &reply, guest_soon()), PEER_DIED);
    EXPECT(interface_is_dead(page));
    EXPECT_STATUS(interface_ring((uint64_t)page), PEER_DIED);
    interface_close(page);
}

ROLE(registers_and_sleeps) {
    struct interface_register wish = {.id = TRIAL_ID, .version = 1, .data_size = 1, .clients = TRIAL_CLIENTS};
    ROLE_EXPECT(interface_register(&wish, NULL) == STATUS_OK);
    guest_say(guest_parent(), 1);
    return thread_sleep(DEADLINE_NEVER);
}

TEST(R_I1_a_server_that_dies_before_ready_ends_the_wait_for_it) {
    struct spawned server = guest_start("registers_and_sleeps", NULL);
    EXPECT_EQUAL(guest_hear(server.process), 1);
    uint64_t base;
    void *pages;
    EXPECT_OK(interface_request(TRIAL_ID, 1, 0, &base));
    EXPECT_STATUS(interface_open(TRIAL_ID, 1, 0, guest_shortly(), &pages), TIMED_OUT);
    guest_kill(server);
    EXPECT_STATUS(interface_await_ready((void *)base, TRIAL_ID, guest_soon()), PEER_DIED);
    EXPECT_STATUS(interface_open(TRIAL_ID, 1, 0, guest_soon(), &pages), NOT_FOUND);
    EXPECT_OK(interface_release(base));
}

// The death comes at any moment of arming and sleeping: never is a client left asleep.
TEST(R_I1_a_death_at_any_moment_leaves_no_client_asleep) {
    for (uint32_t round = 0; round < 25; round++) {
        struct spawned server = trial_start("1");
        struct trial_page *page = trial_open(0);
        struct trial_request request = {.operation = TRIAL_INVERT}, reply;
        enum status status = STATUS_OK;
        for (uint32_t i = 0; status == STATUS_OK && i < 1000000; i++) {
            if (i == round * 7)
                EXPECT_OK(process_kill(server.number, 9));
            status = exchange_call(&page->exchange, &request, &reply, guest_soon());
        }
        EXPECT_STATUS(status, PEER_DIED);
        interface_close(page);
        guest_await(server);
    }
}

// R-I7: pages of the old generation stay dead, the new one is asked for anew.
TEST(R_I7_a_restarted_server_is_a_new_generation) {
    struct interface_information before, after;
    struct spawned server = trial_start("1");
    struct trial_page *old = trial_open(0);
    EXPECT_OK(interface_list(INTERFACE_READY(0, TRIAL_ID), &before, 1, NULL));
    guest_kill(server);
    server = trial_start("1");
    EXPECT_OK(interface_list(INTERFACE_READY(0, TRIAL_ID), &after, 1, NULL));
    EXPECT_EQUAL(after.id, TRIAL_ID);
    EXPECT_EQUAL(after.server, server.process);
    EXPECT(after.generation > before.generation);
    struct trial_page *fresh = trial_open(0);
    EXPECT(interface_is_dead(old) && !interface_is_dead(fresh));
    interface_close(old);
    interface_close(fresh);
}

// ---- a client ends ----

ROLE(asks_and_hangs) {
    void *pages;
    struct trial_request reply;
    ROLE_EXPECT(interface_open(TRIAL_ID, 1, 0, guest_soon(), &pages) == STATUS_OK);
    struct trial_page *page = pages;
    guest_say(guest_parent(), 1);
    return exchange_call(&page->exchange, &hang, &reply, DEADLINE_NEVER);
}

ROLE(requests_and_sleeps) {
    uint64_t base;
    ROLE_EXPECT(interface_request(TRIAL_ID, 1, 0, &base) == STATUS_OK);
    guest_say(guest_parent(), 1);
    return interface_await_ready((void *)base, TRIAL_ID, DEADLINE_NEVER);
}

static uint32_t clients_of_trial(void) {
    struct interface_information entry;
    size_t count;
    EXPECT_OK(interface_list(INTERFACE_READY(0, TRIAL_ID), &entry, 1, &count));
    EXPECT(count == 1 && entry.id == TRIAL_ID);
    return entry.clients;
}

TEST(a_client_that_is_killed_in_any_state_leaves_the_server_to_others) {
    trial_start("1");
    for (uint32_t round = 0; round < 20; round++) {
        struct spawned client = guest_start("asks_and_hangs", NULL);
        EXPECT_EQUAL(guest_hear(client.process), 1);
        if (round % 2)
            guest_await_wait(client.process, WAIT_FUTEX);
        guest_kill(client);
    }
    EXPECT_EQUAL(clients_of_trial(), 0);
    interface_close(trial_open(0));
}

TEST(a_client_that_is_killed_before_it_was_seen_is_forgotten) {
    struct spawned server = guest_start("registers_and_sleeps", NULL);
    EXPECT_EQUAL(guest_hear(server.process), 1);
    for (uint32_t round = 0; round < 10; round++) {
        struct spawned client = guest_start("requests_and_sleeps", NULL);
        EXPECT_EQUAL(guest_hear(client.process), 1);
        EXPECT_EQUAL(clients_of_trial(), 1);
        guest_kill(client);
    }
    EXPECT_EQUAL(clients_of_trial(), 0);
}

// A server learns of it by its wait on the page as well as by event.
TEST(a_clients_death_ends_the_servers_wait) {
    struct interface_register wish = {.id = TRIAL_ID, .version = 1, .data_size = 1, .clients = 1};
    struct interface_peer peer;
    int32_t number;
    EXPECT_OK(interface_register(&wish, &number));
    struct spawned client = guest_start("requests_and_sleeps", NULL);
    EVENT event = guest_next_event(EVENT_INTERFACE, NULL);
    EXPECT_EQUAL(event.Data2, client.process);
    EXPECT_OK(interface_accept((int32_t)event.Data1, &peer));
    EXPECT_EQUAL(guest_hear(client.process), 1);
    EXPECT_OK(process_kill(client.number, 9));
    struct doorbell *bell = (struct doorbell *)(peer.pages + 64);
    EXPECT_STATUS(doorbell_wait(bell, 0, guest_soon()), PEER_DIED);
    event = guest_next_event(EVENT_INTERFACE, NULL);
    EXPECT_EQUAL(event.Action, INTERFACE_GONE);
    EXPECT_EQUAL((int32_t)event.Data1, peer.number);
    interface_drop(&peer);
    EXPECT_OK(number_close(number));
}

// ---- floods ----

ROLE(floods) {
    uint64_t base;
    uint32_t got = 0;
    enum status status;
    while ((status = interface_request(TRIAL_ID, 1, INTERFACE_DATA_ONLY, &base)) == STATUS_OK)
        got++;
    ROLE_EXPECT(status == STATUS_LIMIT_REACHED);
    ROLE_EXPECT(got == 16);
    for (uint32_t i = 0; i < 10000; i++)
        ROLE_EXPECT(interface_ring(base) == STATUS_OK);
    guest_say(guest_parent(), 1);
    return thread_sleep(DEADLINE_NEVER);
}

// A hostile client spends its own limit, and a third process is served all the same.
TEST(a_flood_of_requests_is_bounded_by_the_floods_own_limit) {
    uint64_t limits[ACCOUNT_ITEM_COUNT];
    trial_start("1");
    for (uint32_t i = 0; i < ACCOUNT_ITEM_COUNT; i++)
        limits[i] = guest_account(guest_self(), i).limit;
    limits[ACCOUNT_INTERFACES] = 16;
    guest_limit(limits);
    struct spawned flood = guest_start("floods", NULL);
    EXPECT_EQUAL(guest_hear(flood.process), 1);
    interface_close(trial_open(0));
    EXPECT_EQUAL(clients_of_trial(), 16);
    guest_kill(flood);
    EXPECT_EQUAL(clients_of_trial(), 0);
}

TEST(a_server_with_as_many_clients_as_it_takes_tells_so) {
    trial_start("1");
    struct trial_page *pages[TRIAL_CLIENTS];
    uint64_t base;
    for (uint32_t i = 0; i < TRIAL_CLIENTS; i++)
        pages[i] = trial_open(0);
    EXPECT_STATUS(interface_request(TRIAL_ID, 1, 0, &base), PEER_FULL);
    interface_close(pages[0]);
    pages[0] = trial_open(0);
    for (uint32_t i = 0; i < TRIAL_CLIENTS; i++)
        interface_close(pages[i]);
}

// ---- nothing is left ----

TEST(what_was_requested_and_released_leaves_nothing) {
    trial_start("1");
    struct guest_figures before = guest_figures_settled();
    for (uint32_t i = 0; i < 50; i++)
        interface_close(trial_open(i % 2 ? INTERFACE_DATA_ONLY : 0));
    // The server lets go of its side a little later.
    uint64_t give_up = guest_soon(), uses, objects;
    do {
        uses = guest_account(guest_self(), ACCOUNT_INTERFACES).used;
        objects = guest_account(guest_self(), ACCOUNT_OBJECTS).used;
    } while (clock_now() < give_up && (uses != 0 || objects != before.used[ACCOUNT_OBJECTS]));
    EXPECT_EQUAL(uses, 0);
    EXPECT_EQUAL(objects, before.used[ACCOUNT_OBJECTS]);
}
