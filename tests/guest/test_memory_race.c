// Memory of a process with threads on several CPUs: pages are made once, what is unmapped or tightened is so for every CPU.
#include "tests/guest/guest.h"

enum { THREADS = 6, MAPPINGS = 12, SHARED_PAGES = 64, ROUNDS = 20, MAPPING_PAGES_MAX = 24 };

static struct thread *threads[THREADS];

static void start_all(void *(*entry)(void *)) {
    for (uintptr_t i = 0; i < THREADS; i++)
        EXPECT_OK(thread_start(entry, (void *)i, NULL, &threads[i]));
}

// The sum of what the threads returned: how many mistakes each saw.
static uintptr_t join_all(void) {
    uintptr_t sum = 0;
    for (uint32_t i = 0; i < THREADS; i++) {
        void *result;
        EXPECT_OK(thread_join(threads[i], &result));
        sum += (uintptr_t)result;
    }
    return sum;
}

static uint32_t next_random(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

// ---- mapping, touching and unmapping beside each other ----

static bool page_is(const uint64_t *page, uint64_t word) {
    for (size_t i = 0; i < PAGE_SIZE / sizeof(*page); i += 64)
        if (page[i] != word)
            return false;
    return true;
}

static void page_mark(uint64_t *page, uint64_t word) {
    for (size_t i = 0; i < PAGE_SIZE / sizeof(*page); i += 64)
        page[i] = word;
}

static uintptr_t map_mark_unmap(uint64_t *state, uint64_t mark) {
    size_t pages = 1 + next_random(state) % MAPPING_PAGES_MAX;
    uint64_t base;
    if (memory_map(0, pages * PAGE_SIZE, PROTECTION_WRITE, 0, &base) != STATUS_OK)
        return 1;
    uintptr_t mistakes = 0;
    for (size_t i = 0; i < pages; i++) {
        uint64_t *page = (uint64_t *)(base + i * PAGE_SIZE);
        mistakes += !page_is(page, 0);
        page_mark(page, mark + i);
    }
    size_t hole = next_random(state) % pages; // NOLINT(clang-analyzer-core.DivideZero): 1 or more
    mistakes += memory_unmap(base + hole * PAGE_SIZE, PAGE_SIZE) != STATUS_OK;
    for (size_t i = 0; i < pages; i++)
        mistakes += i != hole && !page_is((uint64_t *)(base + i * PAGE_SIZE), mark + i);
    // The hole is another thread's by now, perhaps.
    mistakes += hole > 0 && memory_unmap(base, hole * PAGE_SIZE) != STATUS_OK;
    size_t above = hole + 1;
    return mistakes +
           (above < pages && memory_unmap(base + above * PAGE_SIZE, (pages - above) * PAGE_SIZE) != STATUS_OK);
}

static void *map_for_a_while(void *argument) {
    uint64_t state = (uintptr_t)argument + 1;
    uintptr_t mistakes = 0;
    for (uint64_t i = 0; i < MAPPINGS; i++)
        mistakes += map_mark_unmap(&state, ((uintptr_t)argument + 1) << 32 | i << 8);
    return (void *)mistakes;
}

static void *nothing(void *argument) {
    return NULL;
}

TEST(threads_that_map_and_unmap_beside_each_other_keep_what_they_wrote) {
    start_all(nothing); // the library keeps their stacks
    join_all();
    struct guest_figures before = guest_figures_settled();
    start_all(map_for_a_while);
    EXPECT_EQUAL(join_all(), 0);
    guest_figures_forgive_tables(&before);
    const char *difference = guest_figures_changed(&before);
    if (difference != NULL)
        FAIL("threads left %s", difference);
}

// ---- the same pages, touched first by all at once ----

static uint8_t *shared_pages;
static uint32_t arrived;

static void *touch_every_page(void *argument) {
    uintptr_t own = (uintptr_t)argument;
    __atomic_add_fetch(&arrived, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&arrived, __ATOMIC_SEQ_CST) < THREADS)
        thread_yield();
    for (size_t i = 0; i < SHARED_PAGES; i++)
        shared_pages[i * PAGE_SIZE + own] = (uint8_t)(own + 1);
    return NULL;
}

static void expect_all_touched(void) {
    for (size_t i = 0; i < SHARED_PAGES; i++)
        for (size_t own = 0; own < THREADS; own++)
            EXPECT_EQUAL(shared_pages[i * PAGE_SIZE + own], own + 1);
}

TEST(a_page_that_threads_touch_at_once_is_made_once) {
    for (int round = 0; round < 6; round++) {
        uint64_t base;
        EXPECT_OK(memory_map(0, SHARED_PAGES * PAGE_SIZE, PROTECTION_WRITE, 0, &base));
        shared_pages = (uint8_t *)base;
        arrived = 0;
        start_all(touch_every_page);
        join_all();
        expect_all_touched();
        EXPECT_OK(memory_unmap(base, SHARED_PAGES * PAGE_SIZE));
    }
}

TEST(a_page_of_a_private_copy_that_threads_write_at_once_is_copied_once) {
    int32_t number;
    uint64_t original, copy;
    EXPECT_OK(shared_create(SHARED_PAGES * PAGE_SIZE, &number));
    EXPECT_OK(shared_map(number, 0, SHARED_PAGES * PAGE_SIZE, PROTECTION_WRITE, 0, 0, &original));
    memset((void *)original, 0x77, SHARED_PAGES * PAGE_SIZE);
    EXPECT_OK(shared_map(number, 0, SHARED_PAGES * PAGE_SIZE, PROTECTION_WRITE, 0, MAP_COPY, &copy));
    shared_pages = (uint8_t *)copy;
    for (size_t i = 0; i < SHARED_PAGES; i += 2)
        EXPECT_EQUAL(shared_pages[i * PAGE_SIZE], 0x77); // half of them are read before
    arrived = 0;
    start_all(touch_every_page);
    join_all();
    expect_all_touched();
    for (size_t i = 0; i < SHARED_PAGES; i++)
        EXPECT_EQUAL(shared_pages[i * PAGE_SIZE + THREADS], 0x77);
    for (size_t i = 0; i < SHARED_PAGES * PAGE_SIZE; i++)
        EXPECT_EQUAL(((uint8_t *)original)[i], 0x77);
    EXPECT_OK(memory_unmap(original, SHARED_PAGES * PAGE_SIZE));
    EXPECT_OK(memory_unmap(copy, SHARED_PAGES * PAGE_SIZE));
    EXPECT_OK(number_close(number));
}

// ---- what another CPU remembers of a page ----

enum step { STEP_LOOK = 1, STEP_LOOKED, STEP_CHANGED, STEP_TRIED, STEP_END };

static volatile uint32_t *watched; // a page that the first thread changes and the others have used before
static uint32_t step, looked, tried, wrong;

static void wait_for_step(uint32_t round, uint32_t wanted) {
    while (__atomic_load_n(&step, __ATOMIC_ACQUIRE) != round * STEP_END + wanted)
        thread_yield();
}

static void set_step(uint32_t round, uint32_t now) {
    __atomic_store_n(&step, round * STEP_END + now, __ATOMIC_RELEASE);
}

static void wait_for_all(const uint32_t *count) {
    while (__atomic_load_n(count, __ATOMIC_ACQUIRE) < THREADS)
        thread_yield();
}

// Loads the page, so that this CPU remembers it, and looks again when it was replaced by another.
static void *look_before_and_after(void *argument) {
    for (uint32_t round = 0; round < ROUNDS; round++) {
        wait_for_step(round, STEP_LOOK);
        if (*watched != round + 1)
            __atomic_add_fetch(&wrong, 1, __ATOMIC_RELAXED);
        __atomic_add_fetch(&looked, 1, __ATOMIC_RELEASE);
        wait_for_step(round, STEP_CHANGED);
        if (*watched != 0)
            __atomic_add_fetch(&wrong, 1, __ATOMIC_RELAXED);
        __atomic_add_fetch(&tried, 1, __ATOMIC_RELEASE);
    }
    return NULL;
}

static void reset_steps(void) {
    step = STEP_END - 1;
    looked = tried = wrong = 0;
}

TEST(no_cpu_sees_a_page_that_was_unmapped_before) {
    uint64_t base, again;
    EXPECT_OK(memory_map(0, PAGE_SIZE, PROTECTION_WRITE, 0, &base));
    watched = (volatile uint32_t *)base;
    reset_steps();
    start_all(look_before_and_after);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        looked = tried = 0;
        *watched = round + 1;
        set_step(round, STEP_LOOK);
        wait_for_all(&looked);
        EXPECT_OK(memory_unmap(base, PAGE_SIZE));
        EXPECT_OK(memory_map(base, PAGE_SIZE, PROTECTION_WRITE, MAP_FIXED, &again));
        set_step(round, STEP_CHANGED);
        wait_for_all(&tried);
    }
    join_all();
    EXPECT_EQUAL(wrong, 0);
    EXPECT_OK(memory_unmap(base, PAGE_SIZE));
}

// The kernel writes there in the thread's stead: it uses the same page tables, and refuses instead of ending the program.
static void *write_before_and_after(void *argument) {
    for (uint32_t round = 0; round < ROUNDS; round++) {
        wait_for_step(round, STEP_LOOK);
        *(volatile uint8_t *)((uintptr_t)watched + 8 + (uintptr_t)argument) = 1;
        __atomic_add_fetch(&looked, 1, __ATOMIC_RELEASE);
        wait_for_step(round, STEP_CHANGED);
        if (random_read((void *)(uintptr_t)watched, 4) != STATUS_BAD_ADDRESS)
            __atomic_add_fetch(&wrong, 1, __ATOMIC_RELAXED);
        __atomic_add_fetch(&tried, 1, __ATOMIC_RELEASE);
    }
    return NULL;
}

TEST(no_cpu_writes_to_a_page_that_was_made_read_only_before) {
    uint64_t base;
    EXPECT_OK(memory_map(0, PAGE_SIZE, PROTECTION_WRITE, 0, &base));
    watched = (volatile uint32_t *)base;
    reset_steps();
    start_all(write_before_and_after);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        looked = tried = 0;
        *watched = round;
        set_step(round, STEP_LOOK);
        wait_for_all(&looked);
        EXPECT_OK(memory_protect(base, PAGE_SIZE, round % 2 == 0 ? PROTECTION_READ : PROTECTION_NONE));
        set_step(round, STEP_CHANGED);
        wait_for_all(&tried);
        EXPECT_OK(memory_protect(base, PAGE_SIZE, PROTECTION_WRITE));
        EXPECT_EQUAL(*watched, round);
    }
    join_all();
    EXPECT_EQUAL(wrong, 0);
    EXPECT_OK(memory_unmap(base, PAGE_SIZE));
}

// ---- an ending process whose threads are at work on its memory ----

ROLE(maps_until_killed) {
    static volatile bool for_ever = true;
    for (uintptr_t i = 0; i < THREADS; i++)
        ROLE_EXPECT(thread_start(map_for_a_while, (void *)i, NULL, &threads[i]) == STATUS_OK);
    guest_say(guest_parent(), 1);
    while (for_ever)
        map_for_a_while((void *)9);
    return 0;
}

TEST(a_process_killed_while_its_threads_map_memory_leaves_nothing_behind) {
    struct guest_figures before = guest_figures_settled();
    for (int round = 0; round < 3; round++) {
        struct spawned child = guest_start("maps_until_killed", NULL);
        EXPECT_EQUAL(guest_hear(child.process), 1);
        thread_sleep(deadline_after((uint64_t)(round + 1) * NANOSECONDS_PER_MILLISECOND));
        guest_kill(child);
        guest_drain();
    }
    const char *difference = guest_figures_changed(&before);
    if (difference != NULL)
        FAIL("the children left %s", difference);
}
