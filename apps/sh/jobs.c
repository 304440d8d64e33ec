// Pipelines in the background, and stopped ones.
#include "apps/sh/jobs.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "apps/common/tool.h"
#include "apps/native/terminal.h"
#include "apps/sh/command.h"
#include "apps/sh/shell.h"

int job_status(int wait_status) {
    return WIFSIGNALED(wait_status) ? SHELL_KILLED + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

unsigned jobs_add(struct jobs *jobs, pid_t *processes, size_t count, const char *text, size_t length) {
    unsigned number = jobs->count ? jobs->list[jobs->count - 1].number + 1 : 1;
    if (jobs->count == jobs->capacity) {
        jobs->capacity = jobs->capacity * 2 + 4;
        jobs->list = tool_reallocate(jobs->list, jobs->capacity, sizeof(*jobs->list));
    }
    struct text copy = {0};
    text_add(&copy, text, length);
    jobs->list[jobs->count++] =
        (struct job){.number = number, .processes = processes, .count = count, .text = text_take(&copy)};
    return number;
}

// What became of one process of the job. 0: nothing more.
static pid_t next_news(struct job *job, size_t index, int *status) {
    pid_t told = waitpid(job->processes[index], status, WNOHANG | WUNTRACED | WCONTINUED);
    if (told > 0 && (WIFSTOPPED(*status) || WIFCONTINUED(*status))) {
        job->stopped = WIFSTOPPED(*status);
        job->stop_told &= job->stopped;
        return next_news(job, index, status);
    }
    return told;
}

// Looks whether one process of the job has ended.
static void look(struct job *job, size_t index) {
    int status = 0;
    if (job->processes[index] < 0)
        return;
    pid_t ended = next_news(job, index, &status);
    if (!ended || (ended < 0 && errno == EINTR))
        return;
    job->processes[index] = -job->processes[index];
    if (ended > 0 && WIFSIGNALED(status))
        job->signal = WTERMSIG(status);
    if (index + 1 == job->count)
        job->status = ended < 0 ? SHELL_NOT_FOUND : job_status(status);
}

static void look_at_all(struct job *job) {
    for (size_t i = 0; i < job->count; i++)
        look(job, i);
}

void jobs_poll(struct jobs *jobs) {
    for (size_t i = 0; i < jobs->count; i++)
        look_at_all(&jobs->list[i]);
}

bool job_is_done(const struct job *job) {
    for (size_t i = 0; i < job->count; i++)
        if (job->processes[i] > 0)
            return false;
    return true;
}

const char *job_state(const struct job *job) {
    const char *reason = command_end_text(job->signal);
    if (!job_is_done(job))
        return job->stopped ? "stopped" : "runs";
    return reason ? reason : "done";
}

// That it comes is enough: it ends the sleep.
static void note_child(int signal) {
    (void)signal;
}

// Signals are let in during the sleep alone, so that none comes between the look and the sleep.
static void wait_for(struct job *job, const volatile bool *broken_off) {
    sigset_t waking, before;
    sigfillset(&waking);
    void (*handler)(int) = signal(SIGCHLD, note_child);
    sigprocmask(SIG_BLOCK, &waking, &before);
    for (look_at_all(job); !job_is_done(job) && !(broken_off && *broken_off); look_at_all(job))
        sigsuspend(&before);
    sigprocmask(SIG_SETMASK, &before, NULL);
    signal(SIGCHLD, handler);
}

bool job_wait(struct job *job, const volatile bool *broken_off) {
    wait_for(job, broken_off);
    return job_is_done(job);
}

bool job_wait_or_stop(struct job *job) {
    wait_for(job, &job->stopped);
    return job_is_done(job);
}

void job_signal(const struct job *job, int signal) {
    for (size_t i = 0; i < job->count; i++) {
        pid_t process = abs(job->processes[i]);
        terminal_job_signal(&process, 1, signal);
    }
}

void job_continue(struct job *job) {
    job->stopped = job->stop_told = false;
    job_signal(job, SIGCONT);
}

struct job *jobs_find(struct jobs *jobs, unsigned number) {
    for (size_t i = 0; i < jobs->count; i++)
        if (jobs->list[i].number == number)
            return &jobs->list[i];
    return NULL;
}

struct job *jobs_find_process(struct jobs *jobs, pid_t process) {
    for (size_t i = 0; process > 0 && i < jobs->count; i++)
        for (size_t j = 0; j < jobs->list[i].count; j++)
            if (abs(jobs->list[i].processes[j]) == process)
                return &jobs->list[i];
    return NULL;
}

void jobs_remove(struct jobs *jobs, struct job *job) {
    size_t index = (size_t)(job - jobs->list);
    if (job->terminal)
        terminal_job_drop(job->terminal);
    free(job->processes);
    free(job->text);
    jobs->count--;
    memmove(job, job + 1, (jobs->count - index) * sizeof(*job));
}
