// The rights of a machine number: each is needed for what it stands for, and gives that and nothing else.
#include "tests/guest/authority.h"
#include "tests/guest/guest.h"
#include "tests/guest/guest_private.h"

enum { OTHER_USER = 63, FREE_PORT = 0x2f8, FREE_PORT_COUNT = 8, FREE_LINE = 3 };

static const uint32_t all_rights =
    RIGHT_RANGE | RIGHT_LINE | RIGHT_INPUT | RIGHT_POWER | RIGHT_USER | RIGHT_LIMIT | RIGHT_PRIORITY;

// ---- what each right is for ----

static enum status close_if(enum status status, int32_t number) {
    if (status == STATUS_OK)
        number_close(number);
    return status;
}

static enum status mint_range(int32_t machine) {
    int32_t range = NUMBER_NONE;
    return close_if(range_create(machine, RANGE_PORTS, FREE_PORT, FREE_PORT_COUNT, &range), range);
}

static enum status mint_interrupt(int32_t machine) {
    int32_t interrupt = NUMBER_NONE;
    return close_if(interrupt_create(machine, FREE_LINE, &interrupt), interrupt);
}

static enum status send_key(int32_t machine) {
    EVENT key = {.Type = EVENT_KEYBOARD, .Action = KEY_DOWN, .Data1 = 'a', .Data3 = 'a'};
    enum status status = event_send(guest_self(), &key, machine, DEADLINE_NOW);
    if (status == STATUS_OK)
        EXPECT_EQUAL(guest_next_event(EVENT_KEYBOARD, NULL).Data1, 'a');
    return status;
}

// No action that exists: the right is asked for first, and the machine stays on.
static enum status switch_nothing(int32_t machine) {
    return machine_power(machine, 0);
}

ROLE(tells_its_user) {
    return (int)start_information()->user;
}

static uint32_t priority_of(uint32_t process) {
    struct process_information entry = {0};
    size_t count;
    EXPECT_OK(process_list(process - 1, &entry, 1, &count));
    return entry.process == process ? entry.priority : PRIORITY_IDLE;
}

// Starts a child that must come out as the request says, and waits for its end.
static enum status spawn(struct spawn_request request, uint32_t user) {
    static const char role[] = "tells_its_user";
    char *arguments[] = {(char *)"test-authority", (char *)GUEST_ROLE_OPTION, (char *)role, NULL};
    struct spawned child;
    struct process_end end;
    request.image = guest_own_image();
    request.arguments = arguments;
    request.only_listed = true;
    enum status status = program_spawn(&request, &child);
    if (status != STATUS_OK)
        return status;
    uint32_t priority = priority_of(child.process);
    EXPECT_OK(process_wait(child.number, guest_soon(), &end));
    number_close(child.number);
    EXPECT_EQUAL(end.reason, END_EXITED);
    EXPECT_EQUAL(end.code, user);
    EXPECT(priority == PRIORITY_IDLE || request.priority == SPAWN_SAME_PRIORITY || priority == request.priority);
    return STATUS_OK;
}

static enum status spawn_other_user(int32_t machine) {
    struct spawn_request request = SPAWN_REQUEST_DEFAULT;
    request.machine = machine;
    request.user = OTHER_USER;
    return spawn(request, OTHER_USER);
}

static enum status spawn_urgent(int32_t machine) {
    struct spawn_request request = SPAWN_REQUEST_DEFAULT;
    request.machine = machine;
    request.priority = PRIORITY_MAX;
    return spawn(request, start_information()->user);
}

static enum status spawn_with_more(int32_t machine) {
    struct spawn_request request = SPAWN_REQUEST_DEFAULT;
    uint64_t limits[ACCOUNT_ITEM_COUNT];
    for (enum account_item item = 0; item < ACCOUNT_ITEM_COUNT; item++)
        limits[item] = guest_account(guest_self(), item).limit;
    limits[ACCOUNT_MESSAGES]++;
    request.machine = machine;
    request.limits = limits;
    return spawn(request, start_information()->user);
}

static const struct attempt {
    const char *name;
    uint32_t right;
    enum status (*make)(int32_t machine);
    enum status allowed; // what it answers to who has the right
} attempts[] = {
    {"a range", RIGHT_RANGE, mint_range, STATUS_OK},
    {"an interrupt", RIGHT_LINE, mint_interrupt, STATUS_OK},
    {"an input event", RIGHT_INPUT, send_key, STATUS_OK},
    {"power", RIGHT_POWER, switch_nothing, STATUS_INVALID_ARGUMENT},
    {"another user's process", RIGHT_USER, spawn_other_user, STATUS_OK},
    {"more than one's own limits", RIGHT_LIMIT, spawn_with_more, STATUS_OK},
    {"more than one's own priority", RIGHT_PRIORITY, spawn_urgent, STATUS_OK},
};

enum { ATTEMPT_COUNT = sizeof(attempts) / sizeof(attempts[0]) };

static void try_with(const struct attempt *attempt, uint32_t rights, enum status expected) {
    int32_t machine = authority_machine(rights);
    enum status status = attempt->make(machine);
    if (status != expected)
        FAIL("%s with the rights %#x: expected %s, got %s", attempt->name, rights, status_name(expected),
             status_name(status));
    number_close(machine);
}

TEST(what_a_machine_number_lacks_the_right_for_is_refused) {
    for (int i = 0; i < ATTEMPT_COUNT; i++)
        try_with(&attempts[i], all_rights & ~attempts[i].right, STATUS_NO_RIGHT);
}

TEST(each_right_alone_is_enough_for_what_it_stands_for) {
    for (int i = 0; i < ATTEMPT_COUNT; i++)
        try_with(&attempts[i], attempts[i].right, attempts[i].allowed);
}

TEST(a_refusal_leaves_nothing_behind) {
    guest_own_image();
    int32_t machine = authority_machine(RIGHT_SEND);
    struct guest_figures before = guest_figures_settled();
    for (int i = 0; i < ATTEMPT_COUNT; i++)
        EXPECT_STATUS(attempts[i].make(machine), NO_RIGHT);
    const char *change = guest_figures_changed(&before);
    if (change != NULL)
        FAIL("%s changed", change);
    number_close(machine);
}

TEST(without_a_machine_number_nothing_of_it_can_be_done) {
    for (int i = 0; i < ATTEMPT_COUNT; i++) {
        enum status status = attempts[i].make(NUMBER_NONE);
        if (status != STATUS_BAD_NUMBER && status != STATUS_NO_RIGHT)
            FAIL("%s: got %s", attempts[i].name, status_name(status));
    }
}

TEST(rights_of_a_machine_number_only_shrink) {
    int32_t machine = authority_machine(RIGHT_RANGE | RIGHT_COPY | RIGHT_SEND), copy, more;
    EXPECT_OK(number_copy(machine, RIGHT_COPY | RIGHT_LINE, &copy));
    EXPECT_STATUS(mint_range(copy), NO_RIGHT);
    EXPECT_STATUS(mint_interrupt(copy), NO_RIGHT);
    EXPECT_OK(number_copy(copy, RIGHTS_ALL, &more));
    EXPECT_STATUS(mint_range(more), NO_RIGHT);
    struct message_options options = {.number_count = 1, .numbers = {copy}, .rights = {RIGHTS_ALL}};
    EXPECT_STATUS(message_send(guest_self(), "x", 1, &options, DEADLINE_NOW, NULL), NO_RIGHT);
    number_close(more);
    number_close(copy);
    number_close(machine);
}
