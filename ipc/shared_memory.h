// Shared memory between programs: offers, which the other side accepts or refuses.
// Source: seeds/002, "Shared memory"; the acknowledgement that it looks for.
//
// An offer is an object that waits at its receiver, told by event (SHARED_OFFERED); the answer is told to its maker by event. Its
// id is the receiving process's. It is withdrawn when its maker ends, and refused when its receiver does. The memory counts as
// held while it is offered. Until it is answered the maker is charged one ACCOUNT_PIPES_UNREAD. The id alone gives nothing to
// anybody but the process that the offer was made to (R-B9).
//
// Rules: no lock may be held. One lock guards all offers.
#pragma once

#include "kernel/memory/memory.h"
#include "kernel/object/notice.h"
#include "kernel/process/process.h"

struct shared_offer {
    struct object object;
    struct memory *memory;             // [I] a reference
    uint32_t rights;                   // [I] what accepting gives
    uint32_t id;                       // [I] in the receiving process
    uint32_t maker, receiver;          // [I] process ids
    bool open;                         // [offers' lock] not answered nor withdrawn
    bool seen;                         // [offers' lock] its event was taken
    bool kept;                         // [offers' lock] a debugger keeps it from its receiver
    LIST_ENTRY(shared_offer) made;     // [offers' lock] of the maker, while open
    LIST_ENTRY(shared_offer) received; // [offers' lock] of the receiver, while open
    struct notice to_receiver;
    struct notice to_maker;
};

extern const struct object_type shared_offer_type;

// Offers memory. PEER_DIED, LIMIT_REACHED, NO_MEMORY.
enum status shared_offer_make(struct process *maker, struct process *receiver, struct memory *memory, uint32_t rights,
                              uint32_t *id);

// Takes an offer up: the memory gets a number. NOT_FOUND, LIMIT_REACHED, NO_MEMORY.
enum status shared_offer_accept(struct process *receiver, uint32_t id, int32_t *number);

// NOT_FOUND.
enum status shared_offer_refuse(struct process *receiver, uint32_t id);
