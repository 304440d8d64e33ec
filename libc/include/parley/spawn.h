// Starting programs natively: posix_spawn with all that Parley's own spawn can say. posix_spawn stands on it.
//
// The image comes from a file, or is shared memory that the caller holds; arguments, environment, descriptors, working
// directory and grants travel in the start block.
// Rules: descriptors that are not named in `descriptors` are inherited as POSIX has it, unless `only_listed`. Services
// that this program knows (start_service) are told to the child, and its number grants are not, unless listed.
#pragma once

#include <parley/calls.h>
#include <parley/start.h>
#include <stdbool.h>

// One descriptor of the child: the caller's `from` becomes the child's `to`; `from` -1 leaves `to` closed.
struct spawn_descriptor {
    int from;
    int to;
};

// A number of the caller's that the child gets under a name, with at most these rights; or a service (number 0).
struct spawn_grant {
    const char *name;
    int32_t number;
    uint32_t rights;
    uint32_t process;
};

struct spawn_request {
    const char *path;              // of the program's file; null: `image` is the program
    int32_t image;                 // shared memory with the rights READ, EXECUTE and SEND; the caller keeps it
    const char *name;              // of the process; null: the last part of the path, or of argument 0
    char *const *arguments;        // null-terminated
    char *const *environment;      // null-terminated; null: the caller's
    const char *working_directory; // absolute; null: the caller's
    const struct spawn_descriptor *descriptors;
    uint32_t descriptor_count;
    bool only_listed;
    const struct spawn_grant *grants;
    uint32_t grant_count;
    uint32_t user;          // SPAWN_SAME_USER or a user id
    uint32_t priority;      // SPAWN_SAME_PRIORITY or a priority
    int32_t machine;        // for what needs it, else 0
    const uint64_t *limits; // ACCOUNT_ITEM_COUNT of them, or null: as the caller's
    bool debugged;          // it stands before its first instruction, and `number` names its debugger (debug_spawn)
};

struct spawned {
    int32_t number;   // of the process, with all rights, or of its debugger; the caller closes it
    uint32_t process; // its id
};

// What a request is before it is filled in: same user, same priority, all else empty.
#define SPAWN_REQUEST_DEFAULT                                                                                          \
    { .user = SPAWN_SAME_USER, .priority = SPAWN_SAME_PRIORITY }

// Statuses: those of process_spawn, those of the file server for the path, LIMIT_REACHED for more descriptors than the
// start block takes.
enum status program_spawn(const struct spawn_request *request, struct spawned *spawned);

// From now on each program that this one starts without `limits` may have at most three quarters of what this one may have itself of
// what counts for both: memory, processes, threads. So whatever that program and those that it starts do, another can be started
// beside them. Memory without a limit counts as what is used here, is free, and lies in the swap area when the program is started.
void spawn_keep_reserve(void);
