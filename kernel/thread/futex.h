// Futexes: sleeping on a word of memory. Who sleeps is known by what the word is, not where: threads of several processes meet.
#pragma once

#include "kernel/abi/status.h"
#include "kernel/memory/user.h"

struct object;
struct process;

// See futex_wait and futex_wake in kernel/abi/calls.h.
enum status futex_wait_address(struct user_address address, uint32_t expected, uint64_t deadline);
enum status futex_wake_address(struct process *process, struct user_address address, uint32_t count);

// As futex_wake_address and says how many.
enum status futex_wake_count(struct process *process, struct user_address address, uint32_t count, uint32_t *woken);

// Wakes all that sleep on words of a memory object.
void futex_wake_object(const struct object *object);

void futex_start(void);
