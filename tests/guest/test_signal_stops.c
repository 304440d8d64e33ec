// Stopping and going on: what stands still meanwhile, what does not, and who is told.
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/guest.h"

enum { THREADS = 2 };

// In memory that a child shares.
struct counters {
    uint32_t counts[THREADS];
    uint32_t handled; // by the child's handlers: the signals' numbers, two digits each
};

static struct counters *map_counters(int32_t memory) {
    uint64_t base;
    enum status status = shared_map(memory, 0, PAGE_SIZE, PROTECTION_READ | PROTECTION_WRITE, 0, 0, &base);
    return status == STATUS_OK ? (struct counters *)base : NULL;
}

static struct counters *counters;

static uint32_t read_word(const uint32_t *word) {
    return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

static void *count_for_ever(void *word) {
    for (;;)
        __atomic_add_fetch((uint32_t *)word, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

ROLE(count) {
    struct thread *thread;
    counters = map_counters(guest_granted("counters"));
    ROLE_EXPECT(counters != NULL);
    ROLE_EXPECT(thread_start(count_for_ever, &counters->counts[1], NULL, &thread) == STATUS_OK);
    count_for_ever(&counters->counts[0]);
    return 0;
}

static struct spawned start_with_counters(const char *role) {
    int32_t memory;
    EXPECT_OK(shared_create(PAGE_SIZE, &memory));
    counters = map_counters(memory);
    EXPECT(counters != NULL);
    guest_grant("counters", memory, RIGHTS_ALL);
    return guest_start(role, NULL);
}

static void await_word(const uint32_t *word, uint32_t more_than) {
    for (uint64_t give_up = guest_soon(); read_word(word) <= more_than && clock_now() < give_up;)
        thread_yield();
    EXPECT(read_word(word) > more_than);
}

static uint32_t state_of(uint32_t process) {
    struct process_information about;
    size_t count = 0;
    EXPECT_OK(process_list(process - 1, &about, 1, &count));
    EXPECT_EQUAL(about.process, process);
    return about.state;
}

static uint32_t stopped_threads(uint32_t process) {
    struct wait_information record;
    uint32_t stopped = 0;
    size_t count;
    for (uint64_t after = 0; wait_list(after, &record, 1, &count) == STATUS_OK && count == 1; after = record.thread)
        stopped += record.process == process && record.reason == WAIT_STOPPED;
    return stopped;
}

static void await_stopped(uint32_t process, uint32_t threads) {
    for (uint64_t give_up = guest_soon(); stopped_threads(process) < threads && clock_now() < give_up;)
        thread_sleep(guest_shortly());
    EXPECT_EQUAL(stopped_threads(process), threads);
}

static void expect_change(struct spawned child, enum process_end_reason reason, int32_t code) {
    struct process_end end;
    EXPECT_OK(process_wait_change(child.number, guest_soon(), &end));
    EXPECT_EQUAL(end.process, child.process);
    EXPECT_EQUAL(end.reason, reason);
    EXPECT_EQUAL(end.code, code);
    if (reason >= END_STOPPED)
        EXPECT_STATUS(process_wait_change(child.number, DEADLINE_NOW, &end), WOULD_WAIT);
}

TEST(a_stopped_process_executes_nothing_in_any_thread_until_it_goes_on) {
    struct spawned child = start_with_counters("count");
    for (uint32_t round = 0; round < 20; round++) {
        for (uint32_t i = 0; i < THREADS; i++)
            await_word(&counters->counts[i], read_word(&counters->counts[i]));
        EXPECT_EQUAL(kill((pid_t)child.process, SIGSTOP), 0);
        expect_change(child, END_STOPPED, SIGSTOP);
        await_stopped(child.process, THREADS);
        EXPECT_EQUAL(state_of(child.process), PROCESS_STOPPED);
        uint32_t before[THREADS] = {read_word(&counters->counts[0]), read_word(&counters->counts[1])};
        for (uint32_t i = 0; i < 100; i++)
            thread_yield();
        EXPECT_EQUAL(read_word(&counters->counts[0]), before[0]);
        EXPECT_EQUAL(read_word(&counters->counts[1]), before[1]);
        EXPECT_EQUAL(kill((pid_t)child.process, SIGCONT), 0);
        expect_change(child, END_CONTINUED, 0);
        EXPECT(state_of(child.process) != PROCESS_STOPPED);
    }
}

TEST(stopping_what_is_stopped_and_continuing_what_runs_is_no_news) {
    struct spawned child = start_with_counters("count");
    struct process_end end;
    EXPECT_EQUAL(kill((pid_t)child.process, SIGCONT), 0);
    EXPECT_STATUS(process_wait_change(child.number, DEADLINE_NOW, &end), WOULD_WAIT);
    EXPECT_OK(process_stop(child.number, SIGSTOP));
    EXPECT_OK(process_stop(child.number, SIGTSTP));
    expect_change(child, END_STOPPED, SIGSTOP);
    EXPECT_OK(process_stop(child.number, 0));
    EXPECT_OK(process_stop(child.number, SIGTTIN));
    expect_change(child, END_STOPPED, SIGTTIN); // only the last is told
}

TEST(a_stopped_process_is_ended_as_any_other) {
    const int signals[] = {SIGKILL, SIGTERM};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct spawned child = start_with_counters("count");
        await_word(&counters->counts[1], 0);
        EXPECT_EQUAL(kill((pid_t)child.process, SIGSTOP), 0);
        await_stopped(child.process, THREADS);
        EXPECT_EQUAL(kill((pid_t)child.process, signals[i]), 0);
        struct process_end end;
        EXPECT_OK(process_wait(child.number, guest_soon(), &end));
        EXPECT_OK(process_stop(child.number, SIGSTOP)); // as with process_kill
        expect_change(child, END_KILLED, signals[i]);
    }
}

ROLE(answer) {
    for (;;) {
        uint32_t word = guest_hear(guest_parent());
        ROLE_EXPECT(word != 0);
        guest_say(guest_parent(), word + 1);
    }
}

TEST(a_call_goes_on_in_a_stopped_process_and_the_program_behind_it_does_not) {
    struct spawned child = guest_start("answer", NULL);
    guest_say(child.process, 1);
    EXPECT_EQUAL(guest_hear(child.process), 2);
    EXPECT_OK(process_stop(child.number, SIGSTOP));
    EXPECT_EQUAL(state_of(child.process), PROCESS_STOPPED);
    guest_say(child.process, 3);
    await_stopped(child.process, 1); // it has taken the message
    struct message_filter filter = {.sender = child.process};
    struct message_information information;
    EXPECT_STATUS(message_wait(&filter, &information, guest_shortly()), TIMED_OUT);
    EXPECT_OK(process_stop(child.number, 0));
    EXPECT_EQUAL(guest_hear(child.process), 4);
}

static void note(int signal) {
    counters->handled = counters->handled * 100 + (uint32_t)signal;
    if (signal == SIGTSTP)
        raise(SIGSTOP);
}

ROLE(handle_stops) {
    counters = map_counters(guest_granted("counters"));
    ROLE_EXPECT(counters != NULL);
    const int handled[] = {SIGTSTP, SIGCONT, SIGUSR1, SIGTERM};
    for (size_t i = 0; i < sizeof(handled) / sizeof(handled[0]); i++)
        signal(handled[i], note);
    count_for_ever(&counters->counts[0]);
    return 0;
}

TEST(a_handler_runs_before_the_stop_that_it_asks_for_and_those_that_came_meanwhile_behind_it) {
    struct spawned child = start_with_counters("handle_stops");
    await_word(&counters->counts[0], 0);
    EXPECT_EQUAL(kill((pid_t)child.process, SIGTSTP), 0);
    expect_change(child, END_STOPPED, SIGSTOP);
    await_stopped(child.process, 1);
    EXPECT_EQUAL(read_word(&counters->handled), SIGTSTP);
    EXPECT_EQUAL(kill((pid_t)child.process, SIGUSR1), 0);
    EXPECT_EQUAL(kill((pid_t)child.process, SIGTERM), 0);
    for (uint32_t i = 0; i < 100; i++)
        thread_yield();
    EXPECT_EQUAL(read_word(&counters->handled), SIGTSTP);
    EXPECT_EQUAL(kill((pid_t)child.process, SIGCONT), 0);
    expect_change(child, END_CONTINUED, 0);
    await_word(&counters->handled, SIGTSTP * 1000000); // the lower number first, where several wait
    uint32_t handled = read_word(&counters->handled);
    EXPECT(handled == 18151930 || handled == 18153019 || handled == 18191530);
    await_word(&counters->counts[0], read_word(&counters->counts[0]));
}

TEST(who_ignores_a_stop_goes_on) {
    signal(SIGTSTP, SIG_IGN);
    EXPECT_EQUAL(raise(SIGTSTP), 0);
    signal(SIGTSTP, SIG_DFL);
}

// ---- what waitpid tells ----

static volatile sig_atomic_t told;

static void count_child(int signal) {
    (void)signal;
    told++;
}

static pid_t spawn_role(const char *role) {
    char *const arguments[] = {"test-signals", "--role", (char *)role, NULL};
    extern char **environ;
    pid_t child;
    EXPECT_EQUAL(posix_spawn(&child, "/bin/test-signals", NULL, NULL, arguments, environ), 0);
    return child;
}

ROLE(stop_itself) {
    raise(SIGSTOP);
    raise(SIGTTOU);
    return 5;
}

TEST(waitpid_tells_of_stops_and_of_going_on_where_it_is_asked_for_them_and_SIGCHLD_too) {
    int status;
    told = 0;
    signal(SIGCHLD, count_child);
    pid_t child = spawn_role("stop_itself");
    EXPECT_EQUAL(waitpid(child, &status, WUNTRACED), child);
    EXPECT(WIFSTOPPED(status));
    EXPECT(!WIFEXITED(status));
    EXPECT(!WIFSIGNALED(status));
    EXPECT(!WIFCONTINUED(status));
    EXPECT_EQUAL(WSTOPSIG(status), SIGSTOP);
    EXPECT_EQUAL(waitpid(child, &status, WUNTRACED | WNOHANG), 0);
    EXPECT_EQUAL(kill(child, SIGCONT), 0);
    EXPECT_EQUAL(waitpid(-1, &status, WUNTRACED), child); // that it went on is not asked for
    EXPECT(WIFSTOPPED(status));
    EXPECT_EQUAL(WSTOPSIG(status), SIGTTOU);
    EXPECT(told >= 2);
    EXPECT_EQUAL(waitpid(child, &status, WNOHANG), 0);
    EXPECT_EQUAL(kill(child, SIGCONT), 0);
    EXPECT_EQUAL(waitpid(child, &status, 0), child);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 5);
    EXPECT_EQUAL(waitpid(child, &status, WUNTRACED), -1);
    EXPECT_EQUAL(errno, ECHILD);
    signal(SIGCHLD, SIG_DFL);
}

ROLE(stop_once) {
    raise(SIGSTOP);
    return 0;
}

ROLE(end_at_once) {
    return 0;
}

// Blocked, so that each is seen by itself.
static bool take_pending(const sigset_t *child_changed) {
    sigset_t pending;
    int taken;
    EXPECT_EQUAL(sigpending(&pending), 0);
    return sigismember(&pending, SIGCHLD) && sigwait(child_changed, &taken) == 0 && taken == SIGCHLD;
}

TEST(SIGCHLD_has_come_when_waitpid_returns) {
    enum { ROUNDS = 100 };
    sigset_t child_changed;
    int status;
    sigemptyset(&child_changed);
    sigaddset(&child_changed, SIGCHLD);
    signal(SIGCHLD, count_child);
    EXPECT_EQUAL(sigprocmask(SIG_BLOCK, &child_changed, NULL), 0);
    for (int i = 0; i < ROUNDS; i++) {
        EXPECT(waitpid(spawn_role("end_at_once"), &status, 0) > 0 && WIFEXITED(status));
        EXPECT(take_pending(&child_changed));
        pid_t child = spawn_role("stop_once");
        EXPECT(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
        EXPECT(take_pending(&child_changed));
        EXPECT_EQUAL(kill(child, SIGCONT), 0);
        EXPECT(waitpid(child, &status, 0) == child && WIFEXITED(status));
        EXPECT(take_pending(&child_changed));
    }
    signal(SIGCHLD, SIG_DFL);
    EXPECT_EQUAL(sigprocmask(SIG_UNBLOCK, &child_changed, NULL), 0);
}

ROLE(leave_a_stopped_child) {
    int status;
    pid_t child = spawn_role("stop_once");
    ROLE_EXPECT(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
    guest_say(guest_parent(), (uint32_t)child);
    return 0;
}

TEST(what_a_process_left_stopped_goes_on_when_it_ends) {
    struct spawned child = guest_start("leave_a_stopped_child", NULL);
    uint32_t orphan = guest_hear(child.process);
    EXPECT(orphan != 0);
    guest_expect_success(child);
    for (uint64_t give_up = guest_soon(); guest_is_alive(orphan) && clock_now() < give_up;)
        thread_sleep(guest_shortly());
    EXPECT(!guest_is_alive(orphan));
}

ROLE(wait_for_signals) {
    for (;;)
        pause();
}

TEST(waitpid_tells_that_a_child_goes_on) {
    int status;
    pid_t child = spawn_role("wait_for_signals");
    EXPECT_EQUAL(kill(child, SIGTSTP), 0);
    EXPECT_EQUAL(waitpid(child, &status, WUNTRACED), child);
    EXPECT(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTSTP);
    EXPECT_EQUAL(kill(child, SIGCONT), 0);
    EXPECT_EQUAL(waitpid(child, &status, WCONTINUED), child);
    EXPECT(WIFCONTINUED(status));
    EXPECT(!WIFSTOPPED(status));
    EXPECT(!WIFEXITED(status));
    EXPECT(!WIFSIGNALED(status));
    EXPECT_EQUAL(kill(child, SIGKILL), 0);
    EXPECT_EQUAL(waitpid(child, &status, WUNTRACED | WCONTINUED), child);
    EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

TEST(a_blocked_stop_comes_when_it_is_unblocked) {
    struct spawned child = guest_start("stop_late", NULL);
    EXPECT_EQUAL(guest_hear(child.process), 1); // it was not stopped
    expect_change(child, END_STOPPED, SIGTSTP);
    EXPECT_EQUAL(kill((pid_t)child.process, SIGCONT), 0);
    EXPECT_EQUAL(guest_await(child).code, 6);
}

ROLE(stop_late) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    ROLE_EXPECT(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    raise(SIGTSTP);
    guest_say(guest_parent(), 1);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    return 6;
}
