// The kernel's constants in words, and times as people read them.
#include "apps/native/words.h"

#include <kernel/abi/machine.h>
#include <kernel/abi/object.h>
#include <kernel/abi/process.h>
#include <stdio.h>
#include <string.h>

static const char *const kinds[OBJECT_KIND_COUNT] = {
#define KIND_TEXT(name, text) [OBJECT_##name] = text,
    OBJECT_KIND_LIST(KIND_TEXT)
#undef KIND_TEXT
};

static const char *const reasons[WAIT_REASON_COUNT] = {
#define REASON_TEXT(name, text) [WAIT_##name] = text,
    WAIT_REASON_LIST(REASON_TEXT)
#undef REASON_TEXT
};

static const char *const items[ACCOUNT_ITEM_COUNT] = {
#define ITEM_TEXT(name, text, limit, tree) [ACCOUNT_##name] = text,
    ACCOUNT_ITEM_LIST(ITEM_TEXT)
#undef ITEM_TEXT
};

static const char *const gates[GATE_KIND_COUNT] = {
#define GATE_TEXT(name, text) [GATE_##name] = text,
    GATE_KIND_LIST(GATE_TEXT)
#undef GATE_TEXT
};

const char *words_object_kind(uint32_t kind) {
    return kind < OBJECT_KIND_COUNT && kinds[kind] ? kinds[kind] : "?";
}

uint32_t words_kind_named(const char *name) {
    for (uint32_t kind = 1; kind < OBJECT_KIND_COUNT; kind++)
        if (kinds[kind] && !strcmp(kinds[kind], name))
            return kind;
    return OBJECT_ANY;
}

const char *words_wait_reason(uint32_t reason) {
    return reason < WAIT_REASON_COUNT && reasons[reason] ? reasons[reason] : "for something";
}

const char *words_account_item(uint32_t item) {
    return item < ACCOUNT_ITEM_COUNT ? items[item] : "?";
}

const char *words_gate_kind(uint32_t kind) {
    return kind < GATE_KIND_COUNT ? gates[kind] : "?";
}

const char *words_thread_state(uint32_t state) {
    static const char *const states[] = {[THREAD_READY] = "ready",
                                         [THREAD_RUNNING] = "running",
                                         [THREAD_WAITING] = "waiting",
                                         [THREAD_ENDED] = "ended",
                                         [PROCESS_STOPPED] = "stopped"};
    return state >= THREAD_READY && state <= PROCESS_STOPPED ? states[state] : "?";
}

const char *words_duration(uint64_t nanoseconds, char text[DURATION_TEXT_SIZE]) {
    unsigned long milliseconds = nanoseconds / 1000000, seconds = milliseconds / 1000;
    if (milliseconds < 1)
        sniprintf(text, DURATION_TEXT_SIZE, "%lu us", (unsigned long)(nanoseconds / 1000));
    else if (seconds < 1)
        sniprintf(text, DURATION_TEXT_SIZE, "%lu ms", milliseconds);
    else if (seconds < 60)
        sniprintf(text, DURATION_TEXT_SIZE, "%lu.%lu s", seconds, milliseconds / 100 % 10);
    else if (seconds < 3600)
        sniprintf(text, DURATION_TEXT_SIZE, "%lu min %lu s", seconds / 60, seconds % 60);
    else
        sniprintf(text, DURATION_TEXT_SIZE, "%lu h %lu min", seconds / 3600, seconds / 60 % 60);
    return text;
}
