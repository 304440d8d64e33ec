// Tests of reading by page (libc/files/pages.c) with a server that sends in time, late, something else, or nothing.
#include <criterion/criterion.h>
#include <parley/clock.h>
#include <parley/page.h>
#include <string.h>

#include "libc/files/client.h"
#include "libc/files/transport.h"

enum { SERVER = 7, STRANGER = 8, HANDLE = 5, SIZE = FILES_PAGES_LEAST, PIECE = 3 * 4096, OFFSET = 16 };

static _Alignas(4096) char sent_pages[SIZE];
static _Alignas(4096) char buffer[SIZE];
static char file[OFFSET + SIZE];

static page_function *arrives;                     // the handler
static enum { IN_TIME, IN_THE_WAIT, NEVER } comes; // when the pages do
static uint64_t told = SIZE, sent = SIZE;          // bytes: what the reply says, what came
static enum status answer;
static int asked, copies, placed, freed;
static uint64_t now = 1000, masks = UPCALL_MASK_PAGES;

static size_t send_from(uint32_t process) {
    return arrives(process, FILES_PAGE_TYPE, sent_pages, sent / 4096, 0, sent);
}

// ---- what pages.c stands on ----

uint32_t files_server(void) {
    return SERVER;
}

enum status files_exchange(struct files_exchange *exchange) {
    cr_assert_eq(exchange->request.operation, FILES_READ_PAGES);
    cr_assert_eq(exchange->request.offset, FILES_OFFSET_CURRENT);
    cr_assert_eq(masks & UPCALL_MASK_PAGES, 0, "the reader takes pages");
    asked++;
    cr_assert_eq(send_from(STRANGER), PAGE_ABANDON, "others' are never taken");
    if (comes == IN_TIME)
        cr_assert_eq(send_from(SERVER), PAGE_ACCEPT);
    exchange->reply.value = told;
    *(uint64_t *)exchange->into = OFFSET;
    exchange->received = exchange->capacity;
    return answer;
}

enum status files_read(uint32_t handle, uint64_t offset, void *into, size_t size, size_t *read) {
    cr_assert_eq(handle, HANDLE);
    cr_assert_leq(offset + size, sizeof file);
    *read = size < PIECE ? size : PIECE;
    memcpy(into, file + offset, *read);
    copies++;
    return STATUS_OK;
}

enum status page_handle(uint32_t type, page_function *function, uint64_t pages, uint32_t flags, int32_t *number) {
    cr_assert_eq(type, FILES_PAGE_TYPE);
    cr_assert_geq(pages, SIZE / 4096);
    (void)flags;
    arrives = function;
    *number = 1;
    return STATUS_OK;
}

enum status upcalls_take(void) {
    return STATUS_OK;
}

enum status upcall_mask(uint64_t mask, uint64_t *before) {
    if (before)
        *before = masks;
    masks = mask;
    return STATUS_OK;
}

enum status page_place(uint64_t from, uint64_t to, uint64_t pages) {
    memcpy((void *)to, (const void *)from, pages * 4096);
    placed++;
    return STATUS_OK;
}

enum status page_free(uint64_t address, uint64_t pages) {
    cr_assert_eq(address, (uint64_t)sent_pages);
    cr_assert_eq(pages, sent / 4096);
    freed++;
    return STATUS_OK;
}

uint64_t clock_now(void) {
    return now;
}

uint64_t deadline_after(uint64_t nanoseconds) {
    return now + nanoseconds;
}

// Another thread took the upcall: it wakes the reader. Else the time passes.
enum status futex_wait(const uint32_t *address, uint32_t expected, uint64_t deadline) {
    cr_assert_eq(*address, expected);
    if (comes == IN_THE_WAIT) {
        cr_assert_eq(send_from(SERVER), PAGE_ACCEPT);
        return STATUS_OK;
    }
    now = deadline;
    return STATUS_TIMED_OUT;
}

enum status futex_wake(const uint32_t *address, uint32_t count, uint32_t *woken) {
    (void)address, (void)count, (void)woken;
    return STATUS_OK;
}

// ---- the tests ----

static void prepare(void) {
    memset(sent_pages, 'p', sizeof sent_pages);
    memset(file, 'c', sizeof file);
}

TestSuite(file_pages, .init = prepare);

static void expect_read(char by) {
    memset(buffer, 0, sizeof buffer);
    cr_assert_eq(files_read_pages(HANDLE, buffer, SIZE), SIZE);
    cr_assert_eq(buffer[0], by);
    cr_assert_eq(buffer[SIZE - 1], by);
    cr_assert_eq(masks & UPCALL_MASK_PAGES, UPCALL_MASK_PAGES, "masked again, as it was");
}

Test(file_pages, they_take_the_buffers_place) {
    expect_read('p');
    expect_read('p');
    cr_assert_eq(placed, 2);
    cr_assert_eq(copies, 0);
    cr_assert_eq(now, 1000, "nothing was waited for");
}

Test(file_pages, those_that_another_thread_took_are_waited_for) {
    comes = IN_THE_WAIT;
    expect_read('p');
    cr_assert_eq(placed, 1);
    cr_assert_eq(copies, 0);
}

Test(file_pages, those_that_do_not_come_within_a_second_are_copied_and_none_is_asked_for_again) {
    comes = NEVER;
    expect_read('c');
    cr_assert_eq(now, 1000 + NANOSECONDS_PER_SECOND);
    cr_assert_eq(copies, (SIZE + PIECE - 1) / PIECE, "from where the server read");
    cr_assert_eq(send_from(SERVER), PAGE_ABANDON, "late, they go back");
    cr_assert_eq(files_read_pages(HANDLE, buffer, SIZE), 0);
    cr_assert_eq(files_read_pages(HANDLE + 1, buffer, SIZE), 0);
    cr_assert_eq(asked, 1, "what comes late could be taken for others'");
    cr_assert_eq(placed + freed, 0);
}

Test(file_pages, what_is_not_what_the_reply_says_is_freed_and_copied) {
    sent = SIZE - 4096;
    expect_read('c');
    cr_assert_eq(freed, 1);
    cr_assert_eq(placed, 0);
}

Test(file_pages, what_came_before_the_server_failed_is_freed) {
    answer = STATUS_PEER_DIED;
    cr_assert_eq(files_read_pages(HANDLE, buffer, SIZE), 0);
    cr_assert_eq(freed, 1);
    cr_assert_eq(send_from(SERVER), PAGE_ABANDON, "nobody waits");
    cr_assert_eq(now, 1000);
}

Test(file_pages, a_handle_of_which_none_came_is_not_asked_for_again_but_others_are) {
    comes = NEVER;
    told = 0;
    cr_assert_eq(files_read_pages(HANDLE, buffer, SIZE), 0);
    cr_assert_eq(files_read_pages(HANDLE, buffer, SIZE), 0);
    cr_assert_eq(asked, 1);
    cr_assert_eq(files_read_pages(HANDLE + 1, buffer, SIZE), 0);
    cr_assert_eq(asked, 2);
    cr_assert_eq(now, 1000, "there was nothing to wait for");
}

Test(file_pages, a_small_or_unaligned_read_does_not_go_by_page) {
    cr_assert_eq(files_read_pages(HANDLE, buffer, SIZE - 1), 0);
    cr_assert_eq(files_read_pages(HANDLE, buffer + 16, SIZE), 0);
    cr_assert_eq(asked, 0);
}
