// The memory file system: a tree of directories and files, their names, owners and bytes.
//
// A file's bytes are its own, or lie in the ramdisk until they are first changed. A node lives as long as a directory
// names it or somebody holds it (tree_hold).
// Rules: pure; one thread. Paths are as the file protocol has them (<parley/files.h>): absolute, normalised, not ended by
// a 0; anything else is INVALID_ARGUMENT. Every operation that fails has changed nothing. `user` is who asks: user 0 may
// do all; others what the mode bits allow to the owner, or to the rest. In a directory with the sticky bit only the owner
// of an entry, or of the directory, removes or renames it.
#pragma once

#include <parley/files.h>

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
    char *name;                 // null for the root
    uint64_t position;          // within the order of its directory
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
    uint64_t capacity; // 0: `bytes` are the ramdisk's, not to be written or freed
    int32_t image;     // what the server keeps for these bytes, 0: nothing; dropped when they change
    // of a directory
    RB_HEAD(node_names, node)
    names;
    TAILQ_HEAD(node_order, node)
    order;
    uint64_t count;
    uint64_t next_position;
};

struct tree {
    struct node *root;
    uint64_t next_id;
    uint64_t now;       // what a change writes as its time; the server sets it before each operation
    uint64_t bytes;     // of content that is the tree's own
    uint64_t bytes_max; // beyond: LIMIT_REACHED
    uint64_t nodes;
    uint64_t nodes_max;                // beyond: LIMIT_REACHED
    void (*drop_image)(int32_t image); // may be null
    // Whether the machine can spare so many bytes more (may be null). Memory that was promised and is not there when it
    // is first touched ends a process; so the tree asks before each step, and touches what it got at once.
    bool (*has_room)(uint64_t bytes);
    // Whole pages for large contents, which go back to the machine when they are dropped (null: the heap's).
    void *(*map)(uint64_t size);
    void (*unmap)(void *pages, uint64_t size);
};

struct tree_path {
    const char *text;
    size_t size;
};

// NO_MEMORY
enum status tree_create(struct tree *tree, uint64_t bytes_max, uint64_t nodes_max);
void tree_destroy(struct tree *tree);

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
enum status tree_set_mode(struct tree *tree, struct node *node, uint32_t mode, uint32_t user); // DENIED
enum status tree_set_time(struct node *node, uint64_t modified, uint32_t user);                // DENIED

void tree_hold(struct node *node);
void tree_release(struct tree *tree, struct node *node);

void tree_stat(const struct node *node, struct files_stat *stat);

// Writes entries of a directory from position *offset on into `buffer`, as FILES_LIST wants them, and moves *offset on.
// TOO_SMALL: not even one fits.
enum status tree_list(const struct node *directory, uint64_t *offset, void *buffer, size_t room, size_t *written);

// ---- content.c ----

// Copies bytes out of a file; says how many there were.
size_t tree_read(const struct node *file, uint64_t offset, void *buffer, size_t size);

// Writes; a gap before `offset` reads as zeros. LIMIT_REACHED, NO_MEMORY, TOO_LARGE
enum status tree_write(struct tree *tree, struct node *file, uint64_t offset, const void *data, size_t size);

// Cuts or grows by zeros. As tree_write.
enum status tree_truncate(struct tree *tree, struct node *file, uint64_t size);

// Gives an empty file bytes of the ramdisk, which stay where they are.
void tree_borrow(struct node *file, const uint8_t *bytes, uint64_t size);

// Makes an empty file one that takes what is written and stays empty.
void tree_make_null(struct node *file);

// Touches fresh memory step by step, asking for room before each. False: there is not room for all.
bool tree_commit(const struct tree *tree, uint8_t *bytes, uint64_t size);

// Forgets a file's bytes.
void tree_drop_content(struct tree *tree, struct node *file);
