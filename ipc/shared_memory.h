// Offers of shared memory: the acknowledgement that the founding document looks for.
// Source: seeds/002, "Shared memory"; DESIGN "The IPC designs" 1.
//
// An offer is an object that lies at the process it was made to until that accepts or refuses it, or its maker ends. Both sides
// learn by event: the places of these events are in the offer (R-B2). Its maker is charged ACCOUNT_PIPES_UNREAD until it is answered,
// so nobody fills a stranger's table (R-B7). An offer's id names it to the process that it was made to and authorises nobody else (R-B9).
//
// Rules: no lock may be held.
#pragma once

#include "kernel/memory/memory.h"
#include "kernel/process/process.h"

struct offer_terms {
    struct memory *memory;
    uint32_t rights; // what the receiver's number will allow
};

// DENIED (the gate), PEER_DIED, LIMIT_REACHED, NO_MEMORY.
enum status offer_make(struct process *from, struct process *to, const struct offer_terms *terms, uint32_t *id);

// NOT_FOUND; LIMIT_REACHED, NO_MEMORY (the offer stays).
enum status offer_accept(struct process *process, uint32_t id, int32_t *number);
enum status offer_refuse(struct process *process, uint32_t id);
