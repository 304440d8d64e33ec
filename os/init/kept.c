// One memory object per grant that names kept memory, for as long as init lives.
#include "os/init/kept.h"

#include <parley/calls.h>

enum { KEPT_MAX = 4 };
#define KEPT_SIZE_MAX (UINT64_C(15) << 30) // a memory object's largest size is 16 GiB

struct kept {
    const struct startup_source *source;
    int32_t number;
};

static struct kept all[KEPT_MAX];
static uint32_t count;

static struct kept *find(const struct startup_source *source) {
    for (uint32_t i = 0; i < count; i++) {
        if (all[i].source == source) {
            return &all[i];
        }
    }
    return NULL;
}

static enum status make(const struct startup_source *source, struct kept **made) {
    struct machine_information machine;
    uint64_t size = 0;
    int32_t number = NUMBER_NONE;
    enum status status = machine_information(&machine);
    if (status != STATUS_OK || count == KEPT_MAX) {
        return status == STATUS_OK ? STATUS_LIMIT_REACHED : status;
    }
    if (__builtin_mul_overflow(machine.memory_total, source->base, &size) || size > KEPT_SIZE_MAX) {
        size = KEPT_SIZE_MAX;
    }
    status = shared_create(size, &number);
    if (status == STATUS_OK) {
        *made = &all[count++];
        **made = (struct kept){source, number};
    }
    return status;
}

enum status kept_make(const struct startup_source *source, int32_t *number) {
    struct kept *kept = find(source);
    enum status status = kept ? STATUS_OK : make(source, &kept);
    return status == STATUS_OK ? number_copy(kept->number, KEPT_RIGHTS | RIGHT_SEND, number) : status;
}
