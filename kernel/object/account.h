// Accounts: what a process has used of each thing that is limited, and how much it may.
//
// Rules: an account is an object; charging is lock-free. Items marked so in ACCOUNT_ITEM_LIST are charged to all ancestors
// too, so that a tree of processes is bounded by its root. A charge that fails charged nothing.
#pragma once

#include "kernel/object/object.h"

struct account {
    struct object object;
    struct account *parent;                        // [I] a reference, or null
    uint32_t process;                              // [I] its process id
    bool essential;                                // [I] may use the last reserve of memory frames
    bool swapped;                                  // [I] its pages may be taken out when memory is short
    struct account_line lines[ACCOUNT_ITEM_COUNT]; // [a]
};

// LIMIT_REACHED, NO_MEMORY.
enum status account_create(struct account *parent, const char *name, struct account **account);

// `account` null: the kernel itself, never refused.
enum status account_charge(struct account *account, enum account_item item, uint64_t amount);
void account_discharge(struct account *account, enum account_item item, uint64_t amount);

void account_set_limit(struct account *account, enum account_item item, uint64_t limit);
void account_inform(struct account *account, struct account_information *information);
const char *account_item_name(enum account_item item);
