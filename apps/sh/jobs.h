// Pipelines in the background, and stopped ones.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct job {
    unsigned number;
    pid_t *processes; // negated: that one has ended
    size_t count;
    int status;        // of the last process, once it has ended
    int signal;        // that ended one of them; 0: none did
    bool stopped;      // one of its processes is, and none was seen to go on since
    bool stop_told;    // and a person was told
    unsigned terminal; // under which the terminal keeps it while it is not in the foreground; 0: it has nothing there
    char *text;        // what was typed
};

// Starts as zeros.
struct jobs {
    struct job *list;
    size_t count, capacity;
};

// Adds a job, which takes over `processes`; says its number.
unsigned jobs_add(struct jobs *jobs, pid_t *processes, size_t count, const char *text, size_t length);

// Looks which have ended; does not wait.
void jobs_poll(struct jobs *jobs);

bool job_is_done(const struct job *job);

// What a person is told of it: "runs", "stopped", "done", or why one of its processes was ended.
const char *job_state(const struct job *job);

// Waits for a job to end; a signal breaks that off once it has set `broken_off` (null: nothing does). False: it was.
bool job_wait(struct job *job, const volatile bool *broken_off);

// Waits for a job in the foreground to end or stop. False: it has stopped.
bool job_wait_or_stop(struct job *job);

// A signal for its processes and all they started, also what those have left behind that have ended.
void job_signal(const struct job *job, int signal);

// Has a stopped job go on.
void job_continue(struct job *job);

// By its number, by the id of one of its processes (also one that has ended last); null: none.
struct job *jobs_find(struct jobs *jobs, unsigned number);
struct job *jobs_find_process(struct jobs *jobs, pid_t process);
void jobs_remove(struct jobs *jobs, struct job *job);

// The exit status that a shell tells for what waitpid told.
int job_status(int wait_status);
