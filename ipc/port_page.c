// Pages that travel with messages at ports: taken from their sender, put into the receiver's window, or given back.
#include "ipc/port_page.h"

#include "kernel/base/writer.h"
#include "kernel/object/numbers.h"

enum { SENDER_FLAGS = PAGE_SENDER_KEEPS | PAGE_RECEIVER_WRITES | PAGE_DUPLICATE, FLAGS_SHIFT = 12 };

// ---- at the sender ----

static enum status cargo_check(const struct port *port, const struct port_page_cargo *cargo) {
    if (port != 0 && !__atomic_load_n(&port->takes_pages, __ATOMIC_RELAXED))
        return STATUS_DENIED;
    if ((cargo->cargo.rights & ~(uint32_t)SENDER_FLAGS) != 0 || cargo->address % PAGE_SIZE != 0)
        return STATUS_INVALID_ARGUMENT;
    return user_range_check((struct user_address){cargo->address}, PAGE_SIZE);
}

static enum status page_make(struct process *from, const struct port_page_cargo *cargo, struct port_page **page) {
    struct object *object;
    enum status status = object_create(&port_page_type, from->account, from->object.name, &object);
    if (status != STATUS_OK)
        return status;
    struct port_page *made = *page = (struct port_page *)object;
    made->flags = cargo->cargo.rights;
    made->process = from->id;
    page_load_start(&made->load, from->account, cargo->address, 1);
    struct page_sending sending = {
        .from = from, .flags = made->flags, .address = cargo->address, .count = 1, .bytes = PAGE_SIZE};
    status = page_load_fill(&sending, &made->load);
    if (status != STATUS_OK)
        object_release(object);
    else if (!(made->load.pages[0] & PAGE_LOAD_SHARED))
        made->flags |= PAGE_IMMUTABLE;
    return status;
}

enum status port_page_load(const struct port *port, const struct port_page_cargo *cargo, struct number_cargo *load) {
    struct port_page *page;
    enum status status = cargo_check(port, cargo);
    if (status == STATUS_OK)
        status = page_make(process_current(), cargo, &page);
    if (status != STATUS_OK)
        return status;
    object_number_added(&page->object);
    *load = (struct number_cargo){.object = &page->object};
    return STATUS_OK;
}

struct port_page *port_page_hold(const struct number_cargo *load) {
    return port_load_is_page(load) ? (struct port_page *)object_retain(load->object) : 0;
}

static bool state_change(struct port_page *page, uint32_t to) {
    uint32_t from = PORT_PAGE_ON_ITS_WAY;
    return __atomic_compare_exchange_n(&page->state, &from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

bool port_page_end(struct port_page *page, bool failed) {
    if (page == 0)
        return false;
    bool back = failed && state_change(page, PORT_PAGE_BACK);
    page_load_settle(process_current(), &page->load, page->flags, back ? STATUS_PEER_DIED : STATUS_OK);
    object_release(&page->object);
    return back;
}

// ---- at the receiver ----

static bool has_window(struct process *process) {
    struct page_box *box = page_box_of(process);
    lock_acquire(&box->lock);
    bool has = box->port_window.pages != 0;
    lock_release(&box->lock);
    return has;
}

// Null: no call of this id waits to be answered. With a reference.
static struct process *caller_of(struct port *port, uint64_t id) {
    uint32_t process = 0;
    lock_acquire(&port->object.lock);
    const struct port_message *call = port->taken[id % PORT_BUCKETS];
    while (call != 0 && call->id != id)
        call = call->next;
    if (call != 0)
        process = call->process;
    lock_release(&port->object.lock);
    return process != 0 ? process_find(process) : 0;
}

enum status port_page_is_wanted(struct port *port, uint64_t id) {
    struct process *caller = caller_of(port, id);
    if (caller == 0)
        return STATUS_OK;
    bool wanted = has_window(caller);
    process_release(caller);
    return wanted ? STATUS_OK : STATUS_DENIED;
}

static enum status window_put(struct process *process, const struct port_page *page, uint64_t *base,
                              uint64_t *address) {
    struct page_box *box = page_box_of(process);
    enum status status = STATUS_DENIED;
    lock_acquire(&box->lock);
    *base = box->port_window.base;
    if (box->port_window.pages != 0)
        status = pages_put(process->space, &box->port_window, &page->load, page->flags & PAGE_RECEIVER_WRITES, address);
    lock_release(&box->lock);
    return status;
}

enum status port_page_put(struct port_page *page, struct port_cargo *cargo, uint64_t *address) {
    uint64_t base;
    if (!state_change(page, PORT_PAGE_TAKEN))
        return STATUS_NOT_FOUND;
    enum status status = window_put(process_current(), page, &base, address);
    if (status != STATUS_OK) {
        __atomic_store_n(&page->state, PORT_PAGE_ON_ITS_WAY, __ATOMIC_RELEASE);
        return status;
    }
    uint32_t place = (uint32_t)((*address - base) / PAGE_SIZE);
    *cargo = (struct port_cargo){.number = PORT_CARGO_PAGE, .rights = page->flags << FLAGS_SHIFT | place};
    return STATUS_OK;
}

void port_page_take_back(struct port_page *page, uint64_t address) {
    pages_remove(process_current()->space, address, &page->load);
    __atomic_store_n(&page->state, PORT_PAGE_ON_ITS_WAY, __ATOMIC_RELEASE);
}

// ---- windows ----

enum status port_window_make(struct process *process, uint64_t address, uint64_t pages, uint64_t *base) {
    struct page_box *box = page_box_of(process);
    struct page_window window = {.pages = (uint32_t)pages};
    enum status status = STATUS_OK;
    if (pages != 0)
        status = pages_window_create(process->space, address, pages, &window.base);
    if (status != STATUS_OK)
        return status;
    lock_acquire(&box->lock);
    if (pages != 0)
        box->port_window = window;
    *base = box->port_window.base;
    lock_release(&box->lock);
    return *base != 0 ? STATUS_OK : STATUS_NOT_FOUND;
}

// ---- the object ----

static void page_destroy(struct object *object) {
    struct port_page *page = (struct port_page *)object;
    if (page->load.account != 0)
        page_load_finish(&page->load);
}

static const char *const state_texts[] = {"on its way", "received", "back at its sender"};

static void page_describe(struct object *object, struct writer *out) {
    const struct port_page *page = (const struct port_page *)object;
    writer_format(out, "from: %u\nstate: %s\nof: 0x%llx\nsender keeps it: %s\nduplicate: %s\nreceiver writes: %s\n",
                  page->process, state_texts[__atomic_load_n(&page->state, __ATOMIC_RELAXED)],
                  (unsigned long long)page->load.address, page->flags & PAGE_SENDER_KEEPS ? "yes" : "no",
                  page->flags & PAGE_DUPLICATE ? "yes" : "no", page->flags & PAGE_RECEIVER_WRITES ? "yes" : "no");
}

const struct object_type port_page_type = {
    .name = "port page",
    .kind = OBJECT_PORT_PAGE,
    .size = sizeof(struct port_page) + sizeof(uint64_t),
    .lock_rank = RANK_OBJECT,
    .destroy = page_destroy,
    .describe = page_describe,
};
