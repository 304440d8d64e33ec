// The ways to wait of links, paged memory, pages, upcalls and interfaces, one row each (tests/guest/killing.h).
#include <parley/link.h>
#include <parley/page.h>

#include "tests/guest/killing.h"

enum { PAGES = 8, TYPE = 150, INTERFACE_ID = 0x2a40 };

static _Alignas(PAGE_SIZE) uint8_t content[PAGES * PAGE_SIZE];
static uint64_t words[LINK_SIZE / 8];

static bool is_gone(uint32_t process) {
    return message_send(process, "x", 1, NULL, DEADLINE_NOW, NULL) == STATUS_NOT_FOUND &&
           page_send(process, TYPE, 0, 0, 0, guest_soon(), NULL) == STATUS_NOT_FOUND;
}

// ---- links ----

static void make_link(int32_t *waiters, int32_t *peers) {
    struct link_create plan = {0};
    EXPECT_OK(link_create(&plan, waiters));
    *peers = plan.other;
}

static bool other_end_is_told(uint32_t waiter) {
    enum status status;
    do
        status = link_poll(killing_number(), guest_soon(), NULL); // a call's own signal comes first
    while (status == STATUS_OK);
    return status == STATUS_PEER_DIED && link_signal(killing_number()) == STATUS_PEER_DIED;
}

static enum status link_poll_wait(uint32_t peer) {
    return link_poll(killing_number(), DEADLINE_NEVER, NULL);
}

static enum status link_call_wait(uint32_t peer) {
    return link_call(killing_number(), words, DEADLINE_NEVER, NULL);
}

static enum status links_several_wait(uint32_t peer) {
    struct link_ready ready = {.number = killing_number()};
    enum status status = link_poll_several(&ready, 1, DEADLINE_NEVER, NULL);
    return status == STATUS_OK ? (enum status)ready.status : status;
}

static enum status links_all_wait(uint32_t peer) {
    struct link_ready ready;
    enum status status = link_poll_all(LINK_POLL_TASK | LINK_POLL_THREAD, &ready, 1, DEADLINE_NEVER, NULL);
    return status == STATUS_OK ? (enum status)ready.status : status;
}

KILLED_WAIT(link_poll) = {.reason = WAIT_LINK,
                          .said = STATUS_PEER_DIED,
                          .name = "link_poll",
                          .make = make_link,
                          .wait = link_poll_wait,
                          .told = other_end_is_told};
KILLED_WAIT(link_call) = {.reason = WAIT_LINK,
                          .said = STATUS_PEER_DIED,
                          .name = "link_call",
                          .make = make_link,
                          .wait = link_call_wait,
                          .told = other_end_is_told};
KILLED_WAIT(links_several) = {.reason = WAIT_LINKS,
                              .said = STATUS_PEER_DIED,
                              .name = "link_poll_several",
                              .make = make_link,
                              .wait = links_several_wait,
                              .told = other_end_is_told};
KILLED_WAIT(links_all) = {.reason = WAIT_LINKS,
                          .said = STATUS_PEER_DIED,
                          .name = "link_poll_all",
                          .make = make_link,
                          .wait = links_all_wait,
                          .told = other_end_is_told};

static int32_t listener;

static bool make_listener(uint32_t waiter) {
    return listener_create(LISTENER_OF_PROCESS, &listener) == STATUS_OK;
}

static enum status listener_wait(uint32_t peer) {
    int32_t link;
    if (!killing_await(&killing_control->prepared))
        return STATUS_TIMED_OUT;
    return link_meet(peer, 0, DEADLINE_NEVER, &link);
}

// Nobody is in the queue of those who wait: what is pushed stays there for the next one.
static bool nobody_connected(uint32_t waiter) {
    int32_t link, met;
    return link_listen(listener, &link) == STATUS_OK && link_poll(link, DEADLINE_NOW, NULL) == STATUS_WOULD_WAIT &&
           link_meet(guest_self(), 0, DEADLINE_NOW, &met) == STATUS_OK &&
           link_poll(link, DEADLINE_NOW, NULL) == STATUS_OK;
}

KILLED_WAIT(listener) = {.reason = WAIT_LISTENER,
                         .said = STATUS_PEER_DIED,
                         .name = "link_connect",
                         .wait = listener_wait,
                         .prepare = make_listener,
                         .told = nobody_connected};

// ---- paged memory: the peer is the daemon ----

static int32_t faults, paged;

static bool give_paged_memory(uint32_t waiter) {
    struct link_create plan = {0};
    if (link_create(&plan, &faults) != STATUS_OK)
        return false;
    struct pager_create wish = {.size = PAGES * PAGE_SIZE, .patience = PAGER_PATIENCE_MAX, .link = plan.other};
    if (pager_create(&wish, &paged) != STATUS_OK)
        return false;
    struct message_options options = {.number_count = 1, .numbers = {paged}, .rights = {RIGHTS_ALL}};
    return message_send(waiter, "m", 1, &options, guest_soon(), NULL) == STATUS_OK;
}

static uint8_t *take_paged_memory(void) {
    struct message_information information;
    char byte;
    uint64_t base;
    bool taken = message_next(&byte, 1, &information, guest_soon(), NULL) == STATUS_OK &&
                 shared_map(information.numbers[0], 0, PAGES * PAGE_SIZE, PROTECTION_WRITE, 0, 0, &base) == STATUS_OK;
    return taken ? (uint8_t *)base : NULL;
}

static enum status touch_wait(uint32_t peer) {
    uint8_t *pages = take_paged_memory();
    return pages == NULL ? STATUS_NOT_FOUND : pages[3 * PAGE_SIZE] == 0 ? STATUS_OK : STATUS_CORRUPT;
}

static enum status copying_call_wait(uint32_t peer) {
    uint8_t *pages = take_paged_memory();
    return pages == NULL ? STATUS_NOT_FOUND
                         : message_send(guest_self(), pages + 3 * PAGE_SIZE, 8, NULL, DEADLINE_NEVER, NULL);
}

// The page that was asked for can be given still, and the next one is asked for and given.
static bool daemon_serves_on(uint32_t waiter) {
    struct link_fault fault;
    killing_fill(content, PAGE_SIZE, 3);
    return link_poll(faults, guest_soon(), NULL) == STATUS_OK && link_read(faults, &fault) == STATUS_OK &&
           fault.page == 3 && fault.process == waiter && pager_supply(paged, 3, content) == STATUS_OK &&
           pager_supply(paged, 3, content) == STATUS_EXISTS;
}

KILLED_WAIT(page) = {.reason = WAIT_PAGE,
                     .said = STATUS_PEER_DIED,
                     .faults = true,
                     .name = "a touch of a paged page",
                     .wait = touch_wait,
                     .prepare = give_paged_memory,
                     .told = daemon_serves_on};
KILLED_WAIT(page_in_call) = {.reason = WAIT_PAGE,
                             .said = STATUS_BAD_ADDRESS,
                             .name = "a call that copies from a paged page",
                             .wait = copying_call_wait,
                             .prepare = give_paged_memory,
                             .told = daemon_serves_on};

// ---- pages and upcalls ----

static volatile uint64_t arrived; // where the pages are
static uint32_t arrivals;

static size_t keeps_until_the_end(size_t pid, size_t type, void *address, size_t pages) {
    arrived = (uint64_t)address;
    killing_write(&arrivals, 1);
    killing_write(&killing_control->prepared, 1); // who prepares is interrupted by it, until the end
    while (!killing_is_over())
        thread_sleep(guest_shortly());
    return PAGE_ACCEPT;
}

static bool handle_pages(uint32_t waiter) {
    page_function *function = (page_function *)(uintptr_t)keeps_until_the_end;
    return page_handle(TYPE, function, PAGES, PAGE_HANDLER_RESTART, NULL) == STATUS_OK && killing_await(&arrivals);
}

// Sends all pages of `content`, whoever handles them and as soon as that is; BAD_ADDRESS: they are not what they were.
static enum status send_content(uint32_t to) {
    enum status status;
    killing_fill(content, sizeof(content), 5);
    do
        status = page_send(to, TYPE, (uint64_t)content, PAGES, PAGE_RECEIVER_WRITES, DEADLINE_NEVER, NULL);
    while (status == STATUS_NOT_FOUND && guest_is_alive(to));
    return status == STATUS_OK || killing_is_whole(content, sizeof(content), 5) ? status : STATUS_BAD_ADDRESS;
}

static enum status page_answer_wait(uint32_t peer) {
    return send_content(peer);
}

static bool pages_are_kept(uint32_t waiter) {
    return killing_is_whole((void *)arrived, sizeof(content), 5) && page_free(arrived, PAGES) == STATUS_OK &&
           is_gone(waiter);
}

KILLED_WAIT(page_answer) = {.reason = WAIT_PAGE_ANSWER,
                            .said = STATUS_PEER_DIED,
                            .name = "page_send",
                            .wait = page_answer_wait,
                            .prepare = handle_pages,
                            .told = pages_are_kept};

static size_t never_returns(size_t pid, size_t type, void *address, size_t pages) {
    arrived = (uint64_t)address;
    killing_write(&arrivals, 1);
    for (;;)
        thread_sleep(DEADLINE_NEVER);
}

static void *takes_upcalls(void *unused) {
    upcalls_take();
    for (;;)
        thread_sleep(DEADLINE_NEVER);
    return unused;
}

// Another thread runs the handler, which is removed.
static enum status page_handler_wait(uint32_t peer) {
    page_function *function = (page_function *)(uintptr_t)never_returns;
    int32_t number;
    enum status status = upcalls_take();
    if (status == STATUS_OK)
        status = upcall_mask(UPCALL_MASK_ALL, NULL);
    if (status == STATUS_OK)
        status = page_handle(TYPE, function, PAGES, 0, &number);
    if (status != STATUS_OK || !killing_thread(takes_upcalls, NULL))
        return status;
    while (killing_read(&arrivals) == 0)
        thread_sleep(guest_shortly());
    return page_handler_remove(number, DEADLINE_NEVER);
}

static uint32_t send_to, sent_status;

static void *sends(void *unused) {
    killing_write(&sent_status, 1u + (uint32_t) - (int)send_content(send_to));
    return unused;
}

static bool begin_to_send(uint32_t waiter) {
    send_to = waiter;
    return killing_thread(sends, NULL);
}

// The handler was removed, or its process died: both give the pages back.
static bool sender_has_its_pages(uint32_t waiter) {
    return killing_await(&sent_status) && sent_status == 1u + (uint32_t)-STATUS_PEER_DIED && is_gone(waiter);
}

KILLED_WAIT(page_handler) = {.reason = WAIT_PAGE_HANDLER,
                             .said = WAITS_ON,
                             .name = "page_handler_remove",
                             .wait = page_handler_wait,
                             .prepare = begin_to_send,
                             .told = sender_has_its_pages};

static enum status upcall_waits(uint32_t peer) {
    enum status status = upcalls_take();
    while (status == STATUS_OK)
        status = upcall_wait(0, 0, DEADLINE_NEVER);
    return status;
}

KILLED_WAIT(upcall) = {
    .reason = WAIT_UPCALL, .said = WAITS_ON, .name = "upcall_wait", .wait = upcall_waits, .told = is_gone};

// ---- interfaces: the peer serves, and either sleeps on a word of the pages ----

struct shared {
    struct interface_page head;
    struct doorbell bell;
};

static struct interface_peer client;

static bool serve_interface(uint32_t waiter) {
    struct interface_register wish = {
        .id = INTERFACE_ID, .version = 1, .data_size = sizeof(struct shared), .clients = 4};
    if (interface_register(&wish, NULL) != STATUS_OK)
        return false;
    EVENT event = guest_next_event(EVENT_INTERFACE, NULL);
    if (event.Data2 != waiter || interface_accept((int32_t)event.Data1, &client) != STATUS_OK)
        return false;
    interface_set_ready(&client);
    return true;
}

static enum status interface_wait(uint32_t peer) {
    enum status status;
    void *pages;
    do
        status = interface_open(INTERFACE_ID, 1, 0, guest_soon(), &pages);
    while (status == STATUS_NOT_FOUND); // it is not registered yet
    return status == STATUS_OK ? doorbell_wait(&((struct shared *)pages)->bell, 0, DEADLINE_NEVER) : status;
}

static bool server_is_told(uint32_t waiter) {
    EVENT event = guest_next_event(EVENT_INTERFACE, NULL);
    bool told = event.Action == INTERFACE_GONE && (int32_t)event.Data1 == client.number &&
                interface_is_dead(client.pages) &&
                doorbell_wait(&((struct shared *)client.pages)->bell, 0, guest_soon()) == STATUS_PEER_DIED;
    interface_drop(&client);
    return told;
}

KILLED_WAIT(interface) = {.reason = WAIT_FUTEX,
                          .said = STATUS_PEER_DIED,
                          .name = "a word of an interface",
                          .wait = interface_wait,
                          .prepare = serve_interface,
                          .told = server_is_told};

static bool register_and_sleep(uint32_t waiter) {
    struct interface_register wish = {
        .id = INTERFACE_ID, .version = 1, .data_size = sizeof(struct shared), .clients = 4};
    return interface_register(&wish, NULL) == STATUS_OK;
}

static bool server_is_told_of_who_was_not_served(uint32_t waiter) {
    struct interface_information entry;
    size_t count;
    return interface_list(INTERFACE_READY(0, INTERFACE_ID), &entry, 1, &count) == STATUS_OK && count == 1 &&
           entry.id == INTERFACE_ID && entry.clients == 0;
}

KILLED_WAIT(interface_ready) = {.reason = WAIT_FUTEX,
                                .said = STATUS_PEER_DIED,
                                .name = "an interface to be ready",
                                .wait = interface_wait,
                                .prepare = register_and_sleep,
                                .told = server_is_told_of_who_was_not_served};
