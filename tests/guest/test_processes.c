// Processes: started with numbers, limits and a name; ended by themselves, by others, by faults; bounded by their accounts.
#include "tests/guest/guest.h"

enum { VECTOR_PAGE_FAULT = 14 };

// ---- start and end ----

ROLE(ends_with) {
    return atoi(arguments[0]);
}

TEST(a_child_tells_its_parent_how_it_ended) {
    struct spawned child = guest_start("ends_with", "258", NULL);
    struct process_end end;
    EXPECT_OK(process_wait(child.number, guest_soon(), &end));
    EXPECT_EQUAL(end.process, child.process);
    EXPECT_EQUAL(end.reason, END_EXITED);
    EXPECT_EQUAL(end.code, 258);
    EXPECT(end.processor_time > 0);
    EXPECT_OK(process_wait(child.number, DEADLINE_NOW, &end));
    EXPECT_EQUAL(end.code, 258);
}

TEST(a_parent_that_waited_is_not_told_by_event_again) {
    EVENT event;
    guest_drain();
    guest_expect_success(guest_start("ends_with", "0", NULL));
    EXPECT_STATUS(event_get(&event, NULL), NOTHING);
}

TEST(a_parent_that_only_waits_can_have_any_number_of_children_in_turn) {
    for (int i = 0; i < 400; i++)
        guest_expect_success(guest_start("ends_with", "0", NULL));
}

ROLE(sleeps_for_ever) {
    return thread_sleep(DEADLINE_NEVER);
}

TEST(waiting_for_a_process_that_still_runs_ends_at_the_deadline) {
    struct spawned child = guest_start("sleeps_for_ever", NULL);
    struct process_end end;
    EXPECT_STATUS(process_wait(child.number, DEADLINE_NOW, &end), WOULD_WAIT);
    EXPECT_STATUS(process_wait(child.number, guest_shortly(), &end), TIMED_OUT);
}

TEST(a_killed_child_ends_with_the_code_of_the_kill) {
    struct spawned child = guest_start("sleeps_for_ever", NULL);
    struct process_end end;
    guest_await_wait(child.process, WAIT_SLEEP);
    EXPECT_OK(process_kill(child.number, -5));
    EXPECT_OK(process_wait(child.number, guest_soon(), &end));
    EXPECT_EQUAL(end.reason, END_KILLED);
    EXPECT_EQUAL(end.code, -5);
    EXPECT_OK(process_kill(child.number, 6));
    EXPECT_OK(process_wait(child.number, guest_soon(), &end));
    EXPECT_EQUAL(end.code, -5);
}

ROLE(spins_for_ever) {
    for (;;)
        __asm__ volatile("");
}

TEST(a_process_that_never_calls_the_kernel_can_be_killed) {
    struct spawned child = guest_start("spins_for_ever", NULL);
    thread_sleep(guest_shortly());
    guest_kill(child);
}

ROLE(spins_with_little_priority) {
    ROLE_EXPECT(thread_set_priority(0, PRIORITY_IDLE + 1) == STATUS_OK);
    for (;;)
        __asm__ volatile("");
}

TEST(a_process_of_little_priority_can_be_killed_though_others_poll) {
    struct machine_information machine;
    struct spawned child = guest_start("spins_with_little_priority", NULL), polls[8];
    EXPECT_OK(machine_information(&machine));
    thread_sleep(guest_shortly());
    for (uint32_t i = 0; i < machine.processors && i < 8; i++)
        polls[i] = guest_start("spins_for_ever", NULL);
    thread_sleep(guest_shortly());
    guest_kill(child);
    for (uint32_t i = 0; i < machine.processors && i < 8; i++)
        guest_kill(polls[i]);
}

ROLE(touches_nothing_at_all) {
    *(volatile int *)8 = 1;
    return 0;
}

TEST(a_process_that_faults_tells_where_and_why) {
    struct spawned child = guest_start("touches_nothing_at_all", NULL);
    struct process_end end = guest_await(child);
    EXPECT_EQUAL(end.reason, END_FAULTED);
    EXPECT_EQUAL(end.vector, VECTOR_PAGE_FAULT);
    EXPECT_EQUAL(end.address, 8);
    EXPECT(end.instruction > PAGE_SIZE && end.instruction < UINT64_C(1) << 47);
}

static void *end_the_process(void *argument) {
    process_exit(33);
    return argument;
}

ROLE(is_ended_by_another_of_its_threads) {
    struct thread *thread;
    ROLE_EXPECT(thread_start(end_the_process, NULL, NULL, &thread) == STATUS_OK);
    return thread_sleep(DEADLINE_NEVER);
}

TEST(the_exit_of_one_thread_ends_all_of_them) {
    EXPECT_EQUAL(guest_await(guest_start("is_ended_by_another_of_its_threads", NULL)).code, 33);
}

TEST(who_ended_is_no_longer_found) {
    struct spawned child = guest_start("ends_with", "0", NULL);
    uint32_t process = child.process;
    guest_expect_success(child);
    EXPECT_STATUS(process_open(process, NULL), NOT_FOUND);
    EXPECT(!guest_is_alive(process));
}

// ---- what a child is given ----

ROLE(has_numbers_and_a_gap) {
    struct number_information information;
    const struct process_start *start = start_information();
    ROLE_EXPECT(start->number_count == 3);
    ROLE_EXPECT(number_information(1, &information) == STATUS_OK);
    ROLE_EXPECT(information.kind == OBJECT_PIPE_END && information.rights == RIGHT_READ);
    ROLE_EXPECT(number_information(2, &information) == STATUS_BAD_NUMBER);
    ROLE_EXPECT(number_information(3, &information) == STATUS_OK);
    ROLE_EXPECT(information.kind == OBJECT_SHARED_MEMORY);
    ROLE_EXPECT(number_close(2) == STATUS_BAD_NUMBER);
    return 0;
}

// The start block of a role without grants: program_spawn puts grants in front, and here the numbers are the test.
static enum status start_natively(struct process_spawn *spawn, const char *role, int32_t *number) {
    static union {
        struct start_block block;
        char bytes[256];
    } start;
    memset(&start, 0, sizeof(start));
    uint64_t *offsets = (uint64_t *)(start.bytes + sizeof(struct start_block));
    const char *words[] = {"test", "--role", role};
    size_t at = sizeof(struct start_block) + 6 * sizeof(uint64_t);
    for (size_t i = 0; i < 3; i++) {
        offsets[i] = at;
        strcpy(start.bytes + at, words[i]);
        at += strlen(words[i]) + 1;
    }
    start.block = (struct start_block){.magic = START_MAGIC, .size = (uint32_t)(at + 7) & ~7u, .argument_count = 3};
    start.block.arguments = sizeof(struct start_block);
    start.block.environment = sizeof(struct start_block) + 4 * sizeof(uint64_t);
    spawn->start_block = (uint64_t)&start;
    spawn->start_block_size = start.block.size;
    spawn->image = guest_own_image();
    spawn->user = SPAWN_SAME_USER;
    spawn->priority = SPAWN_SAME_PRIORITY;
    strcpy(spawn->name, "native");
    return process_spawn(spawn, NULL, number);
}

TEST(a_child_has_the_numbers_that_it_was_given_and_no_others) {
    struct pipe_create plan = {.mode = PIPE_RECEIVE};
    int32_t receiver, memory, number;
    EXPECT_OK(pipe_create(&plan, &receiver));
    EXPECT_OK(shared_create(PAGE_SIZE, &memory));
    struct process_spawn spawn = {
        .number_count = 3, .numbers = {receiver, NUMBER_NONE, memory}, .rights = {RIGHT_READ, 0, RIGHTS_ALL}};
    EXPECT_OK(start_natively(&spawn, "has_numbers_and_a_gap", &number));
    struct process_end end;
    EXPECT_OK(process_wait(number, guest_soon(), &end));
    EXPECT_EQUAL(end.reason, END_EXITED);
    EXPECT_EQUAL(end.code, 0);
    EXPECT_OK(number_close(number));
    EXPECT_OK(number_close(receiver));
    EXPECT_OK(number_close(plan.other));
    EXPECT_OK(number_close(memory));
}

TEST(wrong_wishes_for_a_child_are_refused_and_change_nothing) {
    static uint64_t limits[ACCOUNT_ITEM_COUNT];
    int32_t timer, weak, unsealed, number;
    for (size_t i = 0; i < ACCOUNT_ITEM_COUNT; i++)
        limits[i] = guest_account(guest_self(), (enum account_item)i).limit;
    limits[ACCOUNT_THREADS]++;
    EXPECT_OK(timer_create(&timer));
    EXPECT_OK(number_copy(guest_own_image(), ~(uint32_t)RIGHT_SEND, &weak));
    EXPECT_OK(shared_create(PAGE_SIZE, &unsealed));
    const int32_t image = guest_own_image();
    const struct {
        struct process_spawn spawn;
        enum status status;
    } wrong[] = {
        {{.image = 0}, STATUS_BAD_NUMBER},
        {{.image = timer}, STATUS_WRONG_TYPE},
        {{.image = unsealed}, STATUS_BAD_IMAGE},
        {{.image = image, .user = USER_COUNT}, STATUS_INVALID_ARGUMENT},
        {{.image = image, .priority = PRIORITY_MAX + 1}, STATUS_INVALID_ARGUMENT},
        {{.image = image, .number_count = SPAWN_NUMBERS_MAX + 1}, STATUS_INVALID_ARGUMENT},
        {{.image = image, .number_count = 1, .numbers = {4321}}, STATUS_BAD_NUMBER},
        {{.image = image, .number_count = 1, .numbers = {weak}}, STATUS_NO_RIGHT},
        {{.image = image, .limits = (uint64_t)limits}, STATUS_NO_RIGHT},
        {{.image = image, .limits = 16}, STATUS_BAD_ADDRESS},
        {{.image = image, .start_block = 16, .start_block_size = 64}, STATUS_BAD_ADDRESS},
        {{.image = image, .start_block = UINT64_C(0xffff800000000000), .start_block_size = 64}, STATUS_BAD_ADDRESS},
        {{.image = image, .start_block_size = START_BLOCK_MAX + 1}, STATUS_TOO_LARGE},
        {{.image = image, .start_block_size = UINT64_MAX}, STATUS_TOO_LARGE},
    };
    struct guest_figures before = guest_figures_settled();
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct process_spawn spawn = wrong[i].spawn;
        if (spawn.user == 0)
            spawn.user = SPAWN_SAME_USER;
        if (spawn.priority == 0)
            spawn.priority = SPAWN_SAME_PRIORITY;
        enum status status = process_spawn(&spawn, NULL, &number);
        if (status != wrong[i].status)
            FAIL("wish %zu: expected %s, got %s", i, status_name(wrong[i].status), status_name(status));
    }
    const char *difference = guest_figures_changed(&before);
    if (difference != NULL)
        FAIL("a refused spawn changed %s", difference);
    number_close(timer);
    number_close(weak);
    number_close(unsealed);
}

TEST(a_program_cannot_raise_what_it_gives_its_children) {
    struct process_information own;
    int32_t number;
    EXPECT_OK(process_list(guest_self() - 1, &own, 1, NULL));
    struct process_spawn user = {
        .image = guest_own_image(), .user = (own.user + 1) % USER_COUNT, .priority = SPAWN_SAME_PRIORITY};
    struct process_spawn priority = {.image = guest_own_image(), .user = SPAWN_SAME_USER, .priority = PRIORITY_MAX};
    EXPECT_STATUS(process_spawn(&user, NULL, &number), NO_RIGHT);
    EXPECT_STATUS(process_spawn(&priority, NULL, &number), NO_RIGHT);
}

TEST(a_childs_limits_are_set_by_its_parent_up_to_its_own) {
    struct spawned child = guest_start("sleeps_for_ever", NULL);
    uint64_t own = guest_account(guest_self(), ACCOUNT_OBJECTS).limit;
    EXPECT_OK(process_set_limit(child.number, ACCOUNT_OBJECTS, 100));
    EXPECT_EQUAL(guest_account(child.process, ACCOUNT_OBJECTS).limit, 100);
    EXPECT_STATUS(process_set_limit(child.number, ACCOUNT_OBJECTS, own + 1), NO_RIGHT);
    EXPECT_EQUAL(guest_account(child.process, ACCOUNT_OBJECTS).limit, 100);
}

// ---- what the account bounds ----

ROLE(makes_timers_until_refused) {
    int32_t number;
    uint32_t count = 0;
    enum status status;
    while ((status = timer_create(&number)) == STATUS_OK)
        count++;
    ROLE_EXPECT(status == STATUS_LIMIT_REACHED);
    ROLE_EXPECT(count > 10 && count < 200);
    ROLE_EXPECT(number_close(number) == STATUS_OK);
    ROLE_EXPECT(timer_create(&number) == STATUS_OK);
    return 0;
}

static void copy_limits(uint64_t limits[ACCOUNT_ITEM_COUNT]) {
    for (size_t i = 0; i < ACCOUNT_ITEM_COUNT; i++)
        limits[i] = guest_account(guest_self(), (enum account_item)i).limit;
}

TEST(a_process_makes_no_more_objects_than_its_limit) {
    uint64_t limits[ACCOUNT_ITEM_COUNT];
    copy_limits(limits);
    limits[ACCOUNT_OBJECTS] = 100;
    guest_limit(limits);
    guest_expect_success(guest_start("makes_timers_until_refused", NULL));
}

ROLE(touches_memory_until_its_end) {
    uint64_t base;
    size_t size = 64 << 20;
    ROLE_EXPECT(memory_map(0, size, PROTECTION_WRITE, 0, &base) == STATUS_OK);
    for (size_t at = 0; at < size; at += PAGE_SIZE)
        ((volatile char *)base)[at] = 1;
    return 0;
}

TEST(a_process_that_touches_more_memory_than_its_limit_is_ended) {
    uint64_t limits[ACCOUNT_ITEM_COUNT];
    copy_limits(limits);
    limits[ACCOUNT_MEMORY_PAGES] = 1000;
    struct guest_figures before = guest_figures_settled();
    guest_limit(limits);
    struct process_end end = guest_await(guest_start("touches_memory_until_its_end", NULL));
    EXPECT_EQUAL(end.reason, END_FAULTED);
    EXPECT_EQUAL(end.vector, VECTOR_PAGE_FAULT);
    const char *difference = guest_figures_changed(&before);
    if (difference != NULL)
        FAIL("its end left %s", difference);
}

// A process bomb: each child starts children, until the limit of the tree refuses.
ROLE(bursts) {
    struct spawned child;
    int depth = atoi(arguments[0]);
    char text[16];
    snprintf(text, sizeof(text), "%d", depth - 1);
    uint32_t count = 0;
    while (count < 300 && guest_try_start("sleeps_for_ever", &child) == STATUS_OK)
        count++;
    ROLE_EXPECT(guest_account(guest_self(), ACCOUNT_PROCESSES).refused > 0);
    guest_say(guest_parent(), count + 1);
    return thread_sleep(DEADLINE_NEVER);
}

TEST(a_flood_of_processes_hits_the_limit_of_their_tree_and_leaves_others_working) {
    uint64_t limits[ACCOUNT_ITEM_COUNT];
    copy_limits(limits);
    limits[ACCOUNT_PROCESSES] = 20;
    guest_limit(limits);
    struct spawned bomb = guest_start("bursts", "3", NULL);
    uint32_t made = guest_hear(bomb.process);
    EXPECT(made > 1 && made <= 21);
    guest_expect_success(guest_start("ends_with", "0", NULL));
    guest_kill(bomb);
}

// ---- a killed parent ----

ROLE(starts_a_sleeper) {
    struct spawned child = guest_start("sleeps_for_ever", NULL);
    guest_say(guest_parent(), child.process);
    return thread_sleep(DEADLINE_NEVER);
}

TEST(the_children_of_a_killed_process_do_not_keep_its_account) {
    struct guest_figures before = guest_figures_settled();
    struct spawned child = guest_start("starts_a_sleeper", NULL);
    uint32_t grandchild = guest_hear(child.process);
    EXPECT(guest_is_alive(grandchild));
    guest_kill(child);
    int32_t number;
    if (process_open(grandchild, &number) == STATUS_OK) {
        EXPECT_OK(process_kill(number, 1));
        EXPECT_OK(process_wait(number, guest_soon(), NULL));
        EXPECT_OK(number_close(number));
    }
    const char *difference = guest_figures_changed(&before);
    if (difference != NULL)
        FAIL("their end left %s", difference);
}

TEST(process_ids_are_not_given_out_twice) {
    uint32_t last = 0;
    for (int i = 0; i < 50; i++) {
        struct spawned child = guest_start("ends_with", "0", NULL);
        EXPECT(child.process > last);
        last = child.process;
        guest_expect_success(child);
    }
}
