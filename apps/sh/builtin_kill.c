// kill as the shell does it: it also knows its own jobs.
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "apps/common/number.h"
#include "apps/common/signal_name.h"
#include "apps/sh/builtin.h"
#include "apps/sh/shell.h"

// -NAME, -NUMBER, -s NAME: how many words that took; -1: there is no such signal.
static int take_signal(const struct builtin_call *call, int *signal) {
    char **words = call->arguments;
    bool by_option = call->count > 2 && !strcmp(words[1], "-s");
    if (call->count < 2 || words[1][0] != '-' || !strcmp(words[1], "--"))
        return call->count > 1 && !strcmp(words[1], "--");
    *signal = signal_of_name(by_option ? words[2] : words[1] + 1);
    return *signal < 0 ? -1 : 1 + by_option;
}

static int send(const struct builtin_call *call, const char *word, pid_t process, int signal) {
    return kill(process, signal) < 0 ? builtin_fail(call, word, strerror(errno), 1) : 0;
}

// All processes of the job that still run, and all that they started.
static int send_to_job(const struct builtin_call *call, const char *word, uint64_t number, int signal) {
    struct job *job = jobs_find(&call->shell->jobs, (unsigned)number);
    int status = 0;
    if (!job)
        return builtin_fail(call, word, "no such job", 1);
    for (size_t i = 0; i < job->count; i++)
        if (job->processes[i] > 0)
            status |= send(call, word, job->processes[i], 0);
    if (signal)
        job_signal(job, signal);
    return status;
}

static int send_to(const struct builtin_call *call, const char *word, int signal) {
    uint64_t number;
    bool by_job = *word == '%';
    if (!number_parse(word + by_job, &number) || !number || number > INT32_MAX)
        return builtin_fail(call, word, "neither a process id nor %JOB", 1);
    return by_job ? send_to_job(call, word, number, signal) : send(call, word, (pid_t)number, signal);
}

int builtin_kill(struct builtin_call *call) {
    int signal = SIGTERM, status = 0;
    if (call->count == 2 && !strcmp(call->arguments[1], "-l")) {
        signal_names_write(call->output);
        return 0;
    }
    int taken = take_signal(call, &signal);
    if (taken < 0)
        return builtin_fail(call, call->arguments[1], "no such signal", 1);
    if (call->count < 2 + (size_t)taken)
        return builtin_fail(call, NULL, "a process id or %JOB is wanted", SHELL_MISUSED);
    for (size_t i = 1 + (size_t)taken; i < call->count; i++)
        status |= send_to(call, call->arguments[i], signal);
    return status;
}
