// Pages that travel with messages at ports, between real address spaces; and what is told of a service that was started anew.
#include <parley/page.h>

#include "tests/guest/guest.h"

enum { WORDS = 8, MESSAGE_SIZE = WORDS * 8, WINDOW = 4, FILL = 0x41, ROUNDS = 300, SERVICE = INTERFACE_ID_SYSTEM + 77 };

// What a served call asks for: its first word.
enum demand { DEMAND_ADD = 1, DEMAND_KEEP, DEMAND_DIE, DEMAND_WRITE };

static uint64_t window;

static uint64_t place_of(const struct port_cargo *cargo) {
    return window + PORT_PAGE_PLACE(cargo->rights) * PAGE_SIZE;
}

// Adds one to every byte of each page that comes, and sends it back. With a full window it sleeps.
ROLE(serves_pages) {
    struct port_create plan = {.message_size = MESSAGE_SIZE, .scope = PORT_OF_PROCESS};
    struct port_information told;
    uint64_t words[WORDS], id;
    int32_t port;
    ROLE_EXPECT(port_create(&plan, &port) == STATUS_OK);
    ROLE_EXPECT(port_window(port, 0, WINDOW, &window) == STATUS_OK);
    guest_say(guest_parent(), 1);
    enum status status;
    while ((status = port_receive(port, words, &told, DEADLINE_NEVER, &id)) == STATUS_OK) {
        struct port_page_cargo back = {{PORT_CARGO_PAGE, PAGE_RECEIVER_WRITES}, 0};
        bool came = told.cargo.number == PORT_CARGO_PAGE;
        uint64_t page = came ? place_of(&told.cargo) : 0;
        if (words[0] == DEMAND_DIE)
            process_exit(0);
        if (words[0] == DEMAND_WRITE && came)
            *(volatile uint8_t *)page = 1;
        if (words[0] == DEMAND_KEEP || told.kind != PORT_CALLED || !came)
            continue;
        for (uint32_t i = 0; i < PAGE_SIZE; i++)
            ((uint8_t *)page)[i]++;
        back.address = page;
        ROLE_EXPECT(port_reply(port, id, words, &back.cargo) == STATUS_OK);
    }
    ROLE_EXPECT(status == STATUS_PEER_FULL);
    return thread_sleep(DEADLINE_NEVER);
}

static struct spawned start_server(int32_t *entry) {
    struct spawned child = guest_start("serves_pages", NULL);
    EXPECT_EQUAL(guest_hear(child.process), 1);
    EXPECT_OK(port_open(child.process, 0, guest_soon(), entry));
    if (window == 0)
        EXPECT_OK(port_window(NUMBER_NONE, 0, WINDOW, &window));
    return child;
}

static enum status call_with(int32_t entry, uint64_t demand, struct port_page_cargo *cargo) {
    uint64_t words[WORDS] = {demand};
    return port_call(entry, words, &cargo->cargo, guest_soon());
}

TEST(a_page_goes_there_and_back_and_is_always_at_one_of_both) {
    int32_t entry;
    start_server(&entry);
    uint64_t page = guest_pages(1, FILL), at = page;
    struct guest_figures before = guest_figures_settled();
    for (uint32_t i = 1; i <= ROUNDS; i++) {
        struct port_page_cargo cargo = {{PORT_CARGO_PAGE, PAGE_RECEIVER_WRITES}, at};
        EXPECT_OK(call_with(entry, DEMAND_ADD, &cargo));
        EXPECT_EQUAL(cargo.cargo.number, PORT_CARGO_PAGE);
        EXPECT(!guest_is_there(page));
        at = place_of(&cargo.cargo);
        EXPECT_EQUAL(((uint8_t *)at)[PAGE_SIZE - 1], (uint8_t)(FILL + i));
    }
    EXPECT_OK(page_free(at, 1));
    EXPECT_EQUAL(guest_figures().used[ACCOUNT_OBJECTS], before.used[ACCOUNT_OBJECTS]);
    EXPECT_OK(memory_unmap(page, PAGE_SIZE));
    EXPECT_OK(number_close(entry));
}

TEST(a_duplicate_is_what_it_was_when_it_was_sent_R_A4) {
    int32_t entry;
    start_server(&entry);
    uint64_t page = guest_pages(1, FILL);
    struct port_page_cargo cargo = {{PORT_CARGO_PAGE, PAGE_SENDER_KEEPS | PAGE_DUPLICATE | PAGE_RECEIVER_WRITES}, page};
    EXPECT_OK(call_with(entry, DEMAND_ADD, &cargo));
    EXPECT_EQUAL(*(uint8_t *)page, FILL);
    EXPECT_EQUAL(*(uint8_t *)place_of(&cargo.cargo), FILL + 1);
    EXPECT_OK(page_free(place_of(&cargo.cargo), 1));
    EXPECT_OK(memory_unmap(page, PAGE_SIZE));
    EXPECT_OK(number_close(entry));
}

TEST(a_receiver_that_was_not_let_write_faults_and_its_caller_is_told) {
    int32_t entry;
    struct spawned child = start_server(&entry);
    uint64_t page = guest_pages(1, FILL);
    struct port_page_cargo cargo = {{PORT_CARGO_PAGE, 0}, page};
    EXPECT_STATUS(call_with(entry, DEMAND_WRITE, &cargo), PEER_DIED);
    EXPECT_EQUAL(cargo.cargo.number, NUMBER_NONE); // it had the page
    EXPECT_EQUAL(guest_await(child).reason, END_FAULTED);
    EXPECT_OK(memory_unmap(page, PAGE_SIZE));
    EXPECT_OK(number_close(entry));
}

struct calling {
    int32_t entry;
    struct port_page_cargo cargo;
    enum status status;
};

static void *call_and_keep(void *argument) {
    struct calling *calling = argument;
    uint64_t words[WORDS] = {DEMAND_KEEP};
    calling->status = port_call(calling->entry, words, &calling->cargo.cargo, guest_soon());
    return NULL;
}

// The call's page waits behind a full window: it is never taken.
TEST(a_receiver_that_is_killed_gives_back_what_it_had_not_taken) {
    int32_t entry;
    uint64_t words[WORDS] = {DEMAND_KEEP};
    struct spawned child = start_server(&entry);
    struct thread *thread;
    for (int i = 0; i < WINDOW; i++) {
        struct port_page_cargo sent = {{PORT_CARGO_PAGE, PAGE_SENDER_KEEPS | PAGE_DUPLICATE}, guest_pages(1, FILL)};
        EXPECT_OK(port_send(entry, words, &sent.cargo, guest_soon(), NULL));
    }
    uint64_t page = guest_pages(1, FILL);
    struct calling calling = {.entry = entry, .cargo = {{PORT_CARGO_PAGE, 0}, page}};
    EXPECT_OK(thread_start(call_and_keep, &calling, NULL, &thread));
    guest_await_wait(guest_self(), WAIT_PORT_CALL);
    guest_await_wait(child.process, WAIT_SLEEP);
    guest_kill(child);
    EXPECT_OK(thread_join(thread, NULL));
    EXPECT_STATUS(calling.status, PEER_DIED);
    EXPECT_EQUAL(calling.cargo.cargo.number, PORT_CARGO_PAGE);
    EXPECT_EQUAL(*(uint8_t *)page, FILL);
    EXPECT_OK(number_close(entry));
}

ROLE(sends_and_waits) {
    uint64_t words[WORDS] = {0}, page;
    ROLE_EXPECT(memory_map(0, PAGE_SIZE, PROTECTION_WRITE, 0, &page) == STATUS_OK);
    *(uint8_t *)page = FILL;
    struct port_page_cargo cargo = {{PORT_CARGO_PAGE, 0}, page};
    return port_call(guest_granted("entry"), words, &cargo.cargo, DEADLINE_NEVER) != STATUS_OK;
}

TEST(a_sender_that_is_killed_leaves_no_page_behind) {
    struct port_create plan = {.message_size = MESSAGE_SIZE, .scope = PORT_OF_OBJECT};
    uint64_t words[WORDS];
    int32_t port;
    EXPECT_OK(port_create(&plan, &port));
    EXPECT_OK(port_window(port, 0, window == 0 ? WINDOW : 0, &window));
    guest_grant("entry", plan.entry, RIGHT_WRITE);
    struct spawned child = guest_start("sends_and_waits", NULL);
    guest_await_wait(child.process, WAIT_PORT_CALL);
    guest_kill(child);
    EXPECT_STATUS(port_receive(port, words, NULL, DEADLINE_NOW, NULL), WOULD_WAIT);
    struct object_information left;
    size_t count = 1;
    EXPECT_OK(object_list(OBJECT_PORT_PAGE, 0, &left, 1, &count));
    EXPECT_EQUAL(count, 0);
    EXPECT_OK(number_close(plan.entry));
    EXPECT_OK(number_close(port));
}

// ---- a service that is started anew (R-P7) ----

ROLE(serves_by_name) {
    struct port_create plan = {.message_size = MESSAGE_SIZE, .scope = PORT_OF_PROCESS};
    struct interface_register wish = {.id = SERVICE, .version = 1, .clients = 1, .data_size = PAGE_SIZE};
    uint64_t words[WORDS];
    int32_t port, interface;
    ROLE_EXPECT(port_create(&plan, &port) == STATUS_OK);
    ROLE_EXPECT(interface_register(&wish, &interface) == STATUS_OK);
    guest_say(guest_parent(), 1);
    return port_receive(port, words, NULL, DEADLINE_NEVER, NULL);
}

static struct spawned start_named(void) {
    struct spawned child = guest_start("serves_by_name", NULL);
    EXPECT_EQUAL(guest_hear(child.process), 1);
    return child;
}

TEST(a_client_of_a_dead_service_is_told_when_another_has_taken_its_place_R_P7) {
    uint64_t words[WORDS] = {0};
    int32_t entry;
    struct spawned first = start_named();
    EXPECT_OK(port_open(first.process, 0, guest_soon(), &entry));
    EXPECT_OK(port_send(entry, words, NULL, guest_soon(), NULL));
    guest_await(first);
    EXPECT_STATUS(port_send(entry, words, NULL, guest_soon(), NULL), PEER_DIED);
    EXPECT_STATUS(port_call(entry, words, NULL, guest_soon()), PEER_DIED);
    struct spawned second = start_named();
    EXPECT_STATUS(port_send(entry, words, NULL, guest_soon(), NULL), RESTARTED);
    EXPECT_STATUS(port_call(entry, words, NULL, guest_soon()), RESTARTED);
    EXPECT_OK(number_close(entry));
    EXPECT_OK(port_open(second.process, 0, guest_soon(), &entry));
    EXPECT_OK(port_send(entry, words, NULL, guest_soon(), NULL));
    EXPECT_OK(number_close(entry));
}
