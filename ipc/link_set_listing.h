// The inside of a link set: what its two files need of each other. No lock is held, but for what polls the set (one thread at a time).
#pragma once

#include "ipc/link_set.h"

// Lists an end under a number, where it is not yet. LIMIT_REACHED, NO_MEMORY.
enum status link_set_list(struct link_set *set, int32_t number, struct link_end *end);

// Has its end put it on the ready list: at once where there is something to tell.
void link_listing_watch(struct link_listing *listing);

// Its number names nothing any more.
void link_listing_drop(struct link_listing *listing);

// Makes the process's set where it has none. LIMIT_REACHED, NO_MEMORY.
enum status link_set_of_process_make(void);
