// Reading the trace: batches from each CPU's ring, sorted by time.
#include "apps/trace/records.h"

#include <parley/clock.h>
#include <parley/status.h>
#include <stdlib.h>
#include <string.h>

#include "apps/common/tool.h"

enum { BATCH = 1024 };

static int32_t trace;
static struct trace_position position;
static struct trace_record *records;
static size_t count, room; // records held
static size_t next, ready; // of these: given out, and in order

static void check(enum status status) {
    if (status < 0)
        tool_fail("the trace", status_text(status));
}

static void forget_given(void) {
    memmove(records, records + next, (count - next) * sizeof(*records));
    count -= next;
    ready = next = 0;
}

static size_t read_batch(void) {
    if (room - count < BATCH) {
        room = 2 * room + BATCH;
        records = tool_reallocate(records, room, sizeof(*records));
    }
    size_t got = 0;
    check(trace_read(trace, &position, records + count, BATCH, &got));
    count += got;
    return got;
}

void records_open(bool from_now) {
    check(trace_open(&trace));
    while (from_now && read_batch() > 0)
        count = 0;
    position.lost = 0;
}

// A CPU's records come in order: those of one time keep the order in which they were read.
static int compare(const void *left, const void *right) {
    const struct trace_record *a = left, *b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return a < b ? -1 : 1;
}

size_t records_read(bool all) {
    uint64_t now = clock_now();
    forget_given();
    while (read_batch() > 0)
        if (count >= TRACE_RECORDS * TRACE_PROCESSORS)
            break; // who writes faster than this is read would keep us here
    qsort(records, count, sizeof(*records), compare);
    for (ready = 0; ready < count && (all || records[ready].time <= now); ready++)
        continue;
    return ready;
}

const struct trace_record *records_next(void) {
    return next < ready ? &records[next++] : NULL;
}

uint64_t records_lost(void) {
    return position.lost;
}
