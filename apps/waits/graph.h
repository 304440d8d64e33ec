// Who waits for whom: a graph of processes made from wait records, and the search for those that can never go
// on.
//
// A process can go on if one of its threads runs, or waits for something that others than processes bring (a
// time, an event), or for something that a process brings that itself can go on. What is left over is stuck:
// from each of these, whoever one follows is stuck too, so that one comes around to a cycle.
// Rules: pure, and tested on the host. A wait with a deadline counts like one without: `until` says when it
// ends.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "kernel/abi/object.h"
#include "kernel/abi/process.h"

struct graph_process {
    uint32_t process;
    uint32_t threads; // 0: not known, then all of them wait
    uint32_t waiting; // of these
    bool stuck;
    uint32_t cycle; // from 1 on: the number of the cycle that it is part of; 0: of none
    size_t next;    // index of the next process in the cycle
    size_t wait;    // index of the wait record that leads there
};

struct graph {
    const struct wait_information *waits;
    size_t wait_count;
    struct graph_process *processes; // by rising process id
    size_t process_count;
    uint32_t cycles;
};

// Builds the graph and finds what is stuck and the cycles. False: no memory. The graph keeps pointing into
// `waits`.
bool graph_make(struct graph *graph, const struct wait_information *waits, size_t wait_count,
                const struct process_information *processes, size_t process_count);
void graph_release(struct graph *graph);

// Null: no such process waits, or is known.
const struct graph_process *graph_find(const struct graph *graph, uint32_t process);

// The soonest deadline of a cycle's waits; DEADLINE_NEVER: it never ends by itself.
uint64_t graph_cycle_until(const struct graph *graph, uint32_t cycle);
