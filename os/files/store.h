// The memory that outlives the file service: all that it must know again when it is started anew, and how a change of it is made as a whole.
//
// init holds this memory too (a `kept` grant), so it ends with no service. It has a header, a journal, tables (nodes, what is open, handles,
// clients, tickets) and the contents of files. What the service keeps of its own beside that (trees of names, lists, what is free) is made
// from the tables at its start (os/files/recover.c).
//
// A change of the tables, and bytes of a file that are written over, are saved in the journal first (store_save, store_write). Until
// store_finish, which is a single store of one word, a service that ends has changed nothing: who comes after it writes the saved bytes back
// (store_roll_back). From then on the change holds, together with the answer of its call, so that a call which is made again because
// the service ended before it could answer is not carried out twice (os/files/repeat.h).
//
// Rules: pure; one thread. Nothing is written to a table but by store_write; where store_save alone is called, the bytes follow.
#pragma once

#include <parley/files.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    STORE_OPENED_MAX = 8192,
    STORE_HANDLES_MAX = 4096,
    STORE_CLIENTS_MAX = 512,
    STORE_TICKETS_MAX = 64,
    STORE_PAYLOAD_MAX = 256,        // of an answer that is kept
    STORE_JOURNAL_SIZE = 128 << 10, // a long write and some records
    STORE_JOURNAL_LEAST = 16 << 10, // so much of it is always there: what the records of any one change need
    STORE_ARCHIVE_BLOCK = 512,
    STORE_NODE_DISCARDS = 1 << 0,         // what is written to it vanishes
    STORE_NODE_ROOT = 1 << 1,             // has no directory, and never loses its place
    STORE_SMALL_SHARE = 4,                // one part in so many of the contents is for small files
    STORE_NAME_SIZE = FILES_NAME_MAX + 1, // with a 0
};

struct store_node {
    uint64_t id; // 0: no node
    uint64_t modified;
    uint64_t position; // within the order of its directory
    uint64_t next_position;
    uint64_t size;
    uint64_t capacity; // 0: `content` is the ramdisk's
    uint64_t content;  // offset within the contents, or the ramdisk
    uint32_t parent;   // index + 1; 0: none
    uint32_t type;     // enum files_type
    uint32_t mode;
    uint32_t user;
    uint32_t flags;
    uint32_t packed; // block of the ramdisk + 1 where its content lies packed; 0: it does not
    char name[STORE_NAME_SIZE];
};

struct store_opened {
    uint64_t offset;
    uint32_t node;  // index + 1; 0: free
    uint32_t flags; // enum files_open_flag
};

struct store_handle {
    uint32_t process; // 0: free
    uint32_t generation;
    uint32_t opened; // index
    uint32_t reserved;
};

struct store_client {
    uint64_t heap;    // id of the memory that it shares with the service; 0: none
    uint32_t process; // 0: free
    uint32_t reserved;
};

struct store_ticket {
    uint64_t value; // 0: free
    uint64_t expires;
    uint32_t count;
    uint32_t opened[FILES_SHARE_MAX];
    uint32_t reserved;
};

// The answer to the last call that changed something.
struct store_answer {
    uint64_t tag; // of the call; 0: none
    uint32_t process;
    uint32_t payload_size;
    struct files_reply reply;
    uint8_t payload[STORE_PAYLOAD_MAX];
};

// The last read that moved an offset, and where it began.
struct store_read {
    uint64_t tag;
    uint64_t offset;
    uint32_t process;
    uint32_t reserved;
};

struct store_header {
    uint64_t magic; // says what this is; written when the memory has been filled for the first time
    uint64_t size;
    uint64_t archive_size;
    uint64_t next_id;
    uint32_t nodes_max;
    uint32_t node_end;    // no node is at or behind this index
    uint32_t opened_end;  // the same of what is open
    uint32_t handles_end; // and of handles
    uint64_t journal_used;
    struct store_read read;
    struct store_answer answer;
};

struct store {
    struct store_header *header;
    uint8_t *journal;
    struct store_node *nodes;
    struct store_opened *opened;
    struct store_handle *handles;
    struct store_client *clients;
    struct store_ticket *tickets;
    uint8_t *contents;
    uint64_t contents_size;
    uint64_t journal_there; // bytes of it that this service has touched
    void (*step)(void);     // a test's: called after each step at which a service may end; else null
};

// Finds the parts of `size` bytes at `base`, which is page-aligned. TOO_SMALL.
enum status store_map(struct store *store, void *base, uint64_t size, uint32_t nodes_max);

// Whether it was filled before, by a service that knew this layout.
bool store_is_filled(const struct store *store, uint64_t archive_size);

// Makes it empty.
void store_clear(struct store *store, uint64_t archive_size);

// From now on it is filled.
void store_set_filled(struct store *store);

// Saves bytes that are about to be written over.
void store_save(struct store *store, const void *place, size_t size);

// Saves what is there, and writes.
void store_write(struct store *store, void *place, const void *bytes, size_t size);

// What was written holds.
void store_finish(struct store *store);

// What was not finished is undone.
void store_roll_back(struct store *store);

static inline bool store_is_changing(const struct store *store) {
    return store->header->journal_used != 0;
}

// The compiler keeps what is stored before it before what is stored after it, as the processor does.
static inline void store_order(void) {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}
