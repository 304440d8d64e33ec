// Futexes: a fixed table of wait queues, a sleeper known by its memory object (or process) and the offset in it.
//
// The word is read under the queue's lock, and a waker takes that lock after it changed the word: no wake-up is lost. The page
// was made present before; should it be gone again the read fails, and all is done anew: nothing waits for a page under the lock.
#include "kernel/thread/futex.h"

#include "kernel/base/assert.h"
#include "kernel/memory/memory.h"
#include "kernel/memory/space.h"
#include "kernel/object/object.h"
#include "kernel/object/trace.h"
#include "kernel/process/process.h"
#include "kernel/thread/thread.h"

enum { FUTEX_BUCKETS = 256 };

static struct futex_bucket {
    struct lock lock;
    struct wait_queue queue;
} buckets[FUTEX_BUCKETS];

void futex_start(void) {
    for (size_t i = 0; i < FUTEX_BUCKETS; i++) {
        buckets[i].lock = LOCK_INITIAL(RANK_FUTEX);
        wait_queue_start(&buckets[i].queue);
    }
}

// What a word is known by. `object` is a reference or null; `identity` is it, or the process for its private memory.
struct futex_word {
    struct object *object;
    const void *identity;
    uint64_t key;
};

static enum status word_find(struct process *process, struct user_address address, struct futex_word *word) {
    if (address.value % sizeof(uint32_t) != 0)
        return STATUS_INVALID_ARGUMENT;
    enum status status = space_futex_key(process->space, address.value, &word->object, &word->key);
    word->identity = word->object != 0 ? (const void *)word->object : process;
    return status;
}

static void word_release(struct futex_word *word) {
    if (word->object != 0)
        object_release(word->object);
}

static struct futex_bucket *bucket_of(const struct futex_word *word) {
    uint64_t mixed = ((uint64_t)word->identity >> 6) * 31 + (word->key >> 2);
    return &buckets[(mixed ^ mixed >> 8) % FUTEX_BUCKETS];
}

// Whether nobody will change the word any more. Who lets memory die says so first and then looks into every bucket, so a
// sleeper either sees it here, under the bucket's lock, or is found there.
static bool is_dead(const struct futex_word *word) {
    return word->object != 0 && __atomic_load_n(&((struct memory *)word->object)->dead, __ATOMIC_SEQ_CST);
}

static enum status sleep_if_equal(struct futex_bucket *bucket, const struct futex_word *word,
                                  struct user_address address, uint32_t expected, uint64_t deadline) {
    uint32_t value;
    lock_acquire(&bucket->lock);
    enum status status = user_read_word(address, &value);
    if (status == STATUS_OK && value != expected)
        status = STATUS_NOTHING;
    else if (status == STATUS_OK && is_dead(word))
        status = STATUS_PEER_DIED;
    else if (status == STATUS_OK && deadline == DEADLINE_NOW)
        status = STATUS_WOULD_WAIT;
    struct wait_for wait = {word->object, WAIT_FUTEX, word->key, deadline};
    struct wait_manner manner = {.queue = &bucket->queue};
    if (status == STATUS_OK)
        return wait_sleep(&bucket->lock, &wait, &manner);
    lock_release(&bucket->lock);
    return status;
}

static enum status wait_once(struct user_address address, uint32_t expected, uint64_t deadline) {
    struct futex_word word;
    enum status status = word_find(process_current(), address, &word);
    if (status != STATUS_OK)
        return status;
    status = sleep_if_equal(bucket_of(&word), &word, address, expected, deadline);
    trace(.operation = TRACE_FUTEX_WAITED, .object = word.object, .id = address.value, .size = expected,
          .status = status);
    word_release(&word);
    return status;
}

enum status futex_wait_address(struct user_address address, uint32_t expected, uint64_t deadline) {
    enum status status;
    do
        status = wait_once(address, expected, deadline);
    while (status == STATUS_BAD_ADDRESS &&
           space_fault(process_current()->space, address.value, FAULT_READ) == STATUS_OK);
    return status;
}

static bool sleeps_on(const struct waiter *waiter, const struct futex_word *word) {
    const struct wait_record *wait = &waiter->thread->wait;
    return wait->key == word->key && wait->identity == word->identity;
}

static void bucket_wake_object(struct futex_bucket *bucket, const struct object *object) {
    lock_acquire(&bucket->lock);
    struct waiter *waiter = TAILQ_FIRST(&bucket->queue.list);
    while (waiter != 0) {
        struct waiter *next = TAILQ_NEXT(waiter, link);
        if (waiter->thread->wait.identity == object)
            wait_queue_wake_waiter(&bucket->queue, waiter);
        waiter = next;
    }
    lock_release(&bucket->lock);
}

void futex_wake_object(const struct object *object) {
    for (size_t i = 0; i < FUTEX_BUCKETS; i++)
        bucket_wake_object(&buckets[i], object);
}

static uint32_t bucket_wake(struct futex_bucket *bucket, const struct futex_word *word, uint32_t count) {
    uint32_t woken = 0;
    lock_acquire(&bucket->lock);
    struct waiter *waiter = TAILQ_FIRST(&bucket->queue.list);
    while (waiter != 0 && woken < count) {
        struct waiter *next = TAILQ_NEXT(waiter, link);
        if (sleeps_on(waiter, word) && wait_queue_wake_waiter(&bucket->queue, waiter))
            woken++;
        waiter = next;
    }
    lock_release(&bucket->lock);
    return woken;
}

enum status futex_wake_count(struct process *process, struct user_address address, uint32_t count, uint32_t *woken) {
    struct futex_word word;
    enum status status = word_find(process, address, &word);
    if (status != STATUS_OK)
        return status;
    *woken = bucket_wake(bucket_of(&word), &word, count);
    trace(.operation = TRACE_FUTEX_WOKEN, .object = word.object, .id = address.value, .size = *woken);
    word_release(&word);
    return STATUS_OK;
}

enum status futex_wake_address(struct process *process, struct user_address address, uint32_t count) {
    uint32_t woken;
    return futex_wake_count(process, address, count, &woken);
}
