// Fills the tree from the ramdisk when the server starts.
//
// Rules: pure. The archive's bytes stay where they are for as long as the tree lives.
#pragma once

#include "os/files/tree.h"

// CORRUPT: `problem` says in words what is wrong, and `offset` where; what came before it is in the tree.
enum status seed_tree(struct tree *tree, const void *archive, size_t size, const char **problem, size_t *offset);
