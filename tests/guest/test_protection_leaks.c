// Nothing that a program can read holds an address of the kernel, or a byte that nobody wrote.
#include "tests/guest/guest.h"

// What freed memory holds in debug builds.
#define FREED_WORD UINT64_C(0xdfdfdfdfdfdfdfdf)

enum { ROOM = 4 * PAGE_SIZE, FILL = 0x11 };

static _Alignas(16) uint8_t room[ROOM];

// The alias of memory, stacks, devices; the image. Small negative values are numbers, not addresses. The random words of the start are anything.
static bool is_suspicious(uint64_t word) {
    const struct process_start *start = start_information();
    if (word == start->random[0] || word == start->random[1])
        return false;
    return word == FREED_WORD || (word >= UINT64_C(0xffff800000000000) && word < UINT64_C(0xffffd00000000000)) ||
           (word >= UINT64_C(0xffffffff80000000) && word < UINT64_C(0xffffffffffff0000));
}

static void expect_clean(const void *start, size_t size, const char *what) {
    const uint8_t *bytes = start;
    for (size_t at = 0; at + 8 <= size; at += 8) {
        uint64_t word;
        memcpy(&word, bytes + at, sizeof(word));
        if (is_suspicious(word))
            FAIL("%s holds %#llx at %zu", what, (unsigned long long)word, at);
    }
}

static void expect_clean_text(const char *text, size_t size, const char *what) {
    static const char *const prefixes[] = {"ffff8", "ffffffff8", "ffffc", "dfdfdfdf"};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        const char *found = memmem(text, size, prefixes[i], strlen(prefixes[i]));
        if (found != NULL)
            FAIL("%s holds %.32s", what, found);
    }
}

ROLE(sleeps_for_ever) {
    return thread_sleep(DEADLINE_NEVER);
}

TEST(the_lists_of_instruments_hold_no_address_of_the_kernel) {
    size_t count;
    guest_start("sleeps_for_ever", NULL);
    memset(room, FILL, ROOM);
    EXPECT_OK(object_list(OBJECT_ANY, 0, (void *)room, ROOM / sizeof(struct object_information), &count));
    expect_clean(room, count * sizeof(struct object_information), "object_list");
    EXPECT_OK(process_list(0, (void *)room, ROOM / sizeof(struct process_information), &count));
    expect_clean(room, count * sizeof(struct process_information), "process_list");
    EXPECT_OK(wait_list(0, (void *)room, ROOM / sizeof(struct wait_information), &count));
    for (size_t i = 0; i < count; i++) { // a deadline may be any number
        struct wait_information *record = (struct wait_information *)room + i;
        record->deadline = 0;
        expect_clean(record, sizeof(*record), "wait_list");
    }
    struct account_information account;
    EXPECT_OK(account_read(guest_self(), &account));
    expect_clean(&account, sizeof(account), "account_read");
    struct machine_information machine;
    EXPECT_OK(machine_information(&machine));
    expect_clean(&machine, sizeof(machine), "machine_information");
}

// A name shorter than its place: what is behind its end must not be what was there before.
static void expect_padded(const char *name, const char *what) {
    size_t length = strnlen(name, NAME_SIZE);
    if (length == NAME_SIZE)
        FAIL("%s: a name without end", what);
    for (size_t i = length; i < NAME_SIZE; i++)
        if (name[i] != 0)
            FAIL("%s: a byte behind the name's end", what);
}

TEST(names_are_padded_with_zeros) {
    size_t count;
    EXPECT_OK(object_list(OBJECT_ANY, 0, (void *)room, ROOM / sizeof(struct object_information), &count));
    for (size_t i = 0; i < count; i++)
        expect_padded(((struct object_information *)room)[i].name, "object_list");
    EXPECT_OK(process_list(0, (void *)room, ROOM / sizeof(struct process_information), &count));
    for (size_t i = 0; i < count; i++)
        expect_padded(((struct process_information *)room)[i].name, "process_list");
    EXPECT_OK(wait_list(0, (void *)room, ROOM / sizeof(struct wait_information), &count));
    for (size_t i = 0; i < count; i++) {
        expect_padded(((struct wait_information *)room)[i].process_name, "wait_list, process");
        expect_padded(((struct wait_information *)room)[i].object_name, "wait_list, object");
    }
}

TEST(the_descriptions_of_objects_hold_no_address_of_the_kernel) {
    struct object_information list[32];
    uint64_t after = 0;
    size_t count, length;
    do {
        EXPECT_OK(object_list(OBJECT_ANY, after, list, 32, &count));
        for (size_t i = 0; i < count; i++) {
            after = list[i].id;
            if (object_describe(after, (char *)room, ROOM, &length) == STATUS_OK)
                expect_clean_text((char *)room, length, "a description");
        }
    } while (count > 0);
}

ROLE(faults) {
    *(volatile int *)16 = 1;
    return 0;
}

static uint64_t end_of_log(uint64_t position, bool is_checked) {
    size_t copied;
    for (;;) {
        EXPECT_OK(log_read(&position, (char *)room, ROOM, &copied));
        if (copied == 0)
            return position;
        if (is_checked)
            expect_clean_text((char *)room, copied, "the log");
    }
}

// What stands there from before may tell of programs that touched the kernel's addresses.
TEST(the_report_of_a_fault_in_the_log_holds_no_address_of_the_kernel) {
    uint64_t before = end_of_log(0, false);
    guest_await(guest_start("faults", NULL));
    EXPECT(end_of_log(before, true) > before);
}

TEST(the_stack_that_a_program_starts_with_holds_no_address_of_the_kernel) {
    const struct process_start *start = start_information();
    uint64_t top = start->start_block + start->start_block_size;
    expect_clean((const void *)start, top - (uint64_t)start, "the start structure and block");
    expect_clean((const void *)start->stack_base, (uint64_t)start - start->stack_base - 64, "the first stack");
}

TEST(events_messages_and_ends_hold_no_address_of_the_kernel) {
    struct event_source source;
    struct message_information information;
    struct process_end end;
    memset(&source, FILL, sizeof(source));
    memset(&information, FILL, sizeof(information));
    memset(&end, FILL, sizeof(end));
    guest_say(guest_self(), 5);
    guest_next_event(EVENT_MESSAGE, &source);
    expect_clean(&source, sizeof(source), "event_source");
    EXPECT_EQUAL(source.reserved, 0);
    EXPECT_OK(message_wait(NULL, &information, DEADLINE_NOW));
    expect_clean(&information, sizeof(information), "message_information");
    for (int i = 0; i < MESSAGE_NUMBERS_MAX; i++)
        EXPECT_EQUAL(information.numbers[i], 0);
    struct spawned child = guest_start("faults", NULL);
    EXPECT_OK(process_wait(child.number, guest_soon(), &end));
    expect_clean(&end, sizeof(end), "process_end");
}
