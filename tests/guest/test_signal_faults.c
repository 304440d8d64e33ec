// Faults as signals: a handler runs in the thread that faulted, jumps out or mends; who has none ends as ever. And SIGPIPE.
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/guest/guest.h"

#define NOWHERE ((volatile uint8_t *)0x10)

static sigjmp_buf out;
static volatile int came;
static siginfo_t told;

static void jump_out(int signal, siginfo_t *information, void *unused) {
    (void)unused;
    came = signal;
    told = *information;
    siglongjmp(out, 1);
}

static void handle(int signal, void (*handler)(int, siginfo_t *, void *)) {
    struct sigaction action = {.sa_flags = SA_SIGINFO};
    action.sa_sigaction = handler;
    came = 0;
    EXPECT_EQUAL(sigaction(signal, &action, NULL), 0);
}

static void touch_nowhere(void) {
    *NOWHERE = 1;
}

static void divide(void) {
    int quotient = 100, rest = 0;
    __asm__ volatile("divl %2" : "+a"(quotient), "+d"(rest) : "r"(0));
}

static void no_instruction(void) {
    __asm__ volatile("ud2");
}

static void be_trapped(void) {
    __asm__ volatile("int3");
}

static void not_allowed(void) {
    __asm__ volatile("hlt");
}

static const struct {
    int signal;
    void (*fault)(void);
} faults[] = {{SIGSEGV, touch_nowhere},
              {SIGFPE, divide},
              {SIGILL, no_instruction},
              {SIGTRAP, be_trapped},
              {SIGSEGV, not_allowed}};

TEST(a_fault_runs_its_handler_which_may_jump_out_again_and_again) {
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
            handle(faults[i].signal, jump_out);
            if (sigsetjmp(out, 1) == 0)
                faults[i].fault();
            EXPECT_EQUAL(came, faults[i].signal);
            EXPECT_EQUAL(told.si_code, SI_KERNEL);
            EXPECT_EQUAL(told.si_pid, guest_self());
            if (faults[i].fault == touch_nowhere)
                EXPECT_EQUAL((uint64_t)told.si_addr, (uint64_t)NOWHERE);
            signal(faults[i].signal, SIG_DFL);
        }
    }
}

static uint64_t place;

static void mend(int signal, siginfo_t *information, void *unused) {
    (void)unused;
    came += signal == SIGSEGV && (uint64_t)information->si_addr / PAGE_SIZE == place / PAGE_SIZE;
    memory_protect(place, PAGE_SIZE, PROTECTION_READ | PROTECTION_WRITE);
}

TEST(a_handler_that_mends_lets_the_program_go_on_with_all_its_registers) {
    EXPECT_OK(memory_map(0, PAGE_SIZE, PROTECTION_WRITE, 0, &place));
    EXPECT_OK(memory_protect(place, PAGE_SIZE, PROTECTION_READ));
    handle(SIGSEGV, mend);
    double before = 1.5;
    __asm__ volatile("" : "+x"(before)); // in a register over the fault
    *(volatile uint64_t *)place = 42;
    __asm__ volatile("" : "+x"(before));
    EXPECT(before == 1.5);
    EXPECT_EQUAL(came, 1);
    EXPECT_EQUAL(*(uint64_t *)place, 42);
    signal(SIGSEGV, SIG_DFL);
    EXPECT_OK(memory_unmap(place, PAGE_SIZE));
}

static struct thread_outcome { bool own; } outcome;

static __thread bool is_it;

static void note_thread(int signal, siginfo_t *information, void *unused) {
    (void)signal;
    (void)information;
    (void)unused;
    outcome.own = is_it;
    memory_protect(place, PAGE_SIZE, PROTECTION_READ | PROTECTION_WRITE);
}

static void *fault_in_thread(void *unused) {
    sigset_t none = 0;
    is_it = true;
    sigprocmask(SIG_BLOCK, &none, NULL); // it takes signals
    *(volatile uint8_t *)place = 1;
    return unused;
}

TEST(the_handler_runs_in_the_thread_that_faulted) {
    struct thread *thread;
    EXPECT_OK(memory_map(0, PAGE_SIZE, PROTECTION_WRITE, 0, &place));
    EXPECT_OK(memory_protect(place, PAGE_SIZE, PROTECTION_READ));
    handle(SIGSEGV, note_thread);
    EXPECT_OK(thread_start(fault_in_thread, NULL, NULL, &thread));
    EXPECT_OK(thread_join(thread, NULL));
    EXPECT(outcome.own);
    signal(SIGSEGV, SIG_DFL);
    EXPECT_OK(memory_unmap(place, PAGE_SIZE));
}

// ---- who ends ----

static void fault_again(int signal, siginfo_t *information, void *unused) {
    (void)signal;
    (void)information;
    (void)unused;
    *NOWHERE = 2;
}

static void note(int signal) {
    came = signal;
}

ROLE(faults) {
    sigset_t set = UINT64_C(1) << SIGSEGV;
    struct sigaction action = {.sa_flags = SA_SIGINFO};
    ROLE_EXPECT(argument_count == 1);
    action.sa_sigaction = fault_again;
    switch (arguments[0][0]) {
    case 'i':
        signal(SIGSEGV, SIG_IGN);
        break;
    case 'b':
        signal(SIGSEGV, note);
        sigprocmask(SIG_BLOCK, &set, NULL);
        break;
    case 'a':
        sigaction(SIGSEGV, &action, NULL);
        break;
    case 'd':
        signal(SIGSEGV, note);
        signal(SIGSEGV, SIG_DFL);
        break;
    }
    *NOWHERE = 1;
    return 0;
}

TEST(a_fault_that_is_ignored_blocked_or_made_in_the_handler_ends_the_program) {
    static const char *const hows[] = {"no handler", "ignored", "blocked", "again in the handler", "default"};
    for (size_t i = 0; i < sizeof(hows) / sizeof(hows[0]); i++) {
        struct process_end end = guest_await(guest_start("faults", hows[i], NULL));
        bool by_signal = end.reason == END_KILLED && end.code == SIGSEGV;
        if (end.reason != END_FAULTED && !by_signal)
            FAIL("%s: ended for reason %u, code %d", hows[i], end.reason, end.code);
    }
}

// ---- SIGPIPE ----

static int pipe_without_reader(void) {
    int ends[2];
    EXPECT_EQUAL(pipe(ends), 0);
    close(ends[0]);
    return ends[1];
}

TEST(a_write_without_readers_is_SIGPIPE_and_fails_where_that_is_handled_or_ignored) {
    int end = pipe_without_reader();
    signal(SIGPIPE, note);
    came = 0;
    EXPECT_EQUAL(write(end, "x", 1), -1);
    EXPECT_EQUAL(errno, EPIPE);
    EXPECT_EQUAL(came, SIGPIPE);
    signal(SIGPIPE, SIG_IGN);
    EXPECT_EQUAL(write(end, "x", 1), -1);
    EXPECT_EQUAL(errno, EPIPE);
    signal(SIGPIPE, SIG_DFL);
    close(end);
}

ROLE(writes_to_nobody) {
    int ends[2];
    ROLE_EXPECT(pipe(ends) == 0);
    close(ends[0]);
    write(ends[1], "x", 1);
    return 1;
}

TEST(without_a_handler_it_ends_the_program) {
    struct process_end end = guest_await(guest_start("writes_to_nobody", NULL));
    EXPECT_EQUAL(end.reason, END_KILLED);
    EXPECT_EQUAL(end.code, SIGPIPE);
}
