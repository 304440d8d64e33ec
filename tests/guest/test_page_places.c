// Received pages in the place of the program's own memory, and duplicates of shared memory that goes on being written.
#include "tests/guest/guest.h"
#include <parley/page.h>

enum { TYPE = 130, WINDOW = 64, FILL = 0x41, DUPLICATE = PAGE_SENDER_KEEPS | PAGE_DUPLICATE | PAGE_RECEIVER_WRITES };

static volatile uint64_t arrived;
static volatile enum status placed_in_upcall;
static uint64_t wanted_in_upcall;

static size_t take(size_t pid, size_t type, void *address, size_t pages, size_t flags, size_t bytes) {
    arrived = (uint64_t)address;
    if (wanted_in_upcall)
        placed_in_upcall = page_place(arrived, wanted_in_upcall, pages);
    return PAGE_ACCEPT;
}

static int32_t handler;

// In place of the one that the test before this one had.
static void handle(void) {
    if (handler)
        number_close(handler);
    wanted_in_upcall = 0;
    EXPECT_OK(page_handle(TYPE, take, WINDOW, PAGE_HANDLER_RESTART, &handler));
}

// Pages to oneself: where they are in the window.
static uint64_t receive(uint64_t address, uint64_t pages, uint32_t flags) {
    arrived = 0;
    EXPECT_OK(page_send(0, TYPE, address, pages, flags | PAGE_TO_SELF, DEADLINE_NEVER, NULL));
    EXPECT(arrived != 0);
    return arrived;
}

static uint64_t used(void) {
    return guest_account(guest_self(), ACCOUNT_MEMORY_PAGES).used;
}

static volatile uint8_t *bytes_at(uint64_t address, uint64_t page) {
    return (volatile uint8_t *)(address + page * PAGE_SIZE);
}

TEST(placed_pages_are_the_programs_own_memory) {
    handle();
    uint64_t from = guest_pages(WINDOW, FILL), to = guest_pages(WINDOW, 7);
    EXPECT_OK(page_free(receive(from, 1, DUPLICATE), 1)); // touches the stack of upcalls
    uint64_t before = used();
    for (int round = 0; round < 3; round++) { // the window has room again each time
        uint64_t at = receive(from, WINDOW, DUPLICATE);
        EXPECT_OK(page_place(at, to, WINDOW));
        EXPECT(!guest_is_there(at));
        for (uint32_t i = 0; i < WINDOW; i++)
            EXPECT_EQUAL(*bytes_at(to, i), (uint8_t)(FILL + i));
    }
    EXPECT_EQUAL(used(), before);
    for (uint32_t i = 0; i < WINDOW; i++)
        *bytes_at(to, i) = 1;
    for (uint32_t i = 0; i < WINDOW; i++)
        EXPECT_EQUAL(*bytes_at(from, i), (uint8_t)(FILL + i));
    EXPECT_EQUAL(used(), before);
    EXPECT_OK(memory_unmap(to, WINDOW * PAGE_SIZE));
    EXPECT(used() <= before - WINDOW);
    EXPECT_OK(memory_unmap(from, WINDOW * PAGE_SIZE));
}

TEST(pages_that_moved_are_placed_where_nothing_was_touched_yet) {
    handle();
    uint64_t to, from = guest_pages(2, FILL);
    EXPECT_OK(memory_map(0, 2 * PAGE_SIZE, PROTECTION_WRITE, 0, &to));
    EXPECT_OK(page_place(receive(from, 2, PAGE_RECEIVER_WRITES), to, 2));
    *bytes_at(to, 1) += 1;
    EXPECT_EQUAL(*bytes_at(to, 0), FILL);
    EXPECT_EQUAL(*bytes_at(to, 1), FILL + 2);
    EXPECT(!guest_is_there(from));
    EXPECT_OK(memory_unmap(from, 2 * PAGE_SIZE));
    EXPECT_OK(memory_unmap(to, 2 * PAGE_SIZE));
}

TEST(pages_go_only_where_the_program_has_memory_of_its_own) {
    int32_t number;
    uint64_t shared, own = guest_pages(3, 7), from = guest_pages(2, FILL);
    handle();
    EXPECT_OK(shared_create(2 * PAGE_SIZE, &number));
    EXPECT_OK(shared_map(number, 0, 2 * PAGE_SIZE, PROTECTION_WRITE, 0, 0, &shared));
    EXPECT_OK(memory_unmap(own + 2 * PAGE_SIZE, PAGE_SIZE));
    uint64_t at = receive(from, 2, DUPLICATE), before = used();
    EXPECT_STATUS(page_place(at, shared, 2), BAD_ADDRESS);
    EXPECT_STATUS(page_place(at, own + PAGE_SIZE, 2), BAD_ADDRESS); // its end is unmapped
    EXPECT_STATUS(page_place(at, at, 2), BAD_ADDRESS);
    EXPECT_STATUS(page_place(at, own + 1, 1), INVALID_ARGUMENT);
    EXPECT_STATUS(page_place(own, own, 1), NOT_FOUND);
    EXPECT_STATUS(page_place(at, own, 3), NOT_FOUND);
    EXPECT_OK(memory_protect(own, PAGE_SIZE, PROTECTION_READ));
    EXPECT_STATUS(page_place(at, own, 2), BAD_ADDRESS);
    EXPECT_OK(memory_protect(own, PAGE_SIZE, PROTECTION_READ | PROTECTION_WRITE));
    EXPECT_EQUAL(used(), before);
    EXPECT_EQUAL(*bytes_at(own, 0), 7);
    EXPECT_EQUAL(*bytes_at(own, 1), 8);
    EXPECT_OK(page_place(at, own, 2));
    EXPECT_STATUS(page_place(at, own, 2), NOT_FOUND);
    uint64_t fixed = receive(from, 1, PAGE_SENDER_KEEPS | PAGE_DUPLICATE);
    EXPECT_STATUS(page_place(fixed, own, 1), NO_RIGHT);
    EXPECT_OK(page_free(fixed, 1));
}

TEST(pages_of_an_upcall_that_is_not_over_stay_where_they_are) {
    uint64_t own = guest_pages(1, 7), from = guest_pages(1, FILL);
    handle();
    wanted_in_upcall = own;
    uint64_t at = receive(from, 1, DUPLICATE);
    EXPECT_STATUS(placed_in_upcall, BUSY);
    EXPECT_EQUAL(*bytes_at(own, 0), 7);
    EXPECT_OK(page_place(at, own, 1));
    EXPECT_EQUAL(*bytes_at(own, 0), FILL);
}

ROLE(places_with_a_full_account) {
    ROLE_EXPECT(page_handle(TYPE, take, 8, PAGE_HANDLER_RESTART, NULL) == STATUS_OK);
    uint64_t from = guest_pages(8, FILL), own = guest_pages(8, 7);
    uint32_t type = TYPE;
    ROLE_EXPECT(page_send(0, TYPE, from, 8, DUPLICATE | PAGE_TO_SELF, DEADLINE_NEVER, NULL) == STATUS_OK);
    for (uint64_t pages = 256; pages > 0;) // windows are paid for when they are made
        if (page_handle(++type, take, pages, 0, NULL) != STATUS_OK)
            pages /= 2;
    ROLE_EXPECT(page_place(arrived, own, 8) == STATUS_LIMIT_REACHED);
    ROLE_EXPECT(*bytes_at(own, 3) == 10 && *bytes_at(arrived, 3) == FILL + 3);
    return 0;
}

// ---- duplicates of memory that goes on being written ----

struct lending {
    int32_t number;
    uint64_t mapped, at;
};

static struct lending lend(uint64_t pages) {
    struct lending lending;
    handle();
    EXPECT_OK(shared_create(pages * PAGE_SIZE, &lending.number));
    EXPECT_OK(shared_map(lending.number, 0, pages * PAGE_SIZE, PROTECTION_WRITE, 0, 0, &lending.mapped));
    for (uint64_t i = 0; i < pages; i++)
        memset((void *)bytes_at(lending.mapped, i), FILL + (int)i, PAGE_SIZE);
    lending.at = receive(lending.mapped, pages, DUPLICATE);
    return lending;
}

static void expect_bytes(uint64_t address, uint64_t pages, uint8_t first) {
    for (uint64_t i = 0; i < pages; i++)
        for (uint64_t j = 0; j < PAGE_SIZE; j += PAGE_SIZE - 1)
            EXPECT_EQUAL(bytes_at(address, i)[j], (uint8_t)(first + i));
}

TEST(a_duplicate_of_shared_memory_costs_no_frame_until_one_side_writes) {
    struct lending lent = lend(32);
    struct machine_information before, after;
    uint64_t owned = used();
    EXPECT_OK(machine_information(&before));
    uint64_t second = receive(lent.mapped, 32, DUPLICATE);
    EXPECT_OK(machine_information(&after));
    EXPECT(after.memory_free + 16 * PAGE_SIZE > before.memory_free);
    memset((void *)lent.mapped, 1, 32 * PAGE_SIZE);
    expect_bytes(lent.at, 32, FILL);
    expect_bytes(second, 32, FILL);
    EXPECT_EQUAL(used(), owned); // the memory's old frames were paid for by it, as its new ones are
    memset((void *)second, 2, 32 * PAGE_SIZE);
    expect_bytes(lent.at, 32, FILL);
    EXPECT_EQUAL(*bytes_at(lent.mapped, 31), 1);
}

TEST(a_duplicate_stays_whoever_maps_the_memory_later) {
    struct lending lent = lend(4);
    uint64_t other, early;
    EXPECT_OK(shared_map(lent.number, 0, 4 * PAGE_SIZE, PROTECTION_READ, 0, 0, &early));
    expect_bytes(early, 4, FILL);
    EXPECT_OK(memory_protect(early, 4 * PAGE_SIZE, PROTECTION_READ | PROTECTION_WRITE));
    *bytes_at(early, 0) = 1;
    EXPECT_OK(shared_map(lent.number, 0, 4 * PAGE_SIZE, PROTECTION_WRITE, 0, 0, &other));
    *bytes_at(other, 1) = 2;
    EXPECT_EQUAL(*bytes_at(other, 0), 1);
    EXPECT_EQUAL(*bytes_at(lent.mapped, 0), 1);
    EXPECT_EQUAL(*bytes_at(lent.mapped, 1), 2);
    EXPECT_EQUAL(*bytes_at(early, 1), 2);
    expect_bytes(lent.at, 4, FILL);
    uint64_t eager = receive(lent.mapped, 4, DUPLICATE); // three write to it now
    *bytes_at(other, 3) = 3;
    EXPECT_EQUAL(*bytes_at(eager, 3), FILL + 3);
    EXPECT_EQUAL(*bytes_at(lent.mapped, 3), 3);
}

TEST(a_duplicate_stays_when_the_kernel_writes_for_the_sender_and_when_the_pages_are_dropped) {
    struct lending lent = lend(3);
    EXPECT_OK(random_read((void *)(lent.mapped + PAGE_SIZE - 50), 100)); // in both pages
    EXPECT_OK(shared_drop(lent.number, 2 * PAGE_SIZE, PAGE_SIZE));
    EXPECT_EQUAL(*bytes_at(lent.mapped, 2), 0);
    expect_bytes(lent.at, 3, FILL);
    EXPECT_OK(memory_unmap(lent.mapped, 3 * PAGE_SIZE));
    EXPECT_OK(number_close(lent.number));
    expect_bytes(lent.at, 3, FILL);
}

TEST(a_page_whose_duplicates_are_gone_is_written_in_place) {
    struct lending lent = lend(1);
    uint64_t before = used();
    EXPECT_OK(page_free(lent.at, 1));
    *bytes_at(lent.mapped, 0) = 1;
    EXPECT_EQUAL(used(), before);
    EXPECT_EQUAL(*bytes_at(lent.mapped, 0), 1);
}

static _Atomic bool writing;

// All words of the page hold the same number, but while it is being raised.
static void *write_on(void *argument) {
    volatile uint64_t *words = argument;
    for (uint64_t value = 1; writing; value++)
        for (uint32_t i = 0; i < PAGE_SIZE / 8; i++)
            words[i] = value;
    return NULL;
}

TEST(a_duplicate_does_not_change_while_another_cpu_writes) {
    struct lending lent = lend(1);
    struct thread *writer;
    uint64_t own = guest_pages(1, 0);
    writing = true;
    EXPECT_OK(thread_start(write_on, (void *)lent.mapped, NULL, &writer));
    for (int round = 0; round < 300; round++) {
        EXPECT_OK(page_free(lent.at, 1));
        lent.at = receive(lent.mapped, 1, DUPLICATE);
        memcpy((void *)own, (const void *)lent.at, PAGE_SIZE);
        thread_yield();
        EXPECT(memcmp((const void *)own, (const void *)lent.at, PAGE_SIZE) == 0);
    }
    writing = false;
    thread_join(writer, NULL);
}

TEST(a_full_account_places_nothing) {
    uint64_t limits[ACCOUNT_ITEM_COUNT];
    for (uint32_t i = 0; i < ACCOUNT_ITEM_COUNT; i++)
        limits[i] = guest_account(guest_self(), i).limit;
    limits[ACCOUNT_MEMORY_PAGES] = 600;
    guest_limit(limits);
    guest_expect_success(guest_start("places_with_a_full_account", NULL));
}
