// What a program was started with, and the block of bytes in which its parent told it so.
//
// The kernel copies the start block onto the new stack and knows nothing of its inside. crt0 reads it before main: argv,
// environ and the working directory point into it. Descriptors and grants are read when first asked for.
// Rules: every offset counts from the block's start, and every string ends with a 0 inside the block; a block that breaks
// this is taken for an empty one (start_block_is_sound).
#pragma once

#include "kernel/abi/process.h"

#include <stdbool.h>

enum { START_MAGIC = 0x59524150 }; // "PARY"

struct start_block {
    uint32_t magic;
    uint32_t size;           // of the whole block, a multiple of 8
    uint32_t argument_count; // at `arguments`: so many offsets of strings (uint64_t), then a 0
    uint32_t arguments;
    uint32_t environment_count; // the same for "NAME=VALUE"
    uint32_t environment;
    uint32_t descriptor_count; // at `descriptors`: struct start_descriptor[]
    uint32_t descriptors;
    uint32_t grant_count; // at `grants`: struct start_grant[]
    uint32_t grants;
    uint32_t working_directory; // offset of an absolute path; 0: "/"
    uint32_t reserved;          // 0
    uint64_t files_ticket;      // by which the file descriptors are taken over (FILES_ADOPT); 0: none
};

enum start_descriptor_kind {
    START_PIPE = 1, // `number` is a pipe end
    START_FILE = 2, // an open file: the `file`-th of those that the ticket stands for
};

enum start_descriptor_flag {
    START_TERMINAL = 1 << 0, // a person is at the other end (isatty)
    START_READ = 1 << 1,
    START_WRITE = 1 << 2,
};

struct start_descriptor {
    int32_t descriptor; // 0, 1, 2 are the standard ones
    uint32_t kind;      // enum start_descriptor_kind
    uint32_t flags;     // enum start_descriptor_flag
    int32_t number;     // START_PIPE: among the child's numbers
    uint32_t file;      // START_FILE: index
    uint32_t same_as;   // index of an earlier descriptor that shares this one's open file or pipe, or its own index
};

// An authority, or the address of a service, that the parent gave by name.
struct start_grant {
    char name[NAME_SIZE];
    int32_t number;   // among the child's numbers; 0: none, then `process` says whom to ask
    uint32_t process; // process id of a service; 0: none
};

_Static_assert(sizeof(struct start_block) == 56, "start block header");
_Static_assert(sizeof(struct start_descriptor) == 24, "start descriptor");
_Static_assert(sizeof(struct start_grant) == 32, "start grant");

// Whether the block can be trusted to be read by the fields above.
bool start_block_is_sound(const void *block, size_t size);

// What the kernel told this program.
const struct process_start *start_information(void);

// The number that the parent granted under this name, NUMBER_NONE if it did not. Example: start_grant_number("machine").
int32_t start_grant_number(const char *name);

// The process id of a service by name, as the parent told it, else as the directory does; 0: there is none. Example:
// start_service("files").
uint32_t start_service(const char *name);

// Adds a grant to what start_service and start_grant_number find, and what children are told (services only).
// False: no room, or the name is too long.
bool start_grant_add(const char *name, int32_t number, uint32_t process);

// A service that is known by this name has another process id now. May be called by any thread.
void start_grant_move(const char *name, uint32_t process);
