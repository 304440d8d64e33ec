// The benchmark program: a table of operations, each run many times between two readings of the processor's counter.
//
// Under QEMU's instruction counter (os/run --icount) a tick of that counter is an instruction, so the figures repeat exactly.
// Rules: an operation prepares what it needs, runs `rounds` times, and leaves nothing behind. What fails ends the program
// with a sentence (bench_check): a figure of something that did not work is worse than none.
#pragma once

#include <parley/spawn.h>
#include <parley/status.h>
#include <stdint.h>

struct benchmark {
    const char *name;
    uint32_t rounds;       // per reading
    void (*prepare)(void); // may be null
    void (*run)(uint32_t rounds);
    void (*finish)(void); // may be null
};

// A second process that runs the same program: what it does until it is killed.
struct peer {
    const char *name;
    void (*run)(uint32_t parent);
};

// Each file's part of the tables, ended by an entry without name.
extern const struct benchmark bench_calls[], bench_events[], bench_interfaces[], bench_messages[], bench_pipes[],
    bench_shared[], bench_memory[], bench_processes[], bench_scale[], bench_links[], bench_pagers[], bench_ports[],
    bench_questions[], bench_files[], bench_pages[], bench_shell[], bench_mapping[];
extern const struct benchmark bench_screen[]; // on machines with a screen: `bench screen`
extern const struct peer peers_events[], peers_interfaces[], peers_messages[], peers_pipes[], peers_shared[],
    peers_links[], peers_pagers[], peers_ports[], peers_questions[], peers_pages[];

// Ends the program where the status is an error.
void bench_check(enum status status, const char *what);

// Starts this program as a peer; `grants` travel with it. Says its process id.
uint32_t bench_peer_start(const char *name, const struct spawn_grant *grants, uint32_t count);
void bench_peer_end(void);

// Tells what booting took: to be asked for at the first prompt. The program's exit status.
int bench_boot(void);

// Tells how often the locks of ports are waited for on several CPUs, with one port for all callers and one for each.
int bench_contention(void);

// Own process id.
uint32_t bench_self(void);
