// Jobs that are not in the foreground any more and may come back to it: stopped ones, and those that go on in the background.
#include "os/console/jobs.h"

#include <parley/calls.h>
#include <string.h>

static void drop(struct job_kept *kept) {
    if (kept->job.keys) {
        number_close(kept->job.keys);
    }
    number_close(kept->job.reader);
    kept->name = 0;
}

static bool is_alive(uint32_t process) {
    struct process_information about;
    size_t got = 0;
    return process_list(process - 1, &about, 1, &got) == STATUS_OK && got == 1 && about.process == process;
}

// A free place, or that of a job whose owner has ended.
static struct job_kept *find_room(struct jobs *jobs) {
    for (uint32_t i = 0; i < CONSOLE_KEPT_MAX; i++) {
        struct job_kept *kept = &jobs->kept[i];
        if (kept->name && !is_alive(kept->job.owner)) {
            drop(kept);
        }
        if (!kept->name) {
            return kept;
        }
    }
    return NULL;
}

static struct job_kept *find(struct jobs *jobs, uint32_t owner, uint32_t name) {
    for (uint32_t i = 0; i < CONSOLE_KEPT_MAX; i++) {
        if (name && jobs->kept[i].name == name && jobs->kept[i].job.owner == owner) {
            return &jobs->kept[i];
        }
    }
    return NULL;
}

enum status jobs_leave(struct jobs *jobs, uint32_t owner, uint32_t *name) {
    struct job *job = jobs_find(jobs, owner);
    struct job_kept *kept = find_room(jobs);
    if (!job) {
        return STATUS_NOT_FOUND;
    }
    if (!kept) {
        return STATUS_LIMIT_REACHED;
    }
    jobs_end_above(jobs, job);
    kept->job = *job;
    kept->job.signal = 0;
    kept->name = *name = ++jobs->last_name;
    jobs->count--;
    return STATUS_OK;
}

enum status jobs_return(struct jobs *jobs, uint32_t owner, uint32_t name) {
    struct job_kept *kept = find(jobs, owner, name);
    if (!kept) {
        return STATUS_NOT_FOUND;
    }
    if (jobs->count > CONSOLE_JOBS_MAX) {
        return STATUS_LIMIT_REACHED;
    }
    jobs->list[jobs->count++] = kept->job;
    kept->name = 0;
    return STATUS_OK;
}

enum status jobs_drop(struct jobs *jobs, uint32_t owner, uint32_t name) {
    struct job_kept *kept = find(jobs, owner, name);
    if (!kept) {
        return STATUS_NOT_FOUND;
    }
    drop(kept);
    return STATUS_OK;
}

void jobs_drop_kept(struct jobs *jobs) {
    for (uint32_t i = 0; i < CONSOLE_KEPT_MAX; i++) {
        if (jobs->kept[i].name) {
            drop(&jobs->kept[i]);
        }
    }
}
