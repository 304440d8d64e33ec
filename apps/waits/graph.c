// Who waits for whom, and who can never go on.
#include "apps/waits/graph.h"

#include <stdlib.h>

static int compare(const void *left, const void *right) {
    uint32_t one = ((const struct graph_process *)left)->process,
             other = ((const struct graph_process *)right)->process;
    return (one > other) - (one < other);
}

static struct graph_process *find(const struct graph *graph, uint32_t process) {
    struct graph_process key = {.process = process};
    if (!graph->process_count)
        return NULL;
    return bsearch(&key, graph->processes, graph->process_count, sizeof(key), compare);
}

const struct graph_process *graph_find(const struct graph *graph, uint32_t process) {
    return find(graph, process);
}

// Every process that is listed or waits, once, in order.
static void add_processes(struct graph *graph, const struct process_information *processes, size_t count) {
    struct graph_process *list = graph->processes;
    size_t used = 0, kept = 0;
    for (size_t i = 0; i < count; i++)
        list[used++] = (struct graph_process){.process = processes[i].process, .threads = processes[i].threads};
    for (size_t i = 0; i < graph->wait_count; i++)
        list[used++] = (struct graph_process){.process = graph->waits[i].process};
    if (used)
        qsort(list, used, sizeof(*list), compare);
    for (size_t i = 0; i < used; i++) {
        if (kept && list[kept - 1].process == list[i].process)
            list[kept - 1].threads |= list[i].threads; // one of the two is 0
        else
            list[kept++] = list[i];
    }
    graph->process_count = kept;
}

// Whether others than stuck processes could end this wait.
static bool can_end(const struct graph *graph, const struct wait_information *wait) {
    if (!wait->waker_count || wait->waker_count > WAIT_WAKERS_MAX)
        return true;
    for (uint32_t i = 0; i < wait->waker_count; i++) {
        const struct graph_process *waker = find(graph, wait->wakers[i]);
        if (!waker || !waker->stuck)
            return true;
    }
    return false;
}

static bool has_running_thread(const struct graph_process *process) {
    return !process->waiting || process->threads > process->waiting;
}

// Takes all that can go on out of the stuck ones, until nothing changes.
static void find_stuck(struct graph *graph) {
    for (size_t i = 0; i < graph->wait_count; i++)
        find(graph, graph->waits[i].process)->waiting++;
    for (size_t i = 0; i < graph->process_count; i++)
        graph->processes[i].stuck = !has_running_thread(&graph->processes[i]);
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < graph->wait_count; i++) {
            struct graph_process *process = find(graph, graph->waits[i].process);
            if (process->stuck && can_end(graph, &graph->waits[i])) {
                process->stuck = false;
                changed = true;
            }
        }
    }
}

// The wait that a stuck process is followed by: its first.
static size_t wait_of(const struct graph *graph, uint32_t process) {
    size_t i = 0;
    while (graph->waits[i].process != process)
        i++;
    return i;
}

// Follows wakers from a stuck process until it comes to one where a walk was. Was that this walk, it is a
// cycle.
static void walk(struct graph *graph, size_t start, uint32_t *walks, uint32_t number) {
    size_t at = start;
    while (!walks[at]) {
        struct graph_process *process = &graph->processes[at];
        walks[at] = number;
        process->wait = wait_of(graph, process->process);
        process->next = (size_t)(find(graph, graph->waits[process->wait].wakers[0]) - graph->processes);
        at = process->next;
    }
    if (walks[at] != number)
        return;
    graph->cycles++;
    for (; !graph->processes[at].cycle; at = graph->processes[at].next)
        graph->processes[at].cycle = graph->cycles;
}

static bool find_cycles(struct graph *graph) {
    uint32_t *walks = calloc(graph->process_count + 1, sizeof(*walks));
    if (!walks)
        return false;
    for (size_t i = 0; i < graph->process_count; i++)
        if (graph->processes[i].stuck)
            walk(graph, i, walks, (uint32_t)i + 1);
    free(walks);
    return true;
}

bool graph_make(struct graph *graph, const struct wait_information *waits, size_t wait_count,
                const struct process_information *processes, size_t process_count) {
    *graph = (struct graph){.waits = waits, .wait_count = wait_count};
    graph->processes = calloc(wait_count + process_count + 1, sizeof(*graph->processes));
    if (!graph->processes)
        return false;
    add_processes(graph, processes, process_count);
    find_stuck(graph);
    if (find_cycles(graph))
        return true;
    graph_release(graph);
    return false;
}

void graph_release(struct graph *graph) {
    free(graph->processes);
    *graph = (struct graph){0};
}

uint64_t graph_cycle_until(const struct graph *graph, uint32_t cycle) {
    uint64_t until = DEADLINE_NEVER;
    for (size_t i = 0; i < graph->process_count; i++) {
        const struct graph_process *process = &graph->processes[i];
        if (process->cycle == cycle && graph->waits[process->wait].deadline < until)
            until = graph->waits[process->wait].deadline;
    }
    return until;
}
