// Upcalls: when they come, what they keep, what they break off, and how they end.
#include <parley/page.h>

#include "tests/guest/guest.h"

enum { TYPE = 200, SIGNAL = 30, OTHER_SIGNAL = 31, STORM_STEP = 500 };

// R-A6 asks for 10^5 upcalls, which one CPU takes. Where it is another CPU that interrupts, each costs an emulator more than ten times as
// much, and one that has all CPUs take turns in one thread may not come to the end of the fewer.
enum { STORM = 100000, STORM_OF_SEVERAL = 20000, STORM_SECONDS = 40, STORM_SECONDS_OF_SEVERAL = 12 };

static volatile uint32_t taken, nested, depth, total;
static volatile uint64_t lowest_stack = UINT64_MAX, highest_stack;
static volatile uint32_t order[4];
static int32_t handler;

static void note_stack(void) {
    uint64_t here = (uint64_t)__builtin_frame_address(0);
    lowest_stack = here < lowest_stack ? here : lowest_stack;
    highest_stack = here > highest_stack ? here : highest_stack;
}

static size_t count(size_t pid, size_t type, void *address, size_t pages, size_t flags, size_t bytes) {
    nested |= depth;
    depth = 1;
    note_stack();
    if (taken < 4)
        order[taken] = (uint32_t)type;
    taken++;
    total += (uint32_t)pages;
    depth = 0;
    return PAGE_ACCEPT;
}

static void to_self(uint32_t type) {
    EXPECT_OK(page_send(guest_self(), type, 0, 0, 0, DEADLINE_NOW, NULL));
}

static void start(uint32_t type, page_function *function, uint32_t flags) {
    taken = nested = total = 0;
    EXPECT_OK(page_handle(type, function, 0, flags, &handler));
}

static void finish(void) {
    EXPECT_OK(upcall_mask(0, NULL));
    EXPECT_OK(page_handler_remove(handler, DEADLINE_NOW));
}

TEST(an_upcall_to_oneself_has_run_when_the_call_returns) {
    start(SIGNAL, count, 0);
    to_self(SIGNAL);
    EXPECT_EQUAL(taken, 1);
    finish();
    start(TYPE, count, 0);
    to_self(TYPE);
    EXPECT_EQUAL(taken, 1);
    finish();
}

TEST(masked_it_waits_and_signals_are_one_but_pages_are_not) {
    start(SIGNAL, count, 0);
    uint64_t before = 1;
    EXPECT_OK(upcall_mask(UPCALL_MASK_ALL, &before));
    EXPECT_EQUAL(before, 0);
    to_self(SIGNAL);
    to_self(SIGNAL);
    EXPECT_EQUAL(taken, 0);
    EXPECT_OK(upcall_mask(0, NULL));
    EXPECT_EQUAL(taken, 1);
    finish();
    start(TYPE, count, 0);
    EXPECT_OK(upcall_mask(UPCALL_MASK_PAGES, NULL));
    to_self(TYPE);
    to_self(TYPE);
    EXPECT_EQUAL(taken, 0);
    EXPECT_OK(upcall_mask(0, NULL));
    EXPECT_EQUAL(taken, 2);
    finish();
}

// ---- depth 1 ----

static size_t send_more(size_t pid, size_t type, void *address, size_t pages, size_t flags, size_t bytes) {
    if (taken < 50)
        page_send(guest_self(), (uint32_t)type, 0, 0, 0, DEADLINE_NOW, NULL);
    upcall_mask(0, NULL); // whatever the mask says
    return count(pid, type, address, pages, flags, bytes);
}

TEST(upcalls_follow_each_other_and_never_nest_R_A6) {
    lowest_stack = UINT64_MAX;
    highest_stack = 0;
    start(TYPE, send_more, 0);
    to_self(TYPE);
    EXPECT_EQUAL(taken, 51);
    EXPECT_EQUAL(nested, 0);
    EXPECT_EQUAL(lowest_stack, highest_stack);
    finish();
}

static enum status status_in_upcall, wait_in_upcall, set_in_upcall;

static size_t try_to_wait(size_t pid, size_t type, void *address, size_t pages, size_t flags, size_t bytes) {
    status_in_upcall = page_send(guest_parent(), TYPE, 0, 0, 0, DEADLINE_NEVER, NULL);
    wait_in_upcall = upcall_wait(0, 0, DEADLINE_NEVER);
    set_in_upcall = upcall_set(0, 0, 0);
    taken++;
    return PAGE_ACCEPT;
}

TEST(an_upcall_does_not_wait_for_other_upcalls) {
    start(TYPE, try_to_wait, 0);
    to_self(TYPE);
    EXPECT_EQUAL(taken, 1);
    EXPECT_STATUS(status_in_upcall, BUSY);
    EXPECT_STATUS(wait_in_upcall, BUSY);
    EXPECT_STATUS(set_in_upcall, BUSY);
    finish();
}

// ---- a storm, and registers ----

ROLE(storm) {
    ROLE_EXPECT(argument_count == 1);
    uint32_t rounds = (uint32_t)atoi(arguments[0]);
    for (uint32_t i = 0; i < rounds; i++)
        ROLE_EXPECT(page_send(guest_parent(), TYPE, 0, 0, 0, DEADLINE_NEVER, NULL) == STATUS_OK);
    return 0;
}

// Fills every register that a program can see with a value of its own, spins until `taken` reaches `until`, and says whether one
// has changed.
static bool registers_stay(uint32_t until) {
    uint64_t bad;
    __asm__ volatile("pushq %%rbp\n\t"
                     "movl %[until], %%edi\n\t"
                     "movq %[taken], %%rsi\n\t"
                     "movq $0x1101, %%rax\n\tmovq $0x1102, %%rbx\n\tmovq $0x1103, %%rcx\n\tmovq $0x1104, %%rdx\n\t"
                     "movq $0x1105, %%rbp\n\tmovq $0x1108, %%r8\n\tmovq $0x1109, %%r9\n\tmovq $0x110a, %%r10\n\t"
                     "movq $0x110b, %%r11\n\tmovq $0x110c, %%r12\n\tmovq $0x110d, %%r13\n\tmovq $0x110e, %%r14\n\t"
                     "movq %%r12, %%xmm0\n\tmovq %%r13, %%xmm7\n\tmovq %%r14, %%xmm15\n\tmovq %%rbx, %%xmm8\n\t"
                     "fldpi\n\tfld1\n\t"
                     "std\n\t"
                     "1: cmpl %%edi, (%%rsi)\n\t"
                     "jb 1b\n\t"
                     "pushfq\n\tcld\n\t"
                     "popq %%r15\n\t"
                     "notq %%r15\n\tandq $0x400, %%r15\n\t"
                     "subq $0x1101, %%rax\n\torq %%rax, %%r15\n\t"
                     "subq $0x1102, %%rbx\n\torq %%rbx, %%r15\n\t"
                     "subq $0x1103, %%rcx\n\torq %%rcx, %%r15\n\t"
                     "subq $0x1104, %%rdx\n\torq %%rdx, %%r15\n\t"
                     "subq $0x1105, %%rbp\n\torq %%rbp, %%r15\n\t"
                     "subq $0x1108, %%r8\n\torq %%r8, %%r15\n\t"
                     "subq $0x1109, %%r9\n\torq %%r9, %%r15\n\t"
                     "subq $0x110a, %%r10\n\torq %%r10, %%r15\n\t"
                     "subq $0x110b, %%r11\n\torq %%r11, %%r15\n\t"
                     "movq %%xmm0, %%rax\n\tsubq %%r12, %%rax\n\torq %%rax, %%r15\n\t"
                     "movq %%xmm7, %%rax\n\tsubq %%r13, %%rax\n\torq %%rax, %%r15\n\t"
                     "movq %%xmm15, %%rax\n\tsubq %%r14, %%rax\n\torq %%rax, %%r15\n\t"
                     "movq %%xmm8, %%rax\n\tsubq $0x1102, %%rax\n\torq %%rax, %%r15\n\t"
                     "subq $0x110c, %%r12\n\torq %%r12, %%r15\n\t"
                     "subq $0x110d, %%r13\n\torq %%r13, %%r15\n\t"
                     "subq $0x110e, %%r14\n\torq %%r14, %%r15\n\t"
                     "fld1\n\tfcomip\n\tsetne %%al\n\tmovzbl %%al, %%eax\n\torq %%rax, %%r15\n\t"
                     "fstp %%st(0)\n\t"
                     "fldpi\n\tfcomip\n\tsetne %%al\n\tmovzbl %%al, %%eax\n\torq %%rax, %%r15\n\t"
                     "fstp %%st(0)\n\t"
                     "popq %%rbp\n\t"
                     "movq %%r15, %[bad]"
                     : [bad] "=a"(bad)
                     : [until] "a"(until), [taken] "c"(&taken)
                     : "rbx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0", "xmm7",
                       "xmm8", "xmm15", "st", "st(1)", "cc", "memory");
    return bad == 0;
}

// Spoils what it may.
static size_t spoil(size_t pid, size_t type, void *address, size_t pages, size_t flags, size_t bytes) {
    double numbers[8];
    for (int i = 0; i < 8; i++)
        numbers[i] = (double)(taken + (uint32_t)i) * 1.5;
    __asm__ volatile("movups %0, %%xmm0\n\tmovups %0, %%xmm7\n\tmovups %0, %%xmm8\n\tmovups %0, %%xmm15\n\t"
                     "fninit\n\tfldz\n\tfldz\n\tfldz"
                     :
                     : "m"(numbers)
                     : "xmm0", "xmm7", "xmm8", "xmm15", "memory");
    __asm__ volatile("fninit");
    return count(pid, type, address, pages, flags, bytes);
}

TEST(a_storm_of_upcalls_keeps_every_register_and_grows_no_stack_R_A6) {
    char text[16];
    lowest_stack = UINT64_MAX;
    highest_stack = 0;
    start(TYPE, spoil, PAGE_HANDLER_RESTART);
    struct machine_information machine;
    EXPECT_OK(machine_information(&machine));
    bool is_one = machine.processors == 1;
    uint32_t storm = is_one ? STORM : STORM_OF_SEVERAL;
    uint64_t seconds = is_one ? STORM_SECONDS : STORM_SECONDS_OF_SEVERAL;
    snprintf(text, sizeof(text), "%u", storm);
    struct spawned child = guest_start("storm", text, NULL);
    bool same = true;
    uint32_t until = 0;
    for (uint64_t give_up = deadline_after(seconds * NANOSECONDS_PER_SECOND); until < storm && clock_now() < give_up;)
        same &= registers_stay(until += STORM_STEP);
    EXPECT(same);
    if (until == storm) {
        guest_expect_success(child);
        EXPECT_EQUAL(taken, storm);
    } else { // CPUs that take turns in one thread of an emulator are slow at this
        guest_kill(child);
        printf("# only %u upcalls in %u s\n", until, (uint32_t)seconds);
    }
    EXPECT(taken >= until);
    EXPECT_EQUAL(nested, 0);
    EXPECT_EQUAL(lowest_stack, highest_stack);
    finish();
}

// ---- calls that are broken off ----

ROLE(interrupts) {
    ROLE_EXPECT(argument_count == 1);
    uint32_t reason = (uint32_t)atoi(arguments[0]);
    guest_await_wait(guest_parent(), reason);
    ROLE_EXPECT(page_send(guest_parent(), TYPE, 0, 0, 0, DEADLINE_NEVER, NULL) == STATUS_OK);
    guest_await_wait(guest_parent(), reason); // again, if it was made anew
    return 0;
}

static struct spawned start_interrupter(enum wait_reason reason) {
    char text[16];
    snprintf(text, sizeof(text), "%d", reason);
    return guest_start("interrupts", text, NULL);
}

TEST(a_call_that_was_broken_off_says_so_and_did_nothing_R_A7) {
    struct pipe_create plan = {.mode = PIPE_SEND};
    int32_t to;
    char byte;
    size_t got = 5;
    EXPECT_OK(pipe_create(&plan, &to));
    start(TYPE, count, 0);
    struct spawned child = start_interrupter(WAIT_PIPE_DATA);
    EXPECT_STATUS(pipe_read(plan.other, &byte, 1, guest_soon(), &got), INTERRUPTED);
    EXPECT_EQUAL(got, 5);
    EXPECT_EQUAL(taken, 1);
    guest_kill(child);
    number_close(to);
    number_close(plan.other);
    finish();
}

TEST(a_call_is_made_anew_where_the_handler_wants_it_so_R_A7) {
    struct pipe_create plan = {.mode = PIPE_SEND};
    int32_t to;
    char byte = 0;
    size_t got = 0;
    EXPECT_OK(pipe_create(&plan, &to));
    start(TYPE, count, PAGE_HANDLER_RESTART);
    struct spawned child = start_interrupter(WAIT_PIPE_DATA);
    uint64_t deadline = deadline_after(300 * NANOSECONDS_PER_MILLISECOND);
    EXPECT_STATUS(pipe_read(plan.other, &byte, 1, deadline, &got), TIMED_OUT);
    EXPECT_EQUAL(taken, 1);
    guest_expect_success(child);
    number_close(to);
    number_close(plan.other);
    finish();
}

TEST(a_sleep_that_is_made_anew_ends_when_it_was_to) {
    start(TYPE, count, PAGE_HANDLER_RESTART);
    struct spawned child = start_interrupter(WAIT_SLEEP);
    uint64_t now = 0, until = deadline_after(300 * NANOSECONDS_PER_MILLISECOND);
    EXPECT_OK(thread_sleep(until));
    EXPECT_OK(clock_read(&now));
    EXPECT(now >= until);
    EXPECT_EQUAL(taken, 1);
    guest_expect_success(child);
    finish();
}

ROLE(signals) {
    ROLE_EXPECT(argument_count == 1);
    uint32_t rounds = (uint32_t)atoi(arguments[0]);
    for (uint32_t i = 0; i < rounds; i++) {
        ROLE_EXPECT(guest_hear(guest_parent()) != 0);
        ROLE_EXPECT(page_send(guest_parent(), SIGNAL, 0, 0, 0, DEADLINE_NOW, NULL) == STATUS_OK);
    }
    return 0;
}

// Between the look at `taken` and the sleep nothing can be lost: the mask changes with the sleep.
TEST(unmasking_and_sleeping_are_one_step_R_A7) {
    enum { ROUNDS = 300 };
    char text[16];
    start(SIGNAL, count, 0);
    snprintf(text, sizeof(text), "%d", ROUNDS);
    struct spawned child = guest_start("signals", text, NULL);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint64_t mask;
        EXPECT_OK(upcall_mask(UPCALL_MASK_ALL, NULL));
        guest_say(child.process, 1);
        while (taken == i)
            EXPECT_OK(upcall_wait(0, 0, guest_soon()));
        EXPECT_OK(upcall_mask(0, &mask));
        EXPECT_EQUAL(mask, UPCALL_MASK_ALL);
    }
    guest_expect_success(child);
    EXPECT_STATUS(upcall_wait(0, 0, DEADLINE_NOW), WOULD_WAIT);
    EXPECT_STATUS(upcall_wait(0, 0, guest_shortly()), TIMED_OUT);
    finish();
}

TEST(a_wait_for_upcalls_ends_with_an_event_where_that_is_wanted) {
    EVENT event = {.Type = EVENT_USER}, got;
    start(SIGNAL, count, 0);
    guest_drain();
    EXPECT_STATUS(upcall_wait(0, UPCALL_WAIT_EVENTS, DEADLINE_NOW), WOULD_WAIT);
    EXPECT_OK(event_send(guest_self(), &event, NUMBER_NONE, DEADLINE_NOW));
    EXPECT_OK(upcall_wait(0, UPCALL_WAIT_EVENTS, guest_soon()));
    EXPECT_OK(event_get(&got, NULL));
    EXPECT_OK(upcall_mask(UPCALL_MASK_ALL, NULL));
    to_self(SIGNAL);
    EXPECT_OK(upcall_wait(0, UPCALL_WAIT_EVENTS, guest_soon()));
    EXPECT_EQUAL(taken, 1);
    finish();
}

// ---- signals ----

TEST(the_lowest_signal_comes_first_and_each_has_its_own_mask) {
    int32_t other;
    start(SIGNAL, count, 0);
    EXPECT_OK(page_handle(OTHER_SIGNAL, count, 0, 0, &other));
    EXPECT_OK(upcall_mask(UPCALL_MASK_ALL, NULL));
    to_self(OTHER_SIGNAL);
    to_self(SIGNAL);
    EXPECT_OK(upcall_mask(UINT64_C(1) << SIGNAL, NULL));
    EXPECT_EQUAL(taken, 1);
    EXPECT_EQUAL(order[0], OTHER_SIGNAL);
    EXPECT_OK(upcall_mask(0, NULL));
    EXPECT_EQUAL(order[1], SIGNAL);
    EXPECT_OK(page_handler_remove(other, DEADLINE_NOW));
    finish();
}

TEST(a_childs_end_is_a_signal_to_who_has_a_handler_for_it) {
    start(PAGE_TYPE_CHILD, count, 0);
    EXPECT_OK(upcall_mask(UPCALL_MASK_ALL, NULL));
    struct spawned child = guest_start("storm", "0", NULL);
    guest_expect_success(child);
    while (taken == 0)
        EXPECT_OK(upcall_wait(0, 0, guest_soon()));
    EXPECT_EQUAL(order[0], PAGE_TYPE_CHILD);
    finish();
}

// ---- handlers that are removed ----

static volatile bool inside, go_on;

static size_t linger(size_t pid, size_t type, void *address, size_t pages, size_t flags, size_t bytes) {
    inside = true;
    while (!go_on)
        thread_yield();
    taken++;
    return PAGE_ACCEPT;
}

static void *take_and_linger(void *unused) {
    upcalls_take();
    while (taken == 0)
        thread_yield();
    return unused;
}

TEST(removing_a_handler_waits_for_its_upcall_R_A8) {
    struct thread *thread;
    inside = go_on = false;
    start(TYPE, linger, 0);
    EXPECT_OK(upcall_mask(UPCALL_MASK_ALL, NULL));
    EXPECT_OK(thread_start(take_and_linger, NULL, NULL, &thread));
    to_self(TYPE);
    while (!inside)
        thread_yield();
    EXPECT_STATUS(page_handler_remove(handler, DEADLINE_NOW), WOULD_WAIT);
    EXPECT_STATUS(page_handler_remove(handler, guest_shortly()), TIMED_OUT);
    go_on = true;
    EXPECT_OK(page_handler_remove(handler, guest_soon()));
    EXPECT_EQUAL(taken, 1);
    EXPECT_OK(thread_join(thread, NULL));
    EXPECT_STATUS(page_send(guest_self(), TYPE, 0, 0, 0, DEADLINE_NOW, NULL), NOT_FOUND);
    EXPECT_OK(upcall_mask(0, NULL));
}

static size_t remove_myself(size_t pid, size_t type, void *address, size_t pages, size_t flags, size_t bytes) {
    taken++;
    status_in_upcall = page_handler_remove(handler, DEADLINE_NEVER);
    return PAGE_ACCEPT;
}

TEST(a_handler_can_remove_itself_R_A8) {
    start(TYPE, remove_myself, 0);
    to_self(TYPE);
    EXPECT_EQUAL(taken, 1);
    EXPECT_OK(status_in_upcall);
    EXPECT_STATUS(page_send(guest_self(), TYPE, 0, 0, 0, DEADLINE_NOW, NULL), NOT_FOUND);
}

// ---- other ways out of an upcall ----

static size_t stay(size_t pid, size_t type, void *address, size_t pages, size_t flags, size_t bytes) {
    taken++;
    status_in_upcall = upcall_return(PAGE_ACCEPT, UPCALL_STAY);
    wait_in_upcall = upcall_wait(UPCALL_MASK_ALL, 0, DEADLINE_NOW); // no upcall runs any more
    thread_finish(NULL);
}

static void *run_an_upcall(void *unused) {
    EXPECT_OK(upcalls_take());
    for (;;)
        thread_yield();
    return unused;
}

TEST(an_upcall_can_end_without_going_back) {
    struct thread *thread;
    start(TYPE, stay, 0);
    EXPECT_OK(upcall_mask(UPCALL_MASK_ALL, NULL));
    EXPECT_OK(thread_start(run_an_upcall, NULL, NULL, &thread));
    to_self(TYPE);
    EXPECT_OK(thread_join(thread, NULL));
    EXPECT_OK(status_in_upcall);
    EXPECT_STATUS(wait_in_upcall, WOULD_WAIT);
    EXPECT_STATUS(upcall_return(0, 0), NOT_FOUND);
    finish();
}

static size_t leave(size_t pid, size_t type, void *address, size_t pages, size_t flags, size_t bytes) {
    taken++;
    thread_finish(NULL);
}

// What it had is abandoned, and the next upcall is another thread's.
TEST(a_thread_that_ends_in_an_upcall_has_not_taken_it) {
    struct thread *thread;
    start(TYPE, leave, 0);
    EXPECT_OK(upcall_mask(UPCALL_MASK_ALL, NULL));
    EXPECT_OK(thread_start(run_an_upcall, NULL, NULL, &thread));
    to_self(TYPE);
    EXPECT_OK(thread_join(thread, NULL));
    EXPECT_EQUAL(taken, 1);
    finish();
}
