// The files that are mapped: for each version of a file a paged memory object, whose pages come from the file server.
//
// An object stays when nobody maps it any more, for who maps the file next, until too many lie idle or the file was changed. That nobody
// maps it is seen by its references: numbers of it go to clients without the rights to copy and to send it, so none is where it
// cannot be counted.
//
// Rules: one thread opens, writes back and sweeps; another serves faults. The list and what is marked [l] are under its lock, which is never
// held across a call to another process; `uses` keeps what the second thread has in hand.
#pragma once

#include <parley/files.h>

#include <bsd/sys/queue.h>
#include <stdbool.h>

enum {
    MAPPED_MAX = 256,      // objects at a time
    MAPPED_IDLE_MAX = 32,  // that nobody maps, while memory is not short
    MAPPED_AHEAD_MAX = 16, // pages that one fault brings
};

struct mapped {
    TAILQ_ENTRY(mapped) link; // [l] the one used last stands last
    uint64_t key;             // id of the memory object
    uint64_t pages;
    int32_t memory, faults; // numbers: of the memory, and of the daemon's end of its link
    uint32_t handle;        // the file server's, to read
    uint32_t write_handle;  // to write; good where is_written
    bool is_written;        // somebody may have it mapped writable
    uint32_t references;    // of the memory object while nobody maps it
    uint32_t uses;          // [l]
    uint64_t expected;      // [faults] the page that comes next when it is read on
    uint32_t ahead;         // [faults] how many pages that then brings
    struct files_stat file; // the version that its pages come from
};

// Takes over a handle of the file server's, which is closed if it is not needed. `end`: bytes that are to be mapped.
// NO_RIGHT the handle is not for reading, or writing; IS_DIRECTORY; TOO_LARGE; LIMIT_REACHED
enum status mapped_open(uint32_t handle, bool write, uint64_t end, struct mapped **mapped);

// What was written to the pages of these bytes goes into the file. NOT_FOUND: no such object.
enum status mapped_write_back(uint64_t key, uint64_t start, uint64_t end);

// Lets go of what nobody maps and is not worth keeping; what was written to it goes into its file first. True: some are mapped
// writable, so it should be called again.
bool mapped_sweep(void);

// Serves faults until the end of the system.
void *mapped_serve_faults(void *unused);
