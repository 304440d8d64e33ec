// What a worker of the random-call test learns from a call that succeeded: numbers, addresses, ids, registers.
#include "tests/guest/argument_table.h"
#include "tests/guest/fuzz.h"

#include <parley/link.h>

#include "kernel/abi/debug.h"

void fuzz_note_number(struct fuzz_state *state, uint32_t slot, int32_t number) {
    struct number_information information = {0};
    number_information(number, &information);
    state->numbers[slot] = number;
    state->kinds[slot] = information.kind;
}

static void note_number(struct fuzz_state *state, int32_t number) {
    uint32_t slot = FUZZ_FIRST_NUMBERS + fuzz_below(&state->random, FUZZ_NUMBERS_MAX - FUZZ_FIRST_NUMBERS);
    if (state->numbers[slot] != 0)
        number_close(state->numbers[slot]);
    fuzz_note_number(state, slot, number);
}

// What the call wrote into its plan: the number of the other end, or side.
static void note_other(struct fuzz_state *state, const char *name, const void *plan) {
    if (strcmp(name, "pipe_create") == 0 && ((const struct pipe_create *)plan)->process == 0)
        note_number(state, ((const struct pipe_create *)plan)->other);
    else if (strcmp(name, "port_create") == 0)
        note_number(state, ((const struct port_create *)plan)->entry);
    else if (strcmp(name, "link_create") == 0)
        note_number(state, ((const struct link_create *)plan)->other);
}

// The number that came with an event of a new pipe or a new client.
static void note_event(struct fuzz_state *state, const EVENT *event) {
    bool brings_number = (event->Type == EVENT_PIPE && event->Action == PIPE_CREATED) ||
                         (event->Type == EVENT_INTERFACE && event->Action == INTERFACE_REQUESTED);
    if (brings_number)
        note_number(state, (int32_t)event->Data1);
}

// A thread that can be debugged, and its registers, which are sound ones to write back.
static void note_debugged(struct fuzz_state *state, const char *name, const uint64_t *words, uint64_t value) {
    if (strcmp(name, "debug_threads") == 0 && value > 0)
        state->debugged = ((const struct debugged_thread *)words[2])->thread;
    else if (strcmp(name, "debug_registers_read") == 0)
        memcpy(&state->registers, (const void *)words[2], sizeof(state->registers));
}

// Calls whose value is a number, beside those that the table says so of.
static const char *const numbering[] = {
    "process_spawn", "thread_create", "shared_accept", "link_connect",     "pager_create",
    "debug_attach",  "debug_spawn",   "range_create",  "interrupt_create", "interface_name_create",
};

static bool gives_number(const struct argument_entry *entry) {
    for (size_t i = 0; i < sizeof(numbering) / sizeof(numbering[0]); i++)
        if (strcmp(numbering[i], entry->name) == 0)
            return true;
    return entry->after == CLOSE_VALUE || entry->after == CLOSE_PLANNED || entry->after == CLOSE_LINKED;
}

void fuzz_note_result(struct fuzz_state *state, const struct fuzz_call *call, uint64_t value) {
    for (uint32_t i = 0; i < argument_table_size; i++) {
        const struct argument_entry *entry = &argument_table[i];
        if (entry->code != call->code)
            continue;
        if (gives_number(entry))
            note_number(state, (int32_t)value);
        if (entry->after == CLOSE_PLANNED || entry->after == CLOSE_LINKED)
            note_other(state, entry->name, (const void *)call->words[0]);
        note_debugged(state, entry->name, call->words, value);
        if (strcmp(entry->name, "pager_create") == 0)
            state->paged = (int32_t)value;
        if (strcmp(entry->name, "port_receive") == 0 || strcmp(entry->name, "port_reply_receive") == 0)
            state->port_id = value;
        if (strcmp(entry->name, "event_get") == 0)
            note_event(state, (const EVENT *)call->words[0]);
        else if (entry->after == UNMAP_VALUE || entry->after == RELEASE_VALUE || strcmp(entry->name, "range_map") == 0)
            state->places[1 + fuzz_below(&state->random, FUZZ_PLACES_MAX - 1)] = value;
        else if (entry->after == SCRAP_VALUE || entry->after == TAKE_SENT || strcmp(entry->name, "shared_offer") == 0 ||
                 strcmp(entry->name, "port_receive") == 0 || strcmp(entry->name, "port_reply_receive") == 0)
            state->ids[fuzz_below(&state->random, FUZZ_PLACES_MAX)] = (uint32_t)value;
    }
}
