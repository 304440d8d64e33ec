// Interfaces: pages that a server and a client share, with data that both write and routines that the client calls itself.
// Source: seeds/001; DESIGN "The IPC designs" 3.
//
// A server registers an id and a version. A client requests them and gets the start of a shared page in its address space,
// which is not ready: id and version are 0, and the offset field holds that start. The server, told by event, maps the same
// pages, fills them, corrects the pointers that it puts there by the offset, so that they are good in the client, and sets id
// and version last. From then on both work on the pages without any call, and sleep on words of them (futex_wait).
//
// Behind the data pages lie, at the next page, the server's code pages, where it has some and the client wants them: sealed
// memory, executable and never writable, the same for all clients. Data pages are never executable.
// Versions: a request is for one version exactly, or for at least that one; then it gets the highest that is registered. A
// server that registers a version promises to its clients that the structure begins as that of every lower version did.
// The pages are there from the start, stay there, and can neither grow nor shrink. Who requests pays for them.
#pragma once

#include "kernel/abi/types.h"

// What each shared page starts with: the document's 12 bytes. What follows is the interface's own.
struct interface_page {
    uint32_t ready;       // id | version << 16, written last; INTERFACE_NOT_READY, INTERFACE_DEAD. A word to sleep on
    uint32_t offset_low;  // the address of this page in the client
    uint32_t offset_high; // (two halves: the document puts it behind four bytes)
};

_Static_assert(sizeof(struct interface_page) == 12, "the document's first 12 bytes");

#define INTERFACE_READY(id, version) ((uint32_t)(id) | (uint32_t)(version) << 16)

enum {
    INTERFACE_NOT_READY = 0,
    INTERFACE_ID_SYSTEM = 0x1000, // ids below are the system's: registering one needs a number for its name
    INTERFACE_ID_MAX = 0xfffe,    // from 1
    INTERFACE_VERSION_MAX = 0xfffe,
    INTERFACE_DATA_MAX = 16 << 20, // bytes
    INTERFACE_CODE_MAX = 1 << 20,
    INTERFACE_CLIENTS_MAX = 1024,
};

// The word of pages whose other side is gone. The kernel writes it, and every wait on a word of such pages ends (PEER_DIED).
#define INTERFACE_DEAD UINT32_MAX

struct interface_register {
    uint32_t id;
    uint32_t version;
    uint32_t data_size;   // bytes, rounded up to pages; at least a page's head
    uint32_t clients;     // how many at once; a request beyond is told PEER_FULL
    int32_t code;         // number of sealed memory with RIGHT_READ and RIGHT_EXECUTE, or NUMBER_NONE
    int32_t name;         // number for the name of a system id (interface_name_create), else NUMBER_NONE
    char text[NAME_SIZE]; // for people
};

enum interface_flag {
    INTERFACE_AT_LEAST = 1 << 0,  // this version or a higher one
    INTERFACE_DATA_ONLY = 1 << 1, // no code pages: the server leaves pointers to routines 0
};

// EVENT_INTERFACE tells a server. Data1: the number that names the client, Data2: the client's process id.
enum interface_action {
    INTERFACE_REQUESTED =
        1, // somebody wants the interface. Data3: id | version << 16. The number is made when this is taken
    INTERFACE_RUNG = 2, // the client rang (interface_ring)
    INTERFACE_GONE = 3, // the client released it or ended: close the number
};

// Whom a server's pages are shared with, and how (interface_map).
struct interface_client_information {
    uint64_t offset;    // address of the pages in the client
    uint32_t data_size; // bytes, whole pages
    uint32_t code_size; // bytes behind them at the client; 0: it wants no code, or there is none
    uint32_t process;
    uint32_t user;
    uint32_t id;
    uint32_t version;
};

// One registered interface (interface_list).
struct interface_information {
    uint64_t object;     // its id in the object table
    uint64_t generation; // registrations are counted; a restarted server has a higher one
    uint32_t id;
    uint32_t version;
    uint32_t server; // process id
    uint32_t clients;
    uint32_t clients_max;
    uint32_t waiting; // clients whose pages are not ready yet
    uint32_t data_size;
    uint32_t code_size;
    char name[NAME_SIZE];
};
