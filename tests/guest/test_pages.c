// Pages: what moves, is shared or duplicated; what comes back; and who is told what.
#include "tests/guest/guest.h"
#include <parley/page.h>

enum { TYPE = 100, WINDOW = 8, FILL = 0x41 };

// ---- a receiver, as a child: what it does with what comes ----

enum keeping { ABANDONS = 1, HANGS, FAULTS, LOSES_STACK, EXITS, ACCEPTS, ACCEPTS_LATE, ACCEPTS_SLOWLY };

static volatile int keeping;
static volatile uint64_t last_address, last_pages, last_flags, last_bytes, last_process, arrivals;
static volatile uint8_t first_byte;

static void lose_stack(void) {
    uint64_t here = (uint64_t)__builtin_frame_address(0) & ~(uint64_t)(PAGE_SIZE - 1);
    memory_unmap(here - PAGE_SIZE, 2 * PAGE_SIZE);
}

static size_t keep(size_t pid, size_t type, void *address, size_t pages, size_t flags, size_t bytes) {
    last_process = pid;
    last_address = (uint64_t)address;
    last_pages = pages;
    last_flags = flags;
    last_bytes = bytes;
    first_byte = pages ? *(uint8_t *)address : 0;
    arrivals++;
    while (keeping == HANGS)
        thread_sleep(DEADLINE_NEVER);
    if (keeping == FAULTS)
        *(volatile uint8_t *)0x10 = 1;
    if (keeping == LOSES_STACK)
        lose_stack();
    if (keeping == EXITS)
        process_exit(7);
    if (keeping == ACCEPTS_LATE)
        guest_hear(guest_parent());
    if (keeping == ACCEPTS_SLOWLY)
        thread_sleep(deadline_after(20 * NANOSECONDS_PER_MILLISECOND));
    return type == TYPE && keeping >= ACCEPTS ? PAGE_ACCEPT : PAGE_ABANDON;
}

// The words that a parent asks a keeper with.
enum question {
    ASK_ARRIVALS = 100,
    ASK_FIRST_BYTE,
    ASK_PAGES,
    ASK_FLAGS,
    ASK_BYTES,
    ASK_OFFSET,
    ASK_WRITE,
    ASK_SUM,
    ASK_FREE,
    ASK_WRITABLE,
    ASK_EXECUTABLE,
    ASK_GATE
};

static uint32_t sum_of_arrival(void) {
    uint32_t sum = 0;
    for (uint64_t i = 0; i < last_pages * PAGE_SIZE; i++)
        sum += ((uint8_t *)(last_address & ~(uint64_t)(PAGE_SIZE - 1)))[i];
    return sum;
}

// Whether the kernel could write there in the program's stead.
static bool is_writable(uint64_t address) {
    return random_read((void *)address, 1) == STATUS_OK;
}

static uint32_t answer(uint32_t question) {
    switch (question) {
    case ASK_ARRIVALS:
        return (uint32_t)arrivals;
    case ASK_FIRST_BYTE:
        return *(uint8_t *)last_address;
    case ASK_PAGES:
        return (uint32_t)last_pages;
    case ASK_FLAGS:
        return (uint32_t)last_flags;
    case ASK_BYTES:
        return (uint32_t)last_bytes;
    case ASK_OFFSET:
        return (uint32_t)(last_address % PAGE_SIZE);
    case ASK_WRITE:
        *(uint8_t *)last_address = FILL + 2;
        return 0;
    case ASK_SUM:
        return sum_of_arrival();
    case ASK_FREE:
        return (uint32_t)-page_free(last_address & ~(uint64_t)(PAGE_SIZE - 1), last_pages);
    case ASK_WRITABLE:
        return is_writable(last_address);
    case ASK_EXECUTABLE:
        return (uint32_t)-memory_protect(last_address, PAGE_SIZE, PROTECTION_READ | PROTECTION_EXECUTE);
    default:
        return (uint32_t)-gate_set(GATE_PAGE_BROADCAST, GATE_ALL_USERS, NULL);
    }
}

// Words are told with 1 added, as 0 means nothing.
ROLE(keeper) {
    ROLE_EXPECT(argument_count == 1);
    keeping = atoi(arguments[0]);
    ROLE_EXPECT(page_handle(TYPE, keep, WINDOW, PAGE_HANDLER_RESTART, NULL) == STATUS_OK);
    guest_say(guest_parent(), 1);
    for (;;) {
        uint32_t question = guest_hear(guest_parent());
        if (question == 0)
            return 0;
        guest_say(guest_parent(), 1 + answer(question));
    }
}

static struct spawned start_keeper(enum keeping how) {
    char text[8];
    snprintf(text, sizeof(text), "%d", how);
    struct spawned keeper = guest_start("keeper", text, NULL);
    EXPECT_EQUAL(guest_hear(keeper.process), 1);
    return keeper;
}

// Its first upcall has touched its stack: what a child uses counts here, too.
static struct spawned start_warm_keeper(enum keeping how) {
    struct spawned keeper = start_keeper(how);
    enum status status = page_send(keeper.process, TYPE, 0, 0, 0, guest_soon(), NULL);
    EXPECT(status == STATUS_OK || status == STATUS_NOTHING);
    return keeper;
}

static uint32_t ask(struct spawned keeper, uint32_t question) {
    guest_say(keeper.process, question);
    uint32_t word = guest_hear(keeper.process);
    EXPECT(word != 0);
    return word - 1;
}

// ---- the sender ----

static enum status send(struct spawned to, uint64_t address, uint64_t size, uint32_t flags, uint64_t *counts) {
    return page_send(to.process, TYPE, address, size, flags, guest_soon(), counts);
}

TEST(a_moved_page_is_the_receivers_and_gone_from_the_sender_R_A4) {
    struct spawned keeper = start_keeper(ACCEPTS);
    uint64_t counts = 0, page = guest_pages(2, FILL);
    EXPECT_OK(send(keeper, page, 2, PAGE_RECEIVER_WRITES, &counts));
    EXPECT_EQUAL(PAGE_TAKEN(counts), 1);
    EXPECT_EQUAL(PAGE_REFUSED(counts), 0);
    EXPECT(!guest_is_there(page));
    EXPECT(!guest_is_there(page + PAGE_SIZE));
    EXPECT_EQUAL(ask(keeper, ASK_PAGES), 2);
    EXPECT_EQUAL(ask(keeper, ASK_BYTES), 2 * PAGE_SIZE);
    EXPECT_EQUAL(ask(keeper, ASK_FIRST_BYTE), FILL);
    EXPECT_EQUAL(ask(keeper, ASK_SUM), PAGE_SIZE * (2 * FILL + 1));
    EXPECT(ask(keeper, ASK_FLAGS) & PAGE_IMMUTABLE);
    EXPECT_EQUAL(ask(keeper, ASK_WRITABLE), 1);
    EXPECT_STATUS(send(keeper, page, 1, 0, &counts), BAD_ADDRESS);
    EXPECT_OK(memory_unmap(page, 2 * PAGE_SIZE));
}

TEST(a_moved_page_costs_the_sender_nothing_any_more) {
    struct spawned keeper = start_warm_keeper(ACCEPTS);
    uint64_t page = guest_pages(4, FILL);
    guest_figures_settled(); // what ended before has given back all
    uint64_t before = guest_account(guest_self(), ACCOUNT_MEMORY_PAGES).used;
    EXPECT_OK(send(keeper, page, 4, 0, NULL));
    EXPECT_EQUAL(guest_account(guest_self(), ACCOUNT_MEMORY_PAGES).used, before - 4);
    EXPECT_OK(memory_unmap(page, 4 * PAGE_SIZE));
}

TEST(an_abandoned_page_comes_back_R_A10) {
    struct spawned keeper = start_warm_keeper(ABANDONS);
    uint64_t counts = 0, page = guest_pages(1, FILL);
    uint64_t before = guest_account(guest_self(), ACCOUNT_MEMORY_PAGES).used;
    EXPECT_STATUS(send(keeper, page, 1, PAGE_RECEIVER_WRITES, &counts), NOTHING);
    EXPECT_EQUAL(PAGE_REFUSED(counts), 1);
    EXPECT_EQUAL(*(uint8_t *)page, FILL);
    *(uint8_t *)page = 1;
    EXPECT_EQUAL(guest_account(guest_self(), ACCOUNT_MEMORY_PAGES).used, before);
    EXPECT_EQUAL(ask(keeper, ASK_FREE), (uint32_t)-STATUS_NOT_FOUND);
    EXPECT_OK(memory_unmap(page, PAGE_SIZE));
}

TEST(an_abandoned_page_is_freed_where_the_flags_say_so_R_A10) {
    struct spawned keeper = start_warm_keeper(ABANDONS);
    uint64_t page = guest_pages(1, FILL);
    uint64_t before = guest_account(guest_self(), ACCOUNT_MEMORY_PAGES).used;
    EXPECT_STATUS(send(keeper, page, 1, PAGE_ABANDONED_FREE, NULL), NOTHING);
    EXPECT(!guest_is_there(page));
    EXPECT_EQUAL(guest_account(guest_self(), ACCOUNT_MEMORY_PAGES).used, before - 1);
    EXPECT_OK(memory_unmap(page, PAGE_SIZE));
}

TEST(a_duplicate_is_a_snapshot_that_either_side_writes_for_itself_R_A4) {
    struct spawned keeper = start_keeper(ACCEPTS);
    uint64_t page = guest_pages(1, FILL);
    EXPECT_OK(send(keeper, page, 1, PAGE_DUPLICATE | PAGE_SENDER_KEEPS | PAGE_RECEIVER_WRITES, NULL));
    *(uint8_t *)page = FILL + 1;
    EXPECT_EQUAL(ask(keeper, ASK_FIRST_BYTE), FILL);
    EXPECT_EQUAL(ask(keeper, ASK_WRITE), 0);
    EXPECT_EQUAL(ask(keeper, ASK_FIRST_BYTE), FILL + 2);
    EXPECT_EQUAL(*(uint8_t *)page, FILL + 1);
    EXPECT(ask(keeper, ASK_FLAGS) & PAGE_IMMUTABLE);
    EXPECT_OK(memory_unmap(page, PAGE_SIZE));
}

// Copy on write: duplicates of one page in many places are one frame.
TEST(a_duplicate_takes_no_memory_until_it_is_written) {
    struct spawned keeper = start_keeper(ACCEPTS);
    struct machine_information before, after;
    uint64_t page = guest_pages(WINDOW, FILL);
    EXPECT_OK(machine_information(&before));
    EXPECT_OK(send(keeper, page, WINDOW, PAGE_DUPLICATE | PAGE_SENDER_KEEPS, NULL));
    EXPECT_OK(machine_information(&after));
    EXPECT(before.memory_free - after.memory_free < WINDOW * PAGE_SIZE || after.memory_free > before.memory_free);
    EXPECT_OK(memory_unmap(page, WINDOW * PAGE_SIZE));
}

TEST(a_duplicate_that_is_not_kept_leaves_the_sender) {
    struct spawned keeper = start_keeper(ACCEPTS);
    uint64_t page = guest_pages(1, FILL);
    EXPECT_OK(send(keeper, page, 1, PAGE_DUPLICATE, NULL));
    EXPECT(!guest_is_there(page));
    EXPECT_EQUAL(ask(keeper, ASK_FIRST_BYTE), FILL);
    EXPECT_OK(memory_unmap(page, PAGE_SIZE));
}

TEST(a_shared_page_is_one_page_for_both_and_says_so_R_A4) {
    struct spawned keeper = start_keeper(ACCEPTS);
    uint64_t page = guest_pages(1, FILL);
    EXPECT_OK(send(keeper, page, 1, PAGE_SENDER_KEEPS | PAGE_RECEIVER_WRITES, NULL));
    *(volatile uint8_t *)page = FILL + 1;
    EXPECT_EQUAL(ask(keeper, ASK_FIRST_BYTE), FILL + 1);
    EXPECT_EQUAL(ask(keeper, ASK_WRITE), 0);
    EXPECT_EQUAL(*(volatile uint8_t *)page, FILL + 2);
    EXPECT(!(ask(keeper, ASK_FLAGS) & PAGE_IMMUTABLE));
    // A duplicate of a shared page is a snapshot all the same.
    EXPECT_OK(send(keeper, page, 1, PAGE_SENDER_KEEPS | PAGE_DUPLICATE, NULL));
    *(volatile uint8_t *)page = FILL + 3;
    EXPECT_EQUAL(ask(keeper, ASK_FIRST_BYTE), FILL + 2);
    EXPECT_OK(memory_unmap(page, PAGE_SIZE));
}

TEST(a_receiver_that_may_not_write_cannot_even_after_it_asked_for_the_protection) {
    struct spawned keeper = start_keeper(ACCEPTS);
    uint64_t page = guest_pages(1, FILL);
    EXPECT_OK(send(keeper, page, 1, 0, NULL));
    EXPECT_EQUAL(ask(keeper, ASK_WRITABLE), 0);
    EXPECT_OK(memory_unmap(page, PAGE_SIZE));
}

TEST(a_received_page_is_never_executable_R_A11) {
    struct spawned keeper = start_keeper(ACCEPTS);
    uint64_t page = guest_pages(1, FILL);
    EXPECT_OK(send(keeper, page, 1, PAGE_RECEIVER_WRITES, NULL));
    EXPECT_EQUAL(ask(keeper, ASK_EXECUTABLE), (uint32_t)-STATUS_INVALID_ARGUMENT);
    EXPECT_OK(memory_unmap(page, PAGE_SIZE));
}

// The canary fills the pages around the bytes that are sent.
TEST(bytes_bring_nothing_of_their_neighbours_along_R_A3) {
    struct spawned keeper = start_keeper(ACCEPTS);
    const uint32_t flags = PAGE_BYTES | PAGE_DUPLICATE | PAGE_SENDER_KEEPS;
    uint64_t page = guest_pages(3, FILL);
    memset((void *)page, 0xee, 3 * PAGE_SIZE);
    memset((void *)(page + PAGE_SIZE - 10), 1, PAGE_SIZE + 20);
    EXPECT_OK(send(keeper, page + PAGE_SIZE - 10, PAGE_SIZE + 20, flags, NULL));
    EXPECT_EQUAL(ask(keeper, ASK_PAGES), 3);
    EXPECT_EQUAL(ask(keeper, ASK_BYTES), PAGE_SIZE + 20);
    EXPECT_EQUAL(ask(keeper, ASK_OFFSET), PAGE_SIZE - 10);
    EXPECT_EQUAL(ask(keeper, ASK_SUM), PAGE_SIZE + 20);
    EXPECT_OK(send(keeper, page + PAGE_SIZE, 5, flags, NULL));
    EXPECT_EQUAL(ask(keeper, ASK_SUM), 5);
    EXPECT_OK(memory_unmap(page, 3 * PAGE_SIZE));
}

TEST(a_window_bounds_what_comes_R_A1) {
    struct spawned keeper = start_keeper(ACCEPTS);
    uint64_t page = guest_pages(WINDOW + 1, FILL);
    EXPECT_STATUS(send(keeper, page, WINDOW + 1, 0, NULL), DENIED);
    EXPECT_STATUS(page_send(keeper.process, TYPE + 1, page, 1, 0, guest_soon(), NULL), NOT_FOUND);
    EXPECT_OK(send(keeper, page, WINDOW, 0, NULL));
    EXPECT_STATUS(send(keeper, page + WINDOW * PAGE_SIZE, 1, 0, NULL), PEER_FULL);
    EXPECT_EQUAL(*(uint8_t *)(page + WINDOW * PAGE_SIZE), FILL + WINDOW);
    EXPECT_EQUAL(ask(keeper, ASK_FREE), 0);
    EXPECT_OK(send(keeper, page + WINDOW * PAGE_SIZE, 1, 0, NULL));
    EXPECT_OK(memory_unmap(page, (WINDOW + 1) * PAGE_SIZE));
}

TEST(a_send_of_which_one_page_is_missing_takes_none_R_A2) {
    struct spawned keeper = start_keeper(ACCEPTS);
    uint64_t page = guest_pages(4, FILL);
    EXPECT_OK(memory_unmap(page + 3 * PAGE_SIZE, PAGE_SIZE));
    EXPECT_STATUS(send(keeper, page, 4, 0, NULL), BAD_ADDRESS);
    for (uint32_t i = 0; i < 3; i++)
        EXPECT_EQUAL(*(uint8_t *)(page + (uint64_t)i * PAGE_SIZE), FILL + i);
    EXPECT_EQUAL(ask(keeper, ASK_ARRIVALS), 0);
    EXPECT_OK(memory_unmap(page, 3 * PAGE_SIZE));
}

TEST(untouched_memory_is_sent_as_zeros) {
    struct spawned keeper = start_keeper(ACCEPTS);
    uint64_t page;
    EXPECT_OK(memory_map(0, PAGE_SIZE, PROTECTION_WRITE, 0, &page));
    EXPECT_OK(send(keeper, page, 1, 0, NULL));
    EXPECT_EQUAL(ask(keeper, ASK_SUM), 0);
    EXPECT_OK(memory_unmap(page, PAGE_SIZE));
}

TEST(shared_memory_is_duplicated_but_never_given_away) {
    struct spawned keeper = start_keeper(ACCEPTS);
    int32_t number;
    uint64_t base;
    EXPECT_OK(shared_create(PAGE_SIZE, &number));
    EXPECT_OK(shared_map(number, 0, PAGE_SIZE, PROTECTION_WRITE, 0, 0, &base));
    *(volatile uint8_t *)base = FILL;
    EXPECT_STATUS(send(keeper, base, 1, 0, NULL), INVALID_ARGUMENT);
    EXPECT_STATUS(send(keeper, base, 1, PAGE_SENDER_KEEPS, NULL), INVALID_ARGUMENT);
    EXPECT_OK(send(keeper, base, 1, PAGE_SENDER_KEEPS | PAGE_DUPLICATE, NULL));
    *(volatile uint8_t *)base = FILL + 1;
    EXPECT_EQUAL(ask(keeper, ASK_FIRST_BYTE), FILL);
    EXPECT_OK(memory_unmap(base, PAGE_SIZE));
    // Sealed, it is shared until written, and outlives its object.
    EXPECT_OK(shared_seal(number));
    EXPECT_OK(shared_map(number, 0, PAGE_SIZE, PROTECTION_READ, 0, 0, &base));
    EXPECT_OK(send(keeper, base, 1, PAGE_SENDER_KEEPS | PAGE_DUPLICATE | PAGE_RECEIVER_WRITES, NULL));
    EXPECT_OK(memory_unmap(base, PAGE_SIZE));
    EXPECT_OK(number_close(number));
    EXPECT_EQUAL(ask(keeper, ASK_FIRST_BYTE), FILL + 1);
    EXPECT_EQUAL(ask(keeper, ASK_WRITE), 0);
    EXPECT_EQUAL(ask(keeper, ASK_FIRST_BYTE), FILL + 2);
}

TEST(a_broadcast_reaches_those_who_opened_the_gate_and_counts_them_R_A9) {
    struct spawned open[2] = {start_keeper(ACCEPTS), start_keeper(ACCEPTS)};
    struct spawned refusing = start_keeper(ABANDONS), closed = start_keeper(ACCEPTS);
    uint64_t counts = 0, page = guest_pages(1, FILL);
    const uint32_t flags = PAGE_TO_OTHERS | PAGE_DUPLICATE | PAGE_SENDER_KEEPS;
    EXPECT_EQUAL(ask(open[0], ASK_GATE), 0);
    EXPECT_EQUAL(ask(open[1], ASK_GATE), 0);
    EXPECT_EQUAL(ask(refusing, ASK_GATE), 0);
    EXPECT_OK(page_send(0, TYPE, page, 1, flags, guest_soon(), &counts));
    EXPECT_EQUAL(PAGE_TAKEN(counts), 2);
    EXPECT_EQUAL(PAGE_REFUSED(counts), 2);
    EXPECT_EQUAL(ask(open[0], ASK_FIRST_BYTE), FILL);
    EXPECT_EQUAL(ask(open[1], ASK_SUM), PAGE_SIZE * FILL);
    EXPECT_EQUAL(ask(closed, ASK_ARRIVALS), 0);
    EXPECT_STATUS(page_send(0, TYPE, page, 1, PAGE_TO_ALL, guest_soon(), &counts), INVALID_ARGUMENT);
    EXPECT_STATUS(page_send(0, TYPE + 1, page, 1, flags, guest_soon(), &counts), NOTHING);
    EXPECT_EQUAL(counts, 0);
    EXPECT_OK(memory_unmap(page, PAGE_SIZE));
}

TEST(a_broadcast_to_others_leaves_out_its_sender_and_one_to_all_does_not) {
    struct spawned keeper = start_keeper(ACCEPTS_SLOWLY);
    uint64_t counts = 0, page = guest_pages(1, FILL);
    const uint32_t flags = PAGE_DUPLICATE | PAGE_SENDER_KEEPS;
    int32_t handler;
    EXPECT_EQUAL(ask(keeper, ASK_GATE), 0);
    EXPECT_OK(page_handle(TYPE, keep, WINDOW, 0, &handler));
    keeping = ACCEPTS;
    EXPECT_OK(page_send(0, TYPE, page, 1, PAGE_TO_OTHERS | flags, guest_soon(), &counts));
    EXPECT_EQUAL(PAGE_TAKEN(counts), 1);
    EXPECT_EQUAL(arrivals, 0);
    // One that is busy when the broadcast comes is waited for, though the sender has an upcall of its own.
    EXPECT_OK(page_send(keeper.process, TYPE, page, 1, flags | PAGE_NO_ANSWER, guest_soon(), NULL));
    EXPECT_OK(page_send(0, TYPE, page, 1, PAGE_TO_ALL | flags, guest_soon(), &counts));
    EXPECT_EQUAL(PAGE_TAKEN(counts), 2);
    EXPECT_EQUAL(arrivals, 1);
    EXPECT_EQUAL(last_process, guest_self());
    EXPECT_OK(number_close(handler));
    EXPECT_EQUAL(ask(keeper, ASK_ARRIVALS), 3);
    EXPECT_OK(memory_unmap(page, PAGE_SIZE));
}

// ---- receivers that do not behave ----

TEST(a_handler_that_never_returns_costs_the_sender_its_deadline_and_no_page_R_A10) {
    struct spawned keeper = start_keeper(HANGS);
    uint64_t page = guest_pages(2, FILL);
    EXPECT_STATUS(page_send(keeper.process, TYPE, page, 2, PAGE_RECEIVER_WRITES, guest_shortly(), NULL), TIMED_OUT);
    EXPECT_EQUAL(*(volatile uint8_t *)page, FILL);
    *(volatile uint8_t *)page = 1;
    EXPECT_STATUS(page_send(keeper.process, TYPE, page, 1, 0, guest_shortly(), NULL), TIMED_OUT);
    EXPECT_EQUAL(*(volatile uint8_t *)page, 1);
    EXPECT_OK(memory_unmap(page, 2 * PAGE_SIZE));
}

TEST(a_handler_that_accepts_too_late_keeps_a_duplicate) {
    struct spawned keeper = start_keeper(ACCEPTS_LATE);
    uint64_t page = guest_pages(1, FILL), deadline = deadline_after(NANOSECONDS_PER_SECOND); // time enough to begin
    EXPECT_STATUS(page_send(keeper.process, TYPE, page, 1, PAGE_RECEIVER_WRITES, deadline, NULL), TIMED_OUT);
    *(volatile uint8_t *)page = 1;
    guest_say(keeper.process, 1); // it accepts now
    EXPECT_EQUAL(ask(keeper, ASK_FIRST_BYTE), FILL);
    EXPECT_EQUAL(ask(keeper, ASK_WRITE), 0);
    EXPECT_EQUAL(*(volatile uint8_t *)page, 1);
    EXPECT_OK(memory_unmap(page, PAGE_SIZE));
}

static void expect_back(enum keeping how) {
    struct spawned keeper = start_keeper(how);
    uint64_t page = guest_pages(1, FILL);
    EXPECT_STATUS(send(keeper, page, 1, PAGE_RECEIVER_WRITES, NULL), PEER_DIED);
    EXPECT_EQUAL(*(volatile uint8_t *)page, FILL);
    guest_await(keeper);
    EXPECT_OK(memory_unmap(page, PAGE_SIZE));
}

TEST(a_handler_that_faults_unmaps_its_stack_or_exits_gives_the_pages_back) {
    expect_back(FAULTS);
    expect_back(LOSES_STACK);
    expect_back(EXITS);
}

TEST(a_receiver_killed_with_pages_in_its_hands_gives_them_back) {
    struct guest_figures before = guest_figures_settled();
    struct spawned keeper = start_keeper(HANGS);
    uint64_t page = guest_pages(1, FILL);
    EXPECT_STATUS(page_send(keeper.process, TYPE, page, 1, PAGE_RECEIVER_WRITES, guest_shortly(), NULL), TIMED_OUT);
    guest_kill(keeper);
    *(volatile uint8_t *)page = FILL;
    EXPECT_OK(memory_unmap(page, PAGE_SIZE));
    guest_figures_forgive_tables(&before);
    EXPECT(guest_figures_changed(&before) == NULL);
}

// ---- a sender that is killed ----

ROLE(sender) {
    uint64_t page;
    ROLE_EXPECT(argument_count == 1);
    ROLE_EXPECT(memory_map(0, PAGE_SIZE, PROTECTION_WRITE, 0, &page) == STATUS_OK);
    *(volatile uint8_t *)page = FILL;
    page_send((uint32_t)atoi(arguments[0]), TYPE, page, 1, PAGE_RECEIVER_WRITES, DEADLINE_NEVER, NULL);
    return 0;
}

TEST(a_sender_killed_while_the_handler_runs_takes_nothing_with_it) {
    struct spawned keeper = start_keeper(ACCEPTS_LATE);
    char text[16];
    snprintf(text, sizeof(text), "%u", keeper.process);
    struct spawned sender = guest_start("sender", text, NULL);
    guest_await_wait(sender.process, WAIT_PAGE_ANSWER);
    guest_await_wait(keeper.process, WAIT_MESSAGE_FROM);
    guest_kill(sender);
    guest_say(keeper.process, 1);
    EXPECT_EQUAL(ask(keeper, ASK_FIRST_BYTE), FILL);
    EXPECT_EQUAL(ask(keeper, ASK_WRITE), 0);
}

TEST(the_wait_record_of_a_sender_names_the_receiver) {
    struct spawned keeper = start_keeper(HANGS);
    char text[16];
    snprintf(text, sizeof(text), "%u", keeper.process);
    struct spawned sender = guest_start("sender", text, NULL);
    struct wait_information wait = guest_await_wait(sender.process, WAIT_PAGE_ANSWER);
    guest_await_wait(keeper.process, WAIT_SLEEP);
    EXPECT_EQUAL(wait.kind, OBJECT_PAGE_HANDLER);
    EXPECT_EQUAL(wait.waker_count, 1);
    EXPECT_EQUAL(wait.wakers[0], keeper.process);
    char description[512];
    size_t length;
    EXPECT_OK(object_describe(wait.object, description, sizeof(description) - 1, &length));
    description[length] = 0;
    EXPECT(strstr(description, "type: 100\n") != NULL);
    EXPECT(strstr(description, "running: 1\n") != NULL);
    guest_kill(keeper);
    guest_expect_success(sender);
}

// ---- other CPUs ----

static volatile bool stop_writing;

static void *write_by_calls(void *page) {
    while (!stop_writing)
        random_read(page, 16);
    return NULL;
}

// A thread writes to the page as fast as it can; what the receiver sees does not change once it sees it.
TEST(a_moved_page_is_out_of_reach_of_all_threads_before_the_receiver_sees_it_R_A5) {
    struct spawned keeper = start_keeper(ACCEPTS);
    struct thread *thread;
    for (int round = 0; round < 20; round++) {
        uint64_t page = guest_pages(1, FILL);
        stop_writing = false;
        EXPECT_OK(thread_start(write_by_calls, (void *)page, NULL, &thread));
        EXPECT_OK(send(keeper, page, 1, 0, NULL));
        uint32_t sum = ask(keeper, ASK_SUM);
        for (int look = 0; look < 5; look++)
            EXPECT_EQUAL(ask(keeper, ASK_SUM), sum);
        EXPECT_EQUAL(ask(keeper, ASK_FREE), 0);
        stop_writing = true;
        EXPECT_OK(thread_join(thread, NULL));
        EXPECT_OK(memory_unmap(page, PAGE_SIZE));
    }
}
