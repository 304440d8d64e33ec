// Pipes: how one is made, announced, closed and described.
#include "ipc/pipe.h"

#include "ipc/holders.h"
#include "kernel/base/assert.h"
#include "kernel/base/writer.h"
#include "kernel/memory/heap.h"

uint32_t pipe_end_rights(const struct pipe_end *end) {
    static const uint32_t by_mode[] = {
        [PIPE_SEND] = RIGHT_WRITE,
        [PIPE_RECEIVE] = RIGHT_READ,
        [PIPE_POOL] = RIGHT_READ | RIGHT_WRITE,
    };
    return by_mode[end->mode] | RIGHT_COPY | RIGHT_SEND | RIGHT_WAIT;
}

// ---- closing ----

void pipe_end_event(const struct pipe_end *end, enum pipe_action action, EVENT *event) {
    *event = (EVENT){
        .Type = EVENT_PIPE,
        .Action = action,
        .Data2 = end->closed.process,
        .Data3 = end->mode,
    };
}

// Whether the process that an end was made for still has it by the number it got, so that the event means something to it.
static bool end_is_held(const struct pipe_end *end, uint32_t process, int32_t number) {
    struct process *holder = process_find(process);
    if (holder == 0)
        return false;
    struct object *object;
    uint32_t rights;
    bool held = false;
    if (number_find_rights(&holder->numbers, number, &object, &rights) == STATUS_OK) {
        held = object == &end->object;
        object_release(object);
    }
    process_release(holder);
    return held;
}

// The other side is to be told: it has its end, or is going to get it. No lock is held; `end` keeps the pipe alive, and the
// peer is compared only.
static bool peer_wants_event(struct pipe_end *end) {
    struct pipe *pipe = end->pipe;
    lock_acquire(&pipe->lock);
    struct pipe_end *peer = end->open ? pipe_peer(end) : 0;
    uint32_t process = peer != 0 ? peer->process : 0;
    int32_t number = peer != 0 ? peer->number : 0;
    lock_release(&pipe->lock);
    return peer != 0 && (number == 0 || end_is_held(peer, process, number));
}

// Whoever sets a watch asks for them first.
static uint32_t end_conditions(struct object *object) {
    const struct pipe_end *end = (struct pipe_end *)object;
    end->pipe->watched = true;
    const struct pipe_ring *ring = &end->pipe->ring;
    uint32_t conditions = 0;
    bool closed = !pipe_peer_is_open(end);
    if ((end->mode & PIPE_RECEIVE) && (ring->used > 0 || closed))
        conditions |= WATCH_READABLE;
    if ((end->mode & PIPE_SEND) && (pipe_ring_room(ring) >= PIPE_ATOMIC || closed))
        conditions |= WATCH_WRITABLE;
    return conditions | (closed ? WATCH_CLOSED : 0);
}

// The other side was told of an end that it has not taken, and would find nothing in it: the event goes, and the end with it. Where it is
// taken at this very moment it stays.
static void peer_withdraw(struct pipe_end *end) {
    lock_acquire(&end->pipe->lock);
    struct pipe_end *peer = end->open ? pipe_peer(end) : 0;
    bool useless = peer != 0 && peer->announced && peer->unread && pipe_keeps_nothing(end->pipe);
    uint64_t id = useless ? peer->object.id : 0;
    lock_release(&end->pipe->lock);
    struct object *untaken = useless ? object_find(id) : 0;
    if (untaken == 0)
        return;
    notice_cancel(&((struct pipe_end *)untaken)->created);
    object_release(untaken);
}

static void end_close(struct pipe_end *end) {
    struct pipe *pipe = end->pipe;
    peer_withdraw(end);
    bool tell = peer_wants_event(end);
    lock_acquire(&pipe->lock);
    if (end->open) {
        end->open = false;
        wait_queue_wake_all(&end->object.waiters);
        struct pipe_end *peer = pipe_peer(end);
        if (peer != 0 && peer->open) {
            wait_queue_wake_all(&peer->object.waiters);
            object_signal(&peer->object, end_conditions(&peer->object));
            EVENT event;
            pipe_end_event(peer, PIPE_CLOSED, &event);
            if (tell && peer->announced)
                notice_raise(&peer->closed, &event);
        }
    }
    lock_release(&pipe->lock);
}

// An event that names the end by its number would tell nobody anything any more, and would keep the pipe alive.
static void end_last_number_closed(struct object *object) {
    struct pipe_end *end = (struct pipe_end *)object;
    end_close(end);
    notice_cancel(&end->closed);
}

static void pipe_release(struct pipe *pipe) {
    if (__atomic_sub_fetch(&pipe->references, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    pipe_ring_free(pipe->account, pipe_ring_take_all(&pipe->ring));
    object_release(&pipe->account->object);
    heap_free(pipe);
}

static void end_destroy(struct object *object) {
    struct pipe_end *end = (struct pipe_end *)object;
    struct pipe *pipe = end->pipe;
    if (pipe == 0)
        return;
    end_close(end);
    lock_acquire(&pipe->lock);
    pipe->ends[end->side] = 0;
    lock_release(&pipe->lock);
    if (end->unread)
        account_discharge(object->account, ACCOUNT_PIPES_UNREAD, 1);
    notice_end(&end->created);
    notice_end(&end->closed);
    pipe_release(pipe);
}

// ---- instruments ----

// An instrument may find an end before it has its pipe.
static struct lock *end_lock(struct object *object) {
    struct pipe *pipe = ((struct pipe_end *)object)->pipe;
    return pipe != 0 ? &pipe->lock : &object->lock;
}

static void end_describe(struct object *object, struct writer *out) {
    static const char *const modes[] = {"", "send", "receive", "pool"};
    struct pipe_end *end = (struct pipe_end *)object;
    struct pipe *pipe = end->pipe;
    if (pipe == 0)
        return;
    lock_acquire(&pipe->lock);
    struct pipe_end *peer = pipe_peer(end);
    struct pipe_ring ring = pipe->ring;
    uint32_t reader = pipe->reader, writer = pipe->writer;
    uint64_t other = peer != 0 ? peer->object.id : 0;
    bool other_open = pipe_peer_is_open(end), unread = end->unread;
    lock_release(&pipe->lock);
    writer_format(out, "mode: %s\nrule: %s\nmade for: %u\n", modes[end->mode],
                  pipe->flags & PIPE_STRICT ? "strict" : "keeping", end->process);
    writer_format(out, "bytes: %u of %u\npages: %u\n", ring.used, ring.capacity, ring.made);
    writer_format(out, "other end: %llu, %s\n", (unsigned long long)other, other_open ? "open" : "closed");
    writer_format(out, "taken: %s\nreading: %u\n", unread ? "no" : "yes", reader);
    writer_format(out, writer == PIPE_WRITE_KEPT ? "writing: held by the debugger\n" : "writing: %u\n", writer);
}

// Data and room come from whoever holds the other end; a turn, from whoever has it.
static void end_edges(struct object *object, enum wait_reason reason, struct wait_edges *edges) {
    struct pipe_end *end = (struct pipe_end *)object;
    struct pipe *pipe = end->pipe;
    lock_acquire(&pipe->lock);
    uint32_t reader = pipe->reader, writer = pipe->writer;
    struct pipe_end *peer = pipe_peer(end);
    uint64_t other = peer != 0 && peer->open ? peer->object.id : 0;
    uint32_t awaited = other != 0 && peer->unread ? peer->process : 0;
    lock_release(&pipe->lock);
    if (reason == WAIT_PIPE_TURN) {
        holders_add(edges, reader);
        holders_add(edges, writer == PIPE_WRITE_KEPT ? 0 : writer);
    } else {
        holders_add(edges, awaited);
        holders_find(other, edges);
    }
}

const struct object_type pipe_end_type = {
    .name = "pipe",
    .kind = OBJECT_PIPE_END,
    .size = sizeof(struct pipe_end),
    .lock_rank = RANK_OBJECT,
    .last_number_closed = end_last_number_closed,
    .destroy = end_destroy,
    .describe = end_describe,
    .wait_edges = end_edges,
    .conditions = end_conditions,
    .lock_of = end_lock,
};
