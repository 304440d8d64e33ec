// Pipes: modes, order, blocking, deadlines, both ends' closing, strict and keeping, death in the midst of a transfer.
#include "tests/guest/guest.h"

enum { BULK = 1 << 20 };

struct pair {
    int32_t own, other;
};

static struct pair make(uint32_t mode, uint32_t flags, uint32_t capacity) {
    struct pipe_create plan = {.mode = mode, .flags = flags, .capacity = capacity};
    struct pair pair;
    EXPECT_OK(pipe_create(&plan, &pair.own));
    pair.other = plan.other;
    return pair;
}

static void close_both(struct pair pair) {
    number_close(pair.own);
    number_close(pair.other);
}

static size_t pending(int32_t number) {
    size_t count;
    EXPECT_OK(pipe_pending(number, &count));
    return count;
}

static void put(int32_t number, const char *text) {
    size_t written;
    EXPECT_OK(pipe_write(number, text, strlen(text), DEADLINE_NOW, &written));
    EXPECT_EQUAL(written, strlen(text));
}

static void expect_text(int32_t number, const char *expected) {
    char text[64];
    size_t size;
    EXPECT_OK(pipe_read(number, text, sizeof(text), guest_soon(), &size));
    EXPECT_EQUAL(size, strlen(expected));
    EXPECT_EQUAL(memcmp(text, expected, size), 0);
}

// ---- modes ----

TEST(bytes_come_out_in_the_order_in_which_they_went_in) {
    struct pair pair = make(PIPE_SEND, 0, 0);
    put(pair.own, "one ");
    put(pair.own, "two");
    EXPECT_EQUAL(pending(pair.other), 7);
    expect_text(pair.other, "one two");
    EXPECT_EQUAL(pending(pair.other), 0);
    close_both(pair);
}

TEST(a_SEND_end_cannot_read_and_a_RECEIVE_end_cannot_write) {
    struct pair pair = make(PIPE_SEND, 0, 0);
    char byte;
    EXPECT_STATUS(pipe_read(pair.own, &byte, 1, DEADLINE_NOW, NULL), NO_RIGHT);
    EXPECT_STATUS(pipe_write(pair.other, "x", 1, DEADLINE_NOW, NULL), NO_RIGHT);
    close_both(pair);
    pair = make(PIPE_RECEIVE, 0, 0);
    EXPECT_STATUS(pipe_write(pair.own, "x", 1, DEADLINE_NOW, NULL), NO_RIGHT);
    put(pair.other, "back");
    expect_text(pair.own, "back");
    close_both(pair);
}

TEST(both_sides_of_a_POOL_add_to_and_take_from_the_same_bytes) {
    struct pair pair = make(PIPE_POOL, 0, 0);
    put(pair.own, "a");
    put(pair.other, "b");
    EXPECT_EQUAL(pending(pair.own), 2);
    expect_text(pair.own, "ab");
    put(pair.own, "c");
    expect_text(pair.own, "c");
    close_both(pair);
}

TEST(wrong_wishes_for_a_pipe_are_refused) {
    int32_t number;
    struct pipe_create mode = {.mode = 4}, none = {.mode = 0}, flags = {.mode = PIPE_SEND, .flags = 2};
    struct pipe_create large = {.mode = PIPE_SEND, .capacity = PIPE_CAPACITY_MAX + 1};
    struct pipe_create nobody = {.mode = PIPE_SEND, .process = UINT32_MAX};
    struct pipe_create reserved = {.mode = PIPE_SEND, .reserved = 1};
    struct guest_figures before = guest_figures_settled();
    EXPECT_STATUS(pipe_create(&mode, &number), INVALID_ARGUMENT);
    EXPECT_STATUS(pipe_create(&none, &number), INVALID_ARGUMENT);
    EXPECT_STATUS(pipe_create(&flags, &number), INVALID_ARGUMENT);
    EXPECT_STATUS(pipe_create(&reserved, &number), INVALID_ARGUMENT);
    EXPECT_STATUS(pipe_create(&large, &number), TOO_LARGE);
    EXPECT_STATUS(pipe_create(&nobody, &number), NOT_FOUND);
    struct guest_figures after = guest_figures();
    EXPECT(guest_figures_differ(&before, &after) == NULL);
}

// ---- to another process (R-B7, R-B8) ----

ROLE(reads_a_pipe_that_it_is_told_of) {
    struct event_source source;
    EVENT event = guest_next_event(EVENT_PIPE, &source);
    char text[16];
    size_t size;
    ROLE_EXPECT(event.Action == PIPE_CREATED);
    ROLE_EXPECT(event.Data2 == guest_parent() && source.process == guest_parent());
    ROLE_EXPECT(event.Data3 == PIPE_RECEIVE);
    ROLE_EXPECT(pipe_read((int32_t)event.Data1, text, sizeof(text), guest_soon(), &size) == STATUS_OK);
    ROLE_EXPECT(size == 5 && memcmp(text, "early", 5) == 0);
    ROLE_EXPECT(pipe_read((int32_t)event.Data1, text, sizeof(text), guest_soon(), &size) == STATUS_STREAM_END);
    event = guest_next_event(EVENT_PIPE, NULL);
    ROLE_EXPECT(event.Action == PIPE_CLOSED && event.Data2 == guest_parent());
    return 0;
}

TEST(a_pipe_is_written_before_the_other_process_knows_of_it) {
    struct spawned child = guest_start("reads_a_pipe_that_it_is_told_of", NULL);
    struct pipe_create plan = {.process = child.process, .mode = PIPE_SEND};
    int32_t number;
    EXPECT_OK(pipe_create(&plan, &number));
    put(number, "early");
    EXPECT_OK(number_close(number));
    guest_expect_success(child);
}

ROLE(does_not_look_at_events) {
    guest_say(guest_parent(), 1);
    return thread_sleep(DEADLINE_NEVER);
}

TEST(pipes_that_their_other_sides_have_not_taken_are_limited_and_charged_to_their_maker) {
    struct spawned child = guest_start("does_not_look_at_events", NULL);
    EXPECT_EQUAL(guest_hear(child.process), 1);
    static int32_t numbers[1024];
    uint32_t count = 0;
    enum status status;
    struct process_information before, after;
    EXPECT_OK(process_list(child.process - 1, &before, 1, NULL));
    uint64_t limit = guest_account(guest_self(), ACCOUNT_PIPES_UNREAD).limit;
    for (;;) {
        struct pipe_create plan = {.process = child.process, .mode = PIPE_SEND};
        status = count < 1024 ? pipe_create(&plan, &numbers[count]) : STATUS_TOO_LARGE;
        if (status != STATUS_OK)
            break;
        count++;
    }
    EXPECT_EQUAL(status, STATUS_LIMIT_REACHED);
    EXPECT_EQUAL(count, limit);
    EXPECT_OK(process_list(child.process - 1, &after, 1, NULL));
    EXPECT_EQUAL(after.numbers, before.numbers);
    EXPECT_EQUAL(after.pages, before.pages);
    guest_kill(child);
    while (count > 0)
        EXPECT_OK(number_close(numbers[--count]));
    EXPECT_EQUAL(guest_account(guest_self(), ACCOUNT_PIPES_UNREAD).used, 0);
}

ROLE(makes_pipes_for_its_parent) {
    struct pipe_create plan = {.process = guest_parent(), .mode = PIPE_POOL};
    int32_t number;
    while (pipe_create(&plan, &number) == STATUS_OK)
        continue;
    guest_say(guest_parent(), 1);
    return thread_sleep(DEADLINE_NEVER);
}

TEST(pipes_that_nobody_has_taken_go_with_their_maker) {
    struct spawned child = guest_start("makes_pipes_for_its_parent", NULL);
    EXPECT_EQUAL(guest_hear(child.process), 1);
    EXPECT_EQUAL(guest_account(child.process, ACCOUNT_PIPES_UNREAD).used,
                 guest_account(child.process, ACCOUNT_PIPES_UNREAD).limit);
    guest_kill(child);
    EVENT event;
    while (event_get(&event, NULL) == STATUS_OK)
        EXPECT(event.Type != EVENT_PIPE);
}

ROLE(closes_its_gate_to_pipes) {
    gate_set(GATE_PIPE, 0, NULL);
    guest_say(guest_parent(), 1);
    return thread_sleep(DEADLINE_NEVER);
}

TEST(a_closed_gate_denies_pipes) {
    struct spawned child = guest_start("closes_its_gate_to_pipes", NULL);
    struct pipe_create plan = {.process = child.process, .mode = PIPE_SEND};
    int32_t number;
    EXPECT_EQUAL(guest_hear(child.process), 1);
    EXPECT_STATUS(pipe_create(&plan, &number), DENIED);
}

// ---- waiting ----

ROLE(writes_when_told) {
    int32_t sender = guest_granted("sender");
    ROLE_EXPECT(guest_hear(guest_parent()) == 1);
    ROLE_EXPECT(pipe_write(sender, "later", 5, guest_soon(), NULL) == STATUS_OK);
    return 0;
}

ROLE(reads_five_bytes) {
    char text[5];
    size_t size;
    ROLE_EXPECT(pipe_read(guest_granted("receiver"), text, 5, DEADLINE_NEVER, &size) == STATUS_OK);
    ROLE_EXPECT(size == 5 && memcmp(text, "later", 5) == 0);
    return 0;
}

TEST(a_reader_that_waits_is_woken_by_the_writer) {
    struct pair pair = make(PIPE_SEND, 0, 0);
    guest_grant("receiver", pair.other, RIGHTS_ALL);
    struct spawned reader = guest_start("reads_five_bytes", NULL);
    struct wait_information record = guest_await_wait(reader.process, WAIT_PIPE_DATA);
    EXPECT_EQUAL(record.kind, OBJECT_PIPE_END);
    EXPECT(record.waker_count >= 1);
    put(pair.own, "later");
    guest_expect_success(reader);
    close_both(pair);
}

TEST(a_read_of_an_empty_pipe_ends_at_its_deadline) {
    struct pair pair = make(PIPE_SEND, 0, 0);
    char byte;
    uint64_t deadline = guest_shortly();
    EXPECT_STATUS(pipe_read(pair.other, &byte, 1, DEADLINE_NOW, NULL), WOULD_WAIT);
    EXPECT_STATUS(pipe_read(pair.other, &byte, 1, deadline, NULL), TIMED_OUT);
    EXPECT(clock_now() >= deadline);
    close_both(pair);
}

TEST(a_write_to_a_full_pipe_ends_at_its_deadline_and_says_how_much_went_in) {
    struct pair pair = make(PIPE_SEND, 0, 2 * PAGE_SIZE);
    static char bytes[3 * PAGE_SIZE];
    size_t written;
    EXPECT_OK(pipe_write(pair.own, bytes, sizeof(bytes), guest_shortly(), &written));
    EXPECT_EQUAL(written, 2 * PAGE_SIZE);
    EXPECT_STATUS(pipe_write(pair.own, bytes, 1, DEADLINE_NOW, &written), WOULD_WAIT);
    EXPECT_STATUS(pipe_write(pair.own, bytes, 1, guest_shortly(), &written), TIMED_OUT);
    EXPECT_EQUAL(pending(pair.other), 2 * PAGE_SIZE);
    close_both(pair);
}

TEST(a_small_write_is_not_split) {
    struct pair pair = make(PIPE_SEND, 0, PAGE_SIZE);
    static char bytes[PIPE_ATOMIC];
    put(pair.own, "x");
    EXPECT_STATUS(pipe_write(pair.own, bytes, sizeof(bytes), DEADLINE_NOW, NULL), WOULD_WAIT);
    EXPECT_EQUAL(pending(pair.other), 1);
    close_both(pair);
}

TEST(a_bad_address_in_a_write_or_a_read_loses_nothing) {
    struct pair pair = make(PIPE_POOL, 0, 0);
    put(pair.own, "stays");
    EXPECT_STATUS(pipe_write(pair.own, (void *)16, 8, DEADLINE_NOW, NULL), BAD_ADDRESS);
    EXPECT_STATUS(pipe_read(pair.own, (void *)16, 8, DEADLINE_NOW, NULL), BAD_ADDRESS);
    expect_text(pair.own, "stays");
    close_both(pair);
}

// ---- closing ----

TEST(after_the_sender_closed_what_it_wrote_stays_readable) {
    struct pair pair = make(PIPE_SEND, 0, 0);
    put(pair.own, "kept");
    EXPECT_OK(number_close(pair.own));
    expect_text(pair.other, "kept");
    char byte;
    EXPECT_STATUS(pipe_read(pair.other, &byte, 1, guest_soon(), NULL), STREAM_END);
    EXPECT_OK(number_close(pair.other));
}

TEST(a_strict_pipe_loses_its_data_when_either_side_closes) {
    struct pair pair = make(PIPE_SEND, PIPE_STRICT, 0);
    char byte;
    put(pair.own, "lost");
    EXPECT_OK(number_close(pair.own));
    EXPECT_STATUS(pipe_read(pair.other, &byte, 1, guest_soon(), NULL), PEER_DIED);
    EXPECT_EQUAL(pending(pair.other), 0);
    EXPECT_OK(number_close(pair.other));
}

TEST(writing_to_a_pipe_that_nobody_reads_any_more_says_so) {
    struct pair pair = make(PIPE_SEND, 0, 0);
    EXPECT_OK(number_close(pair.other));
    EXPECT_STATUS(pipe_write(pair.own, "x", 1, guest_soon(), NULL), PEER_DIED);
    EXPECT_OK(number_close(pair.own));
}

TEST(a_pipe_is_open_while_any_copy_of_its_number_is) {
    struct pair pair = make(PIPE_SEND, 0, 0);
    int32_t copy;
    char byte;
    EXPECT_OK(number_copy(pair.own, RIGHTS_ALL, &copy));
    EXPECT_OK(number_close(pair.own));
    EXPECT_STATUS(pipe_read(pair.other, &byte, 1, DEADLINE_NOW, NULL), WOULD_WAIT);
    EXPECT_OK(number_close(copy));
    EXPECT_STATUS(pipe_read(pair.other, &byte, 1, DEADLINE_NOW, NULL), STREAM_END);
    EXPECT_OK(number_close(pair.other));
}

// ---- death ----

ROLE(writes_for_ever) {
    static char bytes[3000];
    for (;;)
        if (pipe_write(guest_granted("sender"), bytes, sizeof(bytes), DEADLINE_NEVER, NULL) != STATUS_OK)
            return 7;
}

TEST(a_writer_that_waits_is_told_when_the_last_reader_goes) {
    struct pair pair = make(PIPE_SEND, 0, PAGE_SIZE);
    guest_grant("sender", pair.own, RIGHTS_ALL);
    struct spawned writer = guest_start("writes_for_ever", NULL);
    EXPECT_OK(number_close(pair.own));
    guest_await_wait(writer.process, WAIT_PIPE_ROOM);
    EXPECT_OK(number_close(pair.other));
    EXPECT_EQUAL(guest_await(writer).code, 7);
}

TEST(killing_a_writer_that_waits_leaves_what_it_wrote) {
    struct pair pair = make(PIPE_SEND, 0, PAGE_SIZE);
    static char bytes[PAGE_SIZE];
    size_t size;
    guest_grant("sender", pair.own, RIGHTS_ALL);
    struct spawned writer = guest_start("writes_for_ever", NULL);
    EXPECT_OK(number_close(pair.own));
    guest_await_wait(writer.process, WAIT_PIPE_ROOM);
    guest_kill(writer);
    EXPECT_OK(pipe_read(pair.other, bytes, sizeof(bytes), guest_soon(), &size));
    EXPECT_EQUAL(size, 3000);
    EXPECT_STATUS(pipe_read(pair.other, bytes, sizeof(bytes), guest_soon(), &size), STREAM_END);
    EXPECT_OK(number_close(pair.other));
}

ROLE(reads_for_ever) {
    static char bytes[5000];
    for (;;)
        if (pipe_read(guest_granted("receiver"), bytes, sizeof(bytes), DEADLINE_NEVER, NULL) != STATUS_OK)
            return 8;
}

TEST(killing_a_reader_that_waits_tells_the_writer) {
    struct pair pair = make(PIPE_SEND, 0, 0);
    guest_grant("receiver", pair.other, RIGHTS_ALL);
    struct spawned reader = guest_start("reads_for_ever", NULL);
    EXPECT_OK(number_close(pair.other));
    guest_await_wait(reader.process, WAIT_PIPE_DATA);
    guest_kill(reader);
    enum status status;
    uint64_t give_up = guest_soon();
    do
        status = pipe_write(pair.own, "x", 1, DEADLINE_NOW, NULL);
    while (status == STATUS_OK && clock_now() < give_up);
    EXPECT_STATUS(status, PEER_DIED);
    EXPECT_OK(number_close(pair.own));
}

TEST(killing_a_process_in_the_midst_of_a_transfer_frees_the_turn) {
    for (int round = 0; round < 20; round++) {
        struct pair pair = make(PIPE_POOL, 0, PAGE_SIZE);
        guest_grant("sender", pair.own, RIGHTS_ALL);
        struct spawned writer = guest_start("writes_for_ever", NULL);
        guest_grant("receiver", pair.other, RIGHTS_ALL);
        struct spawned reader = guest_start("reads_for_ever", NULL);
        thread_sleep(deadline_after(500000 + (uint64_t)round * 70000));
        guest_kill(round % 2 ? writer : reader);
        guest_kill(round % 2 ? reader : writer);
        static char bytes[PAGE_SIZE];
        size_t size;
        while (pipe_read(pair.own, bytes, sizeof(bytes), DEADLINE_NOW, &size) == STATUS_OK)
            continue;
        put(pair.other, "free");
        expect_text(pair.own, "free");
        close_both(pair);
    }
}

// ---- bulk ----

ROLE(sends_a_pattern) {
    static uint8_t bytes[10007];
    uint32_t seed = 1;
    for (size_t left = BULK; left > 0;) {
        size_t size = 1 + seed % sizeof(bytes), part = size < left ? size : left, written;
        for (size_t i = 0; i < part; i++)
            bytes[i] = (uint8_t)((BULK - left + i) * 31 >> 3);
        ROLE_EXPECT(pipe_write(guest_granted("sender"), bytes, part, DEADLINE_NEVER, &written) == STATUS_OK);
        ROLE_EXPECT(written == part);
        left -= part;
        seed = seed * 1103515245 + 12345;
    }
    return 0;
}

TEST(a_megabyte_through_a_small_pipe_arrives_whole) {
    struct pair pair = make(PIPE_SEND, 0, 2 * PAGE_SIZE);
    static uint8_t bytes[7001];
    size_t size, at = 0;
    enum status status;
    guest_grant("sender", pair.own, RIGHTS_ALL);
    struct spawned writer = guest_start("sends_a_pattern", NULL);
    EXPECT_OK(number_close(pair.own));
    while ((status = pipe_read(pair.other, bytes, sizeof(bytes), guest_soon(), &size)) == STATUS_OK)
        for (size_t i = 0; i < size; i++, at++)
            EXPECT(bytes[i] == (uint8_t)(at * 31 >> 3));
    EXPECT_STATUS(status, STREAM_END);
    EXPECT_EQUAL(at, BULK);
    guest_expect_success(writer);
    EXPECT_OK(number_close(pair.other));
}
