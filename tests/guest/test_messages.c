// Messages: by id, of any size, kept until taken; replies; numbers that travel; full queues; the end of either side.
#include "tests/guest/guest.h"

enum { LARGE = 1 << 20 };

static uint32_t send_text(uint32_t process, const char *text) {
    uint32_t id;
    EXPECT_OK(message_send(process, text, strlen(text) + 1, NULL, guest_soon(), &id));
    EXPECT(id != MESSAGE_ID_NONE);
    return id;
}

static uint32_t waiting(void) {
    struct message_information information;
    return message_wait(NULL, &information, DEADLINE_NOW) == STATUS_OK ? information.waiting : 0;
}

// ---- to oneself ----

TEST(a_message_is_received_by_its_id_as_it_was_sent) {
    static const size_t sizes[] = {0, 1, 63, 64, 4095, 4096, 4097, 65536, LARGE};
    static uint8_t sent[LARGE], received[LARGE + 1];
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        uint32_t id;
        size_t size;
        for (size_t k = 0; k < sizes[i]; k++)
            sent[k] = (uint8_t)(k * 7 + i);
        received[sizes[i]] = 0xee;
        EXPECT_OK(message_send(guest_self(), sent, sizes[i], NULL, DEADLINE_NOW, &id));
        EXPECT_OK(message_receive(id, received, sizeof(received), NULL, &size));
        EXPECT_EQUAL(size, sizes[i]);
        EXPECT_EQUAL(memcmp(sent, received, sizes[i]), 0);
        EXPECT_EQUAL(received[sizes[i]], 0xee);
    }
}

TEST(an_event_tells_of_a_message_its_id_size_and_sender) {
    struct event_source source;
    guest_drain();
    uint32_t id = send_text(guest_self(), "hello");
    EVENT event = guest_next_event(EVENT_MESSAGE, &source);
    EXPECT_EQUAL(event.Data1, id);
    EXPECT_EQUAL(event.Data2, 6);
    EXPECT_EQUAL(event.Data3, guest_self());
}

TEST(the_first_pending_message_is_told_of_without_being_taken) {
    struct message_information information;
    guest_drain();
    uint32_t first = send_text(guest_self(), "first");
    send_text(guest_self(), "the second");
    for (int i = 0; i < 2; i++) {
        EXPECT_OK(message_wait(NULL, &information, DEADLINE_NOW));
        EXPECT_EQUAL(information.id, first);
        EXPECT_EQUAL(information.size, 6);
        EXPECT_EQUAL(information.sender, guest_self());
        EXPECT_EQUAL(information.user, start_information()->user);
        EXPECT_EQUAL(information.waiting, 2);
    }
}

TEST(messages_can_be_taken_in_any_order) {
    char text[8];
    uint32_t a = send_text(guest_self(), "a"), b = send_text(guest_self(), "b"), c = send_text(guest_self(), "c");
    EXPECT_OK(message_receive(b, text, sizeof(text), NULL, NULL));
    EXPECT_EQUAL(text[0], 'b');
    EXPECT_OK(message_receive(a, text, sizeof(text), NULL, NULL));
    EXPECT_EQUAL(text[0], 'a');
    EXPECT_OK(message_receive(c, text, sizeof(text), NULL, NULL));
    EXPECT_EQUAL(text[0], 'c');
}

TEST(an_id_that_matches_nothing_leaves_memory_untouched_and_is_no_error) {
    char text[4] = "abc";
    struct message_information information = {.id = 99};
    uint32_t id = send_text(guest_self(), "x");
    EXPECT_STATUS(message_receive(id + 1000, text, sizeof(text), &information, NULL), NOTHING);
    EXPECT_EQUAL(strcmp(text, "abc"), 0);
    EXPECT_EQUAL(waiting(), 1);
    EXPECT_STATUS(message_scrap(id + 1000), NOTHING);
    EXPECT_EQUAL(waiting(), 1);
}

TEST(a_buffer_that_is_too_small_loses_nothing) {
    char text[16] = "untouched";
    struct message_information information;
    uint32_t id = send_text(guest_self(), "0123456789");
    EXPECT_STATUS(message_receive(id, text, 10, &information, NULL), TOO_SMALL);
    EXPECT_EQUAL(information.size, 11);
    EXPECT_EQUAL(strcmp(text, "untouched"), 0);
    EXPECT_STATUS(message_next(text, 10, &information, DEADLINE_NOW, NULL), TOO_SMALL);
    EXPECT_EQUAL(information.size, 11);
    EXPECT_OK(message_receive(id, text, 11, &information, NULL));
    EXPECT_EQUAL(strcmp(text, "0123456789"), 0);
}

TEST(a_scrapped_message_is_gone_and_no_longer_charged) {
    uint32_t id = send_text(guest_self(), "x");
    EXPECT_EQUAL(guest_account(guest_self(), ACCOUNT_MESSAGES).used, 1);
    EXPECT_OK(message_scrap(id));
    EXPECT_EQUAL(guest_account(guest_self(), ACCOUNT_MESSAGES).used, 0);
    EXPECT_EQUAL(guest_account(guest_self(), ACCOUNT_MESSAGE_BYTES).used, 0);
    EXPECT_STATUS(message_scrap(id), NOTHING);
    EXPECT_EQUAL(waiting(), 0);
}

TEST(the_next_message_is_taken_in_one_step) {
    char text[8];
    struct message_information information;
    size_t size;
    uint32_t id = send_text(guest_self(), "one");
    send_text(guest_self(), "two");
    EXPECT_OK(message_next(text, sizeof(text), &information, DEADLINE_NOW, &size));
    EXPECT_EQUAL(information.id, id);
    EXPECT_EQUAL(size, 4);
    EXPECT_EQUAL(strcmp(text, "one"), 0);
    EXPECT_EQUAL(waiting(), 1);
}

TEST(an_id_is_not_given_out_again_soon) {
    uint32_t before = send_text(guest_self(), "x");
    message_scrap(before);
    for (int i = 0; i < 5000; i++) {
        uint32_t id = send_text(guest_self(), "x");
        EXPECT(id != before);
        EXPECT_OK(message_scrap(id));
        EVENT event;
        event_get(&event, NULL);
    }
}

TEST(a_message_larger_than_any_can_be_is_refused) {
    EXPECT_STATUS(message_send(guest_self(), "x", MESSAGE_SIZE_MAX + 1, NULL, DEADLINE_NOW, NULL), TOO_LARGE);
    EXPECT_STATUS(message_send(guest_self(), "x", SIZE_MAX, NULL, DEADLINE_NOW, NULL), TOO_LARGE);
}

// ---- waiting ----

TEST(a_wait_for_a_message_ends_at_its_deadline) {
    struct message_information information;
    char text[4];
    guest_drain();
    uint64_t deadline = deadline_after(3 * NANOSECONDS_PER_MILLISECOND);
    EXPECT_STATUS(message_wait(NULL, &information, DEADLINE_NOW), WOULD_WAIT);
    EXPECT_STATUS(message_next(text, sizeof(text), NULL, DEADLINE_NOW, NULL), WOULD_WAIT);
    EXPECT_STATUS(message_wait(NULL, &information, deadline), TIMED_OUT);
    EXPECT(clock_now() >= deadline);
}

ROLE(adds_one_to_each_word) {
    for (;;) {
        uint32_t word;
        struct message_information information;
        enum status status = message_next(&word, sizeof(word), &information, DEADLINE_NEVER, NULL);
        ROLE_EXPECT(status == STATUS_OK);
        word++;
        struct message_options options = {.in_reply_to = information.id};
        status = message_send(information.sender, &word, sizeof(word), &options, guest_soon(), NULL);
        ROLE_EXPECT(status == STATUS_OK);
    }
}

TEST(a_reply_goes_to_who_awaits_it_and_raises_no_event) {
    struct spawned child = guest_start("adds_one_to_each_word", NULL);
    guest_await_wait(child.process, WAIT_MESSAGE);
    for (uint32_t i = 0; i < 100; i++) {
        uint32_t id, word = i;
        struct message_information information;
        EVENT event;
        EXPECT_OK(message_send(child.process, &word, sizeof(word), NULL, guest_soon(), &id));
        struct message_filter filter = {.sender = child.process, .in_reply_to = id};
        EXPECT_OK(message_wait(&filter, &information, guest_soon()));
        EXPECT_EQUAL(information.in_reply_to, id);
        EXPECT_EQUAL(information.sender, child.process);
        EXPECT_OK(message_receive(information.id, &word, sizeof(word), NULL, NULL));
        EXPECT_EQUAL(word, i + 1);
        EXPECT_STATUS(event_get(&event, NULL), NOTHING);
    }
}

TEST(a_wait_for_a_sender_that_ended_says_so) {
    struct spawned child = guest_start("adds_one_to_each_word", NULL);
    struct message_filter filter = {.sender = child.process};
    struct message_information information;
    guest_kill(child);
    EXPECT_STATUS(message_wait(&filter, &information, guest_soon()), PEER_DIED);
}

ROLE(waits_for_the_reply_of) {
    uint32_t word = 1, id, peer = (uint32_t)atoi(arguments[0]);
    struct message_information information;
    ROLE_EXPECT(message_send(peer, &word, sizeof(word), NULL, guest_soon(), &id) == STATUS_OK);
    struct message_filter filter = {.sender = peer, .in_reply_to = id};
    ROLE_EXPECT(message_wait(&filter, &information, DEADLINE_NEVER) == STATUS_PEER_DIED);
    return 0;
}

ROLE(sleeps_for_ever) {
    return thread_sleep(DEADLINE_NEVER);
}

static char *in_digits(uint32_t value) {
    static char text[16];
    snprintf(text, sizeof(text), "%u", value);
    return text;
}

TEST(who_waits_for_a_reply_is_told_when_the_other_side_dies) {
    struct spawned server = guest_start("sleeps_for_ever", NULL);
    struct spawned client = guest_start("waits_for_the_reply_of", in_digits(server.process), NULL);
    struct wait_information record = guest_await_wait(client.process, WAIT_REPLY);
    EXPECT_EQUAL(record.waker_count, 1);
    EXPECT_EQUAL(record.wakers[0], server.process);
    guest_kill(server);
    guest_expect_success(client);
}

TEST(killing_who_waits_for_a_message_ends_it) {
    struct spawned child = guest_start("adds_one_to_each_word", NULL);
    guest_await_wait(child.process, WAIT_MESSAGE);
    guest_kill(child);
    EXPECT_STATUS(message_send(child.process, "x", 1, NULL, DEADLINE_NOW, NULL), NOT_FOUND);
}

ROLE(sends_a_word_and_ends) {
    guest_say(guest_parent(), 4711);
    return 0;
}

TEST(a_message_outlives_its_sender) {
    guest_drain();
    struct spawned child = guest_start("sends_a_word_and_ends", NULL);
    guest_expect_success(child);
    uint32_t word = 0;
    struct message_information information;
    EXPECT_OK(message_next(&word, sizeof(word), &information, DEADLINE_NOW, NULL));
    EXPECT_EQUAL(word, 4711);
    EXPECT_EQUAL(information.sender, child.process);
}
