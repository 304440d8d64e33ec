// What the tests of interfaces share: a server that registered one, its client, and the steps between them.
#pragma once

#include <criterion/criterion.h>
#include <string.h>

#include "ipc/interface.h"
#include "kernel/base/writer.h"
#include "tests/unit/host/host.h"
#include "tests/unit/host/space.h"

enum { ID = 0x2000, DATA = 2 * PAGE_SIZE };

struct scene {
    struct process *server, *client;
    uint64_t interface; // the server's number
};

struct interface_register wish_for(uint32_t id, uint32_t version);
struct result publish(struct process *process, const struct interface_register *wish);

// A server that registered ID, version 1, and somebody else.
struct scene scene_make(void);

struct result request(struct process *process);

// The client requests it; its address.
uint64_t requested(const struct scene *scene);

// The server takes the event; its number.
uint64_t taken(const struct scene *scene);

struct memory *pages_at(struct process *process, uint64_t base);
uint32_t word_at(struct process *process, uint64_t base);
uint64_t sealed_code(struct process *process, uint64_t pages);

// Another number for the same object, with fewer rights.
int32_t number_with(struct process *process, int32_t number, uint32_t rights);

uint32_t used(const struct process *process, enum account_item item);
