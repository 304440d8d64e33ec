// Events: order, authority, waiting, full queues, kernel notices, watches.
#include "tests/guest/guest.h"

enum { STRANGER_EVENTS_MAX = EVENT_QUEUE_CAPACITY, STORM_EVENTS = 20000, STORM_READERS = 3 };

static enum status send_user(uint32_t process, uint32_t data, uint64_t deadline) {
    EVENT event = {.Type = EVENT_USER + 7, .Action = 1, .Data1 = data, .Data2 = 22, .Data3 = 33};
    return event_send(process, &event, NUMBER_NONE, deadline);
}

static enum status send_type(uint32_t type) {
    EVENT event = {.Type = type};
    return event_send(guest_self(), &event, NUMBER_NONE, DEADLINE_NOW);
}

static void expect_nothing_pending(void) {
    EVENT event;
    EXPECT_STATUS(event_get(&event, NULL), NOTHING);
}

// Fills the queue of a process; says how many found a place.
static uint32_t fill_queue(uint32_t process) {
    uint32_t count = 0;
    while (count <= STRANGER_EVENTS_MAX && send_user(process, count, DEADLINE_NOW) == STATUS_OK)
        count++;
    return count;
}

// ---- taking ----

TEST(an_empty_queue_gives_the_event_NOTHING) {
    EVENT event = {1, 2, 3, 4, 5};
    struct event_source source = {.process = 1};
    guest_drain();
    EXPECT_STATUS(event_get(&event, &source), NOTHING);
    EXPECT_EQUAL(event.Type, NOTHING);
    EXPECT_EQUAL(event.Action | event.Data1 | event.Data2 | event.Data3, 0);
    EXPECT_EQUAL(source.process, 0);
}

TEST(events_come_in_the_order_in_which_they_were_sent) {
    for (uint32_t i = 0; i < 10; i++)
        EXPECT_OK(send_user(guest_self(), i, DEADLINE_NOW));
    for (uint32_t i = 0; i < 10; i++) {
        EVENT event;
        EXPECT_OK(event_get(&event, NULL));
        EXPECT_EQUAL(event.Type, EVENT_USER + 7);
        EXPECT_EQUAL(event.Action, 1);
        EXPECT_EQUAL(event.Data1, i);
        EXPECT_EQUAL(event.Data2 * 100 + event.Data3, 2233);
    }
    expect_nothing_pending();
}

TEST(the_kernel_writes_who_sent_an_event) {
    struct event_source source;
    EVENT event;
    uint64_t before = clock_now();
    EXPECT_OK(send_user(guest_self(), 1, DEADLINE_NOW));
    EXPECT_OK(event_get(&event, &source));
    EXPECT_EQUAL(source.process, guest_self());
    EXPECT_EQUAL(source.user, start_information()->user);
    EXPECT_EQUAL(source.count, 1);
    EXPECT(source.time >= before && source.time <= clock_now());
}

TEST(an_event_that_cannot_be_copied_stays_pending) {
    EVENT event;
    EXPECT_OK(send_user(guest_self(), 5, DEADLINE_NOW));
    EXPECT_STATUS(event_get((EVENT *)8, NULL), BAD_ADDRESS);
    EXPECT_STATUS(event_get(&event, (struct event_source *)UINT64_C(0xffff800000000000)), BAD_ADDRESS);
    EXPECT_OK(event_get(&event, NULL));
    EXPECT_EQUAL(event.Data1, 5);
}

// ---- waiting ----

TEST(a_wait_without_events_ends_at_its_deadline) {
    guest_drain();
    uint64_t deadline = deadline_after(5 * NANOSECONDS_PER_MILLISECOND);
    EXPECT_STATUS(event_wait(DEADLINE_NOW), WOULD_WAIT);
    EXPECT_STATUS(event_wait(deadline), TIMED_OUT);
    EXPECT(clock_now() >= deadline);
}

ROLE(echoes_one_event_as_a_word) {
    EVENT event;
    gate_set(GATE_EVENT, GATE_ALL_USERS, NULL);
    guest_say(guest_parent(), 1);
    event = guest_next_event(EVENT_USER + 7, NULL);
    guest_say(guest_parent(), event.Data1);
    return 0;
}

TEST(a_waiting_process_is_woken_by_an_event_of_another) {
    struct spawned child = guest_start("echoes_one_event_as_a_word", NULL);
    EXPECT_EQUAL(guest_hear(child.process), 1);
    struct wait_information record = guest_await_wait(child.process, WAIT_EVENT);
    EXPECT_EQUAL(record.kind, OBJECT_EVENT_QUEUE);
    EXPECT_OK(send_user(child.process, 77, DEADLINE_NOW));
    EXPECT_EQUAL(guest_hear(child.process), 77);
    guest_expect_success(child);
}

// ---- authority (R-B4) ----

TEST(the_kernels_own_event_types_cannot_be_sent) {
    static const uint32_t types[] = {NOTHING,     EVENT_MESSAGE, EVENT_PIPE,  EVENT_SHARED_MEMORY, EVENT_INTERRUPT,
                                     EVENT_TIMER, EVENT_PROCESS, EVENT_READY, EVENT_OVERFLOW,      11,
                                     0xff};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        EXPECT_STATUS(send_type(types[i]), DENIED);
    expect_nothing_pending();
}

TEST(a_program_without_the_input_right_cannot_forge_keys_or_mouse_events) {
    EVENT key = {.Type = EVENT_KEYBOARD, .Action = KEY_DOWN, .Data1 = 'a', .Data3 = 'a'};
    int32_t timer;
    EXPECT_OK(timer_create(&timer));
    EXPECT_STATUS(send_type(EVENT_KEYBOARD), BAD_NUMBER);
    EXPECT_STATUS(send_type(EVENT_MOUSE), BAD_NUMBER);
    EXPECT_STATUS(event_send(guest_parent(), &key, timer, DEADLINE_NOW), WRONG_TYPE);
    EXPECT_OK(number_close(timer));
    expect_nothing_pending();
}

ROLE(waits_for_a_word_with_a_closed_gate) {
    guest_say(guest_parent(), 1);
    ROLE_EXPECT(guest_hear(guest_parent()) == 2);
    EVENT event;
    while (event_get(&event, NULL) == STATUS_OK)
        ROLE_EXPECT(event.Type != EVENT_USER + 7);
    return 0;
}

TEST(user_defined_events_reach_only_a_process_that_asked_for_them) {
    struct spawned child = guest_start("waits_for_a_word_with_a_closed_gate", NULL);
    EXPECT_EQUAL(guest_hear(child.process), 1);
    EXPECT_STATUS(send_user(child.process, 1, DEADLINE_NOW), DENIED);
    guest_say(child.process, 2);
    guest_expect_success(child);
}

TEST(an_event_to_nobody_is_NOT_FOUND) {
    EXPECT_STATUS(send_user(UINT32_MAX, 1, DEADLINE_NOW), NOT_FOUND);
    EXPECT_STATUS(send_user(0, 1, DEADLINE_NOW), NOT_FOUND);
}

// ---- full queues (R-B2, R-B3) ----

TEST(a_full_queue_refuses_and_tells_how_many_it_refused) {
    EVENT event;
    guest_drain();
    uint32_t count = fill_queue(guest_self());
    EXPECT(count >= 64 && count <= EVENT_QUEUE_CAPACITY);
    EXPECT_STATUS(send_user(guest_self(), 1, DEADLINE_NOW), PEER_FULL);
    EXPECT_STATUS(send_user(guest_self(), 1, guest_shortly()), TIMED_OUT);
    for (uint32_t i = 0; i < count; i++) {
        EXPECT_OK(event_get(&event, NULL));
        EXPECT_EQUAL(event.Data1, i);
    }
    EXPECT_OK(event_get(&event, NULL));
    EXPECT_EQUAL(event.Type, EVENT_OVERFLOW);
    EXPECT_EQUAL(event.Data1, 3);
    expect_nothing_pending();
    EXPECT_EQUAL(guest_account(guest_self(), ACCOUNT_EVENTS).used, 0);
}

TEST(a_full_queue_still_takes_the_kernels_notices) {
    EVENT event;
    guest_drain();
    fill_queue(guest_self());
    guest_say(guest_self(), 1);
    event = guest_next_event(EVENT_MESSAGE, NULL);
    EXPECT_EQUAL(event.Data3, guest_self());
}

ROLE(opens_its_gate_and_takes_events_when_told) {
    gate_set(GATE_EVENT, GATE_ALL_USERS, NULL);
    guest_say(guest_parent(), 1);
    ROLE_EXPECT(guest_hear(guest_parent()) == 2);
    EVENT event;
    while (event_get(&event, NULL) == STATUS_OK)
        continue;
    guest_say(guest_parent(), 3);
    return guest_hear(guest_parent()) != 4;
}

ROLE(sends_until_there_is_room) {
    uint32_t receiver = (uint32_t)atoi(arguments[0]);
    fill_queue(receiver);
    guest_say(guest_parent(), 1);
    enum status status = send_user(receiver, 1, DEADLINE_NEVER);
    return status == STATUS_OK ? 0 : -(int)status;
}

static struct spawned start_receiver(char text[16]) {
    struct spawned receiver = guest_start("opens_its_gate_and_takes_events_when_told", NULL);
    EXPECT_EQUAL(guest_hear(receiver.process), 1);
    snprintf(text, 16, "%u", receiver.process);
    return receiver;
}

TEST(a_sender_that_waits_for_room_goes_on_when_there_is_some) {
    char text[16];
    struct spawned receiver = start_receiver(text);
    struct spawned sender = guest_start("sends_until_there_is_room", text, NULL);
    EXPECT_EQUAL(guest_hear(sender.process), 1);
    struct wait_information record = guest_await_wait(sender.process, WAIT_EVENT_ROOM);
    EXPECT_EQUAL(record.waker_count, 1);
    EXPECT_EQUAL(record.wakers[0], receiver.process);
    guest_say(receiver.process, 2);
    guest_expect_success(sender);
    EXPECT_EQUAL(guest_hear(receiver.process), 3);
}

TEST(a_sender_that_waits_for_room_is_told_when_the_receiver_dies) {
    char text[16];
    struct spawned receiver = start_receiver(text);
    struct spawned sender = guest_start("sends_until_there_is_room", text, NULL);
    EXPECT_EQUAL(guest_hear(sender.process), 1);
    guest_await_wait(sender.process, WAIT_EVENT_ROOM);
    guest_kill(receiver);
    EXPECT_EQUAL(guest_await(sender).code, -STATUS_PEER_DIED);
}

TEST(killing_a_sender_that_waits_for_room_leaves_the_receiver_its_events) {
    char text[16];
    struct spawned receiver = start_receiver(text);
    struct spawned sender = guest_start("sends_until_there_is_room", text, NULL);
    EXPECT_EQUAL(guest_hear(sender.process), 1);
    guest_await_wait(sender.process, WAIT_EVENT_ROOM);
    guest_kill(sender);
    EXPECT_OK(send_user(receiver.process, 1, DEADLINE_NOW)); // the dead one's share is not all there is
    guest_say(receiver.process, 2);
    EXPECT_EQUAL(guest_hear(receiver.process), 3);
    EXPECT_OK(send_user(receiver.process, 1, DEADLINE_NOW));
    guest_say(receiver.process, 4);
    guest_expect_success(receiver);
}

// ---- several waiters (R-B1) ----

static uint32_t taken_by_all;

static void *take_until_stopped(void *argument) {
    for (;;) {
        EVENT event;
        event_wait(DEADLINE_NEVER);
        while (event_get(&event, NULL) == STATUS_OK) {
            if (event.Type != EVENT_USER + 7)
                continue;
            if (event.Data1 == UINT32_MAX)
                return argument;
            __atomic_fetch_add(&taken_by_all, 1, __ATOMIC_RELAXED);
        }
    }
}

TEST(several_threads_that_wait_lose_no_event) {
    struct thread *threads[STORM_READERS];
    taken_by_all = 0;
    for (int i = 0; i < STORM_READERS; i++)
        EXPECT_OK(thread_start(take_until_stopped, NULL, NULL, &threads[i]));
    for (uint32_t i = 0; i < STORM_EVENTS; i++)
        EXPECT_OK(send_user(guest_self(), i, guest_soon()));
    for (int i = 0; i < STORM_READERS; i++)
        EXPECT_OK(send_user(guest_self(), UINT32_MAX, guest_soon()));
    for (int i = 0; i < STORM_READERS; i++)
        EXPECT_OK(thread_join(threads[i], NULL));
    EXPECT_EQUAL(taken_by_all, STORM_EVENTS);
}

// ---- the end of a child ----

ROLE(ends_with) {
    return atoi(arguments[0]);
}

TEST(the_end_of_a_child_is_told_with_its_exit_code) {
    struct spawned child = guest_start("ends_with", "41", NULL);
    EVENT event = guest_next_event(EVENT_PROCESS, NULL);
    EXPECT_EQUAL(event.Action, END_EXITED);
    EXPECT_EQUAL(event.Data1, child.process);
    EXPECT_EQUAL(event.Data2, 41);
}

ROLE(waits_for_an_event_for_ever) {
    for (;;)
        event_wait(DEADLINE_NEVER);
}

TEST(killing_a_process_that_waits_for_an_event_ends_it) {
    struct spawned child = guest_start("waits_for_an_event_for_ever", NULL);
    guest_await_wait(child.process, WAIT_EVENT);
    EXPECT_OK(process_kill(child.number, 17));
    EVENT event = guest_next_event(EVENT_PROCESS, NULL);
    EXPECT_EQUAL(event.Action, END_KILLED);
    EXPECT_EQUAL(event.Data1, child.process);
    EXPECT_EQUAL(event.Data2, 17);
}
