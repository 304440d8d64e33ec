// Threads and futexes: start, end, join, thread-local state, priorities, no lost wake-up, no starving.
#include "tests/guest/guest.h"

#include <parley/sync.h>

enum { THREADS = 8, ROUNDS = 2000 };

static uint32_t counter;
static struct mutex mutex;

static void *add_under_the_lock(void *argument) {
    for (int i = 0; i < ROUNDS; i++) {
        mutex_lock(&mutex);
        counter++;
        mutex_unlock(&mutex);
    }
    return argument;
}

TEST(threads_run_return_their_result_and_exclude_each_other) {
    struct thread *threads[THREADS];
    counter = 0;
    for (uintptr_t i = 0; i < THREADS; i++)
        EXPECT_OK(thread_start(add_under_the_lock, (void *)i, NULL, &threads[i]));
    for (uintptr_t i = 0; i < THREADS; i++) {
        void *result;
        EXPECT_OK(thread_join(threads[i], &result));
        EXPECT_EQUAL((uintptr_t)result, i);
    }
    EXPECT_EQUAL(counter, THREADS * ROUNDS);
}

static void *own_number(void *argument) {
    (void)argument;
    return (void *)(uintptr_t)thread_number(thread_self());
}

TEST(a_thread_knows_its_number_from_the_start) {
    for (int i = 0; i < ROUNDS; i++) {
        struct thread *thread;
        void *number;
        EXPECT_OK(thread_start(own_number, NULL, NULL, &thread));
        int32_t expected = thread_number(thread);
        EXPECT_OK(thread_join(thread, &number));
        EXPECT_EQUAL((uintptr_t)number, (uintptr_t)expected);
    }
}

static _Thread_local int local = 5;

static void *change_local(void *argument) {
    int before = local;
    local = 6;
    return (void *)(uintptr_t)before;
}

TEST(each_thread_has_its_own_thread_local_variables) {
    struct thread *thread;
    void *before;
    local = 7;
    EXPECT_OK(thread_start(change_local, NULL, NULL, &thread));
    EXPECT_OK(thread_join(thread, &before));
    EXPECT_EQUAL((uintptr_t)before, 5);
    EXPECT_EQUAL(local, 7);
}

static void *nothing(void *argument) {
    return argument;
}

TEST(a_thousand_threads_one_after_the_other_leave_nothing_behind) {
    struct thread *thread;
    EXPECT_OK(thread_start(nothing, NULL, NULL, &thread));
    EXPECT_OK(thread_join(thread, NULL));
    struct guest_figures before = guest_figures_settled();
    for (int i = 0; i < 1000; i++) {
        EXPECT_OK(thread_start(nothing, NULL, NULL, &thread));
        EXPECT_OK(thread_join(thread, NULL));
    }
    const char *difference = guest_figures_changed(&before);
    if (difference != NULL)
        FAIL("threads left %s", difference);
}

TEST(wrong_wishes_for_a_thread_are_refused) {
    static const struct {
        struct thread_create wish;
        enum status status;
    } wrong[] = {
        {{.priority = PRIORITY_MAX + 1}, STATUS_INVALID_ARGUMENT},
        {{.priority = PRIORITY_MAX}, STATUS_NO_RIGHT},
        {{.priority = SPAWN_SAME_PRIORITY, .reserved = 1}, STATUS_INVALID_ARGUMENT},
        {{.priority = SPAWN_SAME_PRIORITY, .stack_top = 8}, STATUS_INVALID_ARGUMENT},
        {{.priority = SPAWN_SAME_PRIORITY, .end_word = 2}, STATUS_INVALID_ARGUMENT},
        {{.priority = SPAWN_SAME_PRIORITY, .entry = UINT64_C(0xffffffff80100000)}, STATUS_BAD_ADDRESS},
        {{.priority = SPAWN_SAME_PRIORITY, .entry = UINT64_C(0x0000800000000000)}, STATUS_BAD_ADDRESS},
        {{.priority = SPAWN_SAME_PRIORITY, .stack_top = UINT64_C(0xffff800000001000)}, STATUS_BAD_ADDRESS},
        {{.priority = SPAWN_SAME_PRIORITY, .thread_pointer = UINT64_C(0xffff800000000000)}, STATUS_BAD_ADDRESS},
        {{.priority = SPAWN_SAME_PRIORITY, .end_word = UINT64_C(0xffff800000000000)}, STATUS_BAD_ADDRESS},
    };
    struct guest_figures before = guest_figures_settled();
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        enum status status = thread_create(&wrong[i].wish, NULL);
        if (status != wrong[i].status)
            FAIL("wish %zu: expected %s, got %s", i, status_name(wrong[i].status), status_name(status));
    }
    struct guest_figures after = guest_figures();
    EXPECT(guest_figures_differ(&before, &after) == NULL);
}

ROLE(ends_its_last_thread) {
    thread_exit();
    return 1;
}

TEST(a_process_whose_last_thread_ends_has_ended_with_code_0) {
    guest_expect_success(guest_start("ends_its_last_thread", NULL));
}

// Threads that end at the same moment, each with an end word in a page that was never touched: to clear it takes a page fault,
// in which the others may leave the process.
static uint32_t start_line;

static void end_at_the_line(void) {
    while (__atomic_load_n(&start_line, __ATOMIC_ACQUIRE) == 0)
        ;
    thread_exit();
}

ROLE(ends_all_its_threads_at_once) {
    static struct stack { _Alignas(16) char bytes[4096]; } stacks[3];
    uint64_t words;
    ROLE_EXPECT(memory_map(0, 3 * 4096, PROTECTION_WRITE, 0, &words) == STATUS_OK);
    for (int i = 0; i < 3; i++) {
        struct thread_create wish = {
            .priority = SPAWN_SAME_PRIORITY,
            .entry = (uintptr_t)end_at_the_line,
            .stack_top = (uintptr_t)stacks[i].bytes + sizeof(stacks[i]),
            .end_word = words + (uint64_t)i * 4096,
        };
        ROLE_EXPECT(thread_create(&wish, NULL) == STATUS_OK);
    }
    __atomic_store_n(&start_line, 1, __ATOMIC_RELEASE);
    thread_exit();
    return 1;
}

TEST(threads_that_end_at_once_with_the_process_still_clear_their_end_words) {
    for (int i = 0; i < 300; i++)
        guest_expect_success(guest_start("ends_all_its_threads_at_once", NULL));
}

static uint32_t gate;

static void *wait_for_gate(void *argument) {
    while (__atomic_load_n(&gate, __ATOMIC_ACQUIRE) == 0)
        futex_wait(&gate, 0, DEADLINE_NEVER);
    return argument;
}

TEST(waiting_for_a_thread_ends_with_it_or_at_the_deadline) {
    struct thread *thread;
    gate = 0;
    EXPECT_OK(thread_start(wait_for_gate, NULL, NULL, &thread));
    EXPECT_STATUS(thread_wait(thread_number(thread), DEADLINE_NOW), WOULD_WAIT);
    EXPECT_STATUS(thread_wait(thread_number(thread), guest_shortly()), TIMED_OUT);
    __atomic_store_n(&gate, 1, __ATOMIC_RELEASE);
    futex_wake(&gate, 1, NULL);
    EXPECT_OK(thread_wait(thread_number(thread), guest_soon()));
    EXPECT_OK(thread_wait(thread_number(thread), DEADLINE_NOW));
    EXPECT_OK(thread_join(thread, NULL));
}

// ---- futexes ----

TEST(a_futex_wait_checks_the_word_first) {
    uint32_t word = 1;
    EXPECT_STATUS(futex_wait(&word, 2, DEADLINE_NEVER), NOTHING);
    EXPECT_STATUS(futex_wait(&word, 1, DEADLINE_NOW), WOULD_WAIT);
    EXPECT_STATUS(futex_wait(&word, 1, guest_shortly()), TIMED_OUT);
}

static uint32_t awake;

static void *wait_once(void *argument) {
    while (__atomic_load_n(&gate, __ATOMIC_ACQUIRE) == 0)
        futex_wait(&gate, 0, DEADLINE_NEVER);
    __atomic_fetch_add(&awake, 1, __ATOMIC_RELAXED);
    return argument;
}

static uint32_t futex_waiters(void) {
    struct wait_information record;
    uint64_t after = 0;
    uint32_t count = 0;
    size_t found;
    while (wait_list(after, &record, 1, &found) == STATUS_OK && found == 1) {
        count += record.process == guest_self() && record.reason == WAIT_FUTEX;
        after = record.thread;
    }
    return count;
}

TEST(a_futex_wakes_no_more_threads_than_asked_for_and_says_how_many) {
    struct thread *threads[3];
    uint32_t woken;
    gate = awake = 0;
    for (int i = 0; i < 3; i++)
        EXPECT_OK(thread_start(wait_once, NULL, NULL, &threads[i]));
    for (uint64_t give_up = guest_soon(); futex_waiters() < 3 && clock_now() < give_up;)
        thread_sleep(guest_shortly());
    EXPECT_OK(futex_wake(&gate, 0, &woken));
    EXPECT_EQUAL(woken, 0);
    __atomic_store_n(&gate, 1, __ATOMIC_RELEASE);
    EXPECT_OK(futex_wake(&gate, 1, &woken));
    EXPECT_EQUAL(woken, 1);
    EXPECT_OK(futex_wake(&gate, UINT32_MAX, &woken));
    EXPECT_EQUAL(woken, 2);
    for (int i = 0; i < 3; i++)
        EXPECT_OK(thread_join(threads[i], NULL));
    EXPECT_EQUAL(awake, 3);
    EXPECT_OK(futex_wake(&gate, 1, &woken));
    EXPECT_EQUAL(woken, 0);
}

static uint32_t ball;

static void *play(void *argument) {
    uint32_t own = (uint32_t)(uintptr_t)argument;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint32_t now;
        while ((now = __atomic_load_n(&ball, __ATOMIC_ACQUIRE)) % 2 != own)
            futex_wait(&ball, now, DEADLINE_NEVER);
        __atomic_store_n(&ball, now + 1, __ATOMIC_RELEASE);
        futex_wake(&ball, 1, NULL);
    }
    return NULL;
}

TEST(no_wake_up_is_lost_between_the_check_and_the_sleep) {
    struct thread *threads[2];
    ball = 0;
    for (uintptr_t i = 0; i < 2; i++)
        EXPECT_OK(thread_start(play, (void *)i, NULL, &threads[i]));
    for (int i = 0; i < 2; i++)
        EXPECT_OK(thread_join(threads[i], NULL));
    EXPECT_EQUAL(ball, 2 * ROUNDS);
}

ROLE(wakes_its_parent_through_shared_memory) {
    uint64_t base;
    ROLE_EXPECT(shared_map(guest_granted("memory"), 0, PAGE_SIZE, PROTECTION_WRITE, 0, 0, &base) == STATUS_OK);
    uint32_t *word = (uint32_t *)base;
    __atomic_store_n(word, 1, __ATOMIC_RELEASE);
    while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == 1) {
        futex_wake(word, 1, NULL);
        thread_yield();
    }
    return 0;
}

TEST(a_futex_meets_across_processes_where_they_share_the_memory) {
    int32_t number;
    uint64_t base;
    EXPECT_OK(shared_create(PAGE_SIZE, &number));
    EXPECT_OK(shared_map(number, 0, PAGE_SIZE, PROTECTION_WRITE, 0, 0, &base));
    uint32_t *word = (uint32_t *)base;
    guest_grant("memory", number, RIGHTS_ALL);
    struct spawned child = guest_start("wakes_its_parent_through_shared_memory", NULL);
    while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == 0)
        EXPECT(futex_wait(word, 0, guest_soon()) >= 0);
    __atomic_store_n(word, 2, __ATOMIC_RELEASE);
    guest_expect_success(child);
    EXPECT_OK(memory_unmap(base, PAGE_SIZE));
    EXPECT_OK(number_close(number));
}

ROLE(sleeps_on_a_word) {
    static uint32_t word;
    for (;;)
        futex_wait(&word, 0, DEADLINE_NEVER);
}

TEST(killing_a_process_that_sleeps_on_a_futex_ends_it) {
    struct spawned child = guest_start("sleeps_on_a_word", NULL);
    guest_await_wait(child.process, WAIT_FUTEX);
    guest_kill(child);
}

static void *sleep_on_gate(void *argument) {
    for (;;)
        futex_wait(&gate, 0, DEADLINE_NEVER);
    return argument;
}

ROLE(ends_while_its_threads_wait_everywhere) {
    struct thread *thread;
    for (int i = 0; i < 10; i++)
        ROLE_EXPECT(thread_start(sleep_on_gate, NULL, NULL, &thread) == STATUS_OK);
    thread_sleep(guest_shortly());
    return 0;
}

TEST(a_process_ends_with_all_its_waiting_threads) {
    for (int i = 0; i < 10; i++)
        guest_expect_success(guest_start("ends_while_its_threads_wait_everywhere", NULL));
}

// ---- sleep, priority ----

TEST(a_sleep_lasts_until_its_deadline) {
    uint64_t deadline = deadline_after(5 * NANOSECONDS_PER_MILLISECOND);
    EXPECT_OK(thread_sleep(deadline));
    EXPECT(clock_now() >= deadline);
    EXPECT_OK(thread_sleep(DEADLINE_NOW));
}

TEST(a_thread_lowers_its_priority_but_does_not_raise_it_above_its_process) {
    struct process_information own;
    EXPECT_OK(process_list(guest_self() - 1, &own, 1, NULL));
    EXPECT_OK(thread_set_priority(NUMBER_NONE, PRIORITY_LOW));
    EXPECT_OK(thread_set_priority(NUMBER_NONE, own.priority));
    EXPECT_STATUS(thread_set_priority(NUMBER_NONE, PRIORITY_MAX), NO_RIGHT);
}

// R-B14: programs that poll and never sleep, more of them than processors.
ROLE(polls_for_ever) {
    EVENT event;
    for (;;)
        event_get(&event, NULL);
}

TEST(programs_that_poll_do_not_starve_others) {
    struct machine_information machine;
    EXPECT_OK(machine_information(&machine));
    for (uint32_t i = 0; i < 2 * machine.processors; i++)
        guest_start("polls_for_ever", NULL);
    uint64_t give_up = guest_soon(); // whoever is starved does not come back at all
    for (int i = 0; i < 10; i++)
        EXPECT_OK(thread_sleep(deadline_after(NANOSECONDS_PER_MILLISECOND)));
    EXPECT(clock_now() < give_up);
}

// ---- what has used its slices comes to its turn beside those that never use one whole ----

enum { PAIRS = 2, SLEEPERS = 6, COMPUTE_SLICES = 10 };
#define SPIN_NANOSECONDS (3 * NANOSECONDS_PER_MILLISECOND)
#define REST_NANOSECONDS (11 * NANOSECONDS_PER_MILLISECOND)

static void spin(uint64_t nanoseconds) {
    uint64_t end = clock_now() + nanoseconds;
    while (clock_now() < end)
        ;
}

struct court {
    int32_t ends[2]; // of a pipe that the ball comes in by, and goes out by
    bool serves;
};

static void *plays(void *argument) {
    const struct court *court = argument;
    char ball = 0;
    size_t size;
    for (bool has_it = court->serves; has_it || pipe_read(court->ends[0], &ball, 1, DEADLINE_NEVER, &size) == STATUS_OK;
         has_it = false)
        pipe_write(court->ends[1], &ball, 1, DEADLINE_NEVER, &size);
    return NULL;
}

// Two threads that hand a byte to each other for ever: one of them always runs, and none ever for long.
ROLE(plays_ball) {
    struct pipe_create there = {.mode = PIPE_SEND}, back = {.mode = PIPE_SEND};
    int32_t there_end, back_end;
    ROLE_EXPECT(pipe_create(&there, &there_end) == STATUS_OK && pipe_create(&back, &back_end) == STATUS_OK);
    struct court one = {{back.other, there_end}, true}, other = {{there.other, back_end}, false};
    struct thread *thread;
    ROLE_EXPECT(thread_start(plays, &other, NULL, &thread) == STATUS_OK);
    plays(&one);
    return 0;
}

ROLE(spins_and_sleeps) {
    for (;;) {
        spin(SPIN_NANOSECONDS);
        thread_sleep(deadline_after(REST_NANOSECONDS));
    }
}

// Less than a slice, and then a sleep of more than one, again and again.
static void *uses_half_a_slice(void *argument) {
    struct number_information own;
    char text[512];
    size_t length;
    EXPECT_OK(number_information(thread_number(thread_self()), &own));
    for (int i = 0; i < 10; i++) {
        EXPECT_OK(thread_sleep(deadline_after(REST_NANOSECONDS)));
        spin(2 * SPIN_NANOSECONDS);
        EXPECT_OK(object_describe(own.id, text, sizeof(text) - 1, &length));
        text[length] = 0;
        EXPECT(strstr(text, ", 0 lost\n") != NULL);
    }
    return argument;
}

TEST(who_slept_for_a_slice_has_a_whole_one_before_it) {
    struct thread *thread;
    EXPECT_OK(thread_start(uses_half_a_slice, NULL, NULL, &thread));
    EXPECT_OK(thread_join(thread, NULL));
}

// Looks at the clock for so long, or so often.
static uint64_t looks_at_the_clock(uint64_t nanoseconds, uint64_t least) {
    uint64_t begin = clock_now(), looks = 0;
    while (clock_now() - begin < nanoseconds || looks < least)
        looks++;
    return looks;
}

// As much work as some slices hold: it does not sleep, and so sinks.
static int compute(void) {
    uint64_t looks = looks_at_the_clock(NANOSECONDS_PER_MILLISECOND, 0);
    looks_at_the_clock(0, looks * 10 * COMPUTE_SLICES);
    return 0;
}

ROLE(computes) {
    return compute();
}

static void expect_to_compute_beside(const char *role, uint32_t count) {
    struct machine_information machine;
    EXPECT_OK(machine_information(&machine));
    for (uint32_t i = 0; i < count * machine.processors; i++)
        guest_start(role, NULL);
    guest_expect_success(guest_start("computes", NULL));
}

TEST(threads_that_wake_each_other_all_the_time_do_not_starve_others) {
    expect_to_compute_beside("plays_ball", PAIRS);
}

TEST(threads_that_sleep_often_do_not_starve_others) {
    expect_to_compute_beside("spins_and_sleeps", SLEEPERS);
}
