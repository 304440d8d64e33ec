// Watches: EVENT_READY comes once when a watched condition is true.
#include "tests/guest/guest.h"

struct pipe_pair {
    int32_t sender, receiver;
};

static struct pipe_pair make_pipe(uint32_t capacity) {
    struct pipe_create plan = {.mode = PIPE_SEND, .capacity = capacity};
    struct pipe_pair pair;
    EXPECT_OK(pipe_create(&plan, &pair.sender));
    pair.receiver = plan.other;
    return pair;
}

static void close_pipe(struct pipe_pair pair) {
    number_close(pair.sender);
    number_close(pair.receiver);
}

static void expect_ready(int32_t number, uint32_t conditions, uint32_t key) {
    EVENT event = guest_next_event(EVENT_READY, NULL);
    EXPECT_EQUAL(event.Action, conditions);
    EXPECT_EQUAL(event.Data1, number);
    EXPECT_EQUAL(event.Data2, key);
}

static void expect_silence(void) {
    EVENT event;
    while (event_get(&event, NULL) == STATUS_OK)
        EXPECT(event.Type != EVENT_READY);
}

TEST(a_watch_on_data_fires_when_data_comes_and_only_once) {
    struct pipe_pair pair = make_pipe(0);
    EXPECT_OK(event_watch(pair.receiver, WATCH_READABLE, 5));
    expect_silence();
    EXPECT_OK(pipe_write(pair.sender, "x", 1, DEADLINE_NOW, NULL));
    expect_ready(pair.receiver, WATCH_READABLE, 5);
    EXPECT_OK(pipe_write(pair.sender, "y", 1, DEADLINE_NOW, NULL));
    expect_silence();
    close_pipe(pair);
}

TEST(a_watch_on_what_is_true_already_fires_at_once) {
    struct pipe_pair pair = make_pipe(0);
    EXPECT_OK(pipe_write(pair.sender, "x", 1, DEADLINE_NOW, NULL));
    EXPECT_OK(event_watch(pair.receiver, WATCH_READABLE, 6));
    expect_ready(pair.receiver, WATCH_READABLE, 6);
    EXPECT_OK(event_watch(pair.sender, WATCH_WRITABLE, 7));
    expect_ready(pair.sender, WATCH_WRITABLE, 7);
    close_pipe(pair);
}

TEST(a_watch_on_room_fires_when_a_full_pipe_is_read) {
    struct pipe_pair pair = make_pipe(PAGE_SIZE);
    static char bytes[PAGE_SIZE];
    EXPECT_OK(pipe_write(pair.sender, bytes, sizeof(bytes), DEADLINE_NOW, NULL));
    EXPECT_OK(event_watch(pair.sender, WATCH_WRITABLE, 8));
    expect_silence();
    EXPECT_OK(pipe_read(pair.receiver, bytes, sizeof(bytes), DEADLINE_NOW, NULL));
    expect_ready(pair.sender, WATCH_WRITABLE, 8);
    close_pipe(pair);
}

TEST(a_watch_on_the_other_side_fires_when_it_closes) {
    struct pipe_pair pair = make_pipe(0);
    EXPECT_OK(event_watch(pair.receiver, WATCH_CLOSED, 9));
    expect_silence();
    EXPECT_OK(number_close(pair.sender));
    expect_ready(pair.receiver, WATCH_CLOSED, 9);
    EXPECT_OK(number_close(pair.receiver));
}

TEST(the_end_of_the_stream_counts_as_readable) {
    struct pipe_pair pair = make_pipe(0);
    EXPECT_OK(event_watch(pair.receiver, WATCH_READABLE, 10));
    EXPECT_OK(number_close(pair.sender));
    expect_ready(pair.receiver, WATCH_READABLE, 10);
    EXPECT_OK(number_close(pair.receiver));
}

TEST(a_later_watch_replaces_the_earlier_one) {
    struct pipe_pair pair = make_pipe(0);
    EXPECT_OK(event_watch(pair.receiver, WATCH_READABLE, 1));
    EXPECT_OK(event_watch(pair.receiver, WATCH_READABLE, 2));
    EXPECT_OK(pipe_write(pair.sender, "x", 1, DEADLINE_NOW, NULL));
    expect_ready(pair.receiver, WATCH_READABLE, 2);
    expect_silence();
    close_pipe(pair);
}

TEST(a_watch_is_removed_by_no_conditions) {
    struct pipe_pair pair = make_pipe(0);
    EXPECT_OK(event_watch(pair.receiver, WATCH_READABLE, 1));
    uint64_t watched = guest_account(guest_self(), ACCOUNT_OBJECTS).used;
    EXPECT_OK(event_watch(pair.receiver, 0, 0));
    EXPECT(guest_account(guest_self(), ACCOUNT_OBJECTS).used < watched);
    EXPECT_OK(pipe_write(pair.sender, "x", 1, DEADLINE_NOW, NULL));
    expect_silence();
    close_pipe(pair);
}

TEST(a_watch_needs_the_right_to_wait) {
    struct pipe_pair pair = make_pipe(0);
    int32_t weak;
    EXPECT_OK(number_copy(pair.receiver, ~(uint32_t)RIGHT_WAIT, &weak));
    EXPECT_STATUS(event_watch(weak, WATCH_READABLE, 1), NO_RIGHT);
    EXPECT_OK(number_close(weak));
    close_pipe(pair);
}

static uint32_t gate_word;

static void *wait_for_gate(void *argument) {
    while (__atomic_load_n(&gate_word, __ATOMIC_ACQUIRE) == 0)
        futex_wait(&gate_word, 0, DEADLINE_NEVER);
    return argument;
}

TEST(a_watch_on_a_thread_fires_when_it_ends) {
    struct thread *thread;
    gate_word = 0;
    EXPECT_OK(thread_start(wait_for_gate, NULL, NULL, &thread));
    EXPECT_OK(event_watch(thread_number(thread), WATCH_CLOSED, 11));
    expect_silence();
    __atomic_store_n(&gate_word, 1, __ATOMIC_RELEASE);
    EXPECT_OK(futex_wake(&gate_word, 1, NULL));
    expect_ready(thread_number(thread), WATCH_CLOSED, 11);
    EXPECT_OK(thread_join(thread, NULL));
}

ROLE(sleeps_for_ever) {
    return thread_sleep(DEADLINE_NEVER);
}

TEST(a_watch_on_a_process_fires_when_it_is_killed) {
    struct spawned child = guest_start("sleeps_for_ever", NULL);
    EXPECT_OK(event_watch(child.number, WATCH_CLOSED, 12));
    expect_silence();
    EXPECT_OK(process_kill(child.number, 1));
    expect_ready(child.number, WATCH_CLOSED, 12);
}

ROLE(writes_a_byte_when_told) {
    int32_t sender = guest_granted("sender");
    ROLE_EXPECT(guest_hear(guest_parent()) == 1);
    ROLE_EXPECT(pipe_write(sender, "x", 1, guest_soon(), NULL) == STATUS_OK);
    return 0;
}

TEST(a_watch_fires_for_what_another_process_writes) {
    struct pipe_pair pair = make_pipe(0);
    guest_grant("sender", pair.sender, RIGHTS_ALL);
    struct spawned child = guest_start("writes_a_byte_when_told", NULL);
    EXPECT_OK(number_close(pair.sender));
    EXPECT_OK(event_watch(pair.receiver, WATCH_READABLE, 13));
    expect_silence();
    guest_say(child.process, 1);
    expect_ready(pair.receiver, WATCH_READABLE, 13);
    guest_expect_success(child);
    EXPECT_OK(number_close(pair.receiver));
}

TEST(closing_a_watched_number_ends_its_watch) {
    struct pipe_pair pair = make_pipe(0);
    EXPECT_OK(event_watch(pair.receiver, WATCH_READABLE, 14));
    EXPECT_OK(number_close(pair.receiver));
    EXPECT_STATUS(pipe_write(pair.sender, "x", 1, DEADLINE_NOW, NULL), PEER_DIED);
    EXPECT_OK(number_close(pair.sender));
}
