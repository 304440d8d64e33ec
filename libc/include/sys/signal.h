/* Signals, with newlib's numbers. A process takes them as upcalls (kernel/abi/page.h): the types 1 to 31 are the signals.

   What differs from POSIX:
   - Handlers run one at a time on a stack of their own and are not interrupted by another handler of the same thread:
     sa_mask matters for what sigprocmask says in the handler, and SA_NODEFER and SA_ONSTACK change nothing. What comes
     meanwhile runs right after. raise and kill to oneself in a handler therefore return before the other handler runs,
     and sigsuspend, pause and sigwait fail with EBUSY there.
   - longjmp and siglongjmp leave a handler, and a handler may call whatever does not need a lock that the interrupted
     code holds; malloc, read, write, close, waitpid, posix_spawn and these functions here are safe.
   - A thread takes signals once it has called sigaction, signal or sigprocmask; the kernel prefers one that waits.
   - A child starts with all signals at their default and none blocked.
   - Several of a kind before one is taken are one. siginfo_t names the sender of the last; si_value is always 0.
   - SIGSTOP stops a process with all its threads, and so do SIGTSTP, SIGTTIN and SIGTTOU without a handler; SIGCONT lets it go on, and
     runs its handler then. A thread stops where it would go on in the program: a call that it is in goes on meanwhile. Signals that
     come to a stopped process wait; SIGKILL, and what ends one without a handler, ends it at once. Pending signals are not
     dropped by SIGCONT or by a stop. SIGCHLD tells the parent of both; SA_NOCLDSTOP changes nothing. There are no process groups.
   - A fault (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP) runs its handler in the thread that faulted, if that takes signals. It ends
     the process where there is no handler, the signal is blocked or ignored, or a handler or one of these functions runs.
   - A signal that is neither handled nor blocked acts at its sender: kill ends the process by process_kill, with
     the signal's number as its code, or stops it by process_stop. */
#ifndef _SYS_SIGNAL_H
#define _SYS_SIGNAL_H

#include <sys/_sigset.h>
#include <sys/_timespec.h>
#include <sys/cdefs.h>
#include <sys/types.h>

#ifndef _SIGSET_T_DECLARED
#define _SIGSET_T_DECLARED
typedef __sigset_t sigset_t; /* bit n: signal n */
#endif

#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGIOT SIGABRT
#define SIGEMT 7
#define SIGFPE 8
#define SIGKILL 9
#define SIGBUS 10
#define SIGSEGV 11
#define SIGSYS 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGURG 16
#define SIGSTOP 17
#define SIGTSTP 18
#define SIGCONT 19
#define SIGCHLD 20
#define SIGCLD SIGCHLD
#define SIGTTIN 21
#define SIGTTOU 22
#define SIGIO 23
#define SIGPOLL SIGIO
#define SIGXCPU 24
#define SIGXFSZ 25
#define SIGVTALRM 26
#define SIGPROF 27
#define SIGWINCH 28
#define SIGLOST 29
#define SIGUSR1 30
#define SIGUSR2 31
#define NSIG 32

union sigval {
    int sival_int;
    void *sival_ptr;
};

#define SI_USER 1     /* but for faults: only si_pid tells a child's end from a SIGCHLD that somebody sent */
#define SI_KERNEL 128 /* a fault of the thread itself */

typedef struct {
    int si_signo;
    int si_code;
    pid_t si_pid; /* the sender; SIGCHLD: the child */
    uid_t si_uid;
    union sigval si_value;
    void *si_addr; /* of a fault: the address that was touched, else that of the instruction */
} siginfo_t;

typedef void (*_sig_func_ptr)(int);

struct sigaction {
    union {
        _sig_func_ptr _handler;
        void (*_action)(int, siginfo_t *, void *); /* SA_SIGINFO; the last is null */
    } _function;
    sigset_t sa_mask;
    int sa_flags;
};
#define sa_handler _function._handler
#define sa_sigaction _function._action

#define SA_NOCLDSTOP 1
#define SA_SIGINFO 2
#define SA_ONSTACK 4
#define SA_RESTART 8 /* calls that the handler breaks off are made anew; without it they fail with EINTR */
#define SA_RESETHAND 16
#define SA_NODEFER 32

#define SIG_SETMASK 0
#define SIG_BLOCK 1
#define SIG_UNBLOCK 2

int kill(pid_t process, int signal);
int sigaction(int signal, const struct sigaction *action, struct sigaction *before);
int sigprocmask(int how, const sigset_t *set, sigset_t *before);
int pthread_sigmask(int how, const sigset_t *set, sigset_t *before);
int sigpending(sigset_t *set);
int sigsuspend(const sigset_t *mask);

/* These take one of the set, which is to be blocked, without its handler. */
int sigwait(const sigset_t *set, int *signal);
int sigwaitinfo(const sigset_t *set, siginfo_t *information);
int sigtimedwait(const sigset_t *set, siginfo_t *information, const struct timespec *duration);

int sigemptyset(sigset_t *set);
int sigfillset(sigset_t *set);
int sigaddset(sigset_t *set, int signal);
int sigdelset(sigset_t *set, int signal);
int sigismember(const sigset_t *set, int signal);

#ifndef _SIGNAL_H_
#include <signal.h>
#endif
#endif
