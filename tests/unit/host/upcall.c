// Upcalls of the host: the program's function is called at once, and its result ends the upcall, as libc's entry does it.
#include "tests/unit/host/upcall.h"

#include "ipc/page.h"
#include "kernel/memory/heap.h"
#include "kernel/thread/thread.h"
#include "kernel/thread/upcall.h"

struct arch_upcall {
    char unused;
};

static struct { uint32_t entered, left, restarted, none; } counts;

struct host_upcalls host_upcalls(void) {
    return (struct host_upcalls){counts.entered, counts.left, counts.restarted, counts.none};
}

enum status arch_upcall_create(struct arch_upcall **room) {
    *room = heap_allocate(sizeof(struct arch_upcall));
    return *room != 0 ? STATUS_OK : STATUS_NO_MEMORY;
}

void arch_upcall_destroy(struct arch_upcall *room) {
    heap_free(room);
}

void arch_upcall_enter(struct arch_upcall *room, const struct upcall_entry *entry) {
    (void)room;
    arch_upcall_follow(entry);
}

void arch_upcall_follow(const struct upcall_entry *entry) {
    counts.entered++;
    host_handler *handler = (host_handler *)entry->function;
    const uint64_t *a = entry->arguments;
    uint64_t answer = handler(a[0], a[1], a[2], a[3], a[4], a[5]);
    if (answer == HOST_STAYS)
        return; // the handler ended it in another way
    upcall_return(answer, 0);
    upcall_serve(thread_current());
}

bool arch_upcall_waits(const struct arch_upcall *room) {
    (void)room;
    return false;
}

void arch_upcall_leave(const struct arch_upcall *room, bool restart) {
    (void)room;
    counts.left++;
    counts.restarted += restart;
}

void arch_upcall_none(void) {
    counts.none++;
}
