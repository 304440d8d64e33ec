// The C library on the real kernel: thread-local variables, locks, streams, time, and memory.
#include "tests/guest/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <parley/sync.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 8, ROUNDS = 2000 };

static _Thread_local int local = 5;
static struct mutex mutex;
static struct condition condition;
static uint32_t counter, is_open;

// Each thread finds the variable as the program's file has it, and keeps its own value and its own errno.
static void *use_local(void *argument) {
    intptr_t mine = (intptr_t)argument;
    if (local != 5)
        return (void *)-1;
    local = (int)mine;
    errno = (int)mine;
    thread_sleep(guest_shortly());
    return (void *)(intptr_t)(local == mine && errno == mine ? mine : -1);
}

TEST(each_thread_has_its_own_variables_and_errno) {
    struct thread *threads[THREADS];
    for (intptr_t i = 0; i < THREADS; i++)
        EXPECT_OK(thread_start(use_local, (void *)i, NULL, &threads[i]));
    for (intptr_t i = 0; i < THREADS; i++) {
        void *result;
        EXPECT_OK(thread_join(threads[i], &result));
        EXPECT_EQUAL((intptr_t)result, i);
    }
    EXPECT_EQUAL(local, 5);
}

TEST(a_stack_used_again_starts_with_fresh_variables) {
    for (int i = 0; i < 20; i++) {
        struct thread *thread;
        void *result;
        EXPECT_OK(thread_start(use_local, (void *)7, NULL, &thread));
        EXPECT_OK(thread_join(thread, &result));
        EXPECT_EQUAL((intptr_t)result, 7);
    }
}

TEST(joined_and_detached_threads_leave_nothing_behind) {
    struct thread *thread;
    EXPECT_OK(thread_start(use_local, NULL, NULL, &thread));
    EXPECT_OK(thread_join(thread, NULL));
    uint32_t numbers = guest_figures().numbers;
    for (int i = 0; i < 50; i++) {
        EXPECT_OK(thread_start(use_local, NULL, NULL, &thread));
        thread_detach(thread);
    }
    thread_sleep(deadline_after(50 * NANOSECONDS_PER_MILLISECOND));
    EXPECT_OK(thread_start(use_local, NULL, NULL, &thread)); // frees what the detached ones had
    EXPECT_OK(thread_join(thread, NULL));
    EXPECT_EQUAL(guest_figures().numbers, numbers);
}

static void *count(void *argument) {
    for (int i = 0; i < ROUNDS; i++) {
        mutex_lock(&mutex);
        uint32_t seen = counter;
        if (i % 64 == 0)
            thread_yield();
        counter = seen + 1;
        mutex_unlock(&mutex);
    }
    return argument;
}

TEST(a_mutex_lets_one_thread_in) {
    struct thread *threads[THREADS];
    counter = 0;
    for (int i = 0; i < THREADS; i++)
        EXPECT_OK(thread_start(count, NULL, NULL, &threads[i]));
    for (int i = 0; i < THREADS; i++)
        EXPECT_OK(thread_join(threads[i], NULL));
    EXPECT_EQUAL(counter, THREADS * ROUNDS);
}

TEST(a_held_mutex_times_out) {
    struct mutex held = {0};
    mutex_lock(&held);
    EXPECT(!mutex_try_lock(&held));
    EXPECT_STATUS(mutex_lock_until(&held, guest_shortly()), TIMED_OUT);
    mutex_unlock(&held);
    EXPECT(mutex_try_lock(&held));
}

static void *wait_until_open(void *argument) {
    mutex_lock(&mutex);
    while (!is_open)
        condition_wait(&condition, &mutex, DEADLINE_NEVER);
    mutex_unlock(&mutex);
    return argument;
}

TEST(a_broadcast_wakes_all_who_wait) {
    struct thread *threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        EXPECT_OK(thread_start(wait_until_open, NULL, NULL, &threads[i]));
    thread_sleep(guest_shortly());
    mutex_lock(&mutex);
    is_open = 1;
    condition_broadcast(&condition);
    mutex_unlock(&mutex);
    for (int i = 0; i < THREADS; i++)
        EXPECT_OK(thread_join(threads[i], NULL));
}

TEST(a_condition_that_nobody_signals_times_out) {
    struct condition silent = {0};
    mutex_lock(&mutex);
    EXPECT_STATUS(condition_wait(&silent, &mutex, guest_shortly()), TIMED_OUT);
    EXPECT(!mutex_try_lock(&mutex));
    mutex_unlock(&mutex);
}

static void *post(void *semaphore) {
    thread_sleep(guest_shortly());
    semaphore_post(semaphore);
    return NULL;
}

TEST(a_semaphore_counts) {
    struct semaphore semaphore = {0};
    struct thread *thread;
    EXPECT_STATUS(semaphore_wait(&semaphore, guest_shortly()), TIMED_OUT);
    semaphore_post(&semaphore);
    EXPECT_OK(semaphore_wait(&semaphore, guest_soon()));
    EXPECT_OK(thread_start(post, &semaphore, NULL, &thread));
    EXPECT_OK(semaphore_wait(&semaphore, guest_soon()));
    EXPECT_OK(thread_join(thread, NULL));
}

static void *lock_twice(void *both) {
    int errors = 0;
    for (int i = 0; i < 2; i++)
        errors |= pthread_mutex_lock(both);
    for (int i = 0; i < 2; i++)
        errors |= pthread_mutex_unlock(both);
    return (void *)(intptr_t)(errors == 0);
}

TEST(the_threads_of_posix_are_ours) {
    pthread_mutexattr_t attributes;
    pthread_mutex_t both;
    pthread_t thread;
    void *result;
    pthread_mutexattr_init(&attributes);
    EXPECT_EQUAL(pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE), 0);
    EXPECT_EQUAL(pthread_mutex_init(&both, &attributes), 0);
    EXPECT_EQUAL(pthread_create(&thread, NULL, lock_twice, &both), 0);
    EXPECT_EQUAL(pthread_join(thread, &result), 0);
    EXPECT_EQUAL((intptr_t)result, 1);
    EXPECT_EQUAL(pthread_mutex_trylock(&both), 0);
}

static void *allocate_and_print(void *argument) {
    char text[64];
    for (int i = 1; i < 500; i++) {
        char *block = malloc((size_t)i * 7);
        memset(block, i, (size_t)i * 7);
        snprintf(text, sizeof text, "%d %.3f", i, i / 8.0);
        char *larger = realloc(block, (size_t)i * 13);
        bool is_kept = larger && (unsigned char)larger[i * 7 - 1] == (unsigned char)i;
        free(larger ? larger : block);
        if (!is_kept || strtod(strchr(text, ' '), NULL) != i / 8.0)
            return (void *)-1;
    }
    return argument;
}

TEST(threads_allocate_and_format_at_the_same_time) {
    struct thread *threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        EXPECT_OK(thread_start(allocate_and_print, NULL, NULL, &threads[i]));
    for (int i = 0; i < THREADS; i++) {
        void *result;
        EXPECT_OK(thread_join(threads[i], &result));
        EXPECT(result == NULL);
    }
}

TEST(formats_and_numbers_are_those_of_standard_c) {
    char text[128];
    snprintf(text, sizeof text, "%5d|%-5s|%05.1f|%zu|%lld|%#x|%e|%c", 42, "ab", 3.14159, (size_t)7, -5LL, 255, 1.5,
             'z');
    EXPECT(strcmp(text, "   42|ab   |003.1|7|-5|0xff|1.500000e+00|z") == 0);
    EXPECT(fabs(sqrt(2.0) - 1.41421356237) < 1e-11 && pow(2.0, 10.0) == 1024.0);
    int integer = 0;
    double number = 0;
    EXPECT_EQUAL(sscanf("12 3.5", "%d %lf", &integer, &number), 2);
    EXPECT(integer == 12 && number == 3.5);
}

static jmp_buf place;

TEST(longjmp_returns_where_setjmp_was_and_never_zero) {
    volatile int returns = 0;
    int value = setjmp(place);
    if (returns++ == 0)
        longjmp(place, 0);
    EXPECT_EQUAL(value, 1);
}

TEST(a_sleep_takes_its_time) {
    uint64_t before = clock_now();
    struct timespec duration = {.tv_nsec = 3000000}, now;
    EXPECT_EQUAL(nanosleep(&duration, NULL), 0);
    EXPECT(clock_now() - before >= 3000000);
    EXPECT_EQUAL(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    EXPECT(now.tv_sec * (int64_t)NANOSECONDS_PER_SECOND + now.tv_nsec >= (int64_t)before);
    duration.tv_nsec = -1;
    EXPECT_EQUAL(nanosleep(&duration, NULL), -1);
    EXPECT_EQUAL(errno, EINVAL);
}

ROLE(overwrite_the_stack) {
    volatile char small[16];
    volatile char *beyond = small;
    for (int i = 0; i < 64; i++)
        beyond[i] = 'x';
    return 0;
}

TEST(an_overwritten_stack_ends_the_program) {
    struct process_end end = guest_await(guest_start("overwrite_the_stack", (char *)NULL));
    EXPECT(end.reason == END_KILLED && end.code == SIGABRT);
}

ROLE(free_twice) {
    void *volatile block = malloc(100), *volatile behind = malloc(100);
    free(block);
    // cppcheck-suppress doubleFree
    free(block); // NOLINT(clang-analyzer-unix.Malloc): it is what the test is about
    free(behind);
    return 0;
}

TEST(a_block_freed_twice_ends_the_program) {
    struct process_end end = guest_await(guest_start("free_twice", (char *)NULL));
    EXPECT(end.reason == END_KILLED && end.code == SIGABRT);
}
