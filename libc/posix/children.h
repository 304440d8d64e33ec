// The children that posix_spawn started and waitpid has not told of yet. Inside the library only.
//
// Rules: the list has one lock, taken inside.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct child {
    uint32_t process;
    int32_t number;
};

bool children_add(struct child child); // false: no memory
bool children_find(uint32_t process, struct child *child);
void children_remove(uint32_t process);

// The index-th child; false where there are fewer.
bool children_at(size_t index, struct child *child);
