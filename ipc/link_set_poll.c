// Polling all links: the sets are brought up to date, claimed, drained, and waited for at one point.
#include "ipc/link_set_listing.h"
#include "kernel/process/thread_numbers.h"
#include "kernel/thread/thread.h"

enum { SETS_MAX = 2 };

struct polling {
    struct link_set *sets[SETS_MAX]; // null: none
    struct link_point point;
    struct link_ready *ready;
    uint32_t capacity, found;
};

// ---- numbers that came otherwise ----

static enum status entry_list(struct link_set *set, const struct number_entry *entry) {
    struct link_end *end = (struct link_end *)entry->object;
    if (end->thread != set->thread || !(entry->rights & RIGHT_WAIT))
        return STATUS_OK;
    return link_set_list(set, set->thread != 0 ? -entry->number : entry->number, end);
}

static enum status entries_list(struct link_set *set, struct number_table *table) {
    struct number_entry entry;
    uint32_t index = 0;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && number_next(table, OBJECT_LINK, &index, &entry)) {
        status = entry_list(set, &entry);
        object_release(entry.object);
    }
    return status;
}

// Lists what came in and is not listed: in a thread's set, only what there was no memory for when it was made.
static enum status set_update(struct link_set *set) {
    bool own = set->thread != 0;
    struct number_table *table = own ? set->process->thread_numbers : &set->process->numbers;
    uint32_t gathered = own ? 0 : __atomic_load_n(&table->gathered, __ATOMIC_RELAXED);
    if (gathered == __atomic_load_n(&set->seen, __ATOMIC_RELAXED))
        return STATUS_OK;
    enum status status = entries_list(set, table);
    if (status == STATUS_OK)
        __atomic_store_n(&set->seen, gathered, __ATOMIC_RELAXED);
    return status;
}

// ---- claiming ----

static enum status set_claim(struct link_set *set, struct link_point *point) {
    lock_acquire(&set->object.lock);
    bool busy = set->point != 0;
    if (!busy)
        __atomic_store_n(&set->point, point, __ATOMIC_RELAXED);
    lock_release(&set->object.lock);
    return busy ? STATUS_BUSY : STATUS_OK;
}

static void set_unclaim(struct link_set *set) {
    lock_acquire(&set->object.lock);
    __atomic_store_n(&set->point, 0, __ATOMIC_RELAXED);
    lock_release(&set->object.lock);
}

static enum status set_make(uint32_t flag, struct link_set **set) {
    bool own = flag == LINK_POLL_THREAD;
    enum status status = own ? link_set_of_thread_make() : link_set_of_process_make();
    if (status == STATUS_OK)
        *set = own ? (struct link_set *)thread_current()->links : process_current()->attachments[ATTACHMENT_LINKS];
    return status;
}

static void sets_unclaim(struct polling *polling) {
    for (uint32_t i = 0; i < SETS_MAX; i++)
        if (polling->sets[i] != 0)
            set_unclaim(polling->sets[i]);
}

static enum status sets_claim(struct polling *polling, uint32_t flags) {
    static const uint32_t each[SETS_MAX] = {LINK_POLL_TASK, LINK_POLL_THREAD};
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < SETS_MAX && status == STATUS_OK; i++) {
        struct link_set *set = 0;
        if (!(flags & each[i]))
            continue;
        status = set_make(each[i], &set);
        if (status == STATUS_OK)
            status = set_claim(set, &polling->point);
        if (status != STATUS_OK)
            break;
        polling->sets[i] = set;
        status = set_update(set);
    }
    if (status != STATUS_OK)
        sets_unclaim(polling);
    return status;
}

// ---- draining ----

static struct link_listing *ready_take(struct link_set *set) {
    lock_acquire(&set->object.lock);
    struct link_listing *listing = TAILQ_FIRST(&set->ready);
    if (listing != 0) {
        TAILQ_REMOVE(&set->ready, listing, in_ready);
        listing->is_ready = false;
        set->ready_count--;
    }
    lock_release(&set->object.lock);
    return listing;
}

// Whether the number that it was listed under still names the end.
static bool listing_is_live(const struct link_listing *listing) {
    struct object *object;
    uint32_t rights;
    enum status status = listing->number < 0
                             ? thread_number_find_rights(listing->number, &object, &rights)
                             : number_find_rights(&listing->set->process->numbers, listing->number, &object, &rights);
    if (status != STATUS_OK)
        return false;
    object_release(object);
    return object == &listing->end->object;
}

static bool listing_tell(struct link_listing *listing, struct link_ready *ready) {
    struct link_end *end = listing->end;
    lock_acquire(&end->link->lock);
    bool told = link_tell_locked(end, thread_current(), ready);
    lock_release(&end->link->lock);
    ready->number = listing->number;
    link_listing_watch(listing);
    return told;
}

// One that another thread has not quite set up yet (its number was closed already) comes again.
static void listing_end(struct link_listing *listing) {
    if (__atomic_load_n(&listing->is_set_up, __ATOMIC_ACQUIRE))
        link_listing_drop(listing);
    else
        link_listing_watch(listing);
}

// Each that is ready now once: what becomes ready again meanwhile stands behind.
static void set_drain(struct link_set *set, struct polling *polling) {
    uint32_t left = __atomic_load_n(&set->ready_count, __ATOMIC_RELAXED);
    struct link_listing *listing;
    while (left-- > 0 && polling->found < polling->capacity && (listing = ready_take(set)) != 0) {
        if (!listing_is_live(listing))
            listing_end(listing);
        else
            polling->found += listing_tell(listing, &polling->ready[polling->found]);
    }
}

// Now the one first, now the other.
static void sets_drain(struct polling *polling) {
    uint32_t first = polling->sets[0] != 0 ? polling->sets[0]->object.operations++ % SETS_MAX : 0;
    for (uint32_t i = 0; i < SETS_MAX; i++) {
        struct link_set *set = polling->sets[(first + i) % SETS_MAX];
        if (set != 0)
            set_drain(set, polling);
    }
}

// Numbers may come while it sleeps, by another thread's message: that one's next poll, or this one's, finds them.
static enum status sets_wait(struct polling *polling, uint64_t deadline) {
    struct link_set *named = polling->sets[0] != 0 ? polling->sets[0] : polling->sets[1];
    enum status status = STATUS_OK;
    sets_drain(polling);
    while (polling->found == 0 && status == STATUS_OK) {
        status = link_point_wait(&polling->point, &named->object, deadline);
        sets_drain(polling);
    }
    return polling->found != 0 ? STATUS_OK : status;
}

enum status link_set_poll(uint32_t flags, uint64_t deadline, struct link_ready *ready, uint32_t capacity,
                          uint32_t *found) {
    struct polling polling = {.ready = ready, .capacity = capacity};
    link_point_start(&polling.point);
    enum status status = sets_claim(&polling, flags);
    if (status != STATUS_OK)
        return status;
    status = sets_wait(&polling, deadline);
    sets_unclaim(&polling);
    *found = polling.found;
    return status;
}
