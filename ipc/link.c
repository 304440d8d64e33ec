// Links: how a pair is made, numbered, closed and described.
#include "ipc/link.h"

#include "ipc/holders.h"
#include "ipc/link_set.h"
#include "kernel/base/assert.h"
#include "kernel/base/writer.h"
#include "kernel/memory/heap.h"
#include "kernel/object/trace.h"
#include "kernel/process/thread_numbers.h"
#include "kernel/thread/thread.h"

// ---- closing ----

// The other end is told. No lock is held.
static void end_close(struct link_end *end) {
    struct link *link = end->link;
    lock_acquire(&link->lock);
    struct link_listing *listing = end->open ? link_listing_take_locked(end) : 0;
    if (end->open) {
        end->open = false;
        wait_queue_wake_all(&end->object.waiters);
        object_signal(&end->object, WATCH_CLOSED); // a set finds that its number names nothing any more
        struct link_end *peer = link_peer(end);
        if (peer != 0 && peer->open) {
            wait_queue_wake_all(&peer->object.waiters);
            object_signal(&peer->object, WATCH_READABLE | WATCH_CLOSED);
        }
    }
    lock_release(&link->lock);
    if (listing != 0)
        link_listing_free(listing);
}

static void end_last_number_closed(struct object *object) {
    end_close((struct link_end *)object);
}

static void link_release(struct link *link) {
    if (__atomic_sub_fetch(&link->references, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    object_release(&link->account->object);
    heap_free(link);
}

static void end_destroy(struct object *object) {
    struct link_end *end = (struct link_end *)object;
    struct link *link = end->link;
    if (link == 0)
        return;
    end_close(end);
    lock_acquire(&link->lock);
    link->ends[end->side] = 0;
    lock_release(&link->lock);
    link_release(link);
}

// ---- instruments ----

// An instrument may find an end before it has its pair.
static struct lock *end_lock(struct object *object) {
    struct link *link = ((struct link_end *)object)->link;
    return link != 0 ? &link->lock : &object->lock;
}

static void end_describe(struct object *object, struct writer *out) {
    struct link_end *end = (struct link_end *)object;
    struct link *link = end->link;
    if (link == 0)
        return;
    lock_acquire(&link->lock);
    struct link_end *peer = link_peer(end);
    uint64_t other = peer != 0 ? peer->object.id : 0;
    bool other_open = link_peer_is_open(end), offered = end->offered, polled = end->poller != 0;
    uint32_t signals = end->signals;
    uint32_t process = link->parties[end->side].process, other_process = link->parties[1 - end->side].process;
    bool own = end->thread != 0;
    struct link_bytes bytes = link->bytes;
    lock_release(&link->lock);
    writer_format(out, "made or connected by: %u\nother end: %llu, %s, of %u\n", process, (unsigned long long)other,
                  other_open ? "open" : "closed", other_process);
    writer_format(out, "signals: %u\npolled: %s\noffered: %s\nof a thread: %s\n", signals, polled ? "yes" : "no",
                  offered ? "yes" : "no", own ? "yes" : "no");
    writer_format(out, "bytes: %016llx %016llx %016llx %016llx\n", (unsigned long long)bytes.words[0],
                  (unsigned long long)bytes.words[1], (unsigned long long)bytes.words[2],
                  (unsigned long long)bytes.words[3]);
}

// A signal comes from whoever holds the other end.
static void end_edges(struct object *object, enum wait_reason reason, struct wait_edges *edges) {
    (void)reason;
    link_peer_holders((struct link_end *)object, edges);
}

void link_peer_holders(struct link_end *end, struct wait_edges *edges) {
    struct link *link = end->link;
    lock_acquire(&link->lock);
    struct link_end *peer = link_peer(end);
    bool open = link_peer_is_open(end);
    uint64_t id = open ? peer->object.id : 0;
    uint32_t process = open && peer->thread != 0 ? link->parties[peer->side].process : 0; // in no table
    lock_release(&link->lock);
    holders_add(edges, process);
    holders_find(id, edges);
}

static uint32_t end_conditions(struct object *object) {
    const struct link_end *end = (struct link_end *)object;
    bool closed = !link_peer_is_open(end);
    return (end->signals > 0 || closed ? WATCH_READABLE : 0) | (closed || !end->open ? WATCH_CLOSED : 0);
}

static const struct thread *end_thread(const struct object *object) {
    return ((const struct link_end *)object)->thread;
}

// What LINK_NO_WAKE put off: the wake that the other end's signals are still to be told by.
static void end_catch_up(struct object *object) {
    struct link_end *end = (struct link_end *)object;
    lock_acquire(&end->link->lock);
    struct link_end *peer = link_peer(end);
    if (peer != 0 && peer->open && peer->signals > 0) {
        wait_queue_wake_all(&peer->object.waiters);
        object_signal(&peer->object, WATCH_READABLE);
    }
    lock_release(&end->link->lock);
}

const struct object_type link_end_type = {
    .name = "link",
    .kind = OBJECT_LINK,
    .size = sizeof(struct link_end),
    .lock_rank = RANK_OBJECT_INNER,
    .rights = LINK_RIGHTS,
    .gathered = true,
    .last_number_closed = end_last_number_closed,
    .destroy = end_destroy,
    .describe = end_describe,
    .wait_edges = end_edges,
    .conditions = end_conditions,
    .lock_of = end_lock,
    .thread_of = end_thread,
    .catch_up = end_catch_up,
};

// ---- making ----

static enum status end_make(struct process *maker, struct link *link, uint32_t side, struct link_end **end) {
    struct object *object;
    enum status status = object_create(&link_end_type, maker->account, "link", &object);
    if (status != STATUS_OK)
        return status;
    struct link_end *made = (struct link_end *)object;
    made->side = side;
    made->open = true;
    link->ends[side] = made;
    link->parties[side] = (struct link_party){.process = maker->id, .user = maker->user};
    __atomic_fetch_add(&link->references, 1, __ATOMIC_RELAXED);
    __atomic_store_n(&made->link, link, __ATOMIC_RELEASE);
    *end = made;
    return STATUS_OK;
}

static struct link *link_allocate(struct process *maker) {
    struct link *link = heap_allocate(sizeof(struct link));
    if (link == 0)
        return 0;
    link->lock = LOCK_INITIAL(RANK_OBJECT_INNER);
    link->account = maker->account;
    object_retain(&maker->account->object);
    return link;
}

enum status link_make(struct process *maker, struct link_end *ends[LINK_ENDS]) {
    struct link *link = link_allocate(maker);
    if (link == 0)
        return STATUS_NO_MEMORY;
    enum status status = end_make(maker, link, 0, &ends[0]);
    if (status != STATUS_OK) {
        object_release(&link->account->object);
        heap_free(link);
        return status;
    }
    status = end_make(maker, link, 1, &ends[1]);
    if (status != STATUS_OK)
        object_release(&ends[0]->object); // and the pair with it
    else
        trace(.operation = TRACE_LINK_MADE, .object = &ends[0]->object, .id = ends[1]->object.id);
    return status;
}

// ---- numbers ----

enum status link_number_reserve(uint32_t flags, int32_t *number) {
    if (!(flags & LINK_OF_THREAD))
        return number_reserve(&process_current()->numbers, number);
    enum status status = link_set_of_thread_make();
    return status == STATUS_OK ? thread_number_reserve(number) : status;
}

void link_number_unreserve(int32_t number) {
    if (number < 0)
        thread_number_unreserve(number);
    else
        number_unreserve(&process_current()->numbers, number);
}

void link_number_take(int32_t number, struct link_end *end) {
    uint32_t gathered = __atomic_load_n(&process_current()->numbers.gathered, __ATOMIC_RELAXED);
    if (number < 0) {
        end->thread = thread_current();
        thread_number_insert_reserved(number, &end->object, LINK_RIGHTS & ~(uint32_t)RIGHT_SEND);
    } else {
        number_insert_reserved(&process_current()->numbers, number, &end->object, LINK_RIGHTS);
    }
    link_set_note(number, end, gathered);
}
