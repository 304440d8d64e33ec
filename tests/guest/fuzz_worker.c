// A worker of the random-call test: makes the calls, and looks for what a program must not see.
#include "tests/guest/fuzz.h"
#include "tests/guest/raw_call.h"

#include <parley/link.h>

enum { SCAN_INTERVAL = 16, CODE_RANDOM_READ = 6, CODE_SET_POINTER = 29, EDGE_DISTANCE = 1 << 16 };

#define FREED_WORD UINT64_C(0xdfdfdfdfdfdfdfdf)

static struct fuzz_state state;
static struct fuzz_progress *progress;
static uint64_t thread_pointer;

// ---- arenas ----

static uint8_t *arena_make(uint8_t first) {
    uint64_t base;
    if (memory_map(0, FUZZ_ARENA_PAGES * PAGE_SIZE, PROTECTION_WRITE, MAP_GUARD, &base) != STATUS_OK)
        process_exit(__LINE__);
    for (uint32_t i = 0; first != 0 && i < FUZZ_ARENA_PAGES * PAGE_SIZE; i++)
        ((uint8_t *)base)[i] = (uint8_t)(first + i % 61);
    return (uint8_t *)base;
}

static void places_make(void) {
    for (int i = 0; i < FUZZ_PLACES_MAX / 2; i++)
        memory_map(0, 4 * PAGE_SIZE, PROTECTION_WRITE, 0, &state.places[i]);
}

// Pages that come land in places that calls are given.
static void upcalls_make(int32_t *handler) {
    static uint8_t stack[4 * PAGE_SIZE] __attribute__((aligned(16)));
    memory_map(0, FUZZ_WINDOW_PAGES * PAGE_SIZE, PROTECTION_WRITE, 0, &state.window);
    memory_unmap(state.window, FUZZ_WINDOW_PAGES * PAGE_SIZE);
    page_handler(FUZZ_PAGE_TYPE, (uint64_t)fuzz_upcall_body, state.window, FUZZ_WINDOW_PAGES, 0, handler);
    state.places[FUZZ_PLACES_MAX / 2] = state.window;
    upcall_set((uint64_t)fuzz_upcall_body, (uint64_t)stack, sizeof(stack));
}

static void numbers_make(void) {
    struct pipe_create plan = {.mode = PIPE_POOL, .capacity = 2 * PAGE_SIZE};
    int32_t *numbers = state.numbers;
    numbers[0] = start_grant_number("pool");
    numbers[1] = start_grant_number("memory");
    pipe_create(&plan, &numbers[2]);
    numbers[3] = plan.other;
    shared_create(4 * PAGE_SIZE, &numbers[4]);
    timer_create(&numbers[5]);
    process_open(guest_self(), &numbers[6]);
    numbers[7] = start_grant_number("guest_child");
    number_copy(numbers[6], ~(uint32_t)RIGHT_KILL, &numbers[6]); // it would end too soon
    struct link_create link = {0};
    link_create(&link, &numbers[8]);
    numbers[9] = link.other;
    listener_create(LISTENER_OF_PROCESS, &numbers[10]);
    numbers[11] = start_grant_number("range");
    numbers[12] = start_grant_number("line");
    numbers[13] = start_grant_number("machine");
    upcalls_make(&numbers[14]);
    struct port_create port = {.message_size = 16};
    port_create(&port, &numbers[15]);
    if (!fuzz_peers_start(&state.peers))
        process_exit(__LINE__);
    numbers[16] = state.peers.entry;
    numbers[17] = state.peers.port;
    numbers[18] = start_grant_number("device memory");
    numbers[19] = state.peers.entry;
    for (uint32_t i = 0; i < FUZZ_FIRST_NUMBERS; i++)
        fuzz_note_number(&state, i, numbers[i]);
}

// Ids grow: what came after the witness is a worker, or was started by one.
static void processes_find(uint32_t witness) {
    for (uint32_t i = 0; i < FUZZ_WORKERS; i++)
        state.processes[i] = guest_self() > witness + i ? guest_self() - i : guest_self();
    state.processes[FUZZ_WORKERS] = witness;
}

// ---- what a program must not see ----

static bool is_near(uint64_t word, uint64_t edge) {
    return word - edge + EDGE_DISTANCE < 2 * EDGE_DISTANCE;
}

// What lies between is no address of the kernel's: the upper half of a word may be a thread's own number, which is negative.
// The drawn calls hold some kernel addresses of their own, which the kernel may tell again (where a child faulted).
static bool is_suspicious(uint64_t word) {
    if (word == FREED_WORD)
        return true;
    bool alias = word >= UINT64_C(0xffff800000000000) && word < UINT64_C(0xffff810000000000);
    bool stack = word >= UINT64_C(0xffffc00000000000) && word < UINT64_C(0xffffd00000000000);
    bool image = word >= UINT64_C(0xffffffff80000000) && word < UINT64_C(0xffffffff90000000);
    return (alias || stack || image) && !is_near(word, UINT64_C(0xffff800000000000)) &&
           !is_near(word, UINT64_C(0xffffffff80000000));
}

static void scan(uint32_t code) {
    const uint64_t *words = (const uint64_t *)state.out;
    for (size_t i = 0; i < FUZZ_ARENA_PAGES * PAGE_SIZE / sizeof(uint64_t); i++)
        if (words[i] >= FREED_WORD && is_suspicious(words[i])) {
            progress->found = words[i];
            progress->found_by = code;
        }
}

// ---- the calls ----

// The call may move the thread pointer, and the stack guard's word with it.
__attribute__((no_stack_protector)) static struct result guarded_call(const struct fuzz_call *call) {
    struct result result = raw_call(call->code, call->words);
    if (call->code == CODE_SET_POINTER) {
        const uint64_t words[6] = {thread_pointer};
        raw_call(CODE_SET_POINTER, words);
    }
    return result;
}

static void make_one_call(uint64_t count) {
    struct fuzz_call call;
    fuzz_draw_call(&state, &call);
    progress->code = call.code;
    progress->calls = count;
    struct result result = guarded_call(&call);
    progress->digest = (progress->digest ^ call.code ^ (uint64_t)result.status) * UINT64_C(0x100000001b3);
    if (result.status == STATUS_OK) {
        progress->succeeded[call.code % FUZZ_CODES]++;
        fuzz_note_result(&state, &call, result.value);
    }
    if (call.code == CODE_RANDOM_READ)
        memset(state.out, 0, FUZZ_ARENA_PAGES * PAGE_SIZE); // random words look like anything
    else if (count % SCAN_INTERVAL == 0)
        scan(call.code);
}

// Arguments: seed, calls, witness.
ROLE(worker) {
    uint64_t base, calls = strtoull(arguments[1], NULL, 10);
    ROLE_EXPECT(shared_map(start_grant_number("progress"), 0, PAGE_SIZE, PROTECTION_WRITE, 0, 0, &base) == STATUS_OK);
    ROLE_EXPECT(number_close(start_grant_number("progress")) == STATUS_OK);
    progress = (struct fuzz_progress *)base;
    __asm__("movq %%fs:0, %0" : "=r"(thread_pointer));
    state.random.state = strtoull(arguments[0], NULL, 10) | 1;
    state.in = arena_make(' ');
    state.out = arena_make(0);
    state.plans = arena_make(0);
    processes_find((uint32_t)atoi(arguments[2]));
    places_make();
    numbers_make();
    for (uint64_t count = progress->calls + 1; count <= calls; count++)
        make_one_call(count);
    return 0;
}
