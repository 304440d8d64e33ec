// Link sets: the listings of a set, how they come and go.
#include "ipc/link_set.h"

#include "ipc/link_set_listing.h"
#include "kernel/base/assert.h"
#include "kernel/base/writer.h"
#include "kernel/memory/heap.h"
#include "kernel/process/subsystem.h"
#include "kernel/process/thread_numbers.h"
#include "kernel/thread/thread.h"

static int listing_compare(const struct link_listing *a, const struct link_listing *b) {
    return a->number < b->number ? -1 : a->number > b->number;
}

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wunused-function"
RB_GENERATE_STATIC(link_listing_tree, link_listing, in_set, listing_compare)
#pragma clang diagnostic pop

// ---- listings ----

// Called under the link's lock.
static void listing_fire(struct object_watch *watch, uint32_t conditions) {
    (void)conditions;
    struct link_listing *listing = (struct link_listing *)watch;
    struct link_set *set = listing->set;
    lock_acquire(&set->object.lock);
    if (!listing->is_ready) {
        listing->is_ready = true;
        set->ready_count++;
        TAILQ_INSERT_TAIL(&set->ready, listing, in_ready);
    }
    if (set->point != 0)
        link_point_ring(set->point);
    lock_release(&set->object.lock);
}

static enum status listing_create(struct link_set *set, int32_t number, struct link_end *end,
                                  struct link_listing **listing) {
    enum status status = account_charge(set->object.account, ACCOUNT_OBJECTS, 1);
    if (status != STATUS_OK)
        return status;
    struct link_listing *made = heap_allocate(sizeof(struct link_listing));
    if (made == 0) {
        account_discharge(set->object.account, ACCOUNT_OBJECTS, 1);
        return STATUS_NO_MEMORY;
    }
    made->watch.fire = listing_fire;
    made->set = set;
    made->number = number;
    object_retain(&end->object);
    made->end = end;
    *listing = made;
    return STATUS_OK;
}

void link_listing_free(struct link_listing *listing) {
    struct account *account = listing->set->object.account;
    object_release(&listing->end->object);
    heap_free(listing);
    account_discharge(account, ACCOUNT_OBJECTS, 1);
}

void link_listing_watch(struct link_listing *listing) {
    object_watch_set(&listing->end->object, &listing->watch, WATCH_READABLE | WATCH_CLOSED);
}

// The set's lock is held.
static void listing_leave_locked(struct link_listing *listing) {
    struct link_set *set = listing->set;
    RB_REMOVE(link_listing_tree, &set->listings, listing);
    if (listing->is_ready) {
        TAILQ_REMOVE(&set->ready, listing, in_ready);
        set->ready_count--;
    }
}

void link_listing_drop(struct link_listing *listing) {
    struct link_set *set = listing->set;
    struct link_end *end = listing->end;
    lock_acquire(&end->link->lock);
    object_watch_remove_locked(&listing->watch); // it cannot become ready any more
    if (end->listing == listing)
        end->listing = 0;
    lock_acquire(&set->object.lock);
    listing_leave_locked(listing);
    lock_release(&set->object.lock);
    lock_release(&end->link->lock);
    link_listing_free(listing);
}

struct link_listing *link_listing_take_locked(struct link_end *end) {
    struct link_listing *listing = end->listing;
    if (listing == 0)
        return 0;
    lock_acquire(&listing->set->object.lock);
    bool take = listing->is_set_up && listing->set->point == 0;
    if (take) {
        object_watch_remove_locked(&listing->watch);
        listing_leave_locked(listing);
        end->listing = 0;
    }
    lock_release(&listing->set->object.lock);
    return take ? listing : 0;
}

static bool listing_is_there(struct link_set *set, int32_t number) {
    struct link_listing like = {.number = number};
    lock_acquire(&set->object.lock);
    bool found = RB_FIND(link_listing_tree, &set->listings, &like) != 0;
    lock_release(&set->object.lock);
    return found;
}

// From the last line on it may be gone.
static void listing_set_up(struct link_listing *listing) {
    struct link_set *set = listing->set;
    struct link_end *end = listing->end;
    lock_acquire(&end->link->lock);
    if (end->listing == 0)
        end->listing = listing;
    lock_release(&end->link->lock);
    link_listing_watch(listing);
    lock_acquire(&set->object.lock);
    __atomic_store_n(&listing->is_set_up, true, __ATOMIC_RELEASE);
    lock_release(&set->object.lock);
}

enum status link_set_list(struct link_set *set, int32_t number, struct link_end *end) {
    struct link_listing *listing;
    if (listing_is_there(set, number))
        return STATUS_OK;
    enum status status = listing_create(set, number, end, &listing);
    if (status != STATUS_OK)
        return status;
    lock_acquire(&set->object.lock);
    bool is_new = RB_INSERT(link_listing_tree, &set->listings, listing) == 0;
    lock_release(&set->object.lock);
    if (is_new)
        listing_set_up(listing);
    else
        link_listing_free(listing); // two threads found it at once
    return STATUS_OK;
}

// A walk through the number table can be left out only if this number alone came since all was seen.
void link_set_note(int32_t number, struct link_end *end, uint32_t gathered) {
    struct process *process = process_current();
    struct link_set *set = (struct link_set *)thread_current()->links;
    if (number > 0)
        set = __atomic_load_n(&process->attachments[ATTACHMENT_LINKS], __ATOMIC_ACQUIRE);
    if (set == 0)
        return;
    if (link_set_list(set, number, end) != STATUS_OK) {
        set->seen += number < 0; // the next poll makes up for it
        return;
    }
    uint32_t now = __atomic_load_n(&process->numbers.gathered, __ATOMIC_RELAXED);
    if (number > 0 && now == gathered + 1)
        __atomic_compare_exchange_n(&set->seen, &gathered, now, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

// ---- the set ----

static void set_destroy(struct object *object) {
    struct link_set *set = (struct link_set *)object;
    struct link_listing *listing;
    while ((listing = RB_ROOT(&set->listings)) != 0)
        link_listing_drop(listing);
}

static void set_describe(struct object *object, struct writer *out) {
    struct link_set *set = (struct link_set *)object;
    struct link_listing *listing;
    uint32_t count = 0;
    lock_acquire(&object->lock);
    RB_FOREACH(listing, link_listing_tree, &set->listings) {
        count++;
    }
    uint32_t ready = set->ready_count;
    bool polled = set->point != 0;
    lock_release(&object->lock);
    writer_format(out, "of: %s\nlinks: %u\nready: %u\npolled: %s\n", set->thread != 0 ? "a thread" : "the process",
                  count, ready, polled ? "yes" : "no");
}

// The end whose number follows `after`, with a reference; null: no more.
static struct link_end *next_end(struct link_set *set, int32_t *after) {
    struct link_listing like = {.number = *after + 1};
    struct link_end *end = 0;
    lock_acquire(&set->object.lock);
    struct link_listing *listing = *after == INT32_MAX ? 0 : RB_NFIND(link_listing_tree, &set->listings, &like);
    if (listing != 0) {
        *after = listing->number;
        end = listing->end;
        object_retain(&end->object);
    }
    lock_release(&set->object.lock);
    return end;
}

static void set_edges(struct object *object, enum wait_reason reason, struct wait_edges *edges) {
    (void)reason;
    int32_t after = INT32_MIN;
    struct link_end *end;
    while ((end = next_end((struct link_set *)object, &after)) != 0) {
        link_peer_holders(end, edges);
        object_release(&end->object);
    }
}

const struct object_type link_set_type = {
    .name = "links",
    .kind = OBJECT_LINK_SET,
    .size = sizeof(struct link_set),
    .lock_rank = RANK_MESSAGES,
    .destroy = set_destroy,
    .describe = set_describe,
    .wait_edges = set_edges,
};

static enum status set_create(const struct thread *thread, struct link_set **set) {
    struct process *process = process_current();
    struct object *object;
    enum status status = object_create(&link_set_type, process->account, process->object.name, &object);
    if (status != STATUS_OK)
        return status;
    *set = (struct link_set *)object;
    RB_INIT(&(*set)->listings);
    TAILQ_INIT(&(*set)->ready);
    (*set)->process = process;
    (*set)->thread = thread;
    return STATUS_OK;
}

enum status link_set_of_thread_make(void) {
    struct thread *thread = thread_current();
    struct link_set *set;
    if (thread->links != 0)
        return STATUS_OK;
    enum status status = set_create(thread, &set);
    if (status == STATUS_OK)
        thread->links = &set->object;
    return status;
}

// Two threads may make it at once: the first one stays.
enum status link_set_of_process_make(void) {
    void **place = &process_current()->attachments[ATTACHMENT_LINKS];
    void *none = 0;
    struct link_set *set;
    if (__atomic_load_n(place, __ATOMIC_ACQUIRE) != 0)
        return STATUS_OK;
    enum status status = set_create(0, &set);
    if (status != STATUS_OK)
        return status;
    if (!__atomic_compare_exchange_n(place, &none, set, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        object_release(&set->object);
    return STATUS_OK;
}

// It goes before the numbers are closed: what they signal then is nobody's to see.
static void set_process_ended(struct process *process) {
    struct link_set *set = process->attachments[ATTACHMENT_LINKS];
    if (set != 0)
        object_release(&set->object);
    process->attachments[ATTACHMENT_LINKS] = 0;
}

SUBSYSTEM(link_subsystem) = {
    .name = "links",
    .process_ended = set_process_ended,
};
