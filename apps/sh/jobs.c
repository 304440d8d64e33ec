// Pipelines in the background.
#include "apps/sh/jobs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "apps/common/tool.h"
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

// Waits for one process of the job, or looks.
static void look(struct job *job, size_t index, int flags) {
    int status = 0;
    pid_t ended;
    if (job->processes[index] < 0)
        return;
    do
        ended = waitpid(job->processes[index], &status, flags);
    while (ended < 0 && errno == EINTR);
    if (!ended)
        return;
    job->processes[index] = -job->processes[index];
    if (index + 1 == job->count)
        job->status = ended < 0 ? SHELL_NOT_FOUND : job_status(status);
}

void jobs_poll(struct jobs *jobs) {
    for (size_t i = 0; i < jobs->count; i++)
        for (size_t j = 0; j < jobs->list[i].count; j++)
            look(&jobs->list[i], j, WNOHANG);
}

bool job_is_done(const struct job *job) {
    for (size_t i = 0; i < job->count; i++)
        if (job->processes[i] > 0)
            return false;
    return true;
}

int job_wait(struct job *job) {
    for (size_t i = 0; i < job->count; i++)
        look(job, i, 0);
    return job->status;
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
    free(job->processes);
    free(job->text);
    jobs->count--;
    memmove(job, job + 1, (jobs->count - index) * sizeof(*job));
}
