// What each process has of ports: those that others find by its id or a thread's, and a block for its calls.
#include "kernel/memory/heap.h"
#include "kernel/process/subsystem.h"
#include "kernel/thread/thread.h"

#include "ipc/interface.h"
#include "ipc/port.h"

LIST_HEAD(published_list, port);

struct port_home {
    struct published_list ports; // [published_lock]
    bool closed;                 // [published_lock] the process ended
    struct port_message *spare;  // [a] a block for a call; null: none
    bool took_calls;             // [a]
};

static struct lock published_lock = LOCK_INITIAL(RANK_OBJECT);
static struct wait_queue openers; // [published_lock] threads that wait for a port to be made

static struct port_home *home_of(const struct process *process) {
    return process->attachments[ATTACHMENT_PORTS];
}

// ---- ports that are found ----

static struct port *find_locked(const struct port_home *home, uint64_t thread) {
    struct port *port;
    LIST_FOREACH(port, &home->ports, published) {
        if (port->thread == thread)
            break;
    }
    return port;
}

enum status port_publish(struct port *port, struct process *process) {
    struct port_home *home = home_of(process);
    enum status status = STATUS_OK;
    lock_acquire(&published_lock);
    if (find_locked(home, port->thread) != 0)
        status = STATUS_EXISTS;
    else if (home->closed)
        status = STATUS_PEER_DIED;
    if (status == STATUS_OK) {
        object_retain(&port->entry->object);
        LIST_INSERT_HEAD(&home->ports, port, published);
        port->is_published = true;
        wait_queue_wake_all(&openers);
    }
    lock_release(&published_lock);
    return status;
}

// Takes it off the list; says the entry whose reference the list had, or null.
static struct port_entry *unpublish_locked(struct port *port) {
    if (!port->is_published)
        return 0;
    LIST_REMOVE(port, published);
    port->is_published = false;
    return port->entry;
}

void port_unpublish(struct port *port) {
    lock_acquire(&published_lock);
    struct port_entry *entry = unpublish_locked(port);
    lock_release(&published_lock);
    if (entry != 0)
        object_release(&entry->object);
}

// Until the port is there; the lock is held, and let go meanwhile.
static enum status wait_for_port(struct process *process, uint64_t thread, uint64_t deadline, struct port **port) {
    struct wait_for wait = {.object = &process->object, .reason = WAIT_PORT_MADE, .deadline = deadline};
    while ((*port = find_locked(home_of(process), thread)) == 0) {
        if (home_of(process)->closed)
            return STATUS_PEER_DIED;
        enum status status = wait_queue_sleep(&openers, &published_lock, &wait);
        if (status != STATUS_OK)
            return status == STATUS_WOULD_WAIT ? STATUS_NOT_FOUND : status;
    }
    return STATUS_OK;
}

enum status port_find(struct process *process, uint64_t thread, uint64_t deadline, struct port_entry **entry) {
    struct port *port;
    lock_acquire(&published_lock);
    enum status status = wait_for_port(process, thread, deadline, &port);
    if (status == STATUS_OK) {
        object_retain(&port->entry->object);
        *entry = port->entry;
    }
    lock_release(&published_lock);
    return status;
}

// The published port of a thread, or any of a process (thread 0), taken off the list; null: none.
static struct port_entry *home_take(struct port_home *home, uint64_t thread) {
    lock_acquire(&published_lock);
    struct port *port = thread != 0 ? find_locked(home, thread) : LIST_FIRST(&home->ports);
    struct port_entry *entry = port != 0 ? unpublish_locked(port) : 0;
    lock_release(&published_lock);
    return entry;
}

// ---- blocks ----

// A block stays its process's own: who calls with it is written once.
static struct port_message *call_block_make(const struct process *process) {
    struct port_message *block = heap_allocate_dirty(sizeof(struct port_message) + PORT_MESSAGE_MAX);
    if (block == 0)
        return 0;
    block->process = process->id;
    block->user = process->user;
    block->account = 0;
    block->load.object = 0;
    return block;
}

struct port_message *port_call_block_take(struct process *process) {
    struct port_message *block = __atomic_exchange_n(&home_of(process)->spare, 0, __ATOMIC_ACQ_REL);
    return block != 0 ? block : call_block_make(process);
}

void port_call_block_return(struct process *process, struct port_message *block) {
    number_cargo_drop(&block->load);
    block = __atomic_exchange_n(&home_of(process)->spare, block, __ATOMIC_ACQ_REL);
    if (__builtin_expect(block != 0, 0))
        heap_free(block);
}

enum status port_closed_status(const struct port *port) {
    uint32_t service = __atomic_load_n(&port->service, __ATOMIC_RELAXED);
    bool restarted = service != 0 && interface_has_successor(service, port->object.account->process);
    return restarted ? STATUS_RESTARTED : STATUS_PEER_DIED;
}

void port_note_taker(struct process *process) {
    __atomic_store_n(&home_of(process)->took_calls, true, __ATOMIC_RELAXED);
}

// ---- lives ----

static enum status ports_start(void) {
    wait_queue_start(&openers);
    return STATUS_OK;
}

static enum status port_process_created(struct process *process) {
    struct port_home *home = heap_allocate(sizeof(struct port_home));
    if (home == 0)
        return STATUS_NO_MEMORY;
    LIST_INIT(&home->ports);
    process->attachments[ATTACHMENT_PORTS] = home;
    return STATUS_OK;
}

// R-P7. The ports themselves close with their numbers, after this.
static void port_process_ended(struct process *process) {
    struct port_home *home = home_of(process);
    struct port_entry *entry;
    lock_acquire(&published_lock);
    home->closed = true;
    wait_queue_wake_all(&openers);
    lock_release(&published_lock);
    while ((entry = home_take(home, 0)) != 0) {
        __atomic_store_n(&entry->port->service, interface_provided_by(process), __ATOMIC_RELAXED);
        object_release(&entry->object);
    }
    if (home->took_calls)
        port_taker_ended(process->id);
}

static void port_process_freed(struct process *process) {
    struct port_home *home = home_of(process);
    if (home == 0)
        return;
    heap_free(home->spare);
    heap_free(home);
}

static void port_thread_ended(struct thread *thread) {
    struct port_home *home = home_of(thread->process);
    if (home == 0 || LIST_EMPTY(&home->ports))
        return;
    struct port_entry *entry = home_take(home, thread->object.id);
    if (entry == 0)
        return;
    port_close(entry->port);
    object_release(&entry->object);
}

SUBSYSTEM(port_subsystem) = {
    .name = "ports",
    .start = ports_start,
    .process_created = port_process_created,
    .process_ended = port_process_ended,
    .process_freed = port_process_freed,
};

THREAD_END(port_thread_ended);
