// Pages that travel with messages, calls and replies at ports: an object each, on its way as a number would be. Shapes: kernel/abi/port.h.
//
// The object is charged to the sender, and so is its page, until it is received or freed. Who has the page is settled by `state`: the
// receiver takes it, or the sender, whose call failed, takes it back; never both. What is done at the sender is done by the
// sender's own thread, which holds a reference meanwhile. The window is part of the process's page box, under its lock.
//
// Rules: no lock may be held.
#pragma once

#include "ipc/page.h"
#include "ipc/port.h"

enum port_page_state { PORT_PAGE_ON_ITS_WAY, PORT_PAGE_TAKEN, PORT_PAGE_BACK };

struct port_page {
    struct object object;
    uint32_t state;        // [a] enum port_page_state
    uint32_t flags;        // [I] enum page_send_flag, as the receiver sees them
    uint32_t process;      // [I] the sender
    struct page_load load; // the last member: its page follows
};

extern const struct object_type port_page_type;

// Takes the page out of the calling process's memory, for a message to a port (null: for a reply). DENIED: the port takes none.
// INVALID_ARGUMENT, BAD_ADDRESS, BUSY, NO_RIGHT, NO_MEMORY, LIMIT_REACHED.
enum status port_page_load(const struct port *port, const struct port_page_cargo *cargo, struct number_cargo *load);

// The page that is loaded, with a reference; null: none is.
struct port_page *port_page_hold(const struct number_cargo *load);

// The sending has ended: where it failed and nobody took the page, it goes back. Drops the reference; `page` may be null.
// Says whether it is back.
bool port_page_end(struct port_page *page, bool failed);

// Whether the caller that waits for the answer to `id` takes a page. DENIED: it does not. No such call: OK, as the answer tells that.
enum status port_page_is_wanted(struct port *port, uint64_t id);

// Puts it into the calling process's window; *cargo says where. NOT_FOUND: its sender has it back. DENIED: there is no window. PEER_FULL.
enum status port_page_put(struct port_page *page, struct port_cargo *cargo, uint64_t *address);

// Undoes that: it is on its way again.
void port_page_take_back(struct port_page *page, uint64_t address);

// Makes a window, or tells of the one there is. As the call.
enum status port_window_make(struct process *process, uint64_t address, uint64_t pages, uint64_t *base);

static inline bool port_load_is_page(const struct number_cargo *load) {
    return load->object != 0 && load->object->type == &port_page_type;
}
