// The transfers of memory, and what changes another process: pages, paged memory, offers, interfaces, starts, signals, debugging.
#include <parley/link.h>
#include <parley/page.h>

#include "kernel/abi/debug.h"
#include "tests/guest/killing.h"

enum { PAGES = 16, TYPE = 151, SIGNAL = 30, PAGED = 4096, INTERFACE_ID = 0x2a41, SIZE = PAGES * PAGE_SIZE };

static bool told_of_the_end(enum status status) {
    return status == STATUS_PEER_DIED || status == STATUS_NOT_FOUND;
}

// ---- pages: moved, duplicated, posted, to all ----

static volatile uint64_t kept; // where pages are that were accepted; 0: none
static volatile bool broken;

// Every other load is accepted, if the last one was freed.
static size_t take_pages(size_t pid, size_t type, void *address, size_t pages) {
    static uint32_t loads;
    broken |= pages != PAGES || !killing_is_marked(address, SIZE);
    killing_count_transfer();
    if (kept != 0 || loads++ % 2 == 0)
        return PAGE_ABANDON;
    kept = (uint64_t)address;
    return PAGE_ACCEPT;
}

static bool pages_take(uint32_t giver) {
    int32_t handler;
    if (gate_set(GATE_PAGE_BROADCAST, GATE_ALL_USERS, NULL) != STATUS_OK ||
        page_handle(TYPE, (page_function *)(uintptr_t)take_pages, 4 * PAGES, PAGE_HANDLER_RESTART, &handler) !=
            STATUS_OK)
        return false;
    killing_ready();
    while (!killing_is_over()) {
        upcall_wait(0, 0, guest_shortly());
        uint64_t taken = kept;
        if (taken != 0 && (!killing_is_marked((void *)taken, SIZE) || page_free(taken, PAGES) != STATUS_OK))
            return false;
        kept = 0;
    }
    return page_handler_remove(handler, guest_soon()) == STATUS_OK && !broken;
}

static bool pages_make(uint64_t *pages) {
    return memory_map(0, SIZE, PROTECTION_WRITE, 0, pages) == STATUS_OK;
}

// No room, or nobody took them: they are here as they were.
static bool is_refused(enum status status) {
    return status == STATUS_NOTHING || status == STATUS_PEER_FULL || status == STATUS_LIMIT_REACHED;
}

static bool moved_give(uint32_t taker) {
    enum status status = STATUS_OK;
    uint64_t pages;
    if (!pages_make(&pages))
        return false;
    for (uint64_t i = 0; status == STATUS_OK || is_refused(status); i++) {
        killing_fill((void *)pages, SIZE, i);
        status = page_send(taker, TYPE, pages, PAGES, PAGE_RECEIVER_WRITES, guest_soon(), NULL);
        if (status != STATUS_OK && !killing_is_whole((void *)pages, SIZE, i))
            return false;
        if (status == STATUS_OK && (memory_unmap(pages, SIZE) != STATUS_OK || !pages_make(&pages)))
            return false;
    }
    return told_of_the_end(status);
}

KILLED_TRANSFER(moved) = {.name = "moved pages", .give = moved_give, .take = pages_take};

// What is written after the call is not what the receiver sees.
static bool give_by(uint32_t taker, const uint32_t *flags) {
    enum status status = STATUS_OK;
    uint64_t pages;
    if (!pages_make(&pages))
        return false;
    for (uint64_t i = 0; (status == STATUS_OK || is_refused(status)) && !killing_is_over(); i++) {
        killing_fill((void *)pages, SIZE, i);
        status = page_send(taker, TYPE, pages, PAGES, flags[i % 2], guest_soon(), NULL);
        if (!killing_is_whole((void *)pages, SIZE, i))
            return false;
        if (status == STATUS_LIMIT_REACHED)
            thread_yield(); // as many posts as it may have on their way
    }
    return status == STATUS_OK || is_refused(status) || told_of_the_end(status);
}

static bool duplicates_give(uint32_t taker) {
    static const uint32_t flags[] = {PAGE_DUPLICATE | PAGE_SENDER_KEEPS | PAGE_RECEIVER_WRITES,
                                     PAGE_DUPLICATE | PAGE_SENDER_KEEPS | PAGE_NO_ANSWER | PAGE_IF_ROOM};
    return give_by(taker, flags);
}

KILLED_TRANSFER(duplicates) = {.name = "duplicated and posted pages", .give = duplicates_give, .take = pages_take};

static bool broadcast_give(uint32_t taker) {
    static const uint32_t flags[] = {PAGE_TO_OTHERS | PAGE_DUPLICATE | PAGE_SENDER_KEEPS | PAGE_RECEIVER_WRITES,
                                     PAGE_TO_OTHERS | PAGE_DUPLICATE | PAGE_SENDER_KEEPS};
    return give_by(0, flags);
}

KILLED_TRANSFER(broadcast) = {.name = "pages to all others", .give = broadcast_give, .take = pages_take};

// ---- pages with calls of a port ----

enum { WORDS = 8 };

static uint64_t words[WORDS];

static void make_port(int32_t *givers, int32_t *takers) {
    struct port_create plan = {.message_size = sizeof(words)};
    EXPECT_OK(port_create(&plan, takers));
    *givers = plan.entry;
}

// After an error the page is here, or was the receiver's.
static bool port_pages_give(uint32_t taker) {
    enum status status = STATUS_OK;
    for (uint64_t i = 0; status == STATUS_OK; i++) {
        struct port_page_cargo page = {{PORT_CARGO_PAGE, PAGE_RECEIVER_WRITES}, 0};
        if (!pages_make(&page.address))
            return false;
        uint64_t pages = page.address;
        killing_fill((void *)pages, PAGE_SIZE, i);
        words[0] = i;
        status = port_call(killing_number(), words, &page.cargo, guest_soon());
        if (status != STATUS_OK && page.cargo.number == PORT_CARGO_PAGE &&
            !killing_is_whole((void *)pages, PAGE_SIZE, i))
            return false;
        if (memory_unmap(pages, SIZE) != STATUS_OK)
            return false;
    }
    return status == STATUS_PEER_DIED;
}

// A call may come without its page where its caller died at that moment: then its cancellation is next.
static bool is_cancelled(uint64_t id) {
    struct port_information information;
    uint64_t cancelled;
    return port_receive(killing_number(), words, &information, guest_soon(), &cancelled) == STATUS_OK &&
           information.kind == PORT_CANCELLED && cancelled == id;
}

static bool page_is_right(const struct port_information *information, uint64_t window) {
    uint64_t page = window + PORT_PAGE_PLACE(information->cargo.rights) * PAGE_SIZE;
    return information->cargo.number == PORT_CARGO_PAGE && killing_is_whole((void *)page, PAGE_SIZE, words[0]) &&
           page_free(page, 1) == STATUS_OK;
}

static bool port_pages_take(uint32_t giver) {
    struct port_information information;
    uint64_t window;
    enum status status;
    if (port_window(killing_number(), 0, 2, &window) != STATUS_OK)
        return false;
    killing_ready();
    while ((status = port_receive(killing_number(), words, &information, guest_soon(), NULL)) == STATUS_OK) {
        if (information.kind != PORT_CALLED)
            continue;
        if (information.cargo.number == NUMBER_NONE && is_cancelled(information.id))
            continue;
        if (!page_is_right(&information, window))
            return false;
        status = port_reply(killing_number(), information.id, words, NULL);
        if (status != STATUS_OK && status != STATUS_NOT_FOUND)
            return false;
        killing_count_transfer();
    }
    return status == STATUS_PEER_DIED;
}

KILLED_TRANSFER(port_pages) = {
    .name = "pages by port", .make = make_port, .give = port_pages_give, .take = port_pages_take};

// ---- paged memory: who gives is the daemon ----

static _Alignas(PAGE_SIZE) uint8_t content[SIZE];

static bool paged_give(uint32_t taker) {
    struct link_create plan = {0};
    struct link_fault fault;
    int32_t faults, memory;
    if (link_create(&plan, &faults) != STATUS_OK)
        return false;
    struct pager_create wish = {.size = PAGED * PAGE_SIZE, .patience = PAGER_PATIENCE_MAX, .link = plan.other};
    if (pager_create(&wish, &memory) != STATUS_OK)
        return false;
    struct message_options options = {.number_count = 1, .numbers = {memory}, .rights = {RIGHTS_ALL}};
    if (message_send(taker, "m", 1, &options, guest_soon(), NULL) != STATUS_OK)
        return killing_is_over();
    while (!killing_is_over()) {
        if (link_poll(faults, guest_shortly(), NULL) != STATUS_OK)
            continue;
        if (link_read(faults, &fault) != STATUS_OK)
            return false;
        killing_fill(content, PAGE_SIZE, fault.page);
        enum status status = pager_supply(memory, fault.page, content);
        if (status != STATUS_OK && status != STATUS_EXISTS)
            return false;
    }
    return true;
}

// The kernel reads for it, so that a page that does not come ends no more than a call.
static bool paged_take(uint32_t giver) {
    struct message_information information;
    struct link_create plan = {0};
    int32_t link;
    uint64_t base;
    char byte;
    killing_ready();
    if (message_next(&byte, 1, &information, guest_soon(), NULL) != STATUS_OK)
        return killing_is_over();
    if (link_create(&plan, &link) != STATUS_OK ||
        shared_map(information.numbers[0], 0, PAGED * PAGE_SIZE, PROTECTION_READ, 0, 0, &base) != STATUS_OK)
        return false;
    for (uint64_t page = 0; page < PAGED; page++) {
        enum status status = link_write(link, (void *)(base + page * PAGE_SIZE), 0);
        if (status != STATUS_OK)
            return status == STATUS_BAD_ADDRESS && !guest_is_alive(giver);
        if (link_read(link, words) != STATUS_OK || !killing_is_whole(words, LINK_SIZE, page))
            return false;
        killing_count_transfer();
    }
    return killing_await(&killing_control->killed);
}

KILLED_TRANSFER(paged) = {.name = "paged memory", .give = paged_give, .take = paged_take};

// ---- offers ----

static bool offers_give(uint32_t taker) {
    for (uint64_t i = 0; !killing_is_over(); i++) {
        int32_t memory;
        uint64_t base;
        if (shared_create(SIZE, &memory) != STATUS_OK ||
            shared_map(memory, 0, SIZE, PROTECTION_WRITE, 0, 0, &base) != STATUS_OK)
            return false;
        killing_fill((void *)base, SIZE, i);
        enum status status = shared_offer(memory, taker, RIGHT_READ, NULL);
        if (memory_unmap(base, SIZE) != STATUS_OK || number_close(memory) != STATUS_OK)
            return false;
        if (told_of_the_end(status))
            return true;
        EVENT answer = guest_next_event(EVENT_SHARED_MEMORY, NULL);
        if (answer.Type != EVENT_SHARED_MEMORY)
            return false;
    }
    return true;
}

static bool offer_take(uint32_t offer) {
    int32_t memory;
    uint64_t base;
    enum status status = shared_accept(offer, &memory);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND;
    return shared_map(memory, 0, SIZE, PROTECTION_READ, 0, 0, &base) == STATUS_OK &&
           killing_is_marked((void *)base, SIZE) && memory_unmap(base, SIZE) == STATUS_OK &&
           number_close(memory) == STATUS_OK;
}

static bool offers_take(uint32_t giver) {
    EVENT event;
    killing_ready();
    while (!killing_is_over()) {
        event_wait(guest_shortly());
        while (event_get(&event, NULL) == STATUS_OK) {
            if (event.Type == EVENT_SHARED_MEMORY && event.Action == SHARED_OFFERED && !offer_take(event.Data1))
                return false;
            killing_count_transfer();
        }
    }
    return true;
}

KILLED_TRANSFER(offers) = {.name = "offered memory", .give = offers_give, .take = offers_take};

// ---- an interface: who takes is the server ----

struct shared {
    struct interface_page head;
    struct exchange exchange;
};

static bool requests_give(uint32_t taker) {
    uint64_t asked[EXCHANGE_SIZE / 8], answer[EXCHANGE_SIZE / 8];
    void *pages;
    enum status status = interface_open(INTERFACE_ID, 1, 0, guest_soon(), &pages);
    for (uint64_t i = 0; status == STATUS_OK; i++) {
        killing_fill(asked, sizeof(asked), i);
        status = exchange_call(&((struct shared *)pages)->exchange, asked, answer, guest_soon());
        if (status == STATUS_OK && !killing_is_whole(answer, sizeof(answer), ~i))
            return false;
    }
    return told_of_the_end(status);
}

static bool requests_take(uint32_t giver) {
    struct interface_register wish = {
        .id = INTERFACE_ID, .version = 1, .data_size = sizeof(struct shared), .clients = 4};
    struct interface_peer peer;
    uint64_t asked[EXCHANGE_SIZE / 8];
    uint32_t seen = 0;
    enum status status = interface_register(&wish, NULL);
    killing_ready();
    EVENT event = guest_next_event(EVENT_INTERFACE, NULL);
    if (status != STATUS_OK || interface_accept((int32_t)event.Data1, &peer) != STATUS_OK)
        return status == STATUS_OK && killing_is_over();
    interface_set_ready(&peer);
    struct exchange *exchange = &((struct shared *)peer.pages)->exchange;
    while ((status = exchange_next(exchange, &seen, asked, guest_soon())) == STATUS_OK) {
        if (!killing_is_marked(asked, sizeof(asked)))
            return false;
        killing_fill(asked, sizeof(asked), ~asked[0]);
        exchange_answer(exchange, asked);
        killing_count_transfer();
    }
    interface_drop(&peer);
    return status == STATUS_PEER_DIED;
}

KILLED_TRANSFER(requests) = {.name = "an interface", .give = requests_give, .take = requests_take};

// ---- starting programs ----

ROLE(ends_at_once) {
    return 0;
}

static bool starts_give(uint32_t taker) {
    while (!killing_is_over()) {
        struct spawned child;
        if (guest_try_start("ends_at_once", &child) != STATUS_OK ||
            process_wait(child.number, guest_soon(), NULL) != STATUS_OK || number_close(child.number) != STATUS_OK)
            return false;
        killing_count_transfer();
    }
    return true;
}

static bool waits_for_the_end(uint32_t giver) {
    killing_ready();
    return killing_await(&killing_control->killed);
}

KILLED_TRANSFER(starts) = {.name = "starting programs", .give = starts_give, .take = waits_for_the_end};

// ---- signals ----

static size_t count_signal(size_t pid, size_t type, void *address, size_t pages) {
    killing_count_transfer();
    return PAGE_ACCEPT;
}

static bool signals_give(uint32_t taker) {
    enum status status = STATUS_OK;
    while (status == STATUS_OK)
        status = page_send(taker, SIGNAL, 0, 0, 0, guest_soon(), NULL);
    return told_of_the_end(status);
}

// Signals come at every instruction of this.
static bool signals_take(uint32_t giver) {
    if (page_handle(SIGNAL, (page_function *)(uintptr_t)count_signal, 0, PAGE_HANDLER_RESTART, NULL) != STATUS_OK)
        return false;
    killing_ready();
    for (uint64_t i = 0; !killing_is_over(); i++) {
        killing_fill(content, PAGE_SIZE, i);
        if (!killing_is_whole(content, PAGE_SIZE, i))
            return false;
    }
    return true;
}

KILLED_TRANSFER(signals) = {.name = "signals", .give = signals_give, .take = signals_take};

// ---- debugging: who gives is the debugger ----

static volatile uint64_t passes;

__attribute__((noinline)) static void pass(void) {
    passes = passes + 1;
    __asm__ volatile("" ::: "memory");
}

static enum status debug_once(int32_t debugger, uint64_t shift) {
    struct debug_resume on = {.action = DEBUG_CONTINUE};
    struct process_stop stop;
    uint64_t place = (uint64_t)content + shift;
    size_t done;
    enum status status = debug_halt(debugger, 0);
    if (status == STATUS_OK)
        status = debug_break_set(debugger, DEBUG_BREAKPOINT, (uint64_t)pass + shift, 1);
    if (status == STATUS_OK)
        status = debug_memory_read(debugger, place, content, SIZE, &done);
    if (status == STATUS_OK)
        status = debug_memory_write(debugger, place, content, SIZE, &done);
    if (status == STATUS_OK)
        status = debug_resume(debugger, &on);
    if (status == STATUS_OK)
        debug_next_stop(debugger, &stop);
    return status == STATUS_OK ? debug_break_clear(debugger, DEBUG_BREAKPOINT, (uint64_t)pass + shift, 1) : status;
}

static bool debug_give(uint32_t taker) {
    struct debug_information information = {0};
    int32_t process, debugger;
    enum status status = process_open(taker, &process);
    if (status == STATUS_OK)
        status = debug_attach(process, &debugger);
    if (status == STATUS_OK)
        status = debug_information(debugger, &information);
    while (status == STATUS_OK) {
        status = debug_once(debugger, information.image_base - start_information()->image_base);
        killing_count_transfer();
    }
    return told_of_the_end(status) || (status == STATUS_BAD_ADDRESS && killing_await(&killing_control->killed));
}

// No breakpoint is left, and nothing stands, when the debugger is dead.
static bool debug_take(uint32_t giver) {
    killing_ready();
    while (!killing_is_over())
        pass();
    uint64_t before = passes;
    for (int i = 0; i < 1000; i++)
        pass();
    return passes == before + 1000;
}

KILLED_TRANSFER(debug) = {.name = "debugging", .give = debug_give, .take = debug_take};
