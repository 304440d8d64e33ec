// The jobs of a session: who gets what is typed, how it is edited, and which processes Ctrl-C interrupts.
//
// Job 0 is the session's shell itself; each job begun (<parley/console.h>) lies above the one before, and the uppermost is
// the foreground.
// Rules: one thread. The console waits for nobody: what a full pipe does not take is dropped, and reported as not taken.
#pragma once

#include "os/console/discipline.h"

#include <stdbool.h>

enum { JOB_PROCESSES_MAX = 256, JOB_KEYS_MAX = 4096 }; // no shell may have more processes

struct job {
    uint32_t owner;    // process id of who began it
    int32_t keys;      // the end that typed bytes are sent to; 0: Ctrl-D closed it
    int32_t reader;    // a receiving end of the same pipe, to take back what was not read
    uint32_t listener; // process id of who gets keys as events, while the mode has CONSOLE_EVENTS
    uint32_t unseen;   // of the bytes that were sent to it last, so many were not shown
    int signal;        // what was typed for its processes last: SIGINT, SIGQUIT, SIGTSTP; 0: nothing
    uint32_t process_count;
    uint32_t processes[JOB_PROCESSES_MAX];
    struct discipline discipline;
};

// One that has left the foreground, with its pipe, its mode and the line that was begun.
struct job_kept {
    uint32_t name; // 0: none is here
    struct job job;
};

struct jobs {
    struct job list[CONSOLE_JOBS_MAX + 1];
    uint32_t count; // at least 1 while a session runs
    uint32_t last_name;
    struct job_kept kept[CONSOLE_KEPT_MAX];
};

struct job *jobs_foreground(struct jobs *jobs);

// Begins a job in this mode. One inside an interrupted job of its owner is interrupted too: who began both has not learnt of it yet.
// LIMIT_REACHED; otherwise as pipe_create.
enum status jobs_begin(struct jobs *jobs, uint32_t owner, uint32_t mode);

// Whether a process is one of the job's, or was started by one of them.
bool job_includes(const struct job *job, uint32_t process);

// Ends the uppermost job that `owner` began, and all above it; says whether it was interrupted. NOT_FOUND
enum status jobs_end(struct jobs *jobs, uint32_t owner, bool *interrupted);

// The uppermost job that `owner` began; null: none.
struct job *jobs_find(struct jobs *jobs, uint32_t owner);

// Ends those above it.
void jobs_end_above(struct jobs *jobs, const struct job *job);

// ---- kept.c ----

// The uppermost job of `owner` leaves the foreground and is kept under a name; all above it end. NOT_FOUND, LIMIT_REACHED
enum status jobs_leave(struct jobs *jobs, uint32_t owner, uint32_t *name);

// A kept job of `owner` is the foreground again. NOT_FOUND, LIMIT_REACHED (CONSOLE_JOBS_MAX)
enum status jobs_return(struct jobs *jobs, uint32_t owner, uint32_t name);

// A kept job of `owner` is no more. NOT_FOUND
enum status jobs_drop(struct jobs *jobs, uint32_t owner, uint32_t name);

// None is kept any more.
void jobs_drop_kept(struct jobs *jobs);

// ----

// Ends all jobs, the shell's own too.
void jobs_end_all(struct jobs *jobs);

// Adds processes to the uppermost job of `owner`; they get at once the signal that was typed before. With none
// added, those that are there get a Ctrl-Z of before once more. NOT_FOUND, LIMIT_REACHED
enum status jobs_add(struct jobs *jobs, uint32_t owner, const uint32_t *processes, uint32_t count);

// Takes back what was typed for a job and not read: `bytes` has room for JOB_KEYS_MAX. The first *seen of them were shown before.
size_t jobs_take_back(struct job *job, char *bytes, size_t *seen);

// A line that was begun for one job, and not ended, goes on in another.
void jobs_pass_line(struct job *job, struct job *other);

// Sends typed bytes to the foreground; false: it does not take them.
bool jobs_send(struct jobs *jobs, const char *bytes, size_t size);

// Ctrl-D: the foreground reads the end of its stream.
void jobs_close_stream(struct jobs *jobs);

// Ctrl-C (SIGINT) and Ctrl-\ (SIGQUIT): for the processes of the foreground job, and all that they started. The first ends those
// that have no handler for it, the second all. Where there are none, or all have ended, who began the job gets SIGINT if it has a handler
// for it; where there are none, the job's input ends; job 0 is the shell's, which is never ended and whose input goes on. Ctrl-Z (SIGTSTP) stops the processes
// that have no handler for it.
void jobs_interrupt(struct jobs *jobs, uint32_t shell, int signal);
