// compare: the same jobs over every design of communication, side by side.
#include <parley/clock.h>
#include <parley/event.h>
#include <parley/machine.h>
#include <parley/object.h>
#include <parley/start.h>
#include <parley/thread.h>
#include <parley/trace.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apps/common/tool.h"
#include "apps/compare/control.h"
#include "apps/trace/operations.h"

enum { SECOND = 1000000000, REST = SECOND / 4, TRACED_MAX = 4096, FLOOD_START = 100 };

static const struct design *const designs[] = {&design_event,     &design_message, &design_pipe, &design_shared,
                                               &design_interface, &design_link,    &design_page, &design_port};

enum { DESIGN_COUNT = sizeof(designs) / sizeof(designs[0]) };

enum job_kind { JOB_ECHO, JOB_STREAM, JOB_FAN_IN, JOB_FAN_OUT, JOB_FLOOD, JOB_DEATH };

static const struct job_plan {
    const char *name, *title;
    enum job_kind kind;
    uint32_t size, rounds, parts; // parts: clients of a fan-in, servers of a fan-out
} plans[] = {
    {"notify", "waking each other, there and back, no data", JOB_ECHO, 0, 400, 1},
    {"echo_1", "a block of 1 byte, there and back", JOB_ECHO, 1, 400, 1},
    {"echo_32", "32 bytes, there and back", JOB_ECHO, 32, 400, 1},
    {"echo_64", "64 bytes, there and back", JOB_ECHO, 64, 400, 1},
    {"echo_512", "512 bytes, there and back", JOB_ECHO, 512, 200, 1},
    {"echo_4096", "4 KiB, there and back", JOB_ECHO, 4096, 100, 1},
    {"echo_65536", "64 KiB, there and back", JOB_ECHO, 65536, 20, 1},
    {"echo_1048576", "1 MiB, there and back", JOB_ECHO, 1 << 20, 2, 1},
    {"stream_64", "64 bytes, one way, one after the other", JOB_STREAM, 64, 400, 1},
    {"stream_4096", "4 KiB, one way, one after the other", JOB_STREAM, 4096, 100, 1},
    {"fan_in_1", "64 bytes to one server and back, 1 client", JOB_FAN_IN, 64, 200, 1},
    {"fan_in_4", "64 bytes to one server and back, 4 clients at once", JOB_FAN_IN, 64, 100, 4},
    {"fan_in_16", "64 bytes to one server and back, 16 clients at once", JOB_FAN_IN, 64, 40, 16},
    {"fan_in_64", "64 bytes to one server and back, 64 clients at once", JOB_FAN_IN, 64, 20, 64},
    {"fan_out_1", "64 bytes to 1 server, acknowledged at the end", JOB_FAN_OUT, 64, 200, 1},
    {"fan_out_4", "64 bytes to each of 4 servers", JOB_FAN_OUT, 64, 100, 4},
    {"fan_out_16", "64 bytes to each of 16 servers", JOB_FAN_OUT, 64, 40, 16},
    {"fan_out_64", "64 bytes to each of 64 servers", JOB_FAN_OUT, 64, 20, 64},
    {"flood", "64 bytes there and back beside a client that only sends, as fast as it can", JOB_FLOOD, 64, 200, 2},
    {"death", "the server dies with a block taken and not answered", JOB_DEATH, 64, 20, 1},
};

// ---- counting ----

struct figures {
    uint64_t ticks, switches, kernel_pages;
    struct counts counts;
};

static uint64_t counter(void) {
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static struct figures figures_now(void) {
    struct machine_information machine;
    struct figures now;
    machine_information(&machine);
    now.switches = machine.switches;
    now.kernel_pages = machine.kernel_pages;
    now.counts = control_counts();
    now.ticks = counter();
    return now;
}

struct cell {
    double instructions; // these and the next are per block
    double calls, switches, copied_by_kernel, copied_by_programs;
    uint64_t kernel_bytes; // held while the channels are open, for all of them
    uint64_t nanoseconds;  // death: until it was told
    bool traced;
    enum status status; // what the job's client saw in the end
    uint32_t done, asked;
    struct finding other; // of the flooder
};

static double per(double sum, uint32_t count) {
    return count > 0 ? sum / count : 0;
}

// The stub's own counting is one instruction a call, which is taken out.
static void cell_count(struct cell *cell, const struct figures *before, const struct figures *after, uint32_t blocks) {
    uint64_t calls = after->counts.calls - before->counts.calls;
    double ticks = (double)(after->ticks - before->ticks) * 1e9 / (double)start_information()->clock_frequency;
    cell->instructions = per(ticks - (double)calls, blocks);
    cell->calls = per((double)calls, blocks);
    cell->switches = per((double)(after->switches - before->switches), blocks);
    cell->copied_by_programs = per((double)(after->counts.copied - before->counts.copied), blocks);
}

static uint64_t copies_of(int32_t trace, struct trace_position *position) {
    static struct trace_record records[256];
    uint64_t bytes = 0;
    size_t count = 0;
    do {
        trace_read(trace, position, records, 256, &count);
        for (size_t i = 0; i < count; i++)
            bytes += operation_bytes_copied(&records[i]);
    } while (count > 0);
    return bytes;
}

// ---- the client's work ----

static _Alignas(PAGE_SIZE) uint8_t block[BLOCK_MAX]; // whole pages: one design sends them as they are

static void note(struct finding *finding, enum status status) {
    finding->done += status == STATUS_OK;
    if (status != STATUS_OK && finding->failed++ == 0)
        finding->status = status;
}

static void echo_rounds(const struct design *design, uint32_t rounds, struct finding *finding) {
    for (uint32_t i = 0; i < rounds && finding->failed == 0; i++)
        note(finding, design->echo(0, block, job->size));
}

// One way to all servers; they acknowledge the last of so many.
static void send_rounds(const struct design *design, uint32_t rounds, struct finding *finding) {
    for (uint32_t i = 0; i < rounds && finding->failed == 0; i++)
        for (uint32_t server = 0; server < job->servers; server++)
            note(finding, design->send(server, block, job->size, DEADLINE_NEVER));
    for (uint32_t server = 0; server < job->servers && finding->failed == 0; server++) {
        enum status status = design->acknowledged(server);
        if (status != STATUS_OK)
            note(finding, status);
    }
}

static void client_rounds(const struct design *design, uint32_t rounds, struct finding *finding) {
    if (job->one_way != 0)
        send_rounds(design, rounds, finding);
    else
        echo_rounds(design, rounds, finding);
}

static void disconnect_all(const struct design *design) {
    for (uint32_t server = 0; server < job->servers && design->disconnect != NULL; server++)
        design->disconnect(server);
}

static void connect_all(const struct design *design, uint32_t self) {
    for (uint32_t server = 0; server < job->servers; server++) {
        enum status status = design->connect(server, control->findings[1 + server].process, self);
        if (status != STATUS_OK)
            control_fail(design->name, status);
    }
}

// ---- the parts ----

static void flood(const struct design *design, struct finding *finding) {
    for (uint32_t i = 0; i < FLOOD_START; i++)
        note(finding, design->send(0, block, job->size, DEADLINE_NOW));
    control_reached();
    while (__atomic_load_n(&control->stage, __ATOMIC_ACQUIRE) < STAGE_OVER)
        note(finding, design->send(0, block, job->size, DEADLINE_NOW));
}

static int serve(const struct design *design, uint32_t place) {
    control_await(STAGE_SERVE);
    enum status status = design->serve_start(place);
    if (status != STATUS_OK)
        control_fail(design->name, status);
    control_reached();
    design->serve();
    return 1;
}

static int run_part(enum part part, uint32_t place, uint32_t index) {
    control_attach(index);
    const struct design *design = designs[control->design];
    if (part == PART_SERVER)
        return serve(design, place);
    control_await(STAGE_CONNECT);
    connect_all(design, place);
    control_reached();
    control_await(STAGE_RUN);
    if (part == PART_FLOODER)
        flood(design, &control->findings[index]);
    else
        client_rounds(design, control->rounds, &control->findings[index]);
    control_reached();
    thread_sleep(DEADLINE_NEVER);
    return 0;
}

// ---- the coordinator: client 0 ----

static struct job job_of(const struct job_plan *plan) {
    bool in = plan->kind == JOB_FAN_IN || plan->kind == JOB_FLOOD, out = plan->kind == JOB_FAN_OUT;
    return (struct job){
        .size = plan->size,
        .clients = in ? plan->parts : 1,
        .servers = out ? plan->parts : 1,
        .one_way = out || plan->kind == JOB_STREAM ? plan->rounds : 0,
        .die_at = plan->kind == JOB_DEATH ? plan->rounds / 2 : 0,
        .deadline = plan->kind == JOB_DEATH || plan->kind == JOB_FLOOD ? SECOND / 10 : 0,
    };
}

static uint32_t parts_start(const struct job_plan *plan) {
    for (uint32_t i = 0; i < job->servers; i++)
        control_part_start(PART_SERVER, i);
    for (uint32_t i = 1; i < job->clients; i++)
        control_part_start(plan->kind == JOB_FLOOD ? PART_FLOODER : PART_CLIENT, i);
    return job->servers + job->clients - 1;
}

// Everything stands when it returns. How much the kernel holds for it is what it holds more than with the bare processes.
static uint64_t channels_make(const struct design *design, const struct job_plan *plan) {
    uint32_t parts = parts_start(plan);
    control_wait(parts);
    struct machine_information before, after;
    machine_information(&before);
    control_announce(STAGE_SERVE);
    control_wait(job->servers);
    connect_all(design, 0);
    control_announce(STAGE_CONNECT);
    control_wait(job->clients - 1);
    machine_information(&after);
    return after.kernel_pages > before.kernel_pages ? (after.kernel_pages - before.kernel_pages) * PAGE_SIZE : 0;
}

// The kernel's copies: a few rounds with the trace on. What is too much for its ring is not counted.
static void copies_count(const struct design *design, const struct job_plan *plan, struct cell *cell) {
    uint32_t rounds = job->one_way != 0 ? plan->rounds : 8;
    struct trace_position position = {0};
    struct finding finding = {0};
    int32_t trace;
    if (plan->size > TRACED_MAX || trace_open(&trace) != STATUS_OK)
        return;
    copies_of(trace, &position);
    position.lost = 0;
    client_rounds(design, rounds, &finding);
    uint64_t bytes = copies_of(trace, &position);
    cell->traced = position.lost == 0;
    cell->copied_by_kernel = per((double)bytes, rounds * job->servers);
    number_close(trace);
}

static void run_measured(const struct design *design, const struct job_plan *plan, struct cell *cell) {
    struct finding *own = &control->findings[0];
    struct finding warm = {0};
    if (job->clients == 1 && plan->kind != JOB_DEATH)
        client_rounds(design, job->one_way != 0 ? plan->rounds : plan->rounds / 4 + 1, &warm);
    if (plan->kind == JOB_FLOOD) {
        control_announce(STAGE_RUN);
        control_wait(1); // the flood has begun
    }
    struct figures before = figures_now();
    control_announce(STAGE_RUN);
    client_rounds(design, plan->rounds, own);
    control_announce(STAGE_OVER);
    control_wait(job->clients - 1);
    struct figures after = figures_now();
    cell->asked = plan->rounds * job->servers;
    cell_count(cell, &before, &after, plan->rounds * job->servers * (plan->kind == JOB_FAN_IN ? job->clients : 1));
}

// Whoever has used much of the CPU stands below those who have not, and is interrupted at each thing that it sends: so the one process that
// is a client of all jobs rests before each, until it is what the others are that were just started.
static struct cell run_job(uint32_t index, const struct job_plan *plan) {
    const struct design *design = designs[index];
    struct cell cell = {0};
    struct job wish = job_of(plan);
    thread_sleep(clock_now() + REST);
    control_start(&wish, index, plan->rounds);
    cell.kernel_bytes = channels_make(design, plan);
    run_measured(design, plan, &cell);
    cell.status = (enum status)control->findings[0].status;
    cell.done = control->findings[0].done;
    cell.other = control->findings[2];
    if (job->clients == 1 && plan->kind != JOB_DEATH)
        copies_count(design, plan, &cell);
    disconnect_all(design);
    control_end();
    return cell;
}

// ---- telling ----

static void show_title(const struct job_plan *plan) {
    printf("\n%s: %s\n%-14s %14s %10s %7s %9s %10s %10s %10s  %s\n", plan->name, plan->title, "design", "instructions",
           "per byte", "calls", "switches", "copied", "by itself", "kernel B", "seen");
}

static void show_seen(const struct job_plan *plan, const struct cell *cell) {
    printf("%u of %u", cell->done, cell->asked);
    if (cell->status != STATUS_OK)
        printf(", then %s", status_name(cell->status));
    if (plan->kind == JOB_FLOOD)
        printf("; flooder: %u sent, %u %s", cell->other.done, cell->other.failed,
               cell->other.failed > 0 ? status_name((enum status)cell->other.status) : "refused");
    printf("\n");
}

static void show(const struct job_plan *plan, const struct design *design, const struct cell *cell) {
    printf("%-14s %14.0f ", design->name, cell->instructions);
    if (plan->size > 0)
        printf("%10.2f ", cell->instructions / plan->size);
    else
        printf("%10s ", "-");
    printf("%7.2f %9.2f ", cell->calls, cell->switches);
    if (cell->traced)
        printf("%10.0f ", cell->copied_by_kernel);
    else
        printf("%10s ", "-");
    printf("%10.0f %10llu  ", cell->copied_by_programs, (unsigned long long)cell->kernel_bytes);
    show_seen(plan, cell);
    fflush(stdout);
}

static void show_line(const struct job_plan *plan, const struct design *design, const struct cell *cell) {
    printf("cell|%s|%s|%s|%u|%.3f|%.3f|%.3f|%.3f|%.3f|%llu|%u|%u|%s|%u|%u|%s\n", plan->name, plan->title, design->name,
           plan->size, cell->instructions, cell->calls, cell->switches, cell->traced ? cell->copied_by_kernel : -1,
           cell->copied_by_programs, (unsigned long long)cell->kernel_bytes, cell->done, cell->asked,
           status_name(cell->status), cell->other.done, cell->other.failed,
           status_name((enum status)cell->other.status));
    fflush(stdout);
}

static bool matches(const char *name, const char *wanted) {
    return wanted == NULL || strncmp(name, wanted, strlen(wanted)) == 0;
}

static int compare(const char *wanted_job, const char *wanted_design, bool lines) {
    uint32_t ran = 0;
    for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
        if (!matches(plans[i].name, wanted_job))
            continue;
        if (!lines)
            show_title(&plans[i]);
        for (uint32_t design = 0; design < DESIGN_COUNT; design++) {
            if (!matches(designs[design]->name, wanted_design))
                continue;
            struct cell cell = run_job(design, &plans[i]);
            (lines ? show_line : show)(&plans[i], designs[design], &cell);
            ran++;
        }
    }
    if (ran == 0)
        fprintf(stderr, "compare: no job's name starts with %s, or no design's\n", wanted_job);
    return ran == 0;
}

static const struct tool_name names[] = {{"lines", 'l'}, {0}};
static const struct tool tool = {
    .name = "compare",
    .usage = "usage: compare [--lines] [JOB [DESIGN]]\n"
             "Runs the same jobs over each design of communication, and shows what they cost. JOB and DESIGN are the\n"
             "starts of names. Under os/run --icount a nanosecond is an instruction. --lines is for programs.\n",
    .options = "l",
    .names = names,
    .failure = 2,
};

int main(int count, char **arguments) {
    if (count == 5 && strcmp(arguments[1], "--part") == 0)
        return run_part((enum part)atoi(arguments[2]), (uint32_t)atoi(arguments[3]), (uint32_t)atoi(arguments[4]));
    bool lines = false;
    tool_start(&tool, count, arguments);
    while (tool_option())
        lines = true;
    char **words = tool_operands(&count);
    if (count > 2)
        tool_misused(words[2], "one word too many");
    return compare(count > 0 ? words[0] : NULL, count > 1 ? words[1] : NULL, lines);
}
