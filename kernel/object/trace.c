// The trace's rings: one per CPU, written without a lock, read by whoever holds a trace.
#include "kernel/object/trace.h"

#include <arch/current.h>

#include "kernel/base/clock.h"
#include "kernel/base/debugger.h"
#include "kernel/base/string.h"
#include "kernel/memory/heap.h"
#include "kernel/process/process.h"
#include "kernel/thread/processor.h"

enum { BLOCK_RECORDS = 1024, RING_BLOCKS = TRACE_RECORDS / BLOCK_RECORDS };

_Static_assert(BLOCK_RECORDS * sizeof(struct trace_record) <= HEAP_SIZE_MAX, "a block is one of the heap's");
_Static_assert(TRACE_PROCESSORS == PROCESSOR_MAX, "a ring for each CPU");

struct trace_ring {
    _Alignas(64) uint64_t next; // [a] records ever written; by its own CPU alone
    struct trace_record *blocks[RING_BLOCKS];
};

static struct trace_ring *rings; // [a] one per CPU that runs; set once
uint32_t trace_on, trace_asks;

static struct trace_record *ring_place(const struct trace_ring *ring, uint64_t position) {
    uint64_t index = position % TRACE_RECORDS;
    return &ring->blocks[index / BLOCK_RECORDS][index % BLOCK_RECORDS];
}

// ---- writing ----

// The place of this CPU's next record; null: no trace was ever opened, or the first one is just being made.
static inline __attribute__((always_inline)) struct trace_record *record_place(void) {
    const struct trace_ring *all = __atomic_load_n(&rings, __ATOMIC_ACQUIRE);
    return all != 0 ? ring_place(&all[processor_index()], all[processor_index()].next) : 0;
}

// Others may read it from now on.
static inline __attribute__((always_inline)) void record_publish(void) {
    struct trace_ring *ring = &rings[processor_index()];
    __atomic_store_n(&ring->next, ring->next + 1, __ATOMIC_RELEASE);
}

static inline __attribute__((always_inline)) void record_fill(struct trace_record *record,
                                                              const struct trace_note *note) {
    const struct thread *thread = note->by_kernel ? 0 : thread_current();
    record->time = clock_counter();
    record->object = note->object != 0 ? note->object->id : 0;
    record->thread = thread != 0 ? thread->object.id : 0;
    record->process = thread != 0 ? thread->process->id : 0;
    record->peer = note->peer;
    record->operation = (uint16_t)note->operation;
    record->processor = (uint16_t)processor_index();
    record->status = note->status;
    record->id = note->id;
    record->cause = note->cause;
    record->size = note->size;
}

static inline __attribute__((always_inline)) void note_write(const struct trace_note *note) {
    struct trace_record *record = record_place();
    if (record == 0)
        return;
    record_fill(record, note);
    record_publish();
}

// A debugger waits for operations. It keeps all registers as well, so that the usual way need not save any for it.
__attribute__((preserve_most, noinline, cold)) static void note_ask(const struct trace_note *note) {
    trace_ask(note, 0);
}

__attribute__((preserve_most, noinline, cold)) void
trace_record(uint64_t what, const struct object *object, uint32_t peer, uint64_t id, uint64_t cause, uint64_t size) {
    struct trace_note note = {
        .operation = what & (TRACE_BY_KERNEL - 1),
        .status = (enum status)(int32_t)(what >> 32),
        .object = object,
        .peer = peer,
        .by_kernel = what & TRACE_BY_KERNEL,
        .id = id,
        .cause = cause,
        .size = size,
    };
    if (__builtin_expect(!trace_asks, 1)) {
        note_write(&note);
    } else {
        struct trace_note asked = note; // what has an address is kept in memory
        note_ask(&asked);
    }
}

// What the debugger did with the operation.
static void verdict_write(const struct trace_note *note, enum trace_verdict verdict) {
    static const uint16_t operations[] = {[TRACE_DROP] = TRACE_DEBUG_DROPPED,
                                          [TRACE_HOLD] = TRACE_DEBUG_HELD,
                                          [TRACE_DUPLICATE] = TRACE_DEBUG_DUPLICATED};
    struct trace_note done = *note;
    done.operation = operations[verdict];
    done.size = 0;
    note_write(&done);
}

enum trace_verdict trace_ask(const struct trace_note *note, uint32_t options) {
    note_write(note);
    if (__builtin_expect(!trace_asks, 1) || note->status != STATUS_OK)
        return TRACE_GO;
    struct trace_record record;
    record_fill(&record, note);
    enum trace_verdict verdict = debugger_ask(&record, options);
    if (verdict != TRACE_GO)
        verdict_write(note, verdict);
    return verdict;
}

void trace_keep(const struct kept_operation *kept) {
    object_retain(kept->object);
    if (kept->sender != 0)
        object_retain(kept->sender);
    debugger_keep(kept);
}

enum trace_verdict trace_ask_or_keep(const struct trace_note *note, uint32_t options,
                                     const struct kept_operation *kept) {
    enum trace_verdict verdict = trace_ask(note, options);
    if (verdict != TRACE_GO)
        trace_keep(kept);
    return verdict;
}

void trace_record_name(enum trace_operation operation, const struct object *object, uint32_t peer) {
    struct trace_record *record = record_place();
    struct trace_note note = {.operation = operation, .peer = peer};
    if (record == 0)
        return;
    record_fill(record, &note);
    record->object = object->id;
    memcpy(record->name, object->name, NAME_SIZE);
    record_publish();
}

// ---- reading ----

// The writer may be at the place behind the newest record: the oldest one of a full ring is not whole then.
static uint64_t ring_oldest(uint64_t newest) {
    return newest >= TRACE_RECORDS ? newest - TRACE_RECORDS + 1 : 0;
}

static void skip_lost(uint64_t *next, uint64_t *lost, uint64_t oldest) {
    if (*next >= oldest)
        return;
    *lost += oldest - *next;
    *next = oldest;
}

// What was overwritten while it was copied is taken out again: it stands at the front.
static size_t drop_torn(uint64_t from, uint64_t *lost, struct trace_record *records, size_t count, uint64_t oldest) {
    size_t torn = from >= oldest ? 0 : oldest - from < count ? (size_t)(oldest - from) : count;
    *lost += torn;
    memmove(records, records + torn, (count - torn) * sizeof(*records));
    return count - torn;
}

size_t trace_copy(uint32_t processor, uint64_t *next, uint64_t *lost, struct trace_record *records, size_t capacity) {
    const struct trace_ring *all = __atomic_load_n(&rings, __ATOMIC_ACQUIRE);
    if (all == 0)
        return 0;
    const struct trace_ring *ring = &all[processor];
    uint64_t newest = __atomic_load_n(&ring->next, __ATOMIC_ACQUIRE);
    if (*next > newest)
        *next = newest; // a position that never was
    skip_lost(next, lost, ring_oldest(newest));
    size_t count = newest - *next < capacity ? (size_t)(newest - *next) : capacity;
    for (size_t i = 0; i < count; i++)
        records[i] = *ring_place(ring, *next + i);
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    uint64_t oldest = ring_oldest(__atomic_load_n(&ring->next, __ATOMIC_RELAXED));
    uint64_t from = *next;
    *next += count;
    return drop_torn(from, lost, records, count, oldest);
}

// ---- the object ----

static void rings_free(struct trace_ring *all) {
    for (uint32_t i = 0; i < processor_count * RING_BLOCKS; i++)
        heap_free(all[i / RING_BLOCKS].blocks[i % RING_BLOCKS]);
    heap_free(all);
}

static struct trace_ring *rings_allocate(void) {
    struct trace_ring *all = heap_allocate(processor_count * sizeof(struct trace_ring));
    if (all == 0)
        return 0;
    for (uint32_t i = 0; i < processor_count * RING_BLOCKS; i++) {
        void *block = heap_allocate(BLOCK_RECORDS * sizeof(struct trace_record));
        if (block == 0) {
            rings_free(all);
            return 0;
        }
        all[i / RING_BLOCKS].blocks[i % RING_BLOCKS] = block;
    }
    return all;
}

// Two may come at once: the second one's rings are not needed.
static enum status rings_make(void) {
    if (__atomic_load_n(&rings, __ATOMIC_ACQUIRE) != 0)
        return STATUS_OK;
    struct trace_ring *made = rings_allocate(), *none = 0;
    if (made == 0)
        return STATUS_NO_MEMORY;
    if (!__atomic_compare_exchange_n(&rings, &none, made, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
        rings_free(made);
    return STATUS_OK;
}

// The rings last: they stay when the trace is gone, so that what happened can still be looked at.
enum status trace_create(struct account *account, struct object **trace) {
    enum status status = object_create(&trace_type, account, "trace", trace);
    if (status != STATUS_OK)
        return status;
    __atomic_fetch_add(&trace_on, 1, __ATOMIC_SEQ_CST);
    status = rings_make();
    if (status != STATUS_OK)
        object_release(*trace);
    return status;
}

static void trace_destroy(struct object *object) {
    (void)object;
    __atomic_fetch_sub(&trace_on, 1, __ATOMIC_SEQ_CST);
}

const struct object_type trace_type = {
    .kind = OBJECT_TRACE,
    .name = "trace",
    .size = sizeof(struct object),
    .lock_rank = RANK_OBJECT,
    .rights = RIGHT_READ | RIGHT_COPY | RIGHT_SEND,
    .destroy = trace_destroy,
};
