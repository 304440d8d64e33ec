// Draws random system calls: for each parameter by its class mostly something sound, else something wrong.
#include "tests/guest/argument_table.h"
#include "tests/guest/fuzz.h"

#include <parley/link.h>

#include "kernel/abi/debug.h"

// ---- words ----

static const uint64_t edges[] = {
    0,
    1,
    2,
    7,
    8,
    4095,
    4096,
    4097,
    65535,
    0x7fffffff,
    0x80000000,
    0xffffffff,
    0x100000000,
    0x7fffffffffff,
    0x800000000000,
    0x7ffffffff000,
    0xffff800000000000,
    0xffffffff80000000,
    0x7fffffffffffffff,
    0x8000000000000000,
    0xfffffffffffff000,
    0xffffffffffffffff,
};

static bool one_in(struct fuzz_state *state, uint32_t count) {
    return fuzz_below(&state->random, count) == 0;
}

static uint64_t draw_edge(struct fuzz_state *state) {
    uint64_t edge = edges[fuzz_below(&state->random, sizeof(edges) / sizeof(edges[0]))];
    return one_in(state, 4) ? edge + fuzz_below(&state->random, 17) - 8 : edge;
}

static uint64_t draw_word(struct fuzz_state *state) {
    switch (fuzz_below(&state->random, 4)) {
    case 0:
        return fuzz_below(&state->random, 64);
    case 1:
        return UINT64_C(1) << fuzz_below(&state->random, 64);
    case 2:
        return draw_edge(state);
    default:
        return fuzz_next(&state->random) >> fuzz_below(&state->random, 64);
    }
}

static uint32_t draw_flags(struct fuzz_state *state) {
    return one_in(state, 8) ? (uint32_t)draw_word(state) : fuzz_below(&state->random, 8);
}

static uint64_t draw_size(struct fuzz_state *state) {
    static const uint32_t usual[] = {0, 1, 8, 20, 64, 100, 256, 1024, 4096, 5000, 8192, 16384};
    if (one_in(state, 16))
        return draw_word(state);
    return usual[fuzz_below(&state->random, sizeof(usual) / sizeof(usual[0]))];
}

// Mostly now or soon, so that the calls go on; seldom for ever: then the supervisor ends the worker.
static uint64_t draw_deadline(struct fuzz_state *state) {
    uint32_t choice = fuzz_below(&state->random, 1000);
    if (choice < 700)
        return DEADLINE_NOW;
    if (choice < 990)
        return clock_now() + fuzz_below(&state->random, 50000);
    return choice < 998 ? draw_word(state) >> 20 : DEADLINE_NEVER;
}

// ---- what names things ----

static int32_t draw_number(struct fuzz_state *state) {
    if (one_in(state, 12))
        return (int32_t)draw_word(state);
    return state->numbers[fuzz_below(&state->random, FUZZ_NUMBERS_MAX)];
}

// Mostly one of the kind that is asked for, where there is one.
static int32_t draw_number_of(struct fuzz_state *state, enum object_kind kind) {
    uint32_t first = fuzz_below(&state->random, FUZZ_NUMBERS_MAX);
    for (uint32_t i = 0; kind != OBJECT_ANY && i < FUZZ_NUMBERS_MAX && !one_in(state, 100); i++) {
        uint32_t slot = (first + i) % FUZZ_NUMBERS_MAX;
        if (state->numbers[slot] != 0 && state->kinds[slot] == kind)
            return state->numbers[slot];
    }
    return draw_number(state);
}

static uint32_t draw_process(struct fuzz_state *state) {
    if (one_in(state, 16))
        return (uint32_t)draw_word(state) | 0x8000000; // nobody's
    return state->processes[fuzz_below(&state->random, 4)];
}

static uint64_t draw_page(struct fuzz_state *state) {
    uint64_t place = state->places[fuzz_below(&state->random, FUZZ_PLACES_MAX)];
    if (one_in(state, 20))
        place = draw_edge(state);
    return place + (uint64_t)fuzz_below(&state->random, 4) * PAGE_SIZE * one_in(state, 3) + one_in(state, 50);
}

static uint64_t in_arena(struct fuzz_state *state, uint8_t *arena) {
    uint32_t offset = one_in(state, 4) ? fuzz_below(&state->random, FUZZ_ARENA_PAGES * PAGE_SIZE)
                                       : fuzz_below(&state->random, FUZZ_ARENA_PAGES) * PAGE_SIZE;
    return (uint64_t)arena + (one_in(state, 6) ? offset : offset & ~(uint32_t)7);
}

static uint64_t draw_address(struct fuzz_state *state, uint8_t *arena) {
    if (one_in(state, 20))
        return one_in(state, 2) ? draw_edge(state) : 0;
    return in_arena(state, arena);
}

// ---- structures ----

static void plan_pipe(struct fuzz_state *state, void *at) {
    *(struct pipe_create *)at = (struct pipe_create){
        .process = one_in(state, 2) ? 0 : draw_process(state),
        .mode = one_in(state, 16) ? (uint32_t)draw_word(state) : 1 + fuzz_below(&state->random, 3),
        .flags = one_in(state, 16) ? (uint32_t)draw_word(state) : fuzz_below(&state->random, 2),
        .capacity = one_in(state, 2) ? 0 : (uint32_t)draw_size(state),
    };
}

static void plan_port(struct fuzz_state *state, void *at) {
    *(struct port_create *)at = (struct port_create){
        .message_size = one_in(state, 8) ? (uint32_t)draw_word(state) : 16 + fuzz_below(&state->random, 8) * 8,
        .capacity = one_in(state, 2) ? 0 : fuzz_below(&state->random, 8),
        .scope = one_in(state, 16) ? (uint32_t)draw_word(state) : fuzz_below(&state->random, 3),
    };
}

// One number travels, or a page.
static void plan_cargo(struct fuzz_state *state, void *at) {
    if (one_in(state, 4)) {
        *(struct port_page_cargo *)at = (struct port_page_cargo){
            .cargo = {PORT_CARGO_PAGE, one_in(state, 8) ? (uint32_t)draw_word(state) : fuzz_below(&state->random, 8)},
            .address = draw_address(state, state->in) & ~(uint64_t)(one_in(state, 16) ? 0 : PAGE_SIZE - 1),
        };
        return;
    }
    *(struct port_cargo *)at = (struct port_cargo){
        .number = one_in(state, 2) ? NUMBER_NONE : draw_number(state),
        .rights = one_in(state, 2) ? RIGHTS_ALL : (uint32_t)draw_word(state),
    };
}

static void plan_event(struct fuzz_state *state, void *at) {
    uint32_t type = one_in(state, 4) ? fuzz_below(&state->random, 16) : EVENT_USER + fuzz_below(&state->random, 8);
    *(EVENT *)at = (EVENT){.Type = type, .Action = fuzz_below(&state->random, 8), .Data1 = 5, .Data2 = 6, .Data3 = 7};
}

static void plan_options(struct fuzz_state *state, void *at) {
    struct message_options *options = at;
    *options = (struct message_options){0};
    if (one_in(state, 3))
        options->in_reply_to = state->ids[fuzz_below(&state->random, FUZZ_PLACES_MAX)];
    if (one_in(state, 3))
        options->number_count = one_in(state, 10) ? (uint32_t)draw_word(state) : fuzz_below(&state->random, 4);
    for (int i = 0; i < MESSAGE_NUMBERS_MAX; i++) {
        options->numbers[i] = draw_number(state);
        options->rights[i] = one_in(state, 2) ? RIGHTS_ALL : (uint32_t)draw_word(state);
    }
}

static void plan_filter(struct fuzz_state *state, void *at) {
    *(struct message_filter *)at = (struct message_filter){
        .sender = one_in(state, 2) ? draw_process(state) : 0,
        .in_reply_to = one_in(state, 4) ? state->ids[fuzz_below(&state->random, FUZZ_PLACES_MAX)] : 0,
    };
}

static void plan_thread(struct fuzz_state *state, void *at) {
    *(struct thread_create *)at = (struct thread_create){
        .entry = one_in(state, 8) ? draw_edge(state) : (uint64_t)fuzz_thread_body,
        .stack_top = draw_page(state) & ~(uint64_t)(one_in(state, 8) ? 0 : 15),
        .thread_pointer = one_in(state, 4) ? draw_edge(state) : 0,
        .end_word = one_in(state, 4) ? draw_page(state) : 0,
        .priority = one_in(state, 4) ? (uint32_t)draw_word(state) : SPAWN_SAME_PRIORITY,
        .name = "drawn",
    };
}

static void plan_spawn(struct fuzz_state *state, void *at) {
    struct process_spawn *spawn = at;
    *spawn = (struct process_spawn){
        .start_block = one_in(state, 2) ? 0 : draw_address(state, state->in),
        .start_block_size = one_in(state, 2) ? 0 : draw_size(state),
        .limits = one_in(state, 8) ? draw_address(state, state->in) : 0,
        .image = one_in(state, 2) ? start_grant_number("guest_child") : draw_number(state),
        .machine = one_in(state, 8) ? draw_number(state) : 0,
        .user = one_in(state, 8) ? (uint32_t)draw_word(state) : SPAWN_SAME_USER,
        .priority = one_in(state, 8) ? (uint32_t)draw_word(state) : SPAWN_SAME_PRIORITY,
        .number_count = one_in(state, 8) ? (uint32_t)draw_word(state) : fuzz_below(&state->random, 4),
        .name = "drawn",
    };
    for (int i = 0; i < SPAWN_NUMBERS_MAX; i++) {
        spawn->numbers[i] = i < 4 ? draw_number(state) : 0;
        spawn->rights[i] = RIGHTS_ALL;
    }
}

static uint32_t draw_interface(struct fuzz_state *state) {
    return one_in(state, 16) ? (uint32_t)draw_word(state) : 0x2ff0 + fuzz_below(&state->random, 3);
}

static void plan_interface(struct fuzz_state *state, void *at) {
    *(struct interface_register *)at = (struct interface_register){
        .id = draw_interface(state),
        .version = 1 + fuzz_below(&state->random, 3),
        .data_size = one_in(state, 8) ? (uint32_t)draw_word(state) : 1 + fuzz_below(&state->random, 3 * PAGE_SIZE),
        .clients = one_in(state, 8) ? (uint32_t)draw_word(state) : 4,
        .code = one_in(state, 3) ? draw_number(state) : NUMBER_NONE,
        .name = one_in(state, 16) ? draw_number(state) : NUMBER_NONE,
        .text = "drawn",
    };
}

static void plan_link(struct fuzz_state *state, void *at) {
    *(struct link_create *)at = (struct link_create){
        .flags = one_in(state, 16) ? (uint32_t)draw_word(state) : fuzz_below(&state->random, 2),
    };
}

static void plan_links(struct fuzz_state *state, void *at) {
    struct link_ready *list = at;
    for (int i = 0; i < 8; i++)
        list[i] = (struct link_ready){.number = draw_number(state)};
}

static void plan_pager(struct fuzz_state *state, void *at) {
    *(struct pager_create *)at = (struct pager_create){
        .size = draw_size(state) & 0xffff,
        .patience = one_in(state, 16) ? draw_word(state) : 1 + fuzz_below(&state->random, 100000),
        .link = draw_number(state),
        .reserved = one_in(state, 50),
    };
}

static void plan_connect(struct fuzz_state *state, void *at) {
    bool by_process = one_in(state, 2);
    *(struct link_connect *)at = (struct link_connect){
        .process = by_process ? draw_process(state) : 0,
        .listener = !by_process || one_in(state, 16) ? draw_number(state) : 0,
        .flags = one_in(state, 16) ? (uint32_t)draw_word(state) : fuzz_below(&state->random, 2),
        .reserved = one_in(state, 50),
    };
}

// As they were, mostly: a register or two are others.
static void plan_registers(struct fuzz_state *state, void *at) {
    struct debug_registers *registers = at;
    *registers = state->registers;
    while (one_in(state, 3))
        registers->general[fuzz_below(&state->random, 16)] = draw_word(state);
    if (one_in(state, 4))
        ((uint64_t *)registers)[fuzz_below(&state->random, sizeof(*registers) / sizeof(uint64_t))] = draw_word(state);
}

static void plan_resume(struct fuzz_state *state, void *at) {
    uint64_t thread = one_in(state, 4) ? draw_word(state) : 0, end = draw_page(state);
    *(struct debug_resume *)at = (struct debug_resume){.thread = thread, .action = draw_flags(state) % 4, .end = end};
}

static const struct {
    enum fixture good;
    void (*make)(struct fuzz_state *state, void *at);
} plans[] = {
    {GOOD_PIPE_PLAN, plan_pipe},     {GOOD_PORT_PLAN, plan_port},  {GOOD_EVENT, plan_event},
    {GOOD_THREAD_PLAN, plan_thread}, {GOOD_SPAWN, plan_spawn},     {GOOD_INTERFACE, plan_interface},
    {GOOD_LINK_PLAN, plan_link},     {GOOD_LINK_LIST, plan_links}, {GOOD_CONNECT, plan_connect},
    {GOOD_PAGER_PLAN, plan_pager},   {GOOD_RESUME, plan_resume},
};

static void make_plan(struct fuzz_state *state, const struct parameter *facts, void *at) {
    for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++)
        if (plans[i].good == facts->good) {
            plans[i].make(state, at);
            return;
        }
    if (facts->detail == sizeof(struct debug_registers))
        plan_registers(state, at);
    else if (facts->detail == sizeof(struct message_options))
        plan_options(state, at);
    else if (facts->class == PARAMETER_IN_NULL && facts->detail == sizeof(struct port_cargo) && one_in(state, 2))
        plan_cargo(state, at);
    else if (facts->detail == sizeof(struct message_filter))
        plan_filter(state, at);
}

static bool has_plan(const struct parameter *facts) {
    return facts->good == GOOD_PIPE_PLAN || facts->good == GOOD_PORT_PLAN || facts->good == GOOD_LINK_PLAN ||
           facts->good == GOOD_LINK_LIST || facts->class == PARAMETER_IN_NULL ||
           (facts->class == PARAMETER_IN &&
            (facts->good != GOOD_BUFFER || facts->detail == sizeof(struct debug_registers)));
}

static uint64_t draw_pointer(struct fuzz_state *state, const struct parameter *facts) {
    bool optional = facts->class == PARAMETER_IN_NULL || facts->class == PARAMETER_OUT_NULL;
    if (optional && one_in(state, 3))
        return 0;
    if (has_plan(facts)) {
        uint64_t at = (uint64_t)state->plans + fuzz_below(&state->random, FUZZ_ARENA_PAGES) * PAGE_SIZE;
        make_plan(state, facts, (void *)at);
        return one_in(state, 30) ? draw_edge(state) : at;
    }
    bool out = facts->class == PARAMETER_OUT || facts->class == PARAMETER_OUT_NULL;
    return draw_address(state, out ? state->out : state->in);
}

// ---- values, by what is good for them ----

static uint64_t draw_value(struct fuzz_state *state, const struct parameter *facts) {
    switch (facts->good) {
    case GOOD_SELF:
        return draw_process(state);
    case GOOD_MESSAGE:
        return one_in(state, 8) ? draw_word(state) : state->ids[fuzz_below(&state->random, FUZZ_PLACES_MAX)];
    case GOOD_PORT_ID:
        return one_in(state, 4) ? draw_word(state) : state->port_id;
    case GOOD_PAGE_ADDRESS:
    case GOOD_INTERFACE_PAGES:
    case GOOD_DEBUGGED_PLACE:
        return draw_page(state);
    case GOOD_DEBUGGED: // or all of them
        if (one_in(state, 4))
            return draw_word(state);
        return one_in(state, 2) ? 0 : state->debugged;
    case GOOD_INTERFACE_ID:
        return draw_interface(state);
    case GOOD_ONE: // an interface's version
        return 1 + draw_flags(state) % 4;
    case GOOD_SMALL_SIZE:
    case GOOD_PAGE:
        return draw_size(state);
    case GOOD_THREAD_POINTER:
        return draw_page(state);
    case GOOD_HANDLED:
    case GOOD_UNHANDLED:
        return one_in(state, 4) ? 1 + fuzz_below(&state->random, 66) : 100 + fuzz_below(&state->random, 3);
    case GOOD_FUNCTION:
    case GOOD_UPCALL_ENTRY:
        return one_in(state, 50) ? draw_edge(state) : (uint64_t)fuzz_upcall_body;
    default:
        return draw_flags(state);
    }
}

static uint64_t draw_parameter(struct fuzz_state *state, const struct parameter *facts) {
    switch (facts->class) {
    case PARAMETER_NUMBER:
    case PARAMETER_MISSING:
        return (uint32_t)draw_number_of(state, facts->kind);
    case PARAMETER_OUT:
    case PARAMETER_OUT_NULL:
    case PARAMETER_IN:
    case PARAMETER_IN_NULL:
        return draw_pointer(state, facts);
    case PARAMETER_WORD:
        return draw_address(state, state->out) & ~(uint64_t)(one_in(state, 16) ? 0 : 3);
    case PARAMETER_VALUE:
        return draw_value(state, facts);
    default:
        return one_in(state, 4) ? draw_word(state) : draw_value(state, facts);
    }
}

// ---- parameters that the table of calls does not tell enough about ----

static uint64_t draw_pages_sent(struct fuzz_state *state) {
    return one_in(state, 16) ? draw_word(state) : fuzz_below(&state->random, 3);
}

static uint64_t draw_own_page(struct fuzz_state *state) {
    return one_in(state, 4) ? draw_page(state) : in_arena(state, state->in) & ~(uint64_t)(PAGE_SIZE - 1);
}

static uint64_t draw_window_page(struct fuzz_state *state) {
    return one_in(state, 4) ? draw_page(state)
                            : state->window + fuzz_below(&state->random, FUZZ_WINDOW_PAGES) * PAGE_SIZE;
}

static uint64_t draw_futex(struct fuzz_state *state) {
    return one_in(state, 2) ? (uint64_t)&fuzz_peer_word : draw_address(state, state->out) & ~UINT64_C(3);
}

static uint64_t draw_own_type(struct fuzz_state *state) {
    return one_in(state, 2) ? FUZZ_PAGE_TYPE : 1 + fuzz_below(&state->random, 120);
}

static uint64_t draw_peer_entry(struct fuzz_state *state) {
    return (uint32_t)(one_in(state, 2) ? state->peers.entry : draw_number_of(state, OBJECT_PORT_ENTRY));
}

static uint64_t draw_peer_port(struct fuzz_state *state) {
    return (uint32_t)(one_in(state, 2) ? state->peers.port : draw_number_of(state, OBJECT_PORT));
}

static uint64_t draw_paged(struct fuzz_state *state) {
    return (uint32_t)(one_in(state, 2) ? state->paged : draw_number_of(state, OBJECT_SHARED_MEMORY));
}

static const struct {
    const char *name;
    uint32_t parameter;
    uint64_t (*draw)(struct fuzz_state *state);
} particulars[] = {
    {"page_send", 1, draw_own_type},     {"page_send", 2, draw_own_page},   {"page_send", 3, draw_pages_sent},
    {"page_free", 0, draw_window_page},  {"futex_wait", 0, draw_futex},     {"port_call", 0, draw_peer_entry},
    {"page_place", 0, draw_window_page}, {"page_place", 1, draw_own_page},  {"page_place", 2, draw_pages_sent},
    {"port_receive", 0, draw_peer_port}, {"port_reply", 0, draw_peer_port}, {"port_reply_receive", 0, draw_peer_port},
    {"pager_supply", 0, draw_paged},     {"pager_fetch", 0, draw_paged},    {"pager_refuse", 0, draw_paged},
};

// Where the deadline stands in a call that may wait.
static const struct {
    const char *name;
    uint32_t parameter;
} waits[] = {
    {"process_wait", 1}, {"thread_wait", 1},  {"thread_sleep", 0},      {"futex_wait", 2},
    {"event_wait", 0},   {"event_send", 3},   {"message_send", 4},      {"message_wait", 2},
    {"message_next", 3}, {"pipe_write", 3},   {"pipe_read", 3},         {"port_send", 3},
    {"port_open", 2},    {"port_receive", 3}, {"port_call", 3},         {"port_reply_receive", 4},
    {"link_poll", 1},    {"link_call", 2},    {"link_poll_several", 2}, {"link_poll_all", 3},
    {"link_connect", 1}, {"page_send", 5},    {"upcall_wait", 2},       {"page_handler_remove", 1},
};

// ---- calls ----

// It may end whom it names, or opens and then ends: not the witness, nor the system.
static bool names_a_victim(uint32_t code) {
    const char *name = fuzz_call_name(code);
    return strcmp(name, "process_open") == 0 || strcmp(name, "process_family") == 0;
}

// A program that ends or stops itself at every other call tests little.
static bool is_too_final(struct fuzz_state *state, const char *name) {
    if (strcmp(name, "process_exit") == 0 || strcmp(name, "thread_exit") == 0 || strcmp(name, "process_kill") == 0 ||
        strcmp(name, "process_stop") == 0 || strcmp(name, "process_family") == 0)
        return !one_in(state, 50);
    if (strcmp(name, "process_spawn") == 0 || strcmp(name, "thread_create") == 0)
        return !one_in(state, 8);
    if (strcmp(name, "debug_spawn") == 0 || strcmp(name, "debug_attach") == 0)
        return !one_in(state, 3);
    return strcmp(name, "log_write") == 0 && !one_in(state, 100);
}

static void draw_senseless(struct fuzz_state *state, struct fuzz_call *call) {
    do
        call->code = one_in(state, 2) ? fuzz_below(&state->random, FUZZ_CODES) : (uint32_t)draw_word(state);
    while (names_a_victim(call->code));
    for (int i = 0; i < 6; i++)
        call->words[i] = draw_edge(state);
}

void fuzz_draw_call(struct fuzz_state *state, struct fuzz_call *call) {
    const struct argument_entry *entry;
    if (one_in(state, 100)) {
        draw_senseless(state, call);
        return;
    }
    do
        entry = &argument_table[fuzz_below(&state->random, argument_table_size)];
    while (is_too_final(state, entry->name));
    *call = (struct fuzz_call){.code = entry->code};
    for (uint32_t i = 0; i < entry->count; i++)
        call->words[i] = draw_parameter(state, &entry->parameters[i]);
    for (size_t i = 0; i < sizeof(particulars) / sizeof(particulars[0]); i++)
        if (strcmp(particulars[i].name, entry->name) == 0)
            call->words[particulars[i].parameter] = particulars[i].draw(state);
    for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
        if (strcmp(waits[i].name, entry->name) == 0)
            call->words[waits[i].parameter] = draw_deadline(state);
    if (names_a_victim(entry->code))
        call->words[0] = state->processes[fuzz_below(&state->random, FUZZ_WORKERS)];
}

const char *fuzz_call_name(uint32_t code) {
    for (uint32_t i = 0; i < argument_table_size; i++)
        if (argument_table[i].code == code)
            return argument_table[i].name;
    return "no call";
}
