// Tests of upcalls: which thread takes which, masks, signals, and what breaks a wait off.
#include <criterion/criterion.h>

#include "ipc/page.h"
#include "kernel/thread/upcall.h"
#include "tests/unit/host/host.h"
#include "tests/unit/host/upcall.h"

TestSuite(upcalls, .init = host_start, .fini = host_finish);

enum { TYPE = 100, SIGNAL = 10, OTHER = 11, SECOND = 1000000000 };

static uint64_t order[8];
static uint32_t taken;
static const struct thread *taker;
static uint64_t mask_in_upcall;
static bool stays;

static uint64_t note(uint64_t process, uint64_t type, uint64_t address, uint64_t pages, uint64_t flags,
                     uint64_t bytes) {
    (void)process;
    (void)address;
    (void)pages;
    (void)flags;
    (void)bytes;
    order[taken++ % 8] = type;
    taker = thread_current();
    call_upcall_mask(mask_in_upcall);
    if (!stays)
        return PAGE_ACCEPT;
    call_upcall_return(PAGE_ACCEPT, UPCALL_STAY);
    return HOST_STAYS;
}

struct taking {
    uint64_t mask, wait_mask;
    uint32_t flags;
    struct result waited;
    uint32_t waits, limit; // it ends after so many; 0: never
};

// A thread that takes upcalls in its waits.
static void take_part(void *context) {
    struct taking *taking = context;
    call_upcall_set(USER(note), 0x10000, 0x1000);
    call_upcall_mask(taking->mask);
    do {
        taking->waited = call_upcall_wait(taking->wait_mask, taking->flags, DEADLINE_NEVER);
        taking->waits++;
        thread_before_user();
    } while (taking->waits != taking->limit);
}

static struct process *process;
static struct taking first, second;

static struct fiber *start(struct taking *taking, uint64_t mask, uint64_t wait_mask) {
    *taking = (struct taking){.mask = mask, .wait_mask = wait_mask};
    return fiber_start(process, take_part, taking);
}

static uint64_t handle(uint32_t type, uint32_t flags) {
    struct result result = AS(process, page_handler, type, USER(note), 0, 0, flags);
    cr_assert_eq(result.status, STATUS_OK);
    return result.value;
}

static enum status signal_from(struct process *from, uint32_t type) {
    return (enum status)AS(from, page_send, process->id, type, 0, 0, 0, DEADLINE_NOW).status;
}

static void make(void) {
    process = host_process("p");
    taken = 0;
    mask_in_upcall = 0;
    stays = false;
}

Test(upcalls, a_signal_runs_its_handler_and_repeats_are_one) {
    make();
    handle(SIGNAL, 0);
    start(&first, 0, 0);
    cr_assert_eq(signal_from(process, SIGNAL), STATUS_OK);
    cr_assert_eq(signal_from(process, SIGNAL), STATUS_OK);
    fiber_run_all();
    cr_assert_eq(taken, 1);
    cr_assert_eq(order[0], SIGNAL);
}

Test(upcalls, a_signal_comes_from_ones_own_user_or_the_systems) {
    make();
    handle(SIGNAL, 0);
    struct host_plan plan = {.name = "other", .user = HOST_USER + 1}, system = {.name = "system", .user = USER_SYSTEM};
    struct process *other, *root;
    cr_assert_eq(host_process_create(&plan, &other), STATUS_OK);
    cr_assert_eq(host_process_create(&system, &root), STATUS_OK);
    cr_assert_eq(signal_from(other, SIGNAL), STATUS_DENIED);
    cr_assert_eq(signal_from(root, SIGNAL), STATUS_OK);
    cr_assert_eq(signal_from(root, OTHER), STATUS_NOT_FOUND);
}

Test(upcalls, a_childs_end_is_a_signal) {
    make();
    handle(PAGE_TYPE_CHILD, 0);
    start(&first, 0, 0);
    struct host_plan plan = {.parent = process, .name = "child", .user = HOST_USER};
    struct process *child;
    cr_assert_eq(host_process_create(&plan, &child), STATUS_OK);
    host_process_end(child);
    fiber_run_all();
    cr_assert_eq(taken, 1);
    cr_assert_eq(order[0], PAGE_TYPE_CHILD);
}

Test(upcalls, the_lowest_signal_comes_first_and_masked_ones_wait) {
    make();
    handle(SIGNAL, 0);
    handle(OTHER, 0);
    start(&first, UINT64_C(1) << SIGNAL, UINT64_C(1) << SIGNAL);
    signal_from(process, OTHER);
    signal_from(process, SIGNAL);
    fiber_run_all();
    cr_assert_eq(taken, 1);
    cr_assert_eq(order[0], OTHER);
    start(&second, 0, 0); // its coming is enough
    fiber_run_all();
    cr_assert_eq(taken, 2);
    cr_assert_eq(order[1], SIGNAL);
}

Test(upcalls, pages_have_one_mask_bit_and_wait_behind_it) {
    make();
    handle(TYPE, 0);
    start(&first, 0, UPCALL_MASK_PAGES);
    cr_assert_eq(signal_from(process, TYPE), STATUS_OK);
    fiber_run_all();
    cr_assert_eq(taken, 0);
    start(&second, 0, 0);
    fiber_run_all();
    cr_assert_eq(taken, 1);
}

Test(upcalls, a_thread_that_waits_is_preferred) {
    make();
    handle(TYPE, 0);
    struct fiber *busy = start(&first, UPCALL_MASK_ALL, UPCALL_MASK_ALL);
    struct fiber *waiting = start(&second, 0, 0);
    cr_assert(fiber_is_waiting(busy));
    cr_assert_eq(fiber_wait_reason(waiting), WAIT_UPCALL);
    signal_from(process, TYPE);
    fiber_run_all();
    cr_assert_eq(taker, waiting->thread);
}

Test(upcalls, the_mask_of_a_wait_is_gone_after_it_and_that_of_an_upcall_after_that_R_A7) {
    make();
    handle(SIGNAL, 0);
    mask_in_upcall = 0xff0;
    struct fiber *fiber = start(&first, UPCALL_MASK_ALL, 0);
    signal_from(process, SIGNAL);
    fiber_run_all();
    cr_assert_eq(taken, 1);
    cr_assert_eq(fiber->thread->upcall->mask_before, UPCALL_MASK_ALL, "the next wait has begun: what comes after it");
}

Test(upcalls, unmasking_brings_what_is_pending) {
    make();
    handle(TYPE, 0);
    start(&first, 0, UPCALL_MASK_ALL);
    signal_from(process, TYPE);
    signal_from(process, TYPE);
    fiber_run_all();
    cr_assert_eq(taken, 0);
    start(&second, 0, 0);
    fiber_run_all();
    cr_assert_eq(taken, 2, "one after the other");
}

Test(upcalls, a_handler_that_went_leaves_its_signal_behind) {
    make();
    uint64_t number = handle(SIGNAL, 0);
    start(&first, 0, UPCALL_MASK_ALL);
    signal_from(process, SIGNAL);
    cr_assert_eq(AS(process, page_handler_remove, number, DEADLINE_NOW).status, STATUS_OK);
    uint32_t none = host_upcalls().none;
    start(&second, 0, 0);
    fiber_run_all();
    cr_assert_eq(taken, 0);
    cr_assert_gt(host_upcalls().none, none);
}

Test(upcalls, what_is_being_removed_does_not_begin) {
    make();
    uint64_t number = handle(SIGNAL, 0);
    start(&first, 0, 0);
    struct object *object;
    cr_assert_eq(number_find(&process->numbers, (int32_t)number, OBJECT_PAGE_HANDLER, 0, &object), STATUS_OK);
    ((struct page_handler *)object)->removing = true;
    signal_from(process, SIGNAL);
    machine_clock_advance(1);
    ((struct page_handler *)object)->removing = false;
    object_release(object);
}

Test(upcalls, a_handler_can_end_its_upcall_and_stay) {
    make();
    handle(TYPE, 0);
    stays = true;
    uint32_t left = host_upcalls().left;
    start(&first, 0, 0);
    signal_from(process, TYPE);
    signal_from(process, TYPE);
    fiber_run_all();
    cr_assert_eq(taken, 2);
    cr_assert_eq(host_upcalls().left, left);
}

Test(upcalls, calls_are_made_anew_for_handlers_that_want_it_R_A7) {
    make();
    handle(TYPE, PAGE_HANDLER_RESTART);
    uint32_t restarted = host_upcalls().restarted;
    start(&first, 0, 0);
    signal_from(process, TYPE);
    fiber_run_all();
    cr_assert_eq(host_upcalls().restarted, restarted + 1);
}

// Runs two upcalls one right after the other; says how many times what they broke off was made anew.
static uint32_t restarts_after_two(uint32_t first_flags, uint32_t second_flags) {
    make();
    handle(SIGNAL, first_flags);
    handle(OTHER, second_flags);
    struct host_upcalls before = host_upcalls();
    signal_from(process, SIGNAL);
    signal_from(process, OTHER);
    start(&first, 0, 0);
    fiber_run_all();
    cr_assert_eq(taken, 2);
    cr_assert_eq(host_upcalls().left, before.left + 1);
    return host_upcalls().restarted - before.restarted;
}

Test(upcalls, one_of_several_in_a_row_is_enough_to_break_a_call_off) {
    cr_assert_eq(restarts_after_two(PAGE_HANDLER_RESTART, 0), 0);
    cr_assert_eq(restarts_after_two(0, PAGE_HANDLER_RESTART), 0);
    cr_assert_eq(restarts_after_two(PAGE_HANDLER_RESTART, PAGE_HANDLER_RESTART), 1);
}

static uint64_t go_back_anew(uint64_t signal_process, uint64_t type, uint64_t address, uint64_t pages, uint64_t flags,
                             uint64_t bytes) {
    note(signal_process, type, address, pages, flags, bytes);
    call_upcall_return(PAGE_ACCEPT, UPCALL_RESTART);
    upcall_serve(thread_current());
    return HOST_STAYS;
}

Test(upcalls, a_handler_says_as_it_goes_that_calls_are_made_anew) {
    make();
    struct result made = AS(process, page_handler, SIGNAL, USER(go_back_anew), 0, 0, 0);
    cr_assert_eq(made.status, STATUS_OK);
    uint32_t restarted = host_upcalls().restarted;
    start(&first, 0, 0);
    signal_from(process, SIGNAL);
    fiber_run_all();
    cr_assert_eq(taken, 1);
    cr_assert_eq(host_upcalls().restarted, restarted + 1);
}

Test(upcalls, what_is_pending_can_be_asked) {
    make();
    handle(SIGNAL, 0);
    handle(TYPE, 0);
    cr_assert_eq(AS(process, upcall_pending).value, 0);
    signal_from(process, SIGNAL);
    cr_assert_eq(AS(process, upcall_pending).value, UINT64_C(1) << SIGNAL);
    signal_from(process, TYPE);
    cr_assert_eq(AS(process, upcall_pending).value, UINT64_C(1) << SIGNAL | UPCALL_MASK_PAGES);
}

Test(upcalls, an_event_ends_a_wait_that_wants_events_too) {
    make();
    handle(TYPE, 0);
    first = (struct taking){.flags = UPCALL_WAIT_EVENTS, .limit = 1};
    struct fiber *fiber = fiber_start(process, take_part, &first);
    cr_assert_eq(fiber_wait_reason(fiber), WAIT_EVENT);
    EVENT event = {.Type = EVENT_USER};
    AS(process, event_send, process->id, USER(&event), 0, DEADLINE_NOW);
    fiber_run_all();
    cr_assert_eq(first.waited.status, STATUS_OK);
    cr_assert_eq(taken, 0);
    host_event_get(process);
}

Test(upcalls, an_upcall_ends_a_wait_for_events) {
    make();
    handle(TYPE, 0);
    first = (struct taking){.flags = UPCALL_WAIT_EVENTS, .limit = 1};
    fiber_start(process, take_part, &first);
    signal_from(process, TYPE);
    fiber_run_all();
    cr_assert_eq(first.waited.status, STATUS_OK);
    cr_assert_eq(taken, 1);
}

static void stop_taking(void *context) {
    struct result *results = context;
    results[0] = call_upcall_set(0, 0, 0);
    results[1] = call_upcall_set(USER(note), 0x10000, 0x1000);
    results[2] = call_upcall_set(USER(note), 0x20000, 0x1000); // another stack
    results[3] = call_upcall_set(0, 0, 0);
    results[4] = call_upcall_wait(0, 0, DEADLINE_NEVER);
    results[5] = call_upcall_mask(0);
    results[6] = call_upcall_return(0, 0);
}

Test(upcalls, a_thread_stops_taking_them_when_it_likes) {
    make();
    struct result results[7];
    fiber_start(process, stop_taking, results);
    for (uint32_t i = 0; i < 4; i++)
        cr_assert_eq(results[i].status, STATUS_OK);
    for (uint32_t i = 4; i < 7; i++)
        cr_assert_eq(results[i].status, STATUS_NOT_FOUND);
}

Test(upcalls, what_makes_no_sense_is_refused) {
    make();
    cr_assert_eq(AS(process, upcall_set, USER(note), 0x10001, 0x1000).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(process, upcall_set, USER(note), 0x10000, 0).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(process, upcall_set, USER(note), 0x10000, UINT64_MAX - 15).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(process, upcall_set, USER(note), UINT64_C(1) << 60, 0x1000).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(process, upcall_set, UINT64_MAX, 0x10000, 0x1000).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(process, upcall_return, 0, 4).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(process, upcall_wait, 0, 2, DEADLINE_NOW).status, STATUS_INVALID_ARGUMENT);
}

static enum status set_up(void *context) {
    (void)context;
    return (enum status)AS(process, upcall_set, USER(note), 0x10000, 0x1000).status;
}

static void take_down(void *context) {
    (void)context;
    AS(process, upcall_set, 0, 0, 0);
}

Test(upcalls, taking_part_without_memory_changes_nothing) {
    make();
    struct host_operation operation = {set_up, take_down, 0};
    cr_assert_eq(host_fail_each_allocation(&operation), 2);
    struct account_line *line = &process->account->lines[ACCOUNT_MEMORY_PAGES];
    line->limit = line->used;
    cr_assert_eq(set_up(0), STATUS_LIMIT_REACHED);
}

// ---- a sender that is itself interrupted ----

static struct process *receiver;
static struct result sent;

static void send_while_taking(void *context) {
    (void)context;
    call_upcall_set(USER(note), 0x10000, 0x1000);
    sent = call_page_send(receiver->id, TYPE, 0, 0, 0, DEADLINE_NEVER);
    thread_before_user();
    call_event_wait(DEADLINE_NEVER);
    thread_before_user();
}

static uint64_t hold(uint64_t sender, uint64_t type, uint64_t address, uint64_t pages, uint64_t flags, uint64_t bytes) {
    (void)sender;
    (void)type;
    (void)address;
    (void)pages;
    (void)flags;
    (void)bytes;
    // A second upcall of this thread's cannot begin, nor can it wait in any way for others.
    cr_assert_eq(call_page_send(process->id, TYPE, 0, 0, 0, DEADLINE_NEVER).status, STATUS_BUSY);
    cr_assert_eq(call_page_send(0, TYPE, 0, 0, PAGE_TO_ALL | PAGE_DUPLICATE, DEADLINE_NEVER).status, STATUS_BUSY);
    cr_assert_eq(call_upcall_wait(0, 0, DEADLINE_NEVER).status, STATUS_BUSY);
    cr_assert_eq(call_upcall_set(0, 0, 0).status, STATUS_BUSY);
    call_event_wait(DEADLINE_NEVER);
    thread_before_user();
    return PAGE_ACCEPT;
}

static struct fiber *start_sender(host_handler *handler, bool takes) {
    make();
    receiver = host_process("receiver");
    handle(SIGNAL, 0);
    cr_assert_eq(AS(receiver, page_handler, TYPE, USER(handler), 0, 0, 0).status, STATUS_OK);
    if (takes) {
        second = (struct taking){0};
        fiber_start(receiver, take_part, &second);
    }
    return fiber_start(process, send_while_taking, 0);
}

Test(upcalls, a_sender_takes_one_while_the_receiver_has_not_begun) {
    struct fiber *sender = start_sender(note, false);
    cr_assert_eq(fiber_wait_reason(sender), WAIT_PAGE_ANSWER);
    signal_from(process, SIGNAL);
    fiber_run_all();
    cr_assert_eq(sent.status, STATUS_INTERRUPTED);
    cr_assert_eq(taken, 1);
}

Test(upcalls, a_sender_takes_none_while_the_receivers_runs) {
    struct fiber *sender = start_sender(hold, true);
    fiber_run_all();
    cr_assert_eq(fiber_wait_reason(sender), WAIT_PAGE_ANSWER);
    signal_from(process, SIGNAL);
    fiber_run_all();
    cr_assert_eq(taken, 0);
    cr_assert_eq(fiber_wait_reason(sender), WAIT_PAGE_ANSWER);
    EVENT event = {.Type = EVENT_USER};
    AS(receiver, event_send, receiver->id, USER(&event), 0, DEADLINE_NOW);
    fiber_run_all();
    cr_assert_eq(sent.status, STATUS_OK);
    cr_assert_eq(taken, 1);
}

static void end_in_upcall(void *context) {
    take_part(context);
}

static uint64_t leave(uint64_t sender, uint64_t type, uint64_t address, uint64_t pages, uint64_t flags,
                      uint64_t bytes) {
    (void)sender;
    (void)type;
    (void)address;
    (void)pages;
    (void)flags;
    (void)bytes;
    thread_exit();
}

Test(upcalls, a_thread_that_ends_in_one_has_abandoned_it) {
    make();
    receiver = host_process("receiver");
    cr_assert_eq(AS(receiver, page_handler, TYPE, USER(leave), 0, 0, 0).status, STATUS_OK);
    first = (struct taking){0};
    fiber_start(receiver, end_in_upcall, &first);
    struct fiber *sender = FIBER_CALL(process, page_send, receiver->id, TYPE, 0, 0, 0, DEADLINE_NEVER);
    fiber_run_all();
    cr_assert_eq(sender->result.status, STATUS_NOTHING);
}

// ---- faults ----

struct faulting {
    bool handled[4];
};

static bool fault_now(uint32_t type) {
    struct upcall_fault what = {.type = type, .address = 0x1234};
    return upcall_fault(&what);
}

static void fault_in_turn(void *context) {
    struct faulting *faulting = context;
    faulting->handled[0] = fault_now(SIGNAL); // it takes no upcalls yet
    call_upcall_set(USER(note), 0x10000, 0x1000);
    faulting->handled[1] = fault_now(OTHER); // nobody handles that
    call_upcall_mask(upcall_mask_bit(SIGNAL));
    faulting->handled[2] = fault_now(SIGNAL);
    call_upcall_mask(0);
    faulting->handled[3] = fault_now(SIGNAL);
    thread_before_user();
}

Test(upcalls, a_fault_runs_its_handler_in_its_own_thread_where_that_can_take_it) {
    make();
    struct faulting faulting = {0};
    handle(SIGNAL, 0);
    fiber_start(process, fault_in_turn, &faulting);
    fiber_run_all();
    cr_assert(!faulting.handled[0] && !faulting.handled[1] && !faulting.handled[2] && faulting.handled[3]);
    cr_assert_eq(taken, 1);
    cr_assert_eq(order[0], SIGNAL);
}

static void fault_without_handler(void *context) {
    uint64_t number = *(uint64_t *)context;
    call_upcall_set(USER(note), 0x10000, 0x1000);
    cr_assert(fault_now(SIGNAL));
    cr_assert_eq(number_close(&process->numbers, (int32_t)number), STATUS_OK);
    thread_before_user();
}

Test(upcalls, a_handler_that_went_before_the_fault_was_taken_does_not_run) {
    make();
    uint64_t number = handle(SIGNAL, 0);
    fiber_start(process, fault_without_handler, &number);
    fiber_run_all();
    cr_assert_eq(taken, 0);
}
