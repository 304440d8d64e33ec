// Times in which the machine stood: a ring of the newest, each with how long it had stood before.
#include "kernel/base/stands.h"

struct stand {
    uint64_t begin, end, before; // begin [a]
};

static struct stand stands[STANDS_MAX];
static uint32_t stand_count; // [a] of all that were told

void stand_note(uint64_t begin, uint64_t end) {
    struct stand *last = &stands[(stand_count - 1) % STANDS_MAX];
    uint64_t before = stand_count == 0 ? 0 : last->before + (last->end - last->begin);
    if (stand_count > 0 && last->end == begin) {
        last->end = end;
        return;
    }
    stands[stand_count % STANDS_MAX] = (struct stand){begin, end, before};
    stand_count++;
}

// Another, which came in the midst of the look, may have taken a place: it is then behind the counter, and told by its begin.
static struct stand look(uint32_t at) {
    const struct stand *place = &stands[at % STANDS_MAX];
    struct stand stand;
    do {
        stand.begin = __atomic_load_n(&place->begin, __ATOMIC_ACQUIRE);
        stand.end = place->end;
        stand.before = place->before;
    } while (stand.begin != __atomic_load_n(&place->begin, __ATOMIC_ACQUIRE));
    return stand;
}

// Those that come meanwhile lie behind the counter: they are not asked for, and change nothing in the others.
uint64_t stands_without(uint64_t counter) {
    uint32_t count = __atomic_load_n(&stand_count, __ATOMIC_ACQUIRE);
    uint32_t kept = count < STANDS_MAX ? count : STANDS_MAX;
    struct stand stand = {.begin = UINT64_MAX};
    for (uint32_t back = 1; back <= kept; back++) {
        stand = look(count - back);
        if (stand.begin <= counter)
            return (counter < stand.end ? stand.begin : counter - (stand.end - stand.begin)) - stand.before;
    }
    uint64_t first = stand.begin - stand.before;
    return counter < first ? counter : first;
}
