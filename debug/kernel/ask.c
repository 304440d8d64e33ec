// Asking a person what is to become of operations, and keeping those that are not to take effect at once.
#include "debug/kernel/ask.h"
#include "kernel/arch/machine.h"
#include "kernel/base/debugger.h"
#include "kernel/base/string.h"

static struct ipc_rule rules[ASK_RULES];
static bool is_rule[ASK_RULES];

// What each CPU stands at.
static struct {
    bool is_asked, is_told;
    struct trace_record record;
    uint32_t options;
    enum ask_decision decision;
    uint64_t delay;
    uint32_t place; // reserved for it, where it does not just go
} asked[PROCESSOR_MAX];

// A place is reserved when a person decides, and filled when the operation goes on.
enum place_state { PLACE_FREE, PLACE_RESERVED, PLACE_WAITS, PLACE_DUE, PLACE_DROPPED };

static struct {
    uint32_t state; // [a] enum place_state
    struct kept_operation operation;
    struct trace_record record;
    uint64_t until; // 0: until it is released
    bool after_next;
} kept[ASK_KEPT];

static uint32_t releasing; // [a] index + 1 of the CPU that lets go; its operations are not asked for

// ---- rules ----

uint32_t ask_rule_add(const struct ipc_rule *rule) {
    for (uint32_t i = 0; i < ASK_RULES; i++) {
        if (is_rule[i])
            continue;
        rules[i] = *rule;
        is_rule[i] = true;
        if (trace_asks++ == 0)
            trace_on++;
        return i + 1;
    }
    return 0;
}

bool ask_rule_remove(uint32_t number) {
    if (number == 0 || number > ASK_RULES || !is_rule[number - 1])
        return false;
    is_rule[number - 1] = false;
    if (--trace_asks == 0)
        trace_on--;
    for (uint32_t i = 0; trace_asks == 0 && i < ASK_KEPT; i++)
        if (kept[i].state == PLACE_WAITS && kept[i].after_next)
            kept[i].state = PLACE_DUE; // nobody would see the next one
    return true;
}

const struct ipc_rule *ask_rule(uint32_t number) {
    return number > 0 && number <= ASK_RULES && is_rule[number - 1] ? &rules[number - 1] : 0;
}

static bool is_wanted(const struct trace_record *record) {
    for (uint32_t i = 0; i < ASK_RULES; i++)
        if (is_rule[i] && ipc_rule_fits(&rules[i], record))
            return true;
    return false;
}

// ---- asking ----

const struct trace_record *ask_stopped_at(uint32_t cpu, uint32_t *options) {
    *options = asked[cpu].options;
    return asked[cpu].is_asked ? &asked[cpu].record : 0;
}

void ask_told(uint32_t cpu) {
    asked[cpu].is_told = true;
}

static bool reserve(uint32_t *place) {
    for (uint32_t i = 0; i < ASK_KEPT; i++) {
        if (kept[i].state != PLACE_FREE)
            continue;
        kept[i].state = PLACE_RESERVED;
        *place = i;
        return true;
    }
    return false;
}

bool ask_decide(uint32_t cpu, enum ask_decision decision, uint64_t delay) {
    bool had_place = asked[cpu].decision != ASK_GO;
    if (decision != ASK_GO && !had_place && !reserve(&asked[cpu].place))
        return false;
    if (decision == ASK_GO && had_place)
        kept[asked[cpu].place].state = PLACE_FREE;
    asked[cpu].decision = decision;
    asked[cpu].delay = delay;
    return true;
}

// Those that wait for the next on this object have had it.
static void note_next(const struct trace_record *record) {
    for (uint32_t i = 0; i < ASK_KEPT; i++)
        if (kept[i].state == PLACE_WAITS && kept[i].after_next && kept[i].record.object == record->object)
            kept[i].state = PLACE_DUE;
}

static uint32_t verdict_of(enum ask_decision decision) {
    static const uint8_t verdicts[] = {
        [ASK_GO] = TRACE_GO,      [ASK_DROP] = TRACE_DROP,       [ASK_HOLD] = TRACE_HOLD,
        [ASK_DELAY] = TRACE_HOLD, [ASK_AFTER_NEXT] = TRACE_HOLD, [ASK_DUPLICATE] = TRACE_DUPLICATE};
    return verdicts[decision];
}

// Where another CPU stopped the machine at the same time this one was not told, and stops once more.
static void stop_here(uint32_t cpu) {
    do
        __asm__ volatile("int3" : : : "memory");
    while (!__atomic_load_n(&asked[cpu].is_told, __ATOMIC_ACQUIRE));
}

uint32_t debugger_ask(const struct trace_record *record, uint32_t options) {
    uint32_t cpu = processor_index();
    if (!machine.is_ready || machine.is_given_up || machine.is_panicking || lending_is_on() || hold_is_lent() ||
        releasing == cpu + 1)
        return TRACE_GO;
    if (!is_wanted(record)) {
        note_next(record);
        return TRACE_GO;
    }
    asked[cpu].record = *record;
    asked[cpu].options = options;
    asked[cpu].decision = ASK_GO;
    asked[cpu].is_told = false;
    asked[cpu].is_asked = true;
    stop_here(cpu);
    asked[cpu].is_asked = false;
    if (asked[cpu].decision == ASK_GO)
        note_next(record);
    return verdict_of(asked[cpu].decision);
}

// ---- keeping ----

void debugger_keep(const struct kept_operation *operation) {
    uint32_t cpu = processor_index(), place = asked[cpu].place;
    enum ask_decision decision = asked[cpu].decision;
    kept[place].operation = *operation;
    kept[place].record = asked[cpu].record;
    kept[place].after_next = decision == ASK_AFTER_NEXT;
    kept[place].until = decision == ASK_DELAY ? clock_now() + asked[cpu].delay : 0;
    uint32_t state = decision == ASK_DROP ? PLACE_DROPPED : decision == ASK_DUPLICATE ? PLACE_DUE : PLACE_WAITS;
    __atomic_store_n(&kept[place].state, state, __ATOMIC_RELEASE);
}

const struct trace_record *ask_kept(uint32_t place, uint64_t *until, bool *after_next) {
    if (place >= ASK_KEPT || (kept[place].state != PLACE_WAITS && kept[place].state != PLACE_DUE))
        return 0;
    *until = kept[place].until;
    *after_next = kept[place].after_next;
    return &kept[place].record;
}

bool ask_release(uint32_t place) {
    if (place >= ASK_KEPT || kept[place].state != PLACE_WAITS)
        return false;
    kept[place].state = PLACE_DUE;
    return true;
}

// ---- letting go ----

static void let_go(uint32_t place, bool drop) {
    struct kept_operation operation = kept[place].operation;
    struct trace_record record = kept[place].record;
    __atomic_store_n(&kept[place].state, PLACE_FREE, __ATOMIC_RELEASE);
    if (!drop)
        trace(.operation = TRACE_DEBUG_RELEASED, .object = operation.object, .peer = record.peer, .by_kernel = true,
              .id = record.id);
    operation.finish(&operation, drop);
}

bool ask_look(void) {
    bool is_busy = trace_asks != 0;
    releasing = processor_index() + 1;
    for (uint32_t i = 0; i < ASK_KEPT; i++) {
        uint32_t state = __atomic_load_n(&kept[i].state, __ATOMIC_ACQUIRE);
        bool is_late = state == PLACE_WAITS && kept[i].until != 0 && kept[i].until <= clock_now();
        is_busy |= state != PLACE_FREE;
        if (state == PLACE_DUE || state == PLACE_DROPPED || is_late)
            let_go(i, state == PLACE_DROPPED);
    }
    releasing = 0;
    return is_busy;
}
