// Commands of the shell for its jobs: bg, fg, jobs, wait.
#include <signal.h>
#include <string.h>

#include "apps/common/number.h"
#include "apps/native/terminal.h"
#include "apps/sh/builtin.h"
#include "apps/sh/pipeline.h"
#include "apps/sh/shell.h"

static void show_job(struct output *output, struct job *job) {
    job->stop_told = job->stopped;
    output_character(output, '[');
    output_number(output, job->number);
    output_text(output, "] ");
    output_text(output, job_state(job));
    output_text(output, "  ");
    output_text(output, job->text);
    output_character(output, '\n');
}

int builtin_jobs(struct builtin_call *call) {
    struct jobs *jobs = &call->shell->jobs;
    jobs_poll(jobs);
    for (size_t i = 0; i < jobs->count; i++)
        show_job(call->output, &jobs->list[i]);
    for (size_t i = jobs->count; i-- > 0;)
        if (job_is_done(&jobs->list[i]))
            jobs_remove(jobs, &jobs->list[i]);
    return 0;
}

// The job of "%N", or the latest. Null: it was complained about.
static struct job *find_job(struct builtin_call *call, const char *word) {
    struct jobs *jobs = &call->shell->jobs;
    uint64_t number;
    if (!word && jobs->count)
        return &jobs->list[jobs->count - 1];
    bool good = word && number_parse(word + (*word == '%'), &number) && number <= UINT32_MAX;
    struct job *job = good ? jobs_find(jobs, (unsigned)number) : NULL;
    if (!job)
        builtin_fail(call, word ? word : "%", "no such job", 1);
    return job;
}

// What began in the background has no input, and keeps it; what was stopped has its own again.
static bool to_foreground(const struct shell *shell, struct job *job) {
    if (!shell->interactive)
        return false;
    if (job->terminal && terminal_job_return(job->terminal)) {
        job->terminal = 0;
        return true;
    }
    bool begun = terminal_round_begin();
    if (begun)
        terminal_job_add(job->processes, job->count);
    return begun;
}

// An interrupt that came to the shell before the job was in the foreground was meant for it.
static bool pass_on_interrupt(struct shell *shell, const struct job *job) {
    if (!shell->interrupted)
        return false;
    shell->interrupted = false;
    job_signal(job, SIGINT);
    return true;
}

int builtin_fg(struct builtin_call *call) {
    struct shell *shell = call->shell;
    struct job *job = find_job(call, call->arguments[1]);
    if (!job)
        return 1;
    output_text(call->output, job->text);
    output_character(call->output, '\n');
    output_flush(call->output);
    jobs_poll(&shell->jobs);
    bool stopped = job->stopped, begun = to_foreground(shell, job);
    if (stopped) // one that runs may be stopped by a key from here on
        job_continue(job);
    if (stopped && begun)
        terminal_job_stop_again();
    bool interrupted = pass_on_interrupt(shell, job);
    if (!(begun ? job_wait_or_stop(job) : job_wait(job, NULL))) {
        pipeline_leave(shell, job);
        return shell->status;
    }
    int status = job->status;
    interrupted |= begun && terminal_job_end();
    if (interrupted)
        shell->interrupted = true;
    jobs_remove(&shell->jobs, job);
    return status;
}

int builtin_bg(struct builtin_call *call) {
    struct job *job = find_job(call, call->arguments[1]);
    if (!job)
        return 1;
    job_continue(job);
    output_character(call->output, '[');
    output_number(call->output, job->number);
    output_text(call->output, "] ");
    output_text(call->output, job->text);
    output_text(call->output, " &\n");
    return 0;
}

static int ended_by_signal(const struct shell *shell) {
    for (int number = 1; number < TRAP_COUNT; number++)
        if (shell->traps.pending[number])
            return SHELL_KILLED + number;
    return SHELL_INTERRUPTED;
}

static int wait_for(struct builtin_call *call, const char *word) {
    struct jobs *jobs = &call->shell->jobs;
    uint64_t number;
    bool by_job = *word == '%';
    if (!number_parse(word + by_job, &number) || number > INT32_MAX)
        return builtin_fail(call, word, "neither a process id nor %JOB", SHELL_MISUSED);
    struct job *job = by_job ? jobs_find(jobs, (unsigned)number) : jobs_find_process(jobs, (pid_t)number);
    if (!job)
        return builtin_fail(call, word, "not started by this shell", SHELL_NOT_FOUND);
    if (!job_wait(job, &call->shell->signalled))
        return ended_by_signal(call->shell);
    int status = job->status;
    jobs_remove(jobs, job);
    return status;
}

// What was broken off is a job still.
static int wait_for_all(struct shell *shell) {
    struct jobs *jobs = &shell->jobs;
    for (; jobs->count; jobs_remove(jobs, &jobs->list[0]))
        if (!job_wait(&jobs->list[0], &shell->signalled))
            return ended_by_signal(shell);
    return 0;
}

int builtin_wait(struct builtin_call *call) {
    struct shell *shell = call->shell;
    int status = 0;
    shell->signalled = false; // before the look at what came earlier: between the two nothing is missed
    if (shell->interrupted || shell->traps.any)
        return ended_by_signal(shell);
    for (size_t i = 1; i < call->count && !shell->signalled; i++)
        status = wait_for(call, call->arguments[i]);
    return call->count > 1 ? status : wait_for_all(shell);
}
