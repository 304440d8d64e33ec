// The layout of the file service's lasting memory, and its journal.
//
// An entry of the journal is the saved bytes, padded, and behind them a struct saved; it counts once journal_used reaches behind it.
#include "os/files/store.h"

#include <assert.h>
#include <string.h>

#define STORE_MAGIC UINT64_C(0x50524c5946530002) // the last byte counts layouts
enum { STORE_PAGE = 4096 };

struct saved {
    uint64_t place; // offset in the store
    uint64_t size;
};

struct layout {
    uint8_t *base;
    uint64_t used;
};

static void *part(struct layout *layout, uint64_t size) {
    void *place = layout->base + layout->used;
    layout->used += (size + STORE_PAGE - 1) / STORE_PAGE * STORE_PAGE;
    return place;
}

enum status store_map(struct store *store, void *base, uint64_t size, uint32_t nodes_max) {
    struct layout layout = {.base = base};
    *store = (struct store){.header = part(&layout, sizeof(struct store_header))};
    store->journal = part(&layout, STORE_JOURNAL_SIZE);
    store->journal_there = STORE_JOURNAL_LEAST;
    store->opened = part(&layout, STORE_OPENED_MAX * sizeof(struct store_opened));
    store->handles = part(&layout, STORE_HANDLES_MAX * sizeof(struct store_handle));
    store->clients = part(&layout, STORE_CLIENTS_MAX * sizeof(struct store_client));
    store->tickets = part(&layout, STORE_TICKETS_MAX * sizeof(struct store_ticket));
    store->nodes = part(&layout, nodes_max * sizeof(struct store_node));
    store->contents = layout.base + layout.used;
    if (size <= layout.used) {
        return STATUS_TOO_SMALL;
    }
    store->contents_size = (size - layout.used) / STORE_PAGE * STORE_PAGE;
    bool is_new = store->header->magic != STORE_MAGIC;
    if (is_new) {
        store->header->size = size;
        store->header->nodes_max = nodes_max;
    }
    return store->header->size == size && store->header->nodes_max == nodes_max ? STATUS_OK : STATUS_CORRUPT;
}

bool store_is_filled(const struct store *store, uint64_t archive_size) {
    return store->header->magic == STORE_MAGIC && store->header->archive_size == archive_size;
}

// A service may have ended while it filled this memory for the first time. Clients, tickets and the start of the journal are there from
// now on, so that no change ends for want of a page; all else is touched by who asked first whether there is room.
void store_clear(struct store *store, uint64_t archive_size) {
    struct store_header *header = store->header;
    header->magic = 0;
    store_order();
    memset(store->nodes, 0, header->node_end * sizeof(struct store_node));
    memset(store->journal, 0, STORE_JOURNAL_LEAST);
    memset(store->clients, 0, (size_t)((uint8_t *)store->nodes - (uint8_t *)store->clients));
    *header = (struct store_header){
        .size = header->size, .nodes_max = header->nodes_max, .archive_size = archive_size, .next_id = 1};
}

void store_set_filled(struct store *store) {
    store_order();
    store->header->magic = STORE_MAGIC;
}

static void stepped(const struct store *store) {
    store_order();
    if (store->step) {
        store->step();
    }
}

static uint64_t padded(uint64_t size) {
    return (size + 7) & ~UINT64_C(7);
}

void store_save(struct store *store, const void *place, size_t size) {
    struct store_header *header = store->header;
    uint8_t *entry = store->journal + header->journal_used;
    struct saved saved = {(uint64_t)((const uint8_t *)place - (uint8_t *)header), size};
    uint64_t used = header->journal_used + padded(size) + sizeof(saved);
    assert(used <= STORE_JOURNAL_SIZE);
    memcpy(entry, place, size);
    memcpy(entry + padded(size), &saved, sizeof(saved));
    stepped(store);
    header->journal_used = used;
    stepped(store);
}

void store_write(struct store *store, void *place, const void *bytes, size_t size) {
    store_save(store, place, size);
    memcpy(place, bytes, size);
    stepped(store);
}

void store_finish(struct store *store) {
    store_order();
    store->header->journal_used = 0;
    stepped(store);
}

// The entry that ends at `used`, if one can.
static bool read_entry(const struct store *store, uint64_t used, struct saved *saved) {
    uint64_t end = (uint64_t)(store->contents - (uint8_t *)store->header) + store->contents_size;
    if (used < sizeof(*saved) || used > STORE_JOURNAL_SIZE) {
        return false;
    }
    memcpy(saved, store->journal + used - sizeof(*saved), sizeof(*saved));
    return saved->size <= used - sizeof(*saved) && padded(saved->size) <= used - sizeof(*saved) &&
           saved->place <= end && saved->size <= end - saved->place;
}

// From the last to the first; an end in the midst of it is taken up by the next start.
void store_roll_back(struct store *store) {
    struct store_header *header = store->header;
    struct saved saved;
    if (header->journal_used) {
        header->answer.tag = 0; // it may be that of what is undone
        stepped(store);
    }
    while (header->journal_used && read_entry(store, header->journal_used, &saved)) {
        uint64_t start = header->journal_used - sizeof(saved) - padded(saved.size);
        memcpy((uint8_t *)header + saved.place, store->journal + start, saved.size);
        stepped(store);
        header->journal_used = start;
        stepped(store);
    }
    header->journal_used = 0;
}
