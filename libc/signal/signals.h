// Signals inside the library: what the process does with each, and how one that came runs. <sys/signal.h> says what programs see.
//
// A signal has a handler in the kernel, and is then the process's to deal with, while its action is not the default one or since it
// was ever blocked or waited for. All others act at their sender.
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "kernel/abi/page.h"
#include "kernel/abi/process.h"
#include "kernel/abi/status.h"
#include "libc/thread/control.h"

// Those that a program can have a handler for or block.
#define SIGNALS_ALL (UINT64_C(0xfffffffe) & ~(UINT64_C(1) << SIGKILL | UINT64_C(1) << SIGSTOP))

static inline uint64_t signal_bit(int signal) {
    return UINT64_C(1) << signal;
}

static inline bool signal_is_valid(int signal) {
    return signal > 0 && signal < NSIG;
}

// What a signal does to a process that has no handler for it.
enum process_effect signal_effect(int signal);

// Does that to a process; signal 0: looks whether it may. Statuses of process_open, process_kill and process_stop.
enum status signal_act(uint32_t process, int signal);

// Makes the process take these by itself, and the calling thread take upcalls. LIMIT_REACHED, NO_MEMORY.
enum status signals_catch(uint64_t set);

// Sets the calling thread's mask of signals, and leaves that of pages. NOT_FOUND: it takes no upcalls.
enum status signals_mask(uint64_t set, uint64_t *before);

// What a program is told of one that came.
static inline siginfo_t signal_information(int signal, const struct signal_sent *sent) {
    return (siginfo_t){
        .si_signo = signal,
        .si_code = sent->is_fault ? SI_KERNEL : SI_USER,
        .si_pid = (pid_t)sent->process,
        .si_uid = sent->user,
        .si_addr = (void *)sent->address,
    };
}

// For abort, which ends the process whatever the handler did.
void signals_run_abort(void);

// Runs a signal's action for the calling thread. True: a call that it broke off is to be made anew.
bool signal_run(struct thread *thread, int signal, struct signal_sent sent);
