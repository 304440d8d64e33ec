// Times in which the machine stood: a short list, newest last.
#include "kernel/base/stands.h"

#include "kernel/base/string.h"

struct stand {
    uint64_t begin, end;
};

static struct stand stands[STANDS_MAX];
static uint32_t stand_count;

// The oldest two become one, that ends with the second.
static void merge_oldest(void) {
    stands[1].begin -= stands[0].end - stands[0].begin;
    stand_count--;
    memmove(&stands[0], &stands[1], stand_count * sizeof(stands[0]));
}

void stand_note(uint64_t begin, uint64_t end) {
    if (stand_count > 0 && stands[stand_count - 1].end == begin) {
        stands[stand_count - 1].end = end;
        return;
    }
    if (stand_count == STANDS_MAX)
        merge_oldest();
    stands[stand_count++] = (struct stand){begin, end};
}

uint64_t stands_behind(uint64_t counter) {
    uint64_t behind = 0;
    for (uint32_t i = stand_count; i > 0 && stands[i - 1].end > counter; i--) {
        const struct stand *stand = &stands[i - 1];
        behind += stand->end - (stand->begin > counter ? stand->begin : counter);
    }
    return behind;
}
