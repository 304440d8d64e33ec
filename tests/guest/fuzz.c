// The supervisor of the random-call test: steps, workers, figures before and after, the witness.
//
// usage: test-fuzz [--seed N] [--calls N] [--step-calls N] [--from STEP]
#include "tests/guest/fuzz.h"
#include "tests/guest/argument_table.h"
#include "tests/guest/authority.h"

enum {
    DEFAULT_CALLS = 1000000,
    STEP_CALLS = 10000,
    WARM_STEPS = 3,
    PAGE_SLACK = 32,
    REPORT_STEPS = 25,
    TEXT_SIZE = 24,
    SELDOM = 20,
};

#define PATIENCE (20 * NANOSECONDS_PER_MILLISECOND)

static struct {
    uint64_t seed, calls, step_calls, from;
} wishes = {.seed = 1, .calls = DEFAULT_CALLS, .step_calls = STEP_CALLS};

static char why[256]; // the first thing that was wrong
static struct spawned witness;
static uint32_t display; // its process, 0: there is none
static int32_t pool, pool_other, memory, ports, device_memory, line, machine;

struct worker {
    struct spawned child;
    int32_t number; // of the memory with its progress
    struct fuzz_progress *progress;
    uint64_t calls_seen;
    bool is_running;
};

static struct worker workers[FUZZ_WORKERS];

static bool wrong(const char *text) {
    if (why[0] == 0)
        strlcpy(why, text, sizeof(why));
    return false;
}

// ---- the witness ----

static bool ping(uint32_t word) {
    uint32_t id, answer = 0;
    struct message_information information;
    if (message_send(witness.process, &word, sizeof(word), NULL, guest_soon(), &id) != STATUS_OK)
        return wrong("the witness takes no more messages");
    struct message_filter filter = {.sender = witness.process, .in_reply_to = id};
    if (message_wait(&filter, &information, guest_soon()) != STATUS_OK)
        return wrong("the witness does not answer");
    if (message_receive(information.id, &answer, sizeof(answer), NULL, NULL) != STATUS_OK || answer != ~word)
        return wrong("the witness answered something else");
    return true;
}

// ---- workers ----

static void progress_make(struct worker *worker) {
    uint64_t base;
    EXPECT_OK(shared_create(PAGE_SIZE, &worker->number));
    EXPECT_OK(shared_map(worker->number, 0, PAGE_SIZE, PROTECTION_WRITE, 0, 0, &base));
    worker->progress = (struct fuzz_progress *)base;
}

static void worker_start(struct worker *worker, uint64_t seed) {
    char seed_text[TEXT_SIZE], calls_text[TEXT_SIZE], witness_text[TEXT_SIZE];
    snprintf(seed_text, sizeof(seed_text), "%llu", (unsigned long long)seed);
    snprintf(calls_text, sizeof(calls_text), "%llu", (unsigned long long)(wishes.step_calls / FUZZ_WORKERS));
    snprintf(witness_text, sizeof(witness_text), "%u", witness.process);
    guest_grant("progress", worker->number, RIGHTS_ALL);
    guest_grant("pool", pool, RIGHTS_ALL);
    guest_grant("memory", memory, RIGHTS_ALL);
    guest_grant("range", ports, RIGHTS_ALL);
    guest_grant("device memory", device_memory, RIGHTS_ALL);
    guest_grant("line", line, RIGHTS_ALL);
    guest_grant("machine", machine, RIGHTS_ALL);
    worker->child = guest_start("worker", seed_text, calls_text, witness_text, NULL);
    worker->calls_seen = worker->progress->calls;
    worker->is_running = true;
    worker->progress->started++;
}

static bool worker_is_done(const struct worker *worker) {
    return worker->progress->calls >= wishes.step_calls / FUZZ_WORKERS;
}

// Looks whether the worker goes on; one that does not is ended. The next one has the rest of its calls.
static void worker_look(struct worker *worker, uint64_t seed) {
    if (process_wait(worker->child.number, DEADLINE_NOW, NULL) != STATUS_OK) {
        if (worker->progress->calls != worker->calls_seen) {
            worker->calls_seen = worker->progress->calls;
            return;
        }
        process_kill(worker->child.number, 0);
    }
    guest_await(worker->child);
    worker->is_running = false;
    if (worker_is_done(worker))
        return;
    worker->progress->calls++; // one that ends at its start must not go on for ever
    worker_start(worker, seed);
}

static bool workers_run(struct fuzz_random *random) {
    for (int i = 0; i < FUZZ_WORKERS; i++) {
        memset(workers[i].progress, 0, sizeof(*workers[i].progress));
        worker_start(&workers[i], fuzz_next(random));
    }
    for (bool is_running = true; is_running;) {
        thread_sleep(deadline_after(PATIENCE));
        is_running = false;
        for (int i = 0; i < FUZZ_WORKERS; i++) {
            uint64_t seed = fuzz_next(random);
            if (workers[i].is_running)
                worker_look(&workers[i], seed);
            is_running |= workers[i].is_running;
        }
        if (!ping((uint32_t)fuzz_next(random)))
            return false;
    }
    return true;
}

static uint64_t succeeded[FUZZ_CODES];
static uint64_t started, digest;

static void workers_count(void) {
    for (int i = 0; i < FUZZ_WORKERS; i++) {
        started += workers[i].progress->started;
        digest = (digest ^ workers[i].progress->digest) * UINT64_C(0x100000001b3);
        for (int k = 0; k < FUZZ_CODES; k++)
            succeeded[k] += workers[i].progress->succeeded[k];
    }
}

static bool workers_saw_nothing(void) {
    for (int i = 0; i < FUZZ_WORKERS; i++)
        if (workers[i].progress->found != 0) {
            snprintf(why, sizeof(why), "a program saw %#llx after %s", (unsigned long long)workers[i].progress->found,
                     fuzz_call_name(workers[i].progress->found_by));
            return false;
        }
    return true;
}

// ---- figures ----

struct picture {
    struct guest_figures own; // with the whole tree of the workers
    struct machine_information machine;
    uint64_t shown; // pages of the display: the kernel says there whom it ended, and lines that go off the top are kept
};

static uint32_t process_find(const char *name) {
    struct process_information entry = {0};
    size_t count;
    while (process_list(entry.process, &entry, 1, &count) == STATUS_OK && count == 1)
        if (strcmp(entry.name, name) == 0)
            return entry.process;
    return 0;
}

static void picture_take(struct picture *picture) {
    picture->own = guest_figures();
    EXPECT_OK(machine_information(&picture->machine));
    picture->shown = display == 0 ? 0 : guest_account(display, ACCOUNT_MEMORY_PAGES).used;
}

// The pages that are free, and those that hold no more than what was shown.
static uint64_t pages_free(const struct picture *picture) {
    return picture->machine.memory_free / PAGE_SIZE + picture->shown;
}

// Page tables, the kernel's slabs, the pool and the witness's queue are a few pages more or less. `pages`: all but memory is exact.
static bool picture_differs(const struct picture *before, const struct picture *now) {
    struct guest_figures own = now->own;
    uint64_t pages = own.used[ACCOUNT_MEMORY_PAGES], pages_before = before->own.used[ACCOUNT_MEMORY_PAGES];
    own.used[ACCOUNT_MEMORY_PAGES] = pages_before;
    const char *difference = guest_figures_differ(&before->own, &own);
    if (difference != NULL)
        snprintf(why, sizeof(why), "%s", difference);
    else if (pages > pages_before + PAGE_SLACK)
        snprintf(why, sizeof(why), "memory pages: %llu, then %llu", (unsigned long long)pages_before,
                 (unsigned long long)pages);
    else if (now->machine.objects != before->machine.objects)
        snprintf(why, sizeof(why), "objects of the machine: %u, then %u", before->machine.objects,
                 now->machine.objects);
    else if (pages_free(now) + PAGE_SLACK < pages_free(before))
        snprintf(why, sizeof(why), "free pages: %llu, then %llu (of the kernel %llu, then %llu)",
                 (unsigned long long)pages_free(before), (unsigned long long)pages_free(now),
                 (unsigned long long)before->machine.kernel_pages, (unsigned long long)now->machine.kernel_pages);
    else
        return false;
    return true;
}

// A worker may stop another's child, which then waits for somebody who lets it go on.
static void stopped_go_on(void) {
    struct process_information entry = {0};
    size_t count;
    while (process_list(entry.process, &entry, 1, &count) == STATUS_OK && count == 1) {
        int32_t number;
        if (entry.state != PROCESS_STOPPED || process_open(entry.process, &number) != STATUS_OK)
            continue;
        process_stop(number, 0);
        number_close(number);
    }
}

// What the workers left behind with others is taken or freed soon; then the figures must be those of before.
static bool picture_returns(const struct picture *before) {
    uint64_t give_up = deadline_after(2 * NANOSECONDS_PER_SECOND);
    struct picture now;
    static char bytes[PAGE_SIZE];
    for (;;) {
        while (pipe_read(pool, bytes, sizeof(bytes), DEADLINE_NOW, NULL) == STATUS_OK)
            continue;
        guest_drain();
        stopped_go_on();
        picture_take(&now);
        if (!picture_differs(before, &now)) {
            why[0] = 0;
            return true;
        }
        if (clock_now() > give_up)
            return false;
        thread_sleep(deadline_after(NANOSECONDS_PER_MILLISECOND));
    }
}

// ---- steps ----

static bool step_run(uint64_t step, const struct picture *before) {
    struct fuzz_random random = {.state = (wishes.seed * 0x9e3779b97f4a7c15 + step * 0xbf58476d1ce4e5b9) | 1};
    for (int i = 0; i < 8; i++)
        fuzz_next(&random);
    bool ran = workers_run(&random);
    workers_count();
    return ran && workers_saw_nothing() && (before == NULL || picture_returns(before));
}

static void print_result(uint64_t steps, bool passed, uint64_t step) {
    const char *name = "random calls leave no trace and disturb nobody";
    if (passed)
        printf("ok %s\n", name);
    else
        printf("not ok %s: step %llu: %s (last calls: %s, %s, %s)\n", name, (unsigned long long)step, why,
               fuzz_call_name(workers[0].progress->code), fuzz_call_name(workers[1].progress->code),
               fuzz_call_name(workers[2].progress->code));
    printf("# %llu steps of %llu calls. To repeat: os/run --tests --debug --icount --cpus 1 --timeout 99999 --command "
           "\"test-fuzz --seed %llu --calls %llu\"\n",
           (unsigned long long)steps, (unsigned long long)wishes.step_calls, (unsigned long long)wishes.seed,
           (unsigned long long)wishes.calls);
}

// Calls that cannot succeed here, or not be seen to.
static const char *const no_success[] = {
    "process_exit",       "thread_exit",   "upcall_return", // do not come back
    "machine_power",      "machine_debug",                  // would stop the machine, and the workers lack the right
    "swap_begin",         "swap_out",      "swap_answer",   // who has that right may take the pages of bystanders
    "debugger_file_next",                                   // needs the right to debug the kernel
};

static bool may_always_fail(const char *name) {
    for (size_t i = 0; i < sizeof(no_success) / sizeof(no_success[0]); i++)
        if (strcmp(no_success[i], name) == 0)
            return true;
    return false;
}

// How much was tested: each call succeeds at some time, where there were enough of them.
static bool successes_print(void) {
    char failed[sizeof(why)] = "";
    uint32_t count = 0;
    printf("# calls that succeeded seldom:");
    for (uint32_t i = 0; i < argument_table_size; i++) {
        uint64_t times = succeeded[argument_table[i].code];
        if (times > 0) {
            count++;
            if (times < SELDOM)
                printf(" %s %llu", argument_table[i].name, (unsigned long long)times);
        } else if (!may_always_fail(argument_table[i].name)) {
            strlcat(failed, " ", sizeof(failed));
            strlcat(failed, argument_table[i].name, sizeof(failed));
        }
    }
    printf("\n# %llu workers; %u of %u calls succeeded at some time; digest %016llx\n", (unsigned long long)started,
           count, argument_table_size, (unsigned long long)digest);
    const char *name = "each call that can succeed does at some time";
    if (failed[0] == 0)
        printf("ok %s\n", name);
    else if (wishes.calls < DEFAULT_CALLS)
        printf("ok %s # skipped, too few calls for:%s\n", name, failed);
    else
        printf("not ok %s: never did:%s\n", name, failed);
    return failed[0] == 0 || wishes.calls < DEFAULT_CALLS;
}

static bool steps_run(void) {
    struct picture before;
    uint64_t steps = wishes.calls / wishes.step_calls;
    bool passed = true;
    uint64_t step = wishes.from, end = wishes.from + (steps > 0 ? steps : 1);
    for (; passed && step < end; step++) {
        if (step - wishes.from <= WARM_STEPS)
            picture_take(&before);
        passed = step_run(step, step - wishes.from < WARM_STEPS ? NULL : &before); // caches fill in the first ones
        if (step % REPORT_STEPS == REPORT_STEPS - 1)
            printf("# %llu calls\n", (step + 1ull) * wishes.step_calls);
        fflush(stdout);
    }
    print_result(steps, passed, step - 1);
    return successes_print() && passed;
}

static bool wishes_read(int count, char **arguments) {
    const struct {
        const char *name;
        uint64_t *value;
    } options[] = {
        {"--seed", &wishes.seed},
        {"--calls", &wishes.calls},
        {"--step-calls", &wishes.step_calls},
        {"--from", &wishes.from},
    };
    for (int i = 0; i < count; i += 2) {
        bool known = false;
        for (size_t k = 0; k < sizeof(options) / sizeof(options[0]); k++)
            if (strcmp(arguments[i], options[k].name) == 0 && i + 1 < count) {
                *options[k].value = strtoull(arguments[i + 1], NULL, 10);
                known = true;
            }
        if (!known)
            return false;
    }
    return wishes.step_calls >= FUZZ_WORKERS;
}

// Device authority that harms nobody: ports, memory and a line without a device, and a machine number to make more of each. What
// has a device is its driver's, and the answer is BUSY.
static void authority_make(void) {
    enum { FREE_PORT = 0x2f8, FREE_PORT_COUNT = 8, FREE_LINE = 3 };
    const uint64_t free_memory = 0xe0000000;
    machine = authority_machine(RIGHT_RANGE | RIGHT_LINE | RIGHT_PUBLISH | RIGHT_SEND);
    EXPECT_OK(range_create(machine, RANGE_PORTS, FREE_PORT, FREE_PORT_COUNT, &ports));
    EXPECT_OK(range_create(machine, RANGE_MEMORY, free_memory, 4 * PAGE_SIZE, &device_memory));
    EXPECT_OK(interrupt_create(machine, FREE_LINE, &line));
}

int guest_program(int argument_count, char **arguments) {
    if (!wishes_read(argument_count, arguments)) {
        fprintf(stderr, "usage: test-fuzz [--seed N] [--calls N] [--step-calls N] [--from STEP]\n");
        return 2;
    }
    printf("1..2\n# seed %llu\n", (unsigned long long)wishes.seed);
    struct pipe_create plan = {.mode = PIPE_POOL, .capacity = 4 * PAGE_SIZE};
    EXPECT_OK(pipe_create(&plan, &pool));
    pool_other = plan.other;
    EXPECT_OK(shared_create(4 * PAGE_SIZE, &memory));
    authority_make();
    display = process_find("display");
    int32_t trace; // the first one makes the kernel's rings, which stay
    EXPECT_OK(trace_open(&trace));
    number_close(trace);
    witness = guest_start("witness", NULL);
    for (int i = 0; i < FUZZ_WORKERS; i++)
        progress_make(&workers[i]);
    bool passed = steps_run();
    process_kill(witness.number, 0);
    return passed ? 0 : 1;
}
