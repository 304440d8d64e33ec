// The shared memory of a comparison, and its processes.
#include "apps/compare/control.h"

#include <parley/clock.h>
#include <parley/event.h>
#include <parley/memory.h>
#include <parley/object.h>
#include <parley/process.h>
#include <parley/spawn.h>
#include <parley/start.h>
#include <parley/sync.h>
#include <parley/thread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONTROL_PAGES = 2, SECOND = 1000000000 };

struct control *control;
struct job *job;

// The stubs of this program's system calls count in its first word (libc/calls/generate.py); shared, so that all see it.
_Alignas(PAGE_SIZE) uint64_t counted_calls[PAGE_SIZE / sizeof(uint64_t)];

static int32_t control_memory, field_memory;
static uint8_t *field;
static struct counts *all_counts; // a page each
static struct spawned parts[PARTS_MAX];
static uint32_t part_count;

_Static_assert(sizeof(struct control) <= CONTROL_PAGES * PAGE_SIZE, "the control block fits its pages");

_Noreturn void control_fail(const char *what, enum status status) {
    fprintf(stderr, "compare: %s: %s\n", what, status_text(status));
    exit(1);
}

static void check(enum status status, const char *what) {
    if (status < 0)
        control_fail(what, status);
}

uint32_t job_self(void) {
    return start_information()->process;
}

// ---- memory ----

static size_t field_stride(void) {
    return PAGE_SIZE + (job->size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE + PAGE_SIZE;
}

static size_t field_size(void) {
    return job->servers * job->clients * field_stride();
}

uint8_t *job_field(uint32_t server, uint32_t client) {
    return field + (server * job->clients + client) * field_stride();
}

static void *map(int32_t memory, uint64_t offset, size_t size) {
    uint64_t base;
    check(shared_map(memory, offset, size, PROTECTION_READ | PROTECTION_WRITE, 0, 0, &base), "mapping memory");
    return (void *)base;
}

#define CALL(code, name, value, parameters) CODE_##name = code,
enum {
#include <kernel/abi/calls.h>
};
#undef CALL

// A call that is not counted: while the page of the counts is changed there is none.
static struct result uncounted(uint64_t code, const uint64_t words[6]) {
    struct result result;
    register uint64_t r10 __asm__("r10") = words[3];
    register uint64_t r8 __asm__("r8") = words[4];
    register uint64_t r9 __asm__("r9") = words[5];
    uint64_t rdi = words[0], rsi = words[1];
    __asm__ volatile("syscall"
                     : "=a"(result.status), "=d"(result.value), "+D"(rdi), "+S"(rsi), "+r"(r10), "+r"(r8), "+r"(r9)
                     : "0"(code), "1"(words[2])
                     : "rcx", "r11", "memory");
    return result;
}

// This process's page of counts takes the place of the one that the stubs count in.
static void counts_join(uint32_t part) {
    uint64_t page = (uint64_t)counted_calls;
    uncounted(CODE_memory_unmap, (const uint64_t[6]){page, PAGE_SIZE});
    uint64_t offset = (CONTROL_PAGES + part) * PAGE_SIZE;
    const uint64_t words[6] = {(uint64_t)control_memory,           offset, PAGE_SIZE,
                               PROTECTION_READ | PROTECTION_WRITE, page,   MAP_FIXED};
    check((enum status)uncounted(CODE_shared_map, words).status, "joining the counts");
}

static void counts_leave(void) {
    uint64_t page = (uint64_t)counted_calls;
    uncounted(CODE_memory_unmap, (const uint64_t[6]){page, PAGE_SIZE});
    uncounted(CODE_memory_map, (const uint64_t[6]){page, PAGE_SIZE, PROTECTION_READ | PROTECTION_WRITE, MAP_FIXED});
}

static void control_map(void) {
    control = map(control_memory, 0, CONTROL_PAGES * PAGE_SIZE);
    job = &control->job;
}

void control_attach(uint32_t part) {
    control_memory = start_grant_number("control");
    field_memory = start_grant_number("field");
    control_map();
    field = map(field_memory, 0, field_size());
    counts_join(part);
    control->findings[part].process = job_self();
    control_reached();
}

struct counts control_counts(void) {
    struct counts sum = {0};
    for (uint32_t i = 0; i <= part_count; i++) {
        const struct counts *one = (const struct counts *)((const uint8_t *)all_counts + i * PAGE_SIZE);
        sum.calls += one->calls;
        sum.copied += one->copied;
    }
    return sum;
}

// ---- what designs use ----

void job_copy(void *to, const void *from, size_t size) {
    memcpy(to, from, size);
    counted_calls[1] += size;
}

uint64_t job_deadline(void) {
    return job->deadline != 0 ? clock_now() + job->deadline : DEADLINE_NEVER;
}

enum job_answer job_took(uint32_t client) {
    static struct { uint32_t client, count; } taken[CLIENTS_MAX + 1];
    uint32_t i = 0;
    while (i < CLIENTS_MAX && taken[i].client != client && taken[i].client != 0)
        i++;
    taken[i].client = client;
    taken[i].count++;
    if (job->die_at != 0 && taken[i].count == job->die_at)
        process_exit(0);
    if (job->one_way == 0)
        return ANSWER_BLOCK;
    return taken[i].count % job->one_way == 0 ? ANSWER_ACKNOWLEDGE : ANSWER_NOTHING;
}

// ---- stages ----

static void word_wait(uint32_t *word, uint32_t at_least) {
    uint32_t now;
    while ((now = __atomic_load_n(word, __ATOMIC_ACQUIRE)) < at_least)
        if (futex_wait(word, now, clock_now() + 60ull * SECOND) == STATUS_TIMED_OUT)
            control_fail("a part of the job did not come along", STATUS_TIMED_OUT);
}

void control_await(enum stage stage) {
    word_wait(&control->stage, stage);
}

void control_reached(void) {
    __atomic_fetch_add(&control->reached, 1, __ATOMIC_RELEASE);
    futex_wake(&control->reached, UINT32_MAX, NULL);
}

void control_announce(enum stage stage) {
    __atomic_store_n(&control->stage, stage, __ATOMIC_RELEASE);
    futex_wake(&control->stage, UINT32_MAX, NULL);
}

void control_wait(uint32_t count) {
    word_wait(&control->reached, count);
    __atomic_fetch_sub(&control->reached, count, __ATOMIC_RELAXED);
}

// ---- the coordinator ----

void control_start(const struct job *wish, uint32_t design, uint32_t rounds) {
    uint32_t pages = CONTROL_PAGES + PARTS_MAX;
    check(shared_create(pages * PAGE_SIZE, &control_memory), "making the control memory");
    control_map();
    *job = *wish;
    control->design = design;
    control->rounds = rounds;
    check(shared_create(field_size(), &field_memory), "making the field");
    field = map(field_memory, 0, field_size());
    all_counts = map(control_memory, CONTROL_PAGES * PAGE_SIZE, PARTS_MAX * PAGE_SIZE);
    counts_join(0);
    control->findings[0].process = job_self();
    part_count = 0;
}

void control_part_start(enum part part, uint32_t place) {
    char kind[4], self[16], index[16];
    snprintf(kind, sizeof(kind), "%u", (uint32_t)part);
    snprintf(self, sizeof(self), "%u", place);
    snprintf(index, sizeof(index), "%u", part_count + 1);
    char *arguments[] = {"compare", "--part", kind, self, index, NULL};
    struct spawn_grant grants[] = {{"control", control_memory, RIGHTS_ALL, 0}, {"field", field_memory, RIGHTS_ALL, 0}};
    struct spawn_request request = SPAWN_REQUEST_DEFAULT;
    request.path = "/bin/compare";
    request.arguments = arguments;
    request.grants = grants;
    request.grant_count = 2;
    check(program_spawn(&request, &parts[part_count]), "starting a part");
    part_count++;
}

static void drain_events(void) {
    EVENT event;
    while (event_get(&event, NULL) == STATUS_OK)
        if (event.Type == EVENT_PIPE)
            number_close((int32_t)event.Data1);
}

void control_end(void) {
    for (uint32_t i = 0; i < part_count; i++)
        process_kill(parts[i].number, 0);
    for (uint32_t i = 0; i < part_count; i++) {
        process_wait(parts[i].number, DEADLINE_NEVER, NULL);
        number_close(parts[i].number);
    }
    drain_events();
    memory_unmap((uint64_t)all_counts, PARTS_MAX * PAGE_SIZE);
    memory_unmap((uint64_t)field, field_size());
    counts_leave();
    memory_unmap((uint64_t)control, CONTROL_PAGES * PAGE_SIZE);
    number_close(control_memory);
    number_close(field_memory);
}
