// Instruments: what object_list, object_describe, wait_list, process_list and account_read tell is so.
#include "tests/guest/guest.h"

enum { LIST_MAX = 64 };

// Goes through the whole table; says the entry with this id.
static bool find_object(uint32_t kind, uint64_t id, struct object_information *entry) {
    struct object_information list[LIST_MAX];
    uint64_t after = 0;
    size_t count;
    do {
        EXPECT_OK(object_list(kind, after, list, LIST_MAX, &count));
        for (size_t i = 0; i < count; i++) {
            EXPECT(list[i].id > after);
            EXPECT(kind == OBJECT_ANY || list[i].kind == kind);
            after = list[i].id;
            if (list[i].id == id) {
                *entry = list[i];
                return true;
            }
        }
    } while (count > 0);
    return false;
}

static uint64_t id_of(int32_t number) {
    struct number_information information;
    EXPECT_OK(number_information(number, &information));
    return information.id;
}

TEST(what_a_program_makes_stands_in_the_table_until_it_is_closed) {
    int32_t numbers[3];
    struct pipe_create plan = {.mode = PIPE_SEND};
    EXPECT_OK(timer_create(&numbers[0]));
    EXPECT_OK(shared_create(PAGE_SIZE, &numbers[1]));
    EXPECT_OK(pipe_create(&plan, &numbers[2]));
    static const uint32_t kinds[3] = {OBJECT_TIMER, OBJECT_SHARED_MEMORY, OBJECT_PIPE_END};
    for (int i = 0; i < 3; i++) {
        struct object_information entry;
        uint64_t id = id_of(numbers[i]);
        EXPECT(find_object(OBJECT_ANY, id, &entry));
        EXPECT_EQUAL(entry.kind, kinds[i]);
        EXPECT_EQUAL(entry.owner, guest_self());
        EXPECT(find_object(kinds[i], id, &entry));
        EXPECT(!find_object(OBJECT_MACHINE, id, &entry));
        EXPECT_OK(number_close(numbers[i]));
        if (kinds[i] != OBJECT_PIPE_END) // the other end of a pipe is held still
            EXPECT(!find_object(OBJECT_ANY, id, &entry));
    }
    EXPECT_OK(number_close(plan.other));
}

TEST(every_object_describes_itself_in_lines_of_key_and_value) {
    struct object_information list[LIST_MAX];
    uint64_t after = 0;
    size_t count, length;
    static char text[PAGE_SIZE];
    do {
        EXPECT_OK(object_list(OBJECT_ANY, after, list, LIST_MAX, &count));
        for (size_t i = 0; i < count; i++) {
            after = list[i].id;
            enum status status = object_describe(list[i].id, text, sizeof(text) - 1, &length);
            if (status == STATUS_NOT_FOUND)
                continue;
            EXPECT_OK(status);
            EXPECT(length > 0 && length < sizeof(text));
            text[length] = 0;
            EXPECT_EQUAL(strlen(text), length);
            EXPECT(strstr(text, ": ") != NULL);
            EXPECT(text[length - 1] == '\n');
        }
    } while (count > 0);
}

TEST(a_description_that_does_not_fit_is_cut_and_said_to_be) {
    int32_t number;
    char text[9] = "########";
    EXPECT_OK(timer_create(&number));
    EXPECT_STATUS(object_describe(id_of(number), text, 4, NULL), TOO_SMALL);
    EXPECT(text[3] != '#' && text[4] == '#');
    EXPECT_OK(number_close(number));
}

TEST(the_list_of_processes_holds_this_one) {
    struct process_information own;
    size_t count;
    EXPECT_OK(process_list(guest_self() - 1, &own, 1, &count));
    EXPECT_EQUAL(count, 1);
    EXPECT_EQUAL(own.process, guest_self());
    EXPECT_EQUAL(own.parent, guest_parent());
    EXPECT_EQUAL(own.user, start_information()->user);
    EXPECT_EQUAL(own.state, THREAD_RUNNING);
    EXPECT_EQUAL(own.threads, 1);
    EXPECT(own.pages > 0 && own.numbers > 0 && own.started < clock_now());
    EXPECT(strncmp(own.name, "test-", 5) == 0);
}

ROLE(sleeps_for_ever) {
    return thread_sleep(DEADLINE_NEVER);
}

TEST(a_wait_record_tells_for_what_since_when_and_until_when) {
    uint64_t before = clock_now();
    struct spawned child = guest_start("sleeps_for_ever", NULL);
    struct wait_information record = guest_await_wait(child.process, WAIT_SLEEP);
    EXPECT_EQUAL(record.deadline, DEADLINE_NEVER);
    EXPECT(record.since >= before && record.since <= clock_now());
    EXPECT_EQUAL(record.object, 0);
    EXPECT_EQUAL(strcmp(record.process_name, "sleeps_for_ever"), 0);
}

// ---- a circle of waits ----

ROLE(asks_the_next) {
    uint32_t peer = guest_hear(guest_parent()), id, word = 1;
    struct message_information information;
    ROLE_EXPECT(peer != 0);
    ROLE_EXPECT(message_send(peer, &word, sizeof(word), NULL, guest_soon(), &id) == STATUS_OK);
    struct message_filter filter = {.sender = peer, .in_reply_to = id};
    message_wait(&filter, &information, DEADLINE_NEVER);
    return 1;
}

TEST(a_circle_of_processes_that_wait_for_each_other_shows_in_their_wakers) {
    enum { CIRCLE = 3 };
    struct spawned children[CIRCLE];
    for (int i = 0; i < CIRCLE; i++)
        children[i] = guest_start("asks_the_next", NULL);
    for (int i = 0; i < CIRCLE; i++)
        guest_say(children[i].process, children[(i + 1) % CIRCLE].process);
    for (int i = 0; i < CIRCLE; i++) {
        struct wait_information record = guest_await_wait(children[i].process, WAIT_REPLY);
        EXPECT_EQUAL(record.waker_count, 1);
        EXPECT_EQUAL(record.wakers[0], children[(i + 1) % CIRCLE].process);
    }
}

ROLE(reads_from_its_pipe) {
    char byte;
    pipe_read(guest_granted("receiver"), &byte, 1, DEADLINE_NEVER, NULL);
    return 0;
}

TEST(who_waits_at_a_pipe_waits_for_those_who_hold_its_other_end) {
    struct pipe_create plan = {.mode = PIPE_SEND};
    int32_t sender;
    EXPECT_OK(pipe_create(&plan, &sender));
    guest_grant("receiver", plan.other, RIGHTS_ALL);
    struct spawned reader = guest_start("reads_from_its_pipe", NULL);
    struct wait_information record = guest_await_wait(reader.process, WAIT_PIPE_DATA);
    EXPECT_EQUAL(record.waker_count, 1);
    EXPECT_EQUAL(record.wakers[0], guest_self());
    EXPECT_OK(number_close(sender));
    EXPECT_OK(number_close(plan.other));
    guest_expect_success(reader);
}

ROLE(waits_for_its_grandchild) {
    struct spawned child = guest_start("sleeps_for_ever", NULL);
    guest_say(guest_parent(), child.process);
    return process_wait(child.number, DEADLINE_NEVER, NULL);
}

TEST(who_waits_for_a_process_to_end_waits_for_that_process) {
    struct spawned child = guest_start("waits_for_its_grandchild", NULL);
    uint32_t grandchild = guest_hear(child.process);
    struct wait_information record = guest_await_wait(child.process, WAIT_PROCESS_END);
    EXPECT_EQUAL(record.kind, OBJECT_PROCESS);
    EXPECT_EQUAL(record.waker_count, 1);
    EXPECT_EQUAL(record.wakers[0], grandchild);
    int32_t number;
    EXPECT_OK(process_open(grandchild, &number));
    EXPECT_OK(process_kill(number, 0));
    EXPECT_OK(number_close(number));
    guest_expect_success(child);
}

// ---- accounts ----

TEST(an_account_counts_what_was_made_and_what_was_refused) {
    struct account_line before = guest_account(guest_self(), ACCOUNT_OBJECTS), after;
    int32_t numbers[10];
    for (int i = 0; i < 10; i++)
        EXPECT_OK(timer_create(&numbers[i]));
    after = guest_account(guest_self(), ACCOUNT_OBJECTS);
    EXPECT_EQUAL(after.used, before.used + 10);
    EXPECT(after.peak >= after.used);
    for (int i = 0; i < 10; i++)
        EXPECT_OK(number_close(numbers[i]));
    EXPECT_EQUAL(guest_account(guest_self(), ACCOUNT_OBJECTS).used, before.used);
}

TEST(the_machine_tells_sensible_facts) {
    struct machine_information machine;
    EXPECT_OK(machine_information(&machine));
    EXPECT(machine.memory_total >= 16 << 20 && machine.memory_free < machine.memory_total);
    EXPECT(machine.processors >= 1 && machine.processors <= 8);
    EXPECT(machine.uptime <= clock_now() && machine.uptime > 0);
    EXPECT(machine.objects > 5 && machine.version[0] != 0);
    EXPECT(memchr(machine.command_line, 0, sizeof(machine.command_line)) != NULL);
}

// ---- random bytes, the log ----

TEST(random_bytes_differ_and_fill_the_buffer_alone) {
    static uint8_t one[4096], two[4096 + 8];
    memset(two, 0xaa, sizeof(two));
    EXPECT_OK(random_read(one, 4096));
    EXPECT_OK(random_read(two, 4096));
    EXPECT(memcmp(one, two, 4096) != 0);
    for (int i = 4096; i < 4104; i++)
        EXPECT_EQUAL(two[i], 0xaa);
    uint32_t ones = 0;
    for (int i = 0; i < 4096; i++)
        ones += (uint32_t)__builtin_popcount(one[i]);
    EXPECT(ones > 15000 && ones < 17800);
    EXPECT_STATUS(random_read(one, 4097), TOO_LARGE);
}

// Read in parts: a line may lie across two of them, so the end of each is looked at again with the next.
TEST(what_was_written_to_the_log_can_be_read_there) {
    static const char line[] = "guest test: a line of the log\n";
    static char text[4096];
    uint64_t position = 0;
    size_t copied, kept = 0;
    bool found = false;
    EXPECT_OK(log_write(line, sizeof(line) - 1));
    EXPECT_STATUS(log_write(text, 1025), TOO_LARGE);
    do {
        EXPECT_OK(log_read(&position, text + kept, sizeof(text) - kept, &copied));
        size_t held = kept + copied;
        found |= memmem(text, held, line, sizeof(line) - 1) != NULL;
        kept = held < sizeof(line) ? held : sizeof(line);
        memmove(text, text + held - kept, kept);
    } while (copied > 0 && !found);
    EXPECT(found);
}
