// Links: link_create, link_read, link_write, link_signal, link_poll and their like, listeners, and meeting over shared memory.
// The calls with their manual stand in <parley/calls.h>, the structures in kernel/abi/link.h.
//
// The basic handshake of seeds/003: two programs meet on a link, agree on shared memory, and from then on put their data there and
// signal by the link. One of them offers memory (link_offer_memory) to the process at the other end, which takes it
// (link_take_memory). The offer is bound to that process: the bytes on the link are its name, not the authority.
//
//     the server                                        the client
//     listener_create(LISTENER_OF_PROCESS, &listener)   link_meet(server, 0, soon, &link)
//     link_listen(listener, &link)                      link_take_memory(link, soon, &memory, &size)
//     ... polled: the client's process id ...           shared_map(memory, ...), data, link_signal(link)
//     link_offer_memory(link, client, memory, rights, soon)
//
// A signal says that something has changed, not what: signals that come close together are taken by one poll, and the first after
// an answer may be taken with it. So look at the memory first, and wait for a signal while there is nothing new.
#pragma once

#include "kernel/abi/link.h"

#include <parley/calls.h>

// Makes a link, pushes one end to the listener, and keeps the other. As link_create and listener_push.
enum status link_listen(int32_t listener, int32_t *link);

// Connects to the listener of a process; `flags`: enum link_flag. As link_connect.
enum status link_meet(uint32_t process, uint32_t flags, uint64_t deadline, int32_t *link);

// Offers shared memory to the process at the link's other end, and waits until that has taken it. Needs RIGHT_SEND of the memory.
// = DENIED the other side's gate, or its link_take_memory, refuses it
// = PEER_DIED, TIMED_OUT before it was answered: the offer stands until it is
// = CORRUPT the other side answered something else
enum status link_offer_memory(int32_t link, uint32_t process, int32_t memory, uint32_t rights, uint64_t deadline);

// Waits for such an offer and takes it: the memory's number and its size in bytes. Memory smaller than `*size` (0: any) is refused.
// = NOT_FOUND the offer is not the caller's
// = TOO_SMALL
// = CORRUPT the other side did something else
enum status link_take_memory(int32_t link, uint64_t deadline, int32_t *memory, size_t *size);
