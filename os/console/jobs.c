// The stack of jobs, each with a pipe of its own.
#include "os/console/jobs.h"

#include <assert.h>
#include <parley/calls.h>
#include <parley/family.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct job *jobs_foreground(struct jobs *jobs) {
    assert(jobs->count > 0);
    return &jobs->list[jobs->count - 1];
}

enum status jobs_begin(struct jobs *jobs, uint32_t owner, uint32_t mode) {
    if (jobs->count > CONSOLE_JOBS_MAX) {
        return STATUS_LIMIT_REACHED;
    }
    struct pipe_create pipe = {.mode = PIPE_SEND, .capacity = JOB_KEYS_MAX};
    int32_t keys = NUMBER_NONE;
    enum status status = pipe_create(&pipe, &keys);
    if (status != STATUS_OK) {
        return status;
    }
    struct job *job = &jobs->list[jobs->count++];
    memset(job, 0, sizeof(*job));
    job->owner = owner;
    job->discipline.mode = mode;
    job->signal = job - 1 > jobs->list && job[-1].owner == owner ? job[-1].signal : 0;
    job->keys = keys;
    job->reader = pipe.other;
    return STATUS_OK;
}

struct job *jobs_find(struct jobs *jobs, uint32_t owner) {
    for (uint32_t i = jobs->count; i > 1; i--) {
        if (jobs->list[i - 1].owner == owner) {
            return &jobs->list[i - 1];
        }
    }
    return NULL;
}

static void close_keys(struct job *job) {
    if (job->keys) {
        number_close(job->keys);
    }
    job->keys = NUMBER_NONE;
}

size_t jobs_take_back(struct job *job, char *bytes, size_t *seen) {
    size_t total = 0, size = 0;
    while (total < JOB_KEYS_MAX &&
           pipe_read(job->reader, bytes + total, JOB_KEYS_MAX - total, DEADLINE_NOW, &size) == STATUS_OK && size > 0) {
        total += size;
    }
    *seen = total > job->unseen ? total - job->unseen : 0;
    job->unseen = 0;
    return total;
}

// What was typed for a job and not read goes to the one below.
static void pass_on(struct job *job, struct job *below) {
    char bytes[JOB_KEYS_MAX];
    size_t seen = 0, size = below->keys ? jobs_take_back(job, bytes, &seen) : 0;
    if (size > 0) {
        pipe_write(below->keys, bytes, size, DEADLINE_NOW, NULL);
        below->unseen = (uint32_t)(size - seen);
    }
}

void jobs_pass_line(struct job *job, struct job *other) {
    struct discipline *from = &job->discipline, *to = &other->discipline;
    if (from->size == 0) {
        return;
    }
    if (to->mode & CONSOLE_RAW && other->keys) {
        pipe_write(other->keys, from->line, from->size, DEADLINE_NOW, NULL);
    } else if (from->size <= DISCIPLINE_LINE_MAX - 1 - to->size) {
        memcpy(to->line + to->size, from->line, from->size);
        to->size += from->size;
    }
    from->size = 0;
}

static void end_uppermost(struct jobs *jobs) {
    struct job *job = jobs_foreground(jobs);
    close_keys(job);
    if (jobs->count > 1) {
        pass_on(job, job - 1);
        jobs_pass_line(job, job - 1);
    }
    number_close(job->reader);
    jobs->count--;
}

void jobs_end_above(struct jobs *jobs, const struct job *job) {
    while (jobs_foreground(jobs) > job) {
        end_uppermost(jobs);
    }
}

enum status jobs_end(struct jobs *jobs, uint32_t owner, bool *interrupted) {
    struct job *job = jobs_find(jobs, owner);
    if (!job) {
        return STATUS_NOT_FOUND;
    }
    *interrupted = job->signal == SIGINT || job->signal == SIGQUIT;
    jobs_end_above(jobs, job);
    end_uppermost(jobs);
    return STATUS_OK;
}

void jobs_end_all(struct jobs *jobs) {
    while (jobs->count > 0) {
        end_uppermost(jobs);
    }
    jobs_drop_kept(jobs);
}

bool jobs_send(struct jobs *jobs, const char *bytes, size_t size) {
    size_t written = 0;
    for (uint32_t i = jobs->count; i > 0; i--) {
        struct job *job = &jobs->list[i - 1];
        // A stream that has ended takes nothing more: what is typed now is for the job below.
        if (job->keys) {
            pipe_write(job->keys, bytes, size, DEADLINE_NOW, &written);
            job->unseen += job->discipline.mode & (CONSOLE_RAW | CONSOLE_NO_ECHO) ? (uint32_t)written : 0;
            return written == size;
        }
    }
    return false;
}

void jobs_close_stream(struct jobs *jobs) {
    close_keys(jobs_foreground(jobs));
}

static bool is_of(const struct job *job, uint32_t process) {
    for (uint32_t i = 0; i < job->process_count; i++) {
        if (job->processes[i] == process) {
            return true;
        }
    }
    return false;
}

// A process id is higher than its parent's, so the way up ends.
bool job_includes(const struct job *job, uint32_t process) {
    while (process && !is_of(job, process)) {
        struct process_information about;
        size_t got = 0;
        enum status status = process_list(process - 1, &about, 1, &got);
        process = status == STATUS_OK && got == 1 && about.process == process ? about.parent : 0;
    }
    return process != 0;
}

// The kernel decides whether the console's user may: it reaches its own user's processes alone. What SIGQUIT is for must not depend
// on what a process does with it.
static size_t signal_processes(const struct job *job) {
    size_t (*send)(const uint32_t *processes, size_t count, int signal) =
        job->signal == SIGQUIT ? family_force : family_signal;
    return send(job->processes, job->process_count, job->signal);
}

enum status jobs_add(struct jobs *jobs, uint32_t owner, const uint32_t *processes, uint32_t count) {
    struct job *job = jobs_find(jobs, owner);
    if (!job) {
        return STATUS_NOT_FOUND;
    }
    if (count > JOB_PROCESSES_MAX - job->process_count) {
        return STATUS_LIMIT_REACHED;
    }
    memcpy(&job->processes[job->process_count], processes, count * sizeof(processes[0]));
    job->process_count += count;
    if (count > 0 ? job->signal : job->signal == SIGTSTP) {
        signal_processes(job);
    }
    return STATUS_OK;
}

// What was typed before the interrupt was meant for what it ends.
static void drop_unread(struct job *job) {
    char bytes[256];
    size_t size = 0;
    while (pipe_read(job->reader, bytes, sizeof(bytes), DEADLINE_NOW, &size) == STATUS_OK && size > 0) {
    }
}

static bool interrupt_owner(uint32_t owner, int signal) {
    return signal == SIGINT && page_send(owner, SIGINT, 0, 0, 0, DEADLINE_NOW, NULL) == STATUS_OK;
}

void jobs_interrupt(struct jobs *jobs, uint32_t shell, int signal) {
    struct job *job = jobs_foreground(jobs);
    if (jobs->count == 1) {
        interrupt_owner(shell, signal);
        return;
    }
    job->signal = signal;
    drop_unread(job);
    if (signal_processes(job) == 0 && interrupt_owner(job->owner, signal)) {
        job->signal = 0;
    }
    if (job->process_count == 0 && signal != SIGTSTP) {
        close_keys(job); // who began it reads for itself: its input ends
    }
}
