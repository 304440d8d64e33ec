// Reading a file by page: the file server sends duplicates of its pages, which take the place of the reader's own memory.
//
// One thread at a time does so; another, and one whose read interrupts that or that runs an upcall, has its bytes copied. The
// server sends the pages before it answers, so mostly their upcall has run when the call is over; where another thread
// took it, the reader waits.
#include <parley/calls.h>
#include <parley/clock.h>
#include <parley/page.h>
#include <string.h>

#include "libc/files/client.h"
#include "libc/files/transport.h"
#include "libc/thread/control.h"

#define ARRIVAL_PATIENCE NANOSECONDS_PER_SECOND

enum arrival_state { ARRIVAL_NONE, ARRIVAL_EXPECTED, ARRIVAL_THERE };

static bool is_taken;       // [a] a thread reads so
static bool is_over;        // [the reader's] pages got lost: what comes late could be taken for others'
static int32_t handler;     // [the reader's] NUMBER_NONE: not made yet
static uint32_t arrival;    // [a] enum arrival_state
static uint64_t arrived_at; // where they are, in the window, from ARRIVAL_THERE on
static uint64_t arrived_pages;
static uint32_t refused; // [the reader's] the handle of which none came last time

// Nobody else's pages are taken, nor any that nobody waits for. A server that ended after it had sent some is asked again: those that came
// first go.
static size_t pages_arrived(size_t process, size_t type, void *address, size_t pages, size_t flags, size_t bytes) {
    uint32_t before = __atomic_load_n(&arrival, __ATOMIC_ACQUIRE);
    (void)type, (void)flags, (void)bytes;
    if (process != files_server() || before == ARRIVAL_NONE)
        return PAGE_ABANDON;
    if (before == ARRIVAL_THERE)
        page_free(arrived_at, arrived_pages);
    arrived_at = (uint64_t)address;
    arrived_pages = pages;
    __atomic_store_n(&arrival, ARRIVAL_THERE, __ATOMIC_RELEASE);
    futex_wake(&arrival, 1, NULL);
    return PAGE_ACCEPT;
}

static bool in_upcall(void) {
    uint64_t here = (uint64_t)__builtin_frame_address(0), stack = thread_control()->upcall_stack;
    return stack && here - stack < UPCALL_STACK_SIZE;
}

// *masked: the thread took no pages so far.
static bool prepare(bool *masked) {
    uint64_t before;
    if (upcalls_take() < 0 || upcall_mask(UPCALL_MASK_ALL, &before) < 0)
        return false;
    upcall_mask(before & ~UPCALL_MASK_PAGES, NULL);
    *masked = before & UPCALL_MASK_PAGES;
    return handler != NUMBER_NONE ||
           page_handle(FILES_PAGE_TYPE, pages_arrived, FILES_PAGES_MAX, PAGE_HANDLER_RESTART, &handler) >= 0;
}

static void mask_again(void) {
    uint64_t before;
    if (upcall_mask(UPCALL_MASK_ALL, &before) >= 0)
        upcall_mask(before | UPCALL_MASK_PAGES, NULL);
}

static void await_arrival(void) {
    uint64_t give_up = deadline_after(ARRIVAL_PATIENCE);
    while (__atomic_load_n(&arrival, __ATOMIC_ACQUIRE) != ARRIVAL_THERE && clock_now() < give_up)
        (void)futex_wait(&arrival, ARRIVAL_EXPECTED, give_up);
}

// Memory that pages cannot take the place of, or a full account: their bytes are copied.
static void place(void *buffer) {
    size_t pages = arrived_pages;
    if (page_place(arrived_at, (uint64_t)buffer, pages) >= 0)
        return;
    memcpy(buffer, (const void *)arrived_at, pages * PAGE_SIZE);
    page_free(arrived_at, pages);
}

// The handle's offset is behind them already.
static size_t read_lost(uint32_t handle, uint64_t offset, char *buffer, size_t size) {
    size_t done = 0, part = 1;
    while (done < size && part && files_read(handle, offset + done, buffer + done, size - done, &part) >= 0)
        done += part;
    return done;
}

static size_t ask(uint32_t handle, void *buffer, size_t size) {
    uint64_t offset = 0;
    struct files_exchange exchange = {
        .request = {.operation = FILES_READ_PAGES,
                    .handle = handle,
                    .size = (uint32_t)size,
                    .offset = FILES_OFFSET_CURRENT},
        .into = &offset,
        .capacity = sizeof offset,
    };
    __atomic_store_n(&arrival, ARRIVAL_EXPECTED, __ATOMIC_RELEASE);
    enum status status = files_exchange(&exchange);
    size_t sent = status >= 0 && exchange.received == sizeof offset ? exchange.reply.value : 0;
    if (sent)
        await_arrival();
    bool there = __atomic_exchange_n(&arrival, ARRIVAL_NONE, __ATOMIC_ACQ_REL) == ARRIVAL_THERE;
    if (there && arrived_pages * PAGE_SIZE == sent) {
        place(buffer);
        return sent;
    }
    if (there)
        page_free(arrived_at, arrived_pages);
    refused = sent ? 0 : handle;
    is_over = sent != 0;
    return sent && sent <= size ? read_lost(handle, offset, buffer, sent) : 0;
}

size_t files_read_pages(uint32_t handle, void *buffer, size_t size) {
    size_t pages = size / PAGE_SIZE < FILES_PAGES_MAX ? size / PAGE_SIZE : FILES_PAGES_MAX;
    bool masked = false;
    size_t got = 0;
    if (size < FILES_PAGES_LEAST || (uintptr_t)buffer % PAGE_SIZE != 0 || in_upcall() ||
        __atomic_exchange_n(&is_taken, true, __ATOMIC_ACQUIRE))
        return 0;
    if (handle != refused && !is_over && prepare(&masked))
        got = ask(handle, buffer, pages * PAGE_SIZE);
    if (masked)
        mask_again();
    __atomic_store_n(&is_taken, false, __ATOMIC_RELEASE);
    return got;
}
