// Signals: handlers, masks, waits, default actions, and what the end of a child, abort and alarm make of them.
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/guest/guest.h"

static volatile sig_atomic_t caught, last;
static volatile siginfo_t told;

static void count(int signal) {
    caught++;
    last = signal;
    errno = ENOENT; // NOLINT(bugprone-signal-handler): it is what the test is about
}

static void tell(int signal, siginfo_t *information, void *unused) {
    count(signal);
    told.si_signo = information->si_signo;
    told.si_code = information->si_code;
    told.si_pid = information->si_pid;
    told.si_uid = information->si_uid;
}

static void handle(int signal, void (*handler)(int), int flags) {
    struct sigaction action = {.sa_flags = flags};
    action.sa_handler = handler;
    caught = last = 0;
    EXPECT_EQUAL(sigaction(signal, &action, NULL), 0);
}

static sigset_t set_of(int signal) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    return set;
}

static void block(int signal) {
    sigset_t set = set_of(signal);
    EXPECT_EQUAL(sigprocmask(SIG_BLOCK, &set, NULL), 0);
}

static void unblock(int signal) {
    sigset_t set = set_of(signal);
    EXPECT_EQUAL(sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
}

// ---- handlers ----

TEST(a_handler_has_run_when_raise_returns_and_errno_is_kept) {
    handle(SIGUSR1, count, 0);
    errno = 0;
    EXPECT_EQUAL(raise(SIGUSR1), 0);
    EXPECT_EQUAL(caught, 1);
    EXPECT_EQUAL(last, SIGUSR1);
    EXPECT_EQUAL(errno, 0);
    EXPECT(signal(SIGUSR1, SIG_DFL) == count);
    EXPECT(signal(SIGUSR1, SIG_IGN) == SIG_DFL);
    EXPECT_EQUAL(raise(SIGUSR1), 0);
    EXPECT_EQUAL(caught, 1);
    EXPECT(signal(SIGUSR1, SIG_DFL) == SIG_IGN);
}

ROLE(send) {
    ROLE_EXPECT(argument_count == 1);
    return kill((pid_t)guest_parent(), atoi(arguments[0])) == 0 ? 0 : __LINE__;
}

static struct spawned start_sender(int signal) {
    char text[16];
    snprintf(text, sizeof(text), "%d", signal);
    return guest_start("send", text, NULL);
}

TEST(siginfo_names_the_sender) {
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_RESTART};
    action.sa_sigaction = tell;
    caught = 0;
    EXPECT_EQUAL(sigaction(SIGUSR2, &action, NULL), 0);
    struct spawned child = start_sender(SIGUSR2);
    guest_expect_success(child);
    EXPECT_EQUAL(caught, 1);
    EXPECT_EQUAL(told.si_signo, SIGUSR2);
    EXPECT_EQUAL(told.si_code, SI_USER);
    EXPECT_EQUAL(told.si_pid, child.process);
    EXPECT_EQUAL(told.si_uid, getuid());
    signal(SIGUSR2, SIG_DFL);
}

TEST(a_handler_for_once_is_the_default_afterwards) {
    struct sigaction now;
    handle(SIGWINCH, count, SA_RESETHAND);
    raise(SIGWINCH);
    raise(SIGWINCH);
    EXPECT_EQUAL(caught, 1);
    EXPECT_EQUAL(sigaction(SIGWINCH, NULL, &now), 0);
    EXPECT(now.sa_handler == SIG_DFL);
}

static volatile sigset_t mask_in_handler;

static void look_at_mask(int signal) {
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    mask_in_handler = mask;
    if (++caught == 1)
        raise(SIGUSR1); // comes after this one
    last = caught;
}

TEST(in_a_handler_its_signal_and_sa_mask_are_blocked_and_afterwards_not) {
    struct sigaction action = {.sa_mask = set_of(SIGALRM)};
    sigset_t after;
    action.sa_handler = look_at_mask;
    caught = last = 0;
    EXPECT_EQUAL(sigaction(SIGUSR1, &action, NULL), 0);
    raise(SIGUSR1);
    EXPECT_EQUAL(caught, 2);
    EXPECT_EQUAL(mask_in_handler, (set_of(SIGALRM) | set_of(SIGUSR1)));
    EXPECT_EQUAL(sigprocmask(SIG_BLOCK, NULL, &after), 0);
    EXPECT_EQUAL(after, 0);
    signal(SIGUSR1, SIG_DFL);
}

static volatile sig_atomic_t depth, deepest, order;

static void send_others(int signal) {
    depth++;
    deepest = depth > deepest ? depth : deepest;
    if (signal == SIGUSR1) {
        raise(SIGUSR2);
        kill(getpid(), SIGTERM);
    }
    order = order * 100 + signal;
    depth--;
}

TEST(a_handler_is_interrupted_by_no_signal_of_another_kind_and_they_run_behind_it_the_lowest_first) {
    handle(SIGUSR1, send_others, SA_NODEFER);
    handle(SIGUSR2, send_others, SA_NODEFER);
    handle(SIGTERM, send_others, SA_NODEFER);
    depth = deepest = order = 0;
    EXPECT_EQUAL(raise(SIGUSR1), 0);
    EXPECT_EQUAL(order, (SIGUSR1 * 100 + SIGTERM) * 100 + SIGUSR2);
    EXPECT_EQUAL(deepest, 1);
}

TEST(what_makes_no_sense_is_refused) {
    struct sigaction action = {0};
    action.sa_handler = count;
    EXPECT(sigaction(SIGKILL, &action, NULL) < 0 && errno == EINVAL);
    EXPECT(sigaction(SIGSTOP, &action, NULL) < 0 && errno == EINVAL);
    EXPECT(sigaction(0, &action, NULL) < 0 && errno == EINVAL);
    EXPECT(sigaction(NSIG, NULL, NULL) < 0 && errno == EINVAL);
    EXPECT(signal(SIGKILL, count) == SIG_ERR);
    EXPECT(kill(getpid(), NSIG) < 0 && errno == EINVAL);
    EXPECT(kill(getpid(), -1) < 0 && errno == EINVAL);
    EXPECT(kill(0x7ffffff0, SIGTERM) < 0 && errno == ESRCH);
    EXPECT(kill(0x7ffffff0, SIGCHLD) < 0 && errno == ESRCH);
    EXPECT(kill(0x7ffffff0, 0) < 0 && errno == ESRCH);
    EXPECT_EQUAL(kill(getpid(), 0), 0);
    sigset_t set;
    EXPECT(sigaddset(&set, NSIG) < 0 && errno == EINVAL);
    EXPECT(sigprocmask(7, &set, NULL) < 0 && errno == EINVAL);
}

// ---- without a handler ----

ROLE(wait_for_ever) {
    guest_say(guest_parent(), 1);
    for (;;)
        pause();
}

ROLE(raise_here) {
    ROLE_EXPECT(argument_count == 1);
    raise(atoi(arguments[0]));
    return 0;
}

TEST(a_signal_without_a_handler_ends_a_process_and_says_which) {
    const int signals[] = {SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGKILL};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct spawned child = guest_start("wait_for_ever", NULL);
        EXPECT(guest_hear(child.process) != 0);
        EXPECT_EQUAL(kill((pid_t)child.process, signals[i]), 0);
        struct process_end end = guest_await(child);
        EXPECT_EQUAL(end.reason, END_KILLED);
        EXPECT_EQUAL(end.code, signals[i]);
    }
    struct process_end end = guest_await(guest_start("raise_here", "15", NULL));
    EXPECT_EQUAL(end.reason, END_KILLED);
    EXPECT_EQUAL(end.code, SIGTERM);
}

TEST(some_signals_do_nothing_where_nobody_handles_them) {
    const char *const harmless[] = {"16", "19", "20", "23", "28"};
    for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
        guest_expect_success(guest_start("raise_here", harmless[i], NULL));
}

// ---- blocking ----

TEST(a_blocked_signal_is_pending_and_comes_when_it_is_unblocked) {
    sigset_t pending;
    handle(SIGUSR1, count, 0);
    block(SIGUSR1);
    raise(SIGUSR1);
    raise(SIGUSR1);
    EXPECT_EQUAL(caught, 0);
    EXPECT_EQUAL(sigpending(&pending), 0);
    EXPECT_EQUAL(pending, set_of(SIGUSR1));
    unblock(SIGUSR1);
    EXPECT_EQUAL(caught, 1);
    EXPECT_EQUAL(sigpending(&pending), 0);
    EXPECT_EQUAL(pending, 0);
    signal(SIGUSR1, SIG_DFL);
}

ROLE(unblock_late) {
    sigset_t all;
    sigfillset(&all);
    ROLE_EXPECT(sigprocmask(SIG_SETMASK, &all, NULL) == 0);
    raise(SIGTERM);
    raise(SIGWINCH);
    guest_say(guest_parent(), 1); // it lives
    sigemptyset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    return 0;
}

TEST(a_blocked_signal_acts_by_default_when_it_is_unblocked) {
    struct spawned child = guest_start("unblock_late", NULL);
    EXPECT(guest_hear(child.process) != 0);
    struct process_end end = guest_await(child);
    EXPECT_EQUAL(end.reason, END_KILLED);
    EXPECT_EQUAL(end.code, SIGTERM);
}

// ---- waiting ----

ROLE(send_when_told) {
    ROLE_EXPECT(argument_count == 2);
    int rounds = atoi(arguments[1]);
    for (int i = 0; i < rounds; i++) {
        ROLE_EXPECT(guest_hear(guest_parent()) != 0);
        ROLE_EXPECT(kill((pid_t)guest_parent(), atoi(arguments[0])) == 0);
    }
    return 0;
}

TEST(sigsuspend_unblocks_and_sleeps_in_one_step) {
    sigset_t nothing;
    sigemptyset(&nothing);
    handle(SIGUSR1, count, 0);
    block(SIGUSR1);
    struct spawned child = guest_start("send_when_told", "30", "100", NULL);
    for (int i = 0; i < 100; i++) {
        guest_say(child.process, 1);
        EXPECT(sigsuspend(&nothing) < 0 && errno == EINTR);
        EXPECT_EQUAL(caught, i + 1);
    }
    guest_expect_success(child);
    unblock(SIGUSR1);
    signal(SIGUSR1, SIG_DFL);
}

TEST(sigwait_takes_a_blocked_signal_without_its_handler) {
    sigset_t set = set_of(SIGUSR1), pending;
    siginfo_t information;
    int signal_taken = 0;
    const struct timespec now = {0};
    handle(SIGUSR1, count, 0);
    block(SIGUSR1);
    EXPECT(sigtimedwait(&set, NULL, &now) < 0 && errno == EAGAIN);
    raise(SIGUSR1);
    EXPECT_EQUAL(sigtimedwait(&set, &information, &now), SIGUSR1);
    EXPECT_EQUAL(information.si_pid, getpid());
    struct spawned child = guest_start("send_when_told", "30", "1", NULL);
    guest_say(child.process, 1);
    EXPECT_EQUAL(sigwait(&set, &signal_taken), 0);
    EXPECT_EQUAL(signal_taken, SIGUSR1);
    guest_expect_success(child);
    EXPECT_EQUAL(sigpending(&pending), 0);
    EXPECT_EQUAL(pending, 0);
    EXPECT_EQUAL(caught, 0);
    unblock(SIGUSR1);
    raise(SIGUSR1); // its handler is as it was
    EXPECT_EQUAL(caught, 1);
    signal(SIGUSR1, SIG_DFL);
}

// ---- calls that are broken off ----

ROLE(interrupt_and_write) {
    ROLE_EXPECT(argument_count == 1);
    guest_await_wait(guest_parent(), WAIT_PIPE_DATA);
    ROLE_EXPECT(kill((pid_t)guest_parent(), SIGUSR1) == 0);
    guest_await_wait(guest_parent(), WAIT_PIPE_DATA); // again, where it was made anew
    ROLE_EXPECT(pipe_write(guest_granted("pipe"), "x", 1, DEADLINE_NEVER, NULL) == STATUS_OK);
    return 0;
}

static void read_broken_off(int flags, ssize_t result) {
    char byte = 0;
    struct pipe_create plan = {.mode = PIPE_SEND};
    int32_t to;
    EXPECT_OK(pipe_create(&plan, &to));
    handle(SIGUSR1, count, flags);
    guest_grant("pipe", to, RIGHTS_ALL);
    struct spawned child = guest_start("interrupt_and_write", "0", NULL);
    size_t got = 0;
    enum status status = pipe_read(plan.other, &byte, 1, guest_soon(), &got);
    EXPECT_EQUAL(caught, 1);
    EXPECT_EQUAL(status == STATUS_OK ? (ssize_t)got : status == STATUS_INTERRUPTED ? -EINTR : -1, result);
    if (result > 0)
        guest_expect_success(child);
    else
        guest_kill(child);
    number_close(to);
    number_close(plan.other);
    signal(SIGUSR1, SIG_DFL);
}

TEST(a_call_goes_on_after_a_handler_with_SA_RESTART_and_else_fails_with_EINTR) {
    read_broken_off(SA_RESTART, 1);
    read_broken_off(0, -EINTR);
}

TEST(an_ignored_signal_breaks_nothing_off) {
    struct spawned child;
    handle(SIGUSR1, SIG_IGN, 0);
    child = guest_start("send_when_told", "30", "50", NULL);
    for (int i = 0; i < 50; i++) {
        guest_say(child.process, 1);
        EXPECT_EQUAL(usleep(1000), 0);
    }
    guest_expect_success(child);
    signal(SIGUSR1, SIG_DFL);
}

ROLE(interrupt_sleep) {
    guest_await_wait(guest_parent(), WAIT_SLEEP);
    return kill((pid_t)guest_parent(), SIGUSR1) == 0 ? 0 : __LINE__;
}

TEST(a_handler_ends_a_sleep_which_says_what_was_left) {
    handle(SIGUSR1, count, SA_RESTART);
    struct spawned child = guest_start("interrupt_sleep", NULL);
    unsigned int left = sleep(1000);
    EXPECT(left > 500 && left <= 1000);
    EXPECT_EQUAL(caught, 1);
    guest_expect_success(child);
    signal(SIGUSR1, SIG_DFL);
}

// ---- leaving a handler by a jump ----

static sigjmp_buf landing;

static void jump(int signal) {
    caught++;
    siglongjmp(landing, signal);
}

TEST(siglongjmp_leaves_a_handler_and_the_next_signal_comes) {
    enum { ROUNDS = 200 };
    volatile int landed = 0;
    sigset_t mask;
    handle(SIGUSR1, jump, 0);
    while (landed < ROUNDS) {
        if (sigsetjmp(landing, 1) == 0)
            raise(SIGUSR1);
        else
            landed++;
        EXPECT_EQUAL(caught, landed);
    }
    EXPECT_EQUAL(sigprocmask(SIG_BLOCK, NULL, &mask), 0);
    EXPECT_EQUAL(mask, 0);
    signal(SIGUSR1, SIG_DFL);
}

TEST(siglongjmp_brings_the_mask_back_that_sigsetjmp_kept) {
    sigset_t mask;
    block(SIGUSR2);
    if (sigsetjmp(landing, 1) == 0) {
        unblock(SIGUSR2);
        siglongjmp(landing, 1);
    }
    EXPECT_EQUAL(sigprocmask(SIG_BLOCK, NULL, &mask), 0);
    EXPECT_EQUAL(mask, set_of(SIGUSR2));
    if (sigsetjmp(landing, 0) == 0) {
        unblock(SIGUSR2);
        siglongjmp(landing, 1);
    }
    EXPECT_EQUAL(sigprocmask(SIG_BLOCK, NULL, &mask), 0);
    EXPECT_EQUAL(mask, 0);
}

// ---- the library under a storm ----

ROLE(storm) {
    for (int i = 0; i < 3000; i++)
        ROLE_EXPECT(kill((pid_t)guest_parent(), SIGUSR1) == 0);
    guest_say(guest_parent(), 1);
    return 0;
}

static void use_the_library(int signal) {
    caught++;
    free(malloc((size_t)(caught % 500)));
    waitpid(-1, NULL, WNOHANG);
    close(dup(STDOUT_FILENO));
}

TEST(a_handler_may_use_heap_children_and_descriptors_whatever_it_interrupts) {
    void *blocks[16] = {0};
    struct message_information information;
    handle(SIGUSR1, use_the_library, SA_RESTART);
    struct spawned child = guest_start("storm", NULL);
    for (uint32_t i = 0; message_wait(NULL, &information, DEADLINE_NOW) == STATUS_WOULD_WAIT; i++) {
        free(blocks[i % 16]);
        blocks[i % 16] = malloc(i % 700 + 1);
        EXPECT(blocks[i % 16] != NULL);
        memset(blocks[i % 16], (int)i, i % 700 + 1);
        close(dup(STDOUT_FILENO));
    }
    EXPECT(guest_hear(child.process) != 0);
    guest_expect_success(child);
    EXPECT(caught > 0);
    for (int i = 0; i < 16; i++)
        free(blocks[i]);
    signal(SIGUSR1, SIG_DFL);
}

// ---- what tests/system/test_signals.py types keys at ----

static void say_caught(int signal) {
    static const char text[] = "caught an interrupt\n";
    caught++;
    write(STDOUT_FILENO, text, sizeof(text) - 1);
}

ROLE(catch_twice) {
    sigset_t interrupt = set_of(SIGINT), before;
    signal(SIGINT, say_caught);
    ROLE_EXPECT(sigprocmask(SIG_BLOCK, &interrupt, &before) == 0);
    puts("ready to catch");
    fflush(stdout);
    while (caught < 2)
        sigsuspend(&before);
    return 7;
}

ROLE(catch_while_busy) {
    signal(SIGINT, say_caught);
    puts("ready to catch");
    fflush(stdout);
    while (caught < 1)
        continue;
    return 8;
}

ROLE(deaf) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    puts("deaf for ever");
    fflush(stdout);
    for (;;)
        thread_yield();
}
