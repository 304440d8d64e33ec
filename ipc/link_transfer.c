// What an end of a link does: read, write, signal, poll; and all of it in one step.
#include "ipc/link.h"

#include "ipc/link_set.h"
#include "kernel/base/debugger.h"
#include "kernel/base/string.h"
#include "kernel/object/trace.h"
#include "kernel/thread/scheduler.h"
#include "kernel/thread/thread.h"

void link_read_bytes(struct link_end *end, struct link_bytes *bytes) {
    struct link *link = end->link;
    lock_acquire(&link->lock);
    end->object.operations++;
    *bytes = link->bytes;
    trace(.operation = TRACE_LINK_READ, .object = &end->object, .peer = link_peer_process(end), .size = LINK_SIZE);
    lock_release(&link->lock);
}

// What a debugger kept of a write: its flags, and this one where it has bytes.
#define KEPT_HAS_BYTES (UINT32_C(1) << 31)

static inline void signal_count(struct link_end *end) {
    if (__builtin_expect(end->signals != LINK_SIGNALS_MAX, 1))
        end->signals++;
}

// One thread at most waits there, and gets the CPU next.
static inline void signal_one(struct link_end *end) {
    signal_count(end);
    struct waiter *waiter = TAILQ_FIRST(&end->object.waiters.list);
    if (waiter != 0)
        wait_queue_hand_over(&end->object.waiters, waiter);
    object_signal(&end->object, WATCH_READABLE);
}

void link_signal_locked(struct link_end *end) {
    signal_one(end);
}

// Whether somebody is to be told of a signal by now.
static bool is_attended(const struct link_end *end) {
    return !wait_queue_is_empty(&end->object.waiters) || !LIST_EMPTY(&end->object.watches);
}

static void kept_finish(struct kept_operation *kept, bool drop) {
    struct link_end *end = (struct link_end *)kept->object;
    struct link *link = end->link;
    lock_acquire(&link->lock);
    struct link_end *peer = link_peer(end);
    if (!drop && peer != 0 && peer->open) {
        if (kept->words[0] & KEPT_HAS_BYTES)
            memcpy(&link->bytes, &kept->words[1], LINK_SIZE);
        if (kept->words[0] & LINK_SIGNAL)
            signal_one(peer);
    }
    lock_release(&link->lock);
    object_release(&end->object);
}

// True: neither the bytes nor the signal are to be seen yet, or at all.
__attribute__((noinline, cold)) static bool write_is_kept(struct link_end *end, const struct link_bytes *bytes,
                                                          uint32_t flags, bool open) {
    struct trace_note note = {.operation = TRACE_LINK_WRITTEN,
                              .object = &end->object,
                              .peer = link_peer_process(end),
                              .status = open ? STATUS_OK : STATUS_PEER_DIED,
                              .id = flags & LINK_SIGNAL,
                              .size = bytes != 0 ? LINK_SIZE : 0};
    struct kept_operation kept = {
        .finish = kept_finish, .object = &end->object, .words = {flags | (bytes != 0 ? KEPT_HAS_BYTES : 0)}};
    if (bytes != 0)
        memcpy(&kept.words[1], bytes, LINK_SIZE);
    enum trace_verdict verdict =
        trace_ask_or_keep(&note, TRACE_MAY_DROP | TRACE_MAY_HOLD | TRACE_MAY_DUPLICATE | TRACE_MAY_REORDER, &kept);
    return verdict != TRACE_GO && verdict != TRACE_DUPLICATE;
}

enum status link_write_bytes(struct link_end *end, const struct link_bytes *bytes, uint32_t flags) {
    struct link *link = end->link;
    bool put_off = false;
    lock_acquire(&link->lock);
    struct link_end *peer = link_peer(end);
    bool open = peer != 0 && peer->open;
    bool kept = trace_is_on() && write_is_kept(end, bytes, flags, open);
    if (open && !kept) {
        end->object.operations++;
        if (bytes != 0)
            link->bytes = *bytes;
        if (flags & LINK_NO_WAKE) {
            signal_count(peer);
            put_off = is_attended(peer);
        } else if (flags & LINK_SIGNAL) {
            signal_one(peer);
        }
    }
    lock_release(&link->lock);
    if (put_off)
        thread_put_off(&end->object);
    return open ? STATUS_OK : STATUS_PEER_DIED;
}

// ---- polling; the pair's lock is held ----

// Why there is nothing to wait for: OK: there is.
static enum status poll_state(const struct link_end *end) {
    if (!end->open)
        return STATUS_BAD_NUMBER;
    return link_peer_is_open(end) ? STATUS_OK : STATUS_PEER_DIED;
}

// Until a signal is there. At the deadline it looks a last time.
static enum status poll_wait(struct link_end *end, uint64_t deadline, uint64_t key) {
    struct wait_for wait = {.object = &end->object, .reason = WAIT_LINK, .key = key, .deadline = deadline};
    enum status status = STATUS_OK, ended = STATUS_OK;
    end->poller = thread_current();
    while (end->signals == 0 && status == STATUS_OK) {
        status = ended != STATUS_OK ? ended : poll_state(end);
        if (status == STATUS_OK)
            ended = wait_queue_sleep(&end->object.waiters, &end->link->lock, &wait);
    }
    end->poller = 0;
    return end->signals != 0 ? STATUS_OK : status;
}

static inline enum status poll_locked(struct link_end *end, uint64_t deadline, uint64_t key, uint32_t *signals) {
    enum status status = end->signals == 0 ? poll_wait(end, deadline, key) : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    *signals = end->signals;
    end->signals = 0;
    trace(.operation = TRACE_LINK_POLLED, .object = &end->object, .peer = link_peer_process(end), .id = *signals);
    return STATUS_OK;
}

// Another thread waits for this end, or for all of the process.
static inline bool is_polled(const struct link_end *end) {
    return end->poller != 0 || (link_set_is_polled(process_current()) && end->thread == 0);
}

enum status link_poll_end(struct link_end *end, uint64_t deadline, uint32_t *signals) {
    struct link *link = end->link;
    lock_acquire(&link->lock);
    end->object.operations++;
    enum status status = is_polled(end) ? STATUS_BUSY : poll_locked(end, deadline, 0, signals);
    lock_release(&link->lock);
    return status;
}

// The first sleep of a call: the CPU goes to the thread at the other end.
static inline enum status call_wait(struct link_end *end, struct thread *next, uint64_t deadline) {
    struct wait_for wait = {.object = &end->object, .reason = WAIT_LINK, .key = WAIT_KEY_ANSWER, .deadline = deadline};
    struct wait_manner manner = {.queue = &end->object.waiters, .next = next};
    if (deadline == DEADLINE_NOW) {
        scheduler_ready(next);
        return STATUS_WOULD_WAIT;
    }
    end->poller = thread_current();
    enum status ended = wait_sleep(&end->link->lock, &wait, &manner);
    lock_acquire(&end->link->lock);
    end->poller = 0;
    return ended;
}

// Signals, and waits for the answer. The lock is held, and let go meanwhile.
static inline enum status call_locked(struct link_end *end, struct link_end *peer, uint64_t deadline,
                                      uint32_t *signals) {
    struct waiter *waiter = TAILQ_FIRST(&peer->object.waiters.list);
    struct thread *next = waiter != 0 && wait_queue_claim(&peer->object.waiters, waiter) ? waiter->thread : 0;
    enum status status = STATUS_OK;
    signal_count(peer);
    object_signal(&peer->object, WATCH_READABLE);
    trace(.operation = TRACE_LINK_CALLED, .object = &end->object, .peer = link_peer_process(end), .size = LINK_SIZE);
    if (next != 0 && end->signals == 0)
        status = call_wait(end, next, deadline);
    else if (next != 0)
        scheduler_ready(next);
    return status == STATUS_OK || end->signals != 0 ? poll_locked(end, deadline, WAIT_KEY_ANSWER, signals) : status;
}

enum status link_call_end(struct link_end *end, struct link_bytes *bytes, uint64_t deadline, uint32_t *signals) {
    struct link *link = end->link;
    enum status status = STATUS_PEER_DIED;
    lock_acquire(&link->lock);
    struct link_end *peer = link_peer(end);
    if (is_polled(end)) {
        status = STATUS_BUSY;
    } else if (peer != 0 && peer->open) {
        end->object.operations++;
        link->bytes = *bytes;
        status = call_locked(end, peer, deadline, signals);
        *bytes = link->bytes;
    }
    lock_release(&link->lock);
    return status;
}

bool link_tell_locked(struct link_end *end, const struct thread *poller, struct link_ready *ready) {
    enum status state = poll_state(end);
    if (end->signals == 0 && state == STATUS_OK)
        return false;
    const struct link_party *party = &end->link->parties[1 - end->side];
    bool busy = end->poller != 0 && end->poller != poller;
    ready->status = busy ? STATUS_BUSY : state;
    ready->signals = busy ? 0 : end->signals;
    ready->process = party->process;
    ready->user = party->user;
    ready->reserved = 0;
    trace(.operation = TRACE_LINK_POLLED, .status = ready->status, .object = &end->object, .peer = party->process,
          .id = ready->signals);
    if (!busy)
        end->signals = 0;
    return true;
}

void link_signals_return(struct link_end *end, uint32_t signals) {
    lock_acquire(&end->link->lock);
    if (__builtin_add_overflow(end->signals, signals, &end->signals))
        end->signals = LINK_SIGNALS_MAX;
    object_signal(&end->object, WATCH_READABLE);
    lock_release(&end->link->lock);
}
