// The server of the interface tests: a thread for each client, so that one that hangs holds up nobody (R-I9).
#include "tests/guest/interface_server.h"

extern const char __start_shared_routines[] __attribute__((visibility("hidden")));
extern const char __stop_shared_routines[] __attribute__((visibility("hidden")));

// What clients call in their own context: it needs nothing but its arguments.
__attribute__((used, retain, noinline, section("shared_routines"))) static uint64_t add(uint64_t *count,
                                                                                        uint64_t amount) {
    return __atomic_add_fetch(count, amount, __ATOMIC_SEQ_CST);
}

static uint32_t sum(const struct trial_request *request) {
    uint32_t total = 0;
    if (request->length > TRIAL_WORDS)
        return TRIAL_REFUSED;
    for (uint32_t i = 0; i < request->length; i++)
        total += request->words[i];
    return total;
}

static void answer(struct interface_peer *peer, const struct trial_request *request, struct trial_request *reply) {
    struct trial_page *page = (struct trial_page *)peer->pages;
    for (uint32_t i = 0; request->operation == TRIAL_INVERT && i < 14; i++)
        reply->words[i] = ~request->words[i];
    for (uint32_t i = 0; request->operation == TRIAL_ADD && i < request->words[0]; i++)
        add(&page->count, 1);
    if (request->operation == TRIAL_SUM)
        reply->words[0] = sum(request);
    while (request->operation == TRIAL_HANG && !interface_is_dead(page))
        thread_sleep(deadline_after(NANOSECONDS_PER_MILLISECOND));
}

static void *serve(void *argument) {
    struct interface_peer *peer = argument;
    struct trial_page *page = (struct trial_page *)peer->pages;
    struct trial_request request;
    uint32_t seen = 0;
    while (exchange_next(&page->exchange, &seen, &request, DEADLINE_NEVER) == STATUS_OK) {
        struct trial_request reply = {.operation = request.operation};
        __atomic_add_fetch(&page->taken, 1, __ATOMIC_RELAXED);
        answer(peer, &request, &reply);
        exchange_answer(&page->exchange, &reply);
    }
    interface_drop(peer);
    free(peer);
    return NULL;
}

static void take_in(int32_t number) {
    struct interface_peer *peer = malloc(sizeof(*peer));
    struct thread *thread;
    if (interface_accept(number, peer) != STATUS_OK) {
        free(peer);
        return;
    }
    struct trial_page *page = (struct trial_page *)peer->pages;
    memcpy(page->letters, "letters", 8);
    page->text = interface_corrected(peer, page->letters);
    page->add = interface_routine(peer, (uint64_t)add - (uint64_t)__start_shared_routines);
    page->own_page = (uint64_t)page;
    if (thread_start(serve, peer, NULL, &thread) == STATUS_OK)
        thread_detach(thread);
    interface_set_ready(peer);
}

// Argument: the version to register.
ROLE(serves_trial) {
    int32_t number, code;
    ROLE_EXPECT(interface_make_code(__start_shared_routines, __stop_shared_routines, &code) == STATUS_OK);
    struct interface_plan plan = {
        .id = TRIAL_ID,
        .version = (uint32_t)atoi(arguments[0]),
        .data_size = sizeof(struct trial_page),
        .clients = TRIAL_CLIENTS,
        .name = "trial",
        .code = code,
    };
    ROLE_EXPECT(interface_publish(&plan, &number) == STATUS_OK);
    guest_say(guest_parent(), 1);
    for (;;) {
        EVENT event;
        event_wait(DEADLINE_NEVER);
        while (event_get(&event, NULL) == STATUS_OK)
            if (event.Type == EVENT_INTERFACE && event.Action == INTERFACE_REQUESTED)
                take_in((int32_t)event.Data1);
    }
}

struct spawned trial_start(const char *version) {
    struct spawned server = guest_start("serves_trial", version, NULL);
    EXPECT_EQUAL(guest_hear(server.process), 1);
    return server;
}

struct trial_page *trial_open(uint32_t flags) {
    void *pages;
    EXPECT_OK(interface_open(TRIAL_ID, 1, flags | INTERFACE_AT_LEAST, guest_soon(), &pages));
    return pages;
}
