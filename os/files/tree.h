// The memory file system: a tree of directories and files, their names, owners and bytes.
//
// A file's bytes are its own, or lie in the ramdisk until they are first changed. What lies packed there is unpacked while somebody holds it. A node lives as long as a directory
// names it or somebody holds it (tree_hold). What a service that is started anew must know of a node stands in its record in the store
// (os/files/store.h); every operation writes it there, and tree_finish makes that hold.
// Rules: pure; one thread. Paths are as the file protocol has them (<parley/files.h>): absolute, normalised, not ended by
// a 0; anything else is INVALID_ARGUMENT. Every operation that fails has changed nothing. `user` is who asks: user 0 may
// do all; others what the mode bits allow to the owner, or to the rest. In a directory with the sticky bit only the owner
// of an entry, or of the directory, removes or renames it.
#pragma once

#include "os/files/extents.h"
#include "os/files/packed.h"
#include "os/files/store.h"

#include <bsd/sys/queue.h>
#include <bsd/sys/tree.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TREE_MODE_BITS = 07777, TREE_STICKY = 01000, TREE_MAY_READ = 4, TREE_MAY_WRITE = 2 };

struct node {
    RB_ENTRY(node) by_name;     // among its directory's
    TAILQ_ENTRY(node) in_order; // the same, in the order in which they came
    struct node *parent;        // null: the root, or removed
    struct store_node *record;
    const char *name;  // the record's
    uint64_t position; // within the order of its directory
    uint64_t id;
    uint64_t modified;
    uint32_t type; // enum files_type
    uint32_t mode;
    uint32_t user;
    uint32_t holders;
    // of a file
    uint8_t *bytes;
    uint64_t size;
    bool discards;     // what is written to it vanishes: /dev/null
    bool lent;         // others may hold its pages as they are: to write over them takes memory
    uint64_t capacity; // 0: `bytes` are the ramdisk's, not to be written or freed
    uint64_t
        packed; // where in the ramdisk they lie packed, if they are as they are there; else 0. `bytes` is null until tree_unpack
    bool is_root;
    int32_t image; // what the server keeps for these bytes, 0: nothing; dropped when they change
    // of a directory
    RB_HEAD(node_names, node)
    names;
    TAILQ_HEAD(node_order, node)
    order;
    uint64_t count;
    uint64_t next_position;
};

struct tree {
    struct store *store;
    const uint8_t *archive; // where what is borrowed lies
    struct extents small;   // places in the store's contents, of files that are less than TREE_LARGE
    struct extents large;   // of the others, whole pages
    uint32_t free_hint;     // where to look for a free record
    struct node *root;
    uint64_t now;       // what a change writes as its time; the server sets it before each operation that may
    uint64_t bytes;     // of content that is the tree's own
    uint64_t bytes_max; // beyond: LIMIT_REACHED
    uint64_t nodes;
    uint64_t nodes_max;                // beyond: LIMIT_REACHED
    void (*drop_image)(int32_t image); // may be null
    // Whether the machine can spare so many bytes more (may be null). Memory that was promised and is not there when it
    // is first touched ends a process; so the tree asks before each step, and touches what it got at once.
    bool (*has_room)(uint64_t bytes);
    // Gives pages of the store's contents that are not used any more back to the machine (may be null).
    void (*give_back)(uint64_t place, uint64_t size);
};

struct tree_path {
    const char *text;
    size_t size;
};

// An empty tree in an empty store, or, with tree_recover (os/files/recover.c), the one that is there; `archive` is what files borrow from.
// NO_MEMORY
enum status tree_create(struct tree *tree, struct store *store, uint64_t bytes_max);
void tree_destroy(struct tree *tree);

// After each operation, or a few small ones: what was changed holds, and what is not needed any more is free.
void tree_finish(struct tree *tree);

// NOT_FOUND, NOT_DIRECTORY
enum status tree_find(struct tree *tree, struct tree_path path, struct node **node);

// Makes an empty file or a directory (enum files_type). EXISTS, NOT_FOUND (its directory), NOT_DIRECTORY, DENIED
enum status tree_make(struct tree *tree, struct tree_path path, uint32_t type, uint32_t mode, uint32_t user,
                      struct node **node);

// Takes a file's (or an empty directory's) name away. IS_DIRECTORY, NOT_DIRECTORY (by `type`), NOT_EMPTY, DENIED, BUSY (the root)
enum status tree_remove(struct tree *tree, struct tree_path path, uint32_t type, uint32_t user);

// What is at `to` is replaced: a file by a file, an empty directory by a directory.
// INVALID_ARGUMENT a directory into itself; as tree_remove for both; EXISTS never
enum status tree_rename(struct tree *tree, struct tree_path from, struct tree_path to, uint32_t user);

bool tree_may(const struct node *node, uint32_t user, uint32_t what); // TREE_MAY_READ, TREE_MAY_WRITE
enum status tree_set_mode(struct tree *tree, struct node *node, uint32_t mode, uint32_t user);     // DENIED
enum status tree_set_time(struct tree *tree, struct node *node, uint64_t modified, uint32_t user); // DENIED

void tree_hold(struct node *node);
void tree_release(struct tree *tree, struct node *node);

void tree_stat(const struct node *node, struct files_stat *stat);

// Writes entries of a directory from position *offset on into `buffer`, as FILES_LIST wants them, and moves *offset on.
// TOO_SMALL: not even one fits.
enum status tree_list(const struct node *directory, uint64_t *offset, void *buffer, size_t room, size_t *written);

// ---- content.c ----

// The same of a file that lies packed there (os/files/packed.h). CORRUPT
enum status tree_borrow_packed(struct tree *tree, struct node *file, const uint8_t *bytes);

// A file that lies packed gets its bytes, until it is released for the last time; the caller holds it. As tree_write; CORRUPT
enum status tree_unpack(struct tree *tree, struct node *file);

// Unpacks such a file into `target`, which has room for its size. CORRUPT
enum status tree_unpack_to(const struct tree *tree, const struct node *file, uint8_t *target);

static inline bool tree_is_packed(const struct node *file) {
    return file->packed && !file->capacity;
}

// Bytes that were unpacked go, and it lies packed as before.
void tree_pack_again(struct tree *tree, struct node *file);

// Copies bytes out of a file that does not lie packed; says how many there were.
size_t tree_read(const struct node *file, uint64_t offset, void *buffer, size_t size);

// Whether what a write of `size` bytes overwrites can be saved: the journal's pages are there then. Before any change.
bool tree_can_save(struct tree *tree, uint64_t size);

// How many whole pages of a file from `offset` on, at most `limit`, lie in pages of the tree's own, and where. They are to be lent: whoever
// has a duplicate of them keeps seeing them as they are now, whatever becomes of the file.
uint32_t tree_lend(struct node *file, uint64_t offset, uint32_t limit, const void **pages);

// Writes; a gap before `offset` reads as zeros. LIMIT_REACHED, NO_MEMORY, TOO_LARGE
enum status tree_write(struct tree *tree, struct node *file, uint64_t offset, const void *data, size_t size);

// Cuts or grows by zeros. As tree_write.
enum status tree_truncate(struct tree *tree, struct node *file, uint64_t size);

// Gives an empty file bytes of the archive, which stay where they are.
void tree_borrow(struct tree *tree, struct node *file, const uint8_t *bytes, uint64_t size);

// Makes an empty file one that takes what is written and stays empty.
void tree_make_null(struct tree *tree, struct node *file);

// Touches fresh memory step by step, asking for room before each. False: there is not room for all.
bool tree_commit(const struct tree *tree, uint8_t *bytes, uint64_t size);

// Forgets a file's bytes.
void tree_drop_content(struct tree *tree, struct node *file);

// ---- between the tree's files ----

enum { TREE_LARGE = 64 << 10, TREE_GRANULE = 64, TREE_PAGE = 4096 };

// The parts of an empty tree that are not in the store: no node yet. NO_MEMORY
enum status tree_prepare(struct tree *tree, struct store *store, uint64_t bytes_max);

// What was left is free. Nothing may be left of a change that can still be undone.
void tree_settle(struct tree *tree);

// The places that a content of this capacity comes from.
struct extents *tree_extents(struct tree *tree, uint64_t capacity);

// Writes into the node's record what the node is now; and its name.
void tree_save(struct tree *tree, const struct node *node);
void tree_save_name(struct tree *tree, struct node *node, const char *name);

// Puts a node, whose name is known, among its directory's at the place that its position says. False: the name is taken.
bool tree_attach(struct node *directory, struct node *node);

static inline uint32_t tree_index(const struct tree *tree, const struct node *node) {
    return (uint32_t)(node->record - tree->store->nodes);
}
