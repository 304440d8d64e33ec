// The benchmark program: runs the table and prints `NAME VALUE ns` (the time of one operation) per line.
#include "apps/bench/bench.h"

#include <parley/clock.h>
#include <parley/machine.h>
#include <parley/start.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apps/common/number.h"
#include "apps/common/tool.h"

enum { READINGS = 5, FACTOR_MAX = 1000, SINKING_NANOSECONDS = 100000000 };

static struct spawned peer;
static uint64_t factor = 1; // more rounds, for a profiler to look at

void bench_check(enum status status, const char *what) {
    if (status >= 0)
        return;
    fprintf(stderr, "bench: %s: %s\n", what, status_text(status));
    exit(1);
}

uint32_t bench_self(void) {
    return start_information()->process;
}

uint32_t bench_peer_start(const char *name, const struct spawn_grant *grants, uint32_t count) {
    char parent[16];
    snprintf(parent, sizeof(parent), "%u", bench_self());
    char *arguments[] = {"bench", "--peer", (char *)name, parent, 0};
    struct spawn_request request = SPAWN_REQUEST_DEFAULT;
    request.path = "/bin/bench";
    request.arguments = arguments;
    request.grants = grants;
    request.grant_count = count;
    bench_check(program_spawn(&request, &peer), "starting the peer");
    return peer.process;
}

void bench_peer_end(void) {
    bench_check(process_kill(peer.number, 0), "ending the peer");
    bench_check(process_wait(peer.number, DEADLINE_NEVER, 0), "waiting for the peer's end");
    bench_check(number_close(peer.number), "closing the peer");
}

static uint64_t counter(void) {
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

// The median of several readings: a timer tick more or less does not count.
static double measure(const struct benchmark *benchmark) {
    double readings[READINGS];
    double frequency = (double)start_information()->clock_frequency;
    uint32_t rounds = benchmark->rounds * (uint32_t)factor;
    benchmark->run(benchmark->rounds / 4 + 1); // warm
    for (int i = 0; i < READINGS; i++) {
        uint64_t before = counter();
        benchmark->run(rounds);
        uint64_t ticks = counter() - before;
        readings[i] = (double)ticks * 1e9 / frequency / rounds;
    }
    qsort(readings, READINGS, sizeof(readings[0]), compare);
    return readings[READINGS / 2];
}

static void run_one(const struct benchmark *benchmark) {
    if (benchmark->prepare != 0)
        benchmark->prepare();
    printf("%s %.3f ns\n", benchmark->name, measure(benchmark));
    fflush(stdout);
    if (benchmark->finish != 0)
        benchmark->finish();
}

// A thread that runs long sinks below those that have just begun, and whoever it wakes takes the CPU at once: this is how all but the first
// operations find it, so the first, and one alone, are to find it so, too.
static void sink(void) {
    uint64_t end = clock_now() + SINKING_NANOSECONDS;
    while (clock_now() < end)
        continue;
}

// No name: all. A name, or the start of one: those.
static int run_all(const char *wanted) {
    static const struct benchmark *const tables[] = {
        bench_calls,     bench_events,    bench_messages, bench_pipes,   bench_shared, bench_interfaces,
        bench_memory,    bench_processes, bench_scale,    bench_links,   bench_pagers, bench_ports,
        bench_questions, bench_files,     bench_pages,    bench_mapping, bench_shell};
    int ran = 0;
    sink();
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        for (const struct benchmark *benchmark = tables[i]; benchmark->name != 0; benchmark++) {
            if (wanted != 0 && strncmp(benchmark->name, wanted, strlen(wanted)) != 0)
                continue;
            run_one(benchmark);
            ran++;
        }
    }
    if (ran == 0)
        fprintf(stderr, "bench: no operation's name starts with %s\n", wanted);
    return ran == 0;
}

static int run_table(const struct benchmark *table) {
    for (; table->name != 0; table++)
        run_one(table);
    return 0;
}

static int run_peer(const char *name, const char *parent) {
    static const struct peer *const tables[] = {peers_events,    peers_messages, peers_pipes,      peers_shared,
                                                peers_links,     peers_pagers,   peers_interfaces, peers_ports,
                                                peers_questions, peers_pages};
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
        for (const struct peer *entry = tables[i]; entry->name != 0; entry++)
            if (strcmp(entry->name, name) == 0)
                entry->run((uint32_t)strtoul(parent, 0, 10));
    fprintf(stderr, "bench: no peer is called %s\n", name);
    return 1;
}

static const struct tool tool = {
    .name = "bench",
    .usage = "usage: bench [NAME [FACTOR]]\n"
             "Measures all operations, or those whose names start with NAME, in FACTOR times as many rounds.\n"
             "bench boot tells how long the way to the first prompt was, and the memory in use;\n"
             "bench screen what is drawn costs, on a machine with a screen; bench contention how often locks of\n"
             "ports are waited for.\n",
    .options = "",
    .failure = 2,
};

// What a word alone may name beside an operation; -1: it names none.
static int run_special(const char *name) {
    if (strcmp(name, "boot") == 0)
        return bench_boot();
    if (strcmp(name, "screen") == 0)
        return run_table(bench_screen);
    if (strcmp(name, "contention") == 0)
        return bench_contention();
    return -1;
}

int main(int count, char **arguments) {
    if (count == 4 && strcmp(arguments[1], "--peer") == 0)
        return run_peer(arguments[2], arguments[3]);
    tool_start(&tool, count, arguments);
    while (tool_option())
        continue;
    char **words = tool_operands(&count);
    if (count > 2)
        tool_misused(words[2], "one word too many");
    if (count == 2 && (!number_parse(words[1], &factor) || factor == 0 || factor > FACTOR_MAX))
        tool_misused(words[1], "a number of times from 1 to 1000 is wanted");
    int status = count == 1 ? run_special(words[0]) : -1;
    return status >= 0 ? status : run_all(words[0]);
}
