// Reading and writing pipes: wait for data or room and for the turn, copy without the lock, then publish.
//
//      writer                                   reader
//      lock; room, turn := mine; unlock         lock; data, turn := mine; unlock
//      copy into the ring from `tail` on        copy out of the ring from `head` on
//      lock; tail and used grow; wake readers   lock; head moves, used shrinks; wake writers
//
// Neither touches the other's bytes, and a copy that fails publishes nothing. Where a page of the program's has to be brought by another
// program, the turn is given back for that long: a slow memory daemon holds up nobody else at the pipe (R-I5).
#include "ipc/pipe.h"

#include "kernel/base/assert.h"
#include "kernel/base/debugger.h"
#include "kernel/object/trace.h"
#include "kernel/thread/scheduler.h"

// ---- waking; the pipe's lock is held ----

// The ends, that of the other side first: its sleepers come before our own.
static struct pipe_end *end_by_turn(const struct pipe_end *end, uint32_t turn) {
    return end->pipe->ends[turn == 0 ? 1 - end->side : end->side];
}

static bool reader_wake(struct pipe_end *end) {
    struct waiter *waiter;
    TAILQ_FOREACH(waiter, &end->object.waiters.list, link)
        if (waiter->key == PIPE_READER && wait_queue_wake_waiter(&end->object.waiters, waiter))
            return true;
    return false;
}

static void one_reader_wake(struct pipe_end *end) {
    struct pipe_end *peer = pipe_peer(end);
    if (peer == 0 || !reader_wake(peer))
        reader_wake(end);
}

// All whose bytes fit: each looks for itself.
__attribute__((noinline)) static void writers_wake(const struct pipe_end *end, uint32_t room) {
    for (uint32_t turn = 0; turn < 2; turn++) {
        struct pipe_end *one = end_by_turn(end, turn);
        struct waiter *waiter = one != 0 ? TAILQ_FIRST(&one->object.waiters.list) : 0;
        while (waiter != 0) {
            struct waiter *next = TAILQ_NEXT(waiter, link);
            if (waiter->key >= PIPE_WRITER && waiter->key - PIPE_WRITER <= room)
                wait_queue_wake_waiter(&one->object.waiters, waiter);
            waiter = next;
        }
    }
}

static void ends_signal(const struct pipe *pipe, uint32_t mode, uint32_t conditions) {
    for (uint32_t i = 0; i < 2; i++)
        if (pipe->ends[i] != 0 && (pipe->ends[i]->mode & mode))
            object_signal(&pipe->ends[i]->object, conditions);
}

__attribute__((noinline)) static void watches_tell(const struct pipe *pipe, uint32_t room) {
    if (pipe->ring.used > 0)
        ends_signal(pipe, PIPE_RECEIVE, WATCH_READABLE);
    if (room >= PIPE_ATOMIC)
        ends_signal(pipe, PIPE_SEND, WATCH_WRITABLE);
}

// Somebody sleeps at the pipe, or watches it. One reader is enough: it passes the rest on when it has taken its part.
__attribute__((noinline)) static void ends_tell(struct pipe_end *end) {
    const struct pipe *pipe = end->pipe;
    uint32_t room = pipe_ring_room(&pipe->ring);
    if (pipe->sleepers > pipe->sleeping_writers && pipe->ring.used > 0)
        one_reader_wake(end);
    if (pipe->sleeping_writers != 0 && room > 0)
        writers_wake(end, room);
    if (pipe->watched)
        watches_tell(pipe, room);
}

// After bytes came or went, or a turn is over.
static void others_tell(struct pipe_end *end) {
    if (pipe_is_attended(end->pipe))
        ends_tell(end);
}

// ---- waiting; the pipe's lock is held, and let go meanwhile ----

static enum status end_sleep(struct pipe_end *end, uint64_t key, enum wait_reason reason, uint64_t deadline) {
    struct pipe *pipe = end->pipe;
    struct wait_for wait = {.object = &end->object, .reason = reason, .key = key, .deadline = deadline};
    struct wait_manner manner = {.queue = &end->object.waiters};
    uint32_t writers = key == PIPE_READER ? 0 : 1;
    if (deadline == DEADLINE_NOW)
        return STATUS_WOULD_WAIT;
    pipe->sleepers++;
    pipe->sleeping_writers += writers;
    enum status status = wait_sleep(&pipe->lock, &wait, &manner);
    lock_acquire(&pipe->lock);
    pipe->sleepers--;
    pipe->sleeping_writers -= writers;
    return status;
}

// What bars a transfer for good, or OK.
static enum status end_check(const struct pipe_end *end) {
    if (!end->open)
        return STATUS_BAD_NUMBER; // another thread closed it meanwhile
    return pipe_is_broken(end) ? STATUS_PEER_DIED : STATUS_OK;
}

static enum status reader_check(const struct pipe_end *end) {
    enum status status = end_check(end);
    if (status == STATUS_OK && !pipe_peer_is_open(end) && end->pipe->ring.used == 0 && end->pipe->writer == 0)
        return STATUS_STREAM_END;
    return status;
}

static enum status writer_check(const struct pipe_end *end) {
    enum status status = end_check(end);
    return status == STATUS_OK && !pipe_peer_is_open(end) ? STATUS_PEER_DIED : status;
}

// An idle pipe gives back the pages that it did not need lately. True: the lock was let go for that, so look again.
static bool idle_trim(struct pipe *pipe) {
    if (pipe->ring.used > 0 || pipe->reader != 0 || pipe->writer != 0)
        return false;
    void *pages = pipe_ring_trim(&pipe->ring);
    if (pages == 0)
        return false;
    lock_release(&pipe->lock);
    pipe_ring_free(pipe->account, pages);
    lock_acquire(&pipe->lock);
    return true;
}

static bool reader_may_go(const struct pipe *pipe) {
    return pipe->ring.used > 0 && pipe->reader == 0;
}

static bool writer_may_go(const struct pipe *pipe, uint32_t needed) {
    return pipe_ring_room(&pipe->ring) >= needed && pipe->writer == 0;
}

// Waits for data and the turn. At the deadline it looks a last time.
static enum status reader_wait(struct pipe_end *end, uint64_t deadline) {
    struct pipe *pipe = end->pipe;
    bool late = false;
    for (;;) {
        enum status status = reader_check(end);
        if (status != STATUS_OK || reader_may_go(pipe))
            return status;
        if (late)
            return STATUS_TIMED_OUT;
        if (deadline != DEADLINE_NOW && idle_trim(pipe))
            continue;
        status = end_sleep(end, PIPE_READER, pipe->ring.used > 0 ? WAIT_PIPE_TURN : WAIT_PIPE_DATA, deadline);
        late = status == STATUS_TIMED_OUT;
        if (status != STATUS_OK && !late)
            return status;
    }
}

// Waits for room for `needed` bytes and the turn; where it has to sleep, for `wanted` bytes.
static enum status writer_wait(struct pipe_end *end, uint32_t needed, uint32_t wanted, uint64_t deadline) {
    struct pipe *pipe = end->pipe;
    bool late = false;
    for (;;) {
        enum status status = writer_check(end);
        if (status != STATUS_OK || writer_may_go(pipe, needed))
            return status;
        if (late)
            return STATUS_TIMED_OUT;
        bool turn = pipe_ring_room(&pipe->ring) >= needed;
        status =
            end_sleep(end, PIPE_WRITER + (turn ? needed : wanted), turn ? WAIT_PIPE_TURN : WAIT_PIPE_ROOM, deadline);
        late = status == STATUS_TIMED_OUT;
        if (status != STATUS_OK && !late)
            return status;
    }
}

// A copy found a page missing, and the turn was given back: touches the buffer. The lock is held, and let go meanwhile. OK: try again.
__attribute__((noinline, cold)) static enum status buffer_await(struct pipe *pipe, struct user_address address,
                                                                uint32_t size, bool write) {
    lock_release(&pipe->lock);
    enum status status = user_touch(address, size, write);
    scheduler_preemption_point();
    lock_acquire(&pipe->lock);
    return status;
}

// For the trace.
static uint32_t peer_process(const struct pipe_end *end) {
    const struct pipe_end *peer = end->pipe->ends[1 - end->side];
    return peer != 0 ? peer->process : 0;
}

// ---- writing ----

// Its creator pays for the ring: another's spent quota is that one's, not the writer's.
static enum status ring_prepare(struct pipe *pipe, uint32_t size) {
    enum status status = pipe_ring_prepare(&pipe->ring, pipe->account, size);
    bool foreign = pipe->account != process_current()->account;
    return status == STATUS_LIMIT_REACHED && foreign ? STATUS_PEER_FULL : status;
}

// Copies one piece into the ring; no lock is held, the turn is ours.
static enum status piece_copy_in(struct pipe *pipe, struct user_address data, uint32_t size) {
    enum status status = ring_prepare(pipe, size);
    return status == STATUS_OK ? pipe_ring_copy_in(&pipe->ring, data, size) : status;
}

// Among the outcomes: a debugger keeps the piece, or wants it twice.
static const enum status PIECE_KEPT = (enum status)1, PIECE_REPEATED = (enum status)2;

// What is to become of it; `status`: nothing. The lock is held.
__attribute__((noinline, cold)) static enum status piece_ask(struct pipe_end *end, uint32_t size, enum status status) {
    struct trace_note note = {.operation = TRACE_PIPE_WRITTEN,
                              .status = status,
                              .object = &end->object,
                              .peer = peer_process(end),
                              .size = size};
    bool fits_twice = pipe_ring_room(&end->pipe->ring) / 2 >= size;
    enum trace_verdict verdict =
        trace_ask(&note, TRACE_MAY_DROP | TRACE_MAY_HOLD | (fits_twice ? TRACE_MAY_DUPLICATE : 0));
    if (verdict == TRACE_GO)
        return status;
    return verdict == TRACE_DUPLICATE ? PIECE_REPEATED : PIECE_KEPT;
}

// Copies one piece in and publishes it. The lock is held, the turn is ours; both still hold after it.
static enum status piece_write(struct pipe_end *end, struct user_address data, uint32_t size) {
    struct pipe *pipe = end->pipe;
    lock_release(&pipe->lock);
    enum status status = piece_copy_in(pipe, data, size);
    lock_acquire(&pipe->lock);
    if (trace_is_on())
        status = piece_ask(end, size, status);
    if (status == STATUS_OK)
        pipe_ring_added(&pipe->ring, size);
    return status;
}

static uint32_t piece_size(const struct pipe *pipe, size_t left) {
    uint32_t room = pipe_ring_room(&pipe->ring);
    return left < room ? (uint32_t)left : room;
}

// ---- what a debugger keeps ----

// The piece lies in the ring behind what readers see. Until it is let go nobody else writes: a pipe keeps its bytes in order.
static void kept_finish(struct kept_operation *kept, bool drop) {
    struct pipe_end *end = (struct pipe_end *)kept->object;
    struct pipe *pipe = end->pipe;
    lock_acquire(&pipe->lock);
    if (!drop)
        pipe_ring_added(&pipe->ring, kept->words[0]);
    pipe->writer = 0;
    others_tell(end);
    lock_release(&pipe->lock);
    object_release(&end->object);
}

// Publishes the piece, and copies it in once more. False: the bytes are not there any more.
static bool piece_repeat(struct pipe_end *end, struct user_address data, uint32_t size) {
    struct pipe *pipe = end->pipe;
    pipe_ring_added(&pipe->ring, size);
    lock_release(&pipe->lock);
    enum status status = piece_copy_in(pipe, data, size);
    lock_acquire(&pipe->lock);
    return status == STATUS_OK;
}

// The turn goes to the debugger with the piece. The lock is held.
__attribute__((noinline, cold)) static void piece_keep(struct pipe_end *end, struct user_address data, uint32_t size,
                                                       bool repeated) {
    struct kept_operation kept = {.finish = kept_finish, .object = object_retain(&end->object), .words = {size}};
    end->pipe->writer = PIPE_WRITE_KEPT;
    if (repeated && !piece_repeat(end, data, size))
        kept.words[0] = 0;
    debugger_keep(&kept);
}

// ---- steps ----

// Writes what there is room for, once, or nothing where it had to wait for the bytes; the lock is held.
static enum status write_step(struct pipe_end *end, struct user_address data, size_t left, uint32_t needed,
                              uint64_t deadline, size_t *written) {
    struct pipe *pipe = end->pipe;
    uint32_t wanted = left < PIPE_ATOMIC ? (uint32_t)left : PIPE_ATOMIC; // many small pieces cost more than they bring
    enum status status = writer_wait(end, needed, wanted, deadline);
    if (status != STATUS_OK)
        return status;
    pipe->writer = process_current()->id;
    uint32_t size = piece_size(pipe, left);
    status = piece_write(end, data, size);
    pipe->writer = 0;
    others_tell(end);
    if (__builtin_expect(status == STATUS_OK, 1)) {
        *written += size;
        return STATUS_OK;
    }
    if (status == PIECE_KEPT || status == PIECE_REPEATED) {
        piece_keep(end, data, size, status == PIECE_REPEATED);
        *written += size;
        return STATUS_OK;
    }
    return status == STATUS_WOULD_WAIT ? buffer_await(pipe, data, size, false) : status;
}

// A small write needs room for all of it, a large one goes in as many pieces as it takes.
enum status pipe_write(struct pipe_end *end, struct user_address data, size_t size, uint64_t deadline,
                       size_t *written) {
    enum status status = STATUS_OK;
    uint32_t needed = size <= PIPE_ATOMIC ? (uint32_t)size : 1;
    *written = 0;
    if (size == 0)
        return status;
    lock_acquire(&end->pipe->lock);
    end->object.operations++;
    while (status == STATUS_OK && *written < size)
        status = write_step(end, user_address_add(data, *written), size - *written, needed, deadline, written);
    while (status == STATUS_BAD_ADDRESS && *written == 0 && idle_trim(end->pipe))
        continue; // the room that was made for bytes that are not there
    lock_release(&end->pipe->lock);
    return *written > 0 ? STATUS_OK : status;
}

// ---- reading ----

// The turn is ours and the lock is held; both still hold after it.
static enum status piece_read(struct pipe_end *end, struct user_address buffer, uint32_t size) {
    struct pipe *pipe = end->pipe;
    lock_release(&pipe->lock);
    enum status status = pipe_ring_copy_out(&pipe->ring, buffer, size);
    lock_acquire(&pipe->lock);
    if (status == STATUS_OK)
        pipe_ring_taken(&pipe->ring, size, pipe->writer != 0);
    trace(.operation = TRACE_PIPE_READ, .object = &end->object, .peer = peer_process(end), .size = size,
          .status = status);
    return status;
}

// Reads what there is, once; the lock is held. NOTHING: the buffer had to be waited for, and is there now.
static inline enum status read_step(struct pipe_end *end, struct user_address buffer, size_t size, uint64_t deadline,
                                    size_t *taken) {
    struct pipe *pipe = end->pipe;
    enum status status = reader_wait(end, deadline);
    if (status != STATUS_OK)
        return status;
    uint32_t part = size < pipe->ring.used ? (uint32_t)size : pipe->ring.used;
    pipe->reader = process_current()->id;
    status = piece_read(end, buffer, part);
    pipe->reader = 0;
    others_tell(end);
    if (__builtin_expect(status == STATUS_OK, 1)) {
        *taken = part;
        return STATUS_OK;
    }
    if (status == STATUS_WOULD_WAIT)
        status = buffer_await(pipe, buffer, part, true);
    return status == STATUS_OK ? STATUS_NOTHING : status;
}

enum status pipe_read(struct pipe_end *end, struct user_address buffer, size_t size, uint64_t deadline, size_t *taken) {
    struct pipe *pipe = end->pipe;
    enum status status = STATUS_OK;
    *taken = 0;
    if (size == 0)
        return status;
    lock_acquire(&pipe->lock);
    end->object.operations++;
    do
        status = read_step(end, buffer, size, deadline, taken);
    while (__builtin_expect(status == STATUS_NOTHING, 0));
    lock_release(&pipe->lock);
    return status;
}

size_t pipe_pending(struct pipe_end *end) {
    lock_acquire(&end->pipe->lock);
    size_t pending = pipe_is_broken(end) ? 0 : end->pipe->ring.used;
    lock_release(&end->pipe->lock);
    return pending;
}
