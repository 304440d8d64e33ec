// From the store that a service left behind to a tree as it was; the handles follow (handles_recover).
//
// What was not finished is undone first. Records that make no sense are left out, and counted: only a service with a mistake writes such.
// Rules: pure. recover_tree, handles_create, handles_recover, recover_end, in this order.
#pragma once

#include "os/files/tree.h"

struct recovered {
    struct node **nodes; // by their indices in the store
    uint32_t count;
    uint32_t left_out; // records of nodes, or what they say of their contents, that made no sense
};

// Files borrow from `archive`. NO_MEMORY; CORRUPT: there is no root
enum status recover_tree(struct tree *tree, struct store *store, uint64_t bytes_max, const uint8_t *archive,
                         struct recovered *recovered);

// Destroys the nodes that neither have a name nor are open, and forgets the list.
void recover_end(struct tree *tree, struct recovered *recovered);
