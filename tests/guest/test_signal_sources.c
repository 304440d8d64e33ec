// Where signals come from besides kill: children that end, abort, alarm; and that waits for children are broken off.
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/guest.h"

static volatile sig_atomic_t caught, last;

static void count(int signal) {
    caught++;
    last = signal;
}

static void handle(int signal, void (*handler)(int), int flags) {
    struct sigaction action = {.sa_flags = flags};
    action.sa_handler = handler;
    caught = last = 0;
    EXPECT_EQUAL(sigaction(signal, &action, NULL), 0);
}

// ---- children ----

static volatile pid_t reaped;
static volatile int reaped_status;

static void reap(int signal) {
    int status;
    pid_t child = waitpid(-1, &status, WNOHANG);
    caught++;
    if (child > 0) {
        reaped = child;
        reaped_status = status;
    }
}

TEST(the_end_of_a_child_is_SIGCHLD) {
    char *const arguments[] = {"sh", "-c", "exit 7", NULL};
    extern char **environ;
    sigset_t nothing;
    pid_t child;
    sigemptyset(&nothing);
    reaped = 0;
    handle(SIGCHLD, reap, SA_RESTART);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    EXPECT_EQUAL(sigprocmask(SIG_BLOCK, &set, NULL), 0);
    EXPECT_EQUAL(posix_spawn(&child, "/bin/sh", NULL, NULL, arguments, environ), 0);
    while (!reaped)
        sigsuspend(&nothing);
    EXPECT_EQUAL(reaped, child);
    EXPECT(WIFEXITED(reaped_status) && WEXITSTATUS(reaped_status) == 7);
    EXPECT_EQUAL(sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
    signal(SIGCHLD, SIG_DFL);
}

ROLE(interrupt_wait) {
    guest_await_wait(guest_parent(), WAIT_PROCESS_END);
    return kill((pid_t)guest_parent(), SIGUSR1) == 0 ? 0 : __LINE__;
}

TEST(a_wait_for_a_child_is_broken_off_and_its_signal_is_told) {
    char *const arguments[] = {"sleep", "1000", NULL};
    extern char **environ;
    pid_t child;
    int status;
    EXPECT_EQUAL(posix_spawn(&child, "/bin/sleep", NULL, NULL, arguments, environ), 0);
    handle(SIGUSR1, count, 0);
    struct spawned sender = guest_start("interrupt_wait", NULL);
    EXPECT(waitpid(child, &status, 0) < 0 && errno == EINTR);
    EXPECT_EQUAL(caught, 1);
    EXPECT_EQUAL(kill(child, SIGINT), 0);
    EXPECT_EQUAL(waitpid(child, &status, 0), child);
    EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    guest_expect_success(sender);
    signal(SIGUSR1, SIG_DFL);
}

// ---- abort and alarm ----

// Sends a message, which is safe anywhere.
static void say(int signal) {
    guest_say(guest_parent(), (uint32_t)signal); // NOLINT(bugprone-signal-handler)
}

ROLE(abort_here) {
    signal(SIGABRT, say);
    abort();
}

ROLE(abort_in_handler) {
    signal(SIGUSR1, (void (*)(int))abort);
    raise(SIGUSR1);
    return 0;
}

TEST(abort_is_SIGABRT_whatever_its_handler_does) {
    struct spawned child = guest_start("abort_here", NULL);
    EXPECT_EQUAL(guest_hear(child.process), SIGABRT);
    struct process_end end = guest_await(child);
    EXPECT(end.reason == END_KILLED && end.code == SIGABRT);
    end = guest_await(guest_start("abort_in_handler", NULL));
    EXPECT(end.reason == END_KILLED && end.code == SIGABRT);
}

TEST(alarm_comes_when_it_is_due_and_not_when_it_was_taken_back) {
    handle(SIGALRM, count, 0);
    EXPECT_EQUAL(alarm(1000), 0);
    unsigned int left = alarm(1);
    EXPECT(left > 900 && left <= 1000);
    uint64_t before = clock_now();
    EXPECT(pause() < 0 && errno == EINTR);
    EXPECT(clock_now() >= before);
    EXPECT_EQUAL(caught, 1);
    EXPECT_EQUAL(last, SIGALRM);
    EXPECT_EQUAL(alarm(1000), 0);
    EXPECT(alarm(0) > 900);
    EXPECT_EQUAL(alarm(0), 0);
    signal(SIGALRM, SIG_DFL);
}

TEST(a_signal_has_a_text) {
    EXPECT(strcmp(strsignal(SIGINT), "Interrupt") == 0);
    EXPECT(strcmp(strsignal(SIGTERM), "Terminated") == 0);
}
