// Timers: they tell by event, once or again and again; repeats coalesce with a count.
#include "tests/guest/guest.h"

TEST(a_timer_tells_when_its_time_has_come_and_not_before) {
    int32_t number;
    struct event_source source;
    EXPECT_OK(timer_create(&number));
    uint64_t when = deadline_after(3 * NANOSECONDS_PER_MILLISECOND);
    EXPECT_OK(timer_set(number, when, 0));
    EVENT event = guest_next_event(EVENT_TIMER, &source);
    EXPECT(clock_now() >= when);
    EXPECT_EQUAL(event.Data1, number);
    EXPECT_EQUAL(event.Data2, 1);
    EXPECT_EQUAL(source.process, 0);
    EXPECT(source.object != 0);
    EXPECT_OK(number_close(number));
}

TEST(a_timer_in_the_past_goes_off_at_once) {
    int32_t number;
    EXPECT_OK(timer_create(&number));
    EXPECT_OK(timer_set(number, 1, 0));
    EXPECT_EQUAL(guest_next_event(EVENT_TIMER, NULL).Data1, number);
    EXPECT_OK(number_close(number));
}

TEST(repeats_that_nobody_took_coalesce_with_a_count) {
    int32_t number;
    struct event_source source;
    EXPECT_OK(timer_create(&number));
    uint64_t start = clock_now();
    EXPECT_OK(timer_set(number, start, NANOSECONDS_PER_MILLISECOND));
    EXPECT_OK(thread_sleep(start + 20 * NANOSECONDS_PER_MILLISECOND + NANOSECONDS_PER_MILLISECOND / 2));
    EVENT event;
    do
        EXPECT_OK(event_get(&event, &source));
    while (event.Type != EVENT_TIMER);
    uint64_t most = (clock_now() - start) / NANOSECONDS_PER_MILLISECOND + 1;
    EXPECT_OK(timer_set(number, DEADLINE_NEVER, 0));
    EXPECT(event.Data2 >= 21 && event.Data2 <= most);
    EXPECT_EQUAL(source.count, event.Data2);
    EXPECT_OK(number_close(number));
}

TEST(a_stopped_timer_is_silent) {
    int32_t number;
    EVENT event;
    EXPECT_OK(timer_create(&number));
    EXPECT_OK(timer_set(number, deadline_after(NANOSECONDS_PER_MILLISECOND), 0));
    EXPECT_OK(timer_set(number, DEADLINE_NEVER, 0));
    EXPECT_OK(thread_sleep(deadline_after(5 * NANOSECONDS_PER_MILLISECOND)));
    while (event_get(&event, NULL) == STATUS_OK)
        EXPECT(event.Type != EVENT_TIMER);
    EXPECT_OK(number_close(number));
}

TEST(a_closed_timer_is_silent) {
    int32_t number;
    EVENT event;
    for (int i = 0; i < 50; i++) {
        EXPECT_OK(timer_create(&number));
        EXPECT_OK(timer_set(number, deadline_after((uint64_t)i * 20000), 10000));
        EXPECT_OK(thread_sleep(deadline_after(500000)));
        EXPECT_OK(number_close(number));
        while (event_get(&event, NULL) == STATUS_OK)
            continue;
        EXPECT_OK(thread_sleep(deadline_after(100000)));
        EXPECT_STATUS(event_get(&event, NULL), NOTHING);
    }
}

TEST(an_interval_below_ten_microseconds_is_refused) {
    int32_t number;
    EXPECT_OK(timer_create(&number));
    EXPECT_STATUS(timer_set(number, DEADLINE_NOW, 9999), INVALID_ARGUMENT);
    EXPECT_STATUS(timer_set(number, DEADLINE_NOW, 1), INVALID_ARGUMENT);
    EXPECT_OK(timer_set(number, DEADLINE_NEVER, 10000));
    EXPECT_OK(number_close(number));
}

TEST(many_timers_go_off_in_the_order_of_their_times) {
    enum { COUNT = 100 };
    static int32_t numbers[COUNT];
    uint64_t start = deadline_after(5 * NANOSECONDS_PER_MILLISECOND);
    for (int i = 0; i < COUNT; i++) {
        EXPECT_OK(timer_create(&numbers[i]));
        int place = i * 37 % COUNT;
        EXPECT_OK(timer_set(numbers[i], start + (uint64_t)place * 200000, 0));
    }
    uint64_t last = 0;
    for (int i = 0; i < COUNT; i++) {
        struct event_source source;
        EVENT event = guest_next_event(EVENT_TIMER, &source);
        EXPECT_EQUAL(event.Type, EVENT_TIMER);
        EXPECT(source.time >= last);
        last = source.time;
    }
    for (int i = 0; i < COUNT; i++)
        EXPECT_OK(number_close(numbers[i]));
}

ROLE(has_a_thousand_timers) {
    int32_t number;
    for (int i = 0; i < 1000; i++) {
        ROLE_EXPECT(timer_create(&number) == STATUS_OK);
        ROLE_EXPECT(timer_set(number, deadline_after(1000000), 50000) == STATUS_OK);
    }
    guest_say(guest_parent(), 1);
    for (;;)
        event_wait(DEADLINE_NEVER);
}

TEST(a_process_with_many_timers_can_be_killed) {
    struct spawned child = guest_start("has_a_thousand_timers", NULL);
    EXPECT_EQUAL(guest_hear(child.process), 1);
    thread_sleep(guest_shortly());
    guest_kill(child);
}

TEST(the_clock_never_goes_back) {
    uint64_t last = clock_now();
    for (int i = 0; i < 100000; i++) {
        uint64_t now = clock_now();
        EXPECT(now >= last);
        last = now;
    }
}
