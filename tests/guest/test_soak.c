// The soak: a million events raised at interrupt time, several threads that wait for them, and none lost (R-B1, R-B2).
//
// In the first test each event stands for one time that a timer went off: who takes it sets the timer again, so that an event
// or a wake-up that is lost shows as a timer that stands still. In the second the timers go off by themselves, faster than
// anybody takes their events, and the counts in these must add up.
#include "tests/guest/guest.h"

enum { TIMERS = 8, WAITERS = 4, DELAY = 10000, WAKE_UP = EVENT_USER + 1 };

#define COALESCED_EVENTS UINT64_C(1000000)

// What a count may lag behind: the last interrupt before the timer was stopped may have come so late.
#define LATENCY (100 * NANOSECONDS_PER_MILLISECOND)

// A million on 4 CPUs; fewer where nothing is gained by so many, and where a kernel that checks itself takes longer for each.
enum { SINGLE_EVENTS = 1000000, CHECKED_SINGLE_EVENTS = 250000, FEW_SINGLE_EVENTS = 50000 };

static uint64_t singles; // of each timer
static int32_t timers[TIMERS];
static uint64_t counts[TIMERS];     // how often each went off, by what its events told
static uint64_t set_counts[TIMERS]; // how often each was set
static uint64_t taken;              // events
static uint32_t is_over;

static int timer_index(const EVENT *event) {
    for (int i = 0; i < TIMERS; i++)
        if (event->Data1 == (uint32_t)timers[i])
            return i;
    return -1;
}

static void count(const EVENT *event) {
    int i = timer_index(event);
    if (i >= 0)
        __atomic_fetch_add(&counts[i], event->Data2, __ATOMIC_RELAXED);
    __atomic_fetch_add(&taken, 1, __ATOMIC_RELAXED);
}

static void count_and_set_again(const EVENT *event) {
    int i = timer_index(event);
    if (i < 0)
        return;
    uint64_t so_far = __atomic_fetch_add(&counts[i], event->Data2, __ATOMIC_RELAXED);
    __atomic_fetch_add(&taken, 1, __ATOMIC_RELAXED);
    if (so_far + 1 >= singles)
        return;
    __atomic_fetch_add(&set_counts[i], 1, __ATOMIC_RELAXED);
    timer_set(timers[i], clock_now() + DELAY, 0);
}

// Waits for ever: a wake-up that is lost leaves an event pending and all of them asleep.
static void *wait_and(void *argument) {
    void (*take)(const EVENT *event) = (void (*)(const EVENT *))argument;
    while (!__atomic_load_n(&is_over, __ATOMIC_ACQUIRE)) {
        EVENT event;
        event_wait(DEADLINE_NEVER);
        while (event_get(&event, NULL) == STATUS_OK)
            if (event.Type == EVENT_TIMER)
                take(&event);
    }
    return NULL;
}

static uint64_t total(void) {
    uint64_t sum = 0;
    for (int i = 0; i < TIMERS; i++)
        sum += __atomic_load_n(&counts[i], __ATOMIC_RELAXED);
    return sum;
}

static void await_total(uint64_t wanted) {
    uint64_t before = 0, give_up = guest_soon();
    while (total() < wanted) {
        thread_sleep(deadline_after(10 * NANOSECONDS_PER_MILLISECOND));
        if (total() != before)
            give_up = guest_soon();
        before = total();
        if (clock_now() > give_up)
            FAIL("no event came any more after %llu", (unsigned long long)before);
    }
}

static struct thread *threads[WAITERS];

static void start(void (*take)(const EVENT *event)) {
    is_over = 0;
    taken = 0;
    for (int i = 0; i < TIMERS; i++) {
        counts[i] = set_counts[i] = 0;
        EXPECT_OK(timer_create(&timers[i]));
    }
    for (int i = 0; i < WAITERS; i++)
        EXPECT_OK(thread_start(wait_and, (void *)take, NULL, &threads[i]));
}

static void finish(void) {
    EVENT wake_up = {.Type = WAKE_UP};
    __atomic_store_n(&is_over, 1, __ATOMIC_RELEASE);
    for (int i = 0; i < WAITERS; i++)
        EXPECT_OK(event_send(guest_self(), &wake_up, NUMBER_NONE, guest_soon()));
    for (int i = 0; i < WAITERS; i++)
        EXPECT_OK(thread_join(threads[i], NULL));
    for (int i = 0; i < TIMERS; i++)
        EXPECT_OK(number_close(timers[i]));
    printf("# %llu events told of %llu\n", (unsigned long long)taken, (unsigned long long)total());
}

TEST(of_the_events_that_interrupts_raise_one_by_one_none_is_lost_nor_told_twice) {
    struct machine_information machine;
    EXPECT_OK(machine_information(&machine));
    uint64_t many = strstr(machine.version, "debug") ? CHECKED_SINGLE_EVENTS : SINGLE_EVENTS;
    singles = (machine.processors >= 4 ? many : FEW_SINGLE_EVENTS) / TIMERS;
    start(count_and_set_again);
    for (int i = 0; i < TIMERS; i++) {
        set_counts[i] = 1;
        EXPECT_OK(timer_set(timers[i], clock_now() + DELAY, 0));
    }
    await_total(singles * TIMERS);
    thread_sleep(guest_shortly()); // for one that would be told twice
    for (int i = 0; i < TIMERS; i++)
        EXPECT_EQUAL(counts[i], set_counts[i]);
    EXPECT_EQUAL(taken, singles * TIMERS);
    finish();
}

static void expect_all_counted(int i, uint64_t started, uint64_t before_stop, uint64_t after_stop) {
    uint64_t least = (before_stop - started - LATENCY) / DELAY, most = (after_stop - started) / DELAY + 1;
    if (counts[i] < least || counts[i] > most)
        FAIL("timer %d went off %llu times; it must have been %llu to %llu", i, (unsigned long long)counts[i],
             (unsigned long long)least, (unsigned long long)most);
}

TEST(of_a_million_events_that_coalesce_all_are_counted) {
    uint64_t started[TIMERS], before_stop[TIMERS], after_stop[TIMERS];
    start(count);
    for (int i = 0; i < TIMERS; i++) {
        started[i] = clock_now();
        EXPECT_OK(timer_set(timers[i], started[i], DELAY));
    }
    await_total(COALESCED_EVENTS);
    for (int i = 0; i < TIMERS; i++) {
        before_stop[i] = clock_now();
        EXPECT_OK(timer_set(timers[i], DEADLINE_NEVER, 0));
        after_stop[i] = clock_now();
    }
    thread_sleep(guest_shortly()); // for a waiter that took an event and has not counted it yet
    for (int i = 0; i < TIMERS; i++)
        expect_all_counted(i, started[i], before_stop[i], after_stop[i]);
    finish();
}
