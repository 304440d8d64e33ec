// Messages: numbers that travel with them, the gate, limits, floods, and the end of a process in the midst.
#include "tests/guest/guest.h"

static char *in_digits(uint32_t value) {
    static char text[16];
    snprintf(text, sizeof(text), "%u", value);
    return text;
}

static int32_t make_pipe(int32_t *other) {
    struct pipe_create plan = {.mode = PIPE_SEND};
    int32_t number;
    EXPECT_OK(pipe_create(&plan, &number));
    *other = plan.other;
    return number;
}

// ---- numbers that travel ----

TEST(a_number_travels_with_rights_that_only_shrink) {
    int32_t receiver, sender = make_pipe(&receiver);
    struct message_options options = {
        .number_count = 1, .numbers = {sender}, .rights = {RIGHT_WRITE | RIGHT_READ | RIGHT_MANAGE}};
    struct message_information information = {0};
    struct number_information named, own;
    uint32_t id;
    EXPECT_OK(message_send(guest_self(), "n", 1, &options, DEADLINE_NOW, &id));
    EXPECT_OK(message_receive(id, &(char){0}, 1, &information, NULL));
    EXPECT_EQUAL(information.number_count, 1);
    EXPECT(information.numbers[0] != sender);
    EXPECT_OK(number_information(sender, &own));
    EXPECT_OK(number_information(information.numbers[0], &named));
    EXPECT_EQUAL(named.id, own.id);
    EXPECT_EQUAL(named.rights, own.rights & options.rights[0]);
    EXPECT_STATUS(number_copy(information.numbers[0], RIGHTS_ALL, NULL), NO_RIGHT);
    EXPECT_OK(number_close(information.numbers[0]));
    EXPECT_OK(number_close(sender));
    EXPECT_OK(number_close(receiver));
}

TEST(wrong_numbers_in_a_message_are_refused_and_nothing_is_sent) {
    int32_t receiver, sender = make_pipe(&receiver), weak;
    EXPECT_OK(number_copy(sender, ~(uint32_t)RIGHT_SEND, &weak));
    struct message_options none = {.number_count = 2, .numbers = {sender, 12345}};
    struct message_options no_right = {.number_count = 2, .numbers = {sender, weak}};
    struct message_options many = {.number_count = MESSAGE_NUMBERS_MAX + 1};
    struct guest_figures before = guest_figures_settled();
    EXPECT_STATUS(message_send(guest_self(), "n", 1, &none, DEADLINE_NOW, NULL), BAD_NUMBER);
    EXPECT_STATUS(message_send(guest_self(), "n", 1, &no_right, DEADLINE_NOW, NULL), NO_RIGHT);
    EXPECT_STATUS(message_send(guest_self(), "n", 1, &many, DEADLINE_NOW, NULL), INVALID_ARGUMENT);
    struct guest_figures after = guest_figures();
    EXPECT(guest_figures_differ(&before, &after) == NULL);
    EXPECT_STATUS(message_next(&(char){0}, 1, NULL, DEADLINE_NOW, NULL), WOULD_WAIT);
    number_close(weak);
    number_close(sender);
    number_close(receiver);
}

TEST(a_number_in_a_scrapped_message_is_let_go) {
    int32_t receiver, sender = make_pipe(&receiver);
    struct message_options options = {.number_count = 1, .numbers = {sender}, .rights = {RIGHTS_ALL}};
    uint32_t id;
    char byte;
    EXPECT_OK(message_send(guest_self(), "n", 1, &options, DEADLINE_NOW, &id));
    EXPECT_OK(number_close(sender));
    EXPECT_STATUS(pipe_read(receiver, &byte, 1, DEADLINE_NOW, NULL), WOULD_WAIT); // on its way is open (R-B8)
    EXPECT_OK(message_scrap(id));
    EXPECT_STATUS(pipe_read(receiver, &byte, 1, guest_soon(), NULL), STREAM_END);
    EXPECT_OK(number_close(receiver));
}

ROLE(dies_with_messages_unread) {
    return thread_sleep(DEADLINE_NEVER);
}

TEST(numbers_in_the_queue_of_a_process_that_dies_are_let_go) {
    int32_t receiver, sender = make_pipe(&receiver);
    struct message_options options = {.number_count = 1, .numbers = {sender}, .rights = {RIGHTS_ALL}};
    struct spawned child = guest_start("dies_with_messages_unread", NULL);
    char byte;
    EXPECT_OK(message_send(child.process, "n", 1, &options, DEADLINE_NOW, NULL));
    EXPECT_OK(number_close(sender));
    EXPECT_EQUAL(guest_account(guest_self(), ACCOUNT_MESSAGES).used, 1);
    guest_kill(child);
    EXPECT_STATUS(pipe_read(receiver, &byte, 1, guest_soon(), NULL), STREAM_END);
    for (uint64_t give_up = guest_soon(); clock_now() < give_up; thread_yield())
        if (guest_account(guest_self(), ACCOUNT_MESSAGES).used == 0)
            break;
    EXPECT_EQUAL(guest_account(guest_self(), ACCOUNT_MESSAGES).used, 0);
    EXPECT_OK(number_close(receiver));
}

// ---- the gate ----

ROLE(closes_its_gate_to_messages) {
    uint64_t before;
    ROLE_EXPECT(gate_set(GATE_MESSAGE, 0, &before) == STATUS_OK && before == GATE_ALL_USERS);
    guest_say(guest_parent(), 1);
    return thread_sleep(DEADLINE_NEVER);
}

TEST(a_closed_gate_denies_messages) {
    struct spawned child = guest_start("closes_its_gate_to_messages", NULL);
    EXPECT_EQUAL(guest_hear(child.process), 1);
    EXPECT_STATUS(message_send(child.process, "x", 1, NULL, DEADLINE_NOW, NULL), DENIED);
    EXPECT_EQUAL(guest_account(guest_self(), ACCOUNT_MESSAGES).used, 0);
}

ROLE(answers_a_process_with_a_closed_gate) {
    uint32_t word;
    struct message_information information;
    ROLE_EXPECT(message_next(&word, sizeof(word), &information, guest_soon(), NULL) == STATUS_OK);
    ROLE_EXPECT(message_send(guest_parent(), "x", 1, NULL, guest_soon(), NULL) == STATUS_DENIED);
    struct message_options options = {.in_reply_to = information.id};
    ROLE_EXPECT(message_send(guest_parent(), &word, sizeof(word), &options, guest_soon(), NULL) == STATUS_OK);
    return 0;
}

TEST(a_reply_needs_no_gate) {
    struct spawned child = guest_start("answers_a_process_with_a_closed_gate", NULL);
    uint32_t id, word = 5;
    struct message_information information;
    EXPECT_OK(gate_set(GATE_MESSAGE, 0, NULL));
    enum status sent = message_send(child.process, &word, sizeof(word), NULL, guest_soon(), &id);
    struct message_filter filter = {.sender = child.process, .in_reply_to = id};
    enum status heard = message_wait(&filter, &information, guest_soon());
    EXPECT_OK(gate_set(GATE_MESSAGE, GATE_ALL_USERS, NULL));
    EXPECT_OK(sent);
    EXPECT_OK(heard);
    guest_expect_success(child);
}

TEST(a_reply_to_a_message_that_was_never_received_is_none) {
    struct message_options options = {.in_reply_to = 4242};
    EXPECT_OK(gate_set(GATE_MESSAGE, 0, NULL));
    struct spawned child = guest_start("dies_with_messages_unread", NULL);
    EXPECT_STATUS(message_send(child.process, "x", 1, &options, DEADLINE_NOW, NULL), INVALID_ARGUMENT);
    EXPECT_OK(gate_set(GATE_MESSAGE, GATE_ALL_USERS, NULL));
}

// ---- limits and floods (R-B3) ----

TEST(a_sender_reaches_its_own_limit_before_it_fills_a_queue) {
    uint32_t sent = 0;
    enum status status;
    uint64_t limit = guest_account(guest_self(), ACCOUNT_MESSAGES).limit;
    while ((status = message_send(guest_self(), &sent, sizeof(sent), NULL, DEADLINE_NOW, NULL)) == STATUS_OK)
        sent++;
    EXPECT_EQUAL(status, STATUS_LIMIT_REACHED);
    EXPECT_EQUAL(sent, limit);
    EXPECT(guest_account(guest_self(), ACCOUNT_MESSAGES).refused > 0);
    uint32_t word = 77;
    EXPECT_OK(message_next(&word, sizeof(word), NULL, DEADLINE_NOW, NULL));
    EXPECT_EQUAL(word, 0);
    EXPECT_OK(message_send(guest_self(), &word, sizeof(word), NULL, DEADLINE_NOW, NULL));
}

TEST(the_bytes_of_unread_messages_are_limited_too) {
    uint64_t limit = guest_account(guest_self(), ACCOUNT_MESSAGE_BYTES).limit, sent = 0;
    static char block[1 << 20];
    enum status status;
    while ((status = message_send(guest_self(), block, sizeof(block), NULL, DEADLINE_NOW, NULL)) == STATUS_OK)
        sent += sizeof(block);
    EXPECT_EQUAL(status, STATUS_LIMIT_REACHED);
    EXPECT(sent <= limit && sent + sizeof(block) > limit);
    guest_drain();
    EXPECT_EQUAL(guest_account(guest_self(), ACCOUNT_MESSAGE_BYTES).used, 0);
}

ROLE(counts_words_of_its_parent) {
    uint32_t word;
    for (uint32_t expected = 1; expected <= 20; expected++)
        ROLE_EXPECT((word = guest_hear(guest_parent())) == expected);
    return 0;
}

// The flooder's own words have no room left either: it tells by ending.
ROLE(floods_and_ends) {
    uint32_t receiver = (uint32_t)atoi(arguments[0]);
    enum status status;
    int sent = 0;
    while ((status = message_send(receiver, "flood", 6, NULL, DEADLINE_NOW, NULL)) == STATUS_OK)
        sent++;
    ROLE_EXPECT(sent > 0);
    ROLE_EXPECT(status == STATUS_LIMIT_REACHED);
    for (int i = 0; i < 10000; i++)
        ROLE_EXPECT(message_send(receiver, "flood", 6, NULL, DEADLINE_NOW, NULL) == STATUS_LIMIT_REACHED);
    return 0;
}

TEST(a_flood_of_messages_does_not_keep_a_third_process_from_sending) {
    struct spawned receiver = guest_start("counts_words_of_its_parent", NULL);
    struct spawned flooder = guest_start("floods_and_ends", in_digits(receiver.process), NULL);
    for (uint32_t word = 1; word <= 10; word++)
        guest_say(receiver.process, word);
    guest_expect_success(flooder);
    for (uint32_t word = 11; word <= 20; word++)
        guest_say(receiver.process, word);
    guest_expect_success(receiver);
}

// ---- a full queue ----

ROLE(waits_for_room_at) {
    uint32_t receiver = (uint32_t)atoi(arguments[0]);
    enum status status = STATUS_OK;
    while (status == STATUS_OK)
        status = message_send(receiver, "x", 1, NULL, DEADLINE_NEVER, NULL);
    return -(int)status;
}

// Senders, each within its own limit, fill the queue of one receiver.
static void fill_queue(struct spawned receiver) {
    uint64_t senders = MESSAGE_QUEUE_CAPACITY / guest_account(guest_self(), ACCOUNT_MESSAGES).limit + 1;
    for (uint64_t i = 0; i < senders; i++)
        guest_start("waits_for_room_at", in_digits(receiver.process), NULL);
}

static struct wait_information await_any_waiter_for_room(uint32_t *process) {
    struct wait_information record;
    for (uint64_t give_up = guest_soon(); clock_now() < give_up; thread_sleep(guest_shortly())) {
        uint64_t after = 0;
        size_t count;
        while (wait_list(after, &record, 1, &count) == STATUS_OK && count == 1) {
            if (record.reason == WAIT_MESSAGE_ROOM) {
                *process = record.process;
                return record;
            }
            after = record.thread;
        }
    }
    FAIL("nobody waits for room");
}

TEST(a_full_queue_makes_senders_wait_and_its_death_tells_them) {
    struct spawned receiver = guest_start("dies_with_messages_unread", NULL);
    uint32_t process;
    fill_queue(receiver);
    struct wait_information record = await_any_waiter_for_room(&process);
    EXPECT_EQUAL(record.waker_count, 1);
    EXPECT_EQUAL(record.wakers[0], receiver.process);
    EXPECT_STATUS(message_send(receiver.process, "x", 1, NULL, DEADLINE_NOW, NULL), PEER_FULL);
    EXPECT_STATUS(message_send(receiver.process, "x", 1, NULL, guest_shortly(), NULL), TIMED_OUT);
    EXPECT_EQUAL(guest_account(guest_self(), ACCOUNT_MESSAGES).used, 0);
    guest_kill(receiver);
    EVENT event;
    do
        event = guest_next_event(EVENT_PROCESS, NULL);
    while (event.Type != NOTHING && event.Data1 != process);
    EXPECT_EQUAL(event.Data1, process);
    EXPECT_EQUAL(event.Data2, -STATUS_PEER_DIED);
}
