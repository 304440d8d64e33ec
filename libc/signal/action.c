// What a process does with each signal, and how one that came runs.
#include <errno.h>
#include <parley/page.h>
#include <parley/start.h>
#include <parley/sync.h>

#include "libc/posix/posix.h"
#include "libc/signal/hold.h"
#include "libc/signal/signals.h"

static struct {
    struct mutex lock; // taken with signals held, so that no handler meets it half-way
    struct sigaction actions[NSIG];
    int32_t numbers[NSIG];         // of the kernel's handlers; 0: none
    uint64_t kept;                 // were blocked or waited for
    struct signal_sent last[NSIG]; // of those that are deferred
} signals;

static void lock(void) {
    signals_hold();
    mutex_lock(&signals.lock);
}

static void unlock(void) {
    mutex_unlock(&signals.lock);
    signals_let();
}

// ---- running one ----

// The action as it is now; one that is for once becomes the default again.
static struct sigaction action_take(int signal) {
    lock();
    struct sigaction action = signals.actions[signal];
    if (action.sa_flags & SA_RESETHAND && action.sa_handler != SIG_IGN) {
        signals.actions[signal] = (struct sigaction){0};
        signals.kept |= signal_bit(signal); // the kernel's handler stays: we may be in it
    }
    unlock();
    return action;
}

static void call(const struct sigaction *action, int signal, struct signal_sent sent) {
    siginfo_t information = signal_information(signal, &sent);
    if (action->sa_flags & SA_SIGINFO)
        action->sa_sigaction(signal, &information, NULL);
    else
        action->sa_handler(signal);
}

// The mask is for what the handler may ask, and for one that runs outside an upcall; the end of an upcall sets it back by itself.
bool signal_run(struct thread *thread, int signal, struct signal_sent sent) {
    struct sigaction action = action_take(signal);
    if (action.sa_handler == SIG_DFL)
        signal_act(start_information()->process, signal);
    if (action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN)
        return true;
    int error = errno;
    uint64_t before = 0;
    uint64_t blocked = (action.sa_mask & SIGNALS_ALL) | (action.sa_flags & SA_NODEFER ? 0 : signal_bit(signal));
    if (upcall_mask(UPCALL_MASK_ALL, &before) == STATUS_OK)
        upcall_mask(before | blocked, NULL);
    call(&action, signal, sent);
    upcall_mask(before, NULL);
    errno = error;
    thread->signals.handled++;
    return action.sa_flags & SA_RESTART && !thread->signals.sleeps;
}

static bool deal_with(struct thread *thread, int signal, struct signal_sent sent) {
    struct thread_signals *own = &thread->signals;
    if (own->awaited & signal_bit(signal)) {
        own->awaited = 0;
        own->taken = (uint32_t)signal;
        own->received = sent;
        return true;
    }
    if (own->held) {
        own->deferred |= signal_bit(signal);
        signals.last[signal] = sent;
        return true;
    }
    own->in_handler = 1;
    bool restart = signal_run(thread, signal, sent);
    own->in_handler = 0;
    return restart;
}

// What faulted in a function that holds signals off cannot be gone on with, and nobody else but its handler can.
static void deal_with_fault(struct thread *thread, int signal, struct signal_sent sent) {
    if (thread->signals.held || signals.actions[signal].sa_handler == SIG_IGN)
        signal_act(start_information()->process, signal); // all faults end by default
    thread->signals.in_handler = 1;
    signal_run(thread, signal, sent);
    thread->signals.in_handler = 0;
}

// The upcall of every signal.
static size_t arrived(size_t process, size_t signal, void *address, size_t pages, size_t flags, size_t user) {
    struct signal_sent sent = {(uint32_t)process, (uint32_t)user, (uint64_t)address, (flags & PAGE_FAULT) != 0};
    bool restart = false;
    if (sent.is_fault)
        deal_with_fault(thread_control(), (int)signal, sent);
    else
        restart = deal_with(thread_control(), (int)signal, sent);
    upcall_return(PAGE_ACCEPT, restart ? UPCALL_RESTART : 0);
    return PAGE_ACCEPT;
}

void signals_run_deferred(void) {
    struct thread *thread = thread_control();
    while (thread->signals.deferred && !thread->signals.held) {
        int signal = __builtin_ctzll(thread->signals.deferred);
        thread->signals.deferred &= ~signal_bit(signal);
        signal_run(thread, signal, signals.last[signal]);
    }
}

// ---- the kernel's handlers; locked ----

static enum status kernel_handler_make(int signal) {
    if (signals.numbers[signal])
        return STATUS_OK;
    return page_handler((uint32_t)signal, (uint64_t)arrived, 0, 0, 0, &signals.numbers[signal]);
}

static void kernel_handler_drop(int signal) {
    if (signals.numbers[signal])
        number_close(signals.numbers[signal]);
    signals.numbers[signal] = 0;
}

enum status signals_catch(uint64_t set) {
    enum status status = upcalls_take();
    lock();
    for (uint64_t rest = set & SIGNALS_ALL & ~signals.kept; status == STATUS_OK && rest; rest &= rest - 1) {
        status = kernel_handler_make(__builtin_ctzll(rest));
        signals.kept |= status == STATUS_OK ? rest & -rest : 0;
    }
    unlock();
    return status;
}

// ---- setting ----

static enum status action_set(int signal, const struct sigaction *action) {
    bool handled = action->sa_handler != SIG_DFL;
    enum status status = handled ? kernel_handler_make(signal) : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    signals.actions[signal] = *action;
    if (!handled && !(signals.kept & signal_bit(signal)))
        kernel_handler_drop(signal);
    return STATUS_OK;
}

int sigaction(int signal, const struct sigaction *action, struct sigaction *before) {
    if (!signal_is_valid(signal) || (action && !(SIGNALS_ALL & signal_bit(signal))))
        return posix_fail(EINVAL);
    enum status status = action && action->sa_handler != SIG_DFL ? upcalls_take() : STATUS_OK;
    lock();
    struct sigaction old = signals.actions[signal];
    if (action && status == STATUS_OK)
        status = action_set(signal, action);
    unlock();
    if (before && status == STATUS_OK)
        *before = old;
    return posix_result(status);
}

_sig_func_ptr signal(int signal, _sig_func_ptr handler) {
    struct sigaction action = {.sa_flags = SA_RESTART}, before = {0};
    action.sa_handler = handler;
    return sigaction(signal, &action, &before) < 0 ? SIG_ERR : before.sa_handler;
}

void signals_run_abort(void) {
    lock();
    struct sigaction action = signals.actions[SIGABRT];
    unlock();
    if (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN)
        call(&action, SIGABRT,
             (struct signal_sent){.process = start_information()->process, .user = start_information()->user});
}
