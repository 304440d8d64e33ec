// File descriptors: small numbers of POSIX for pipe ends and for files on the file server. Inside the library only.
//
// A descriptor refers to an open file; dup makes another descriptor for the same one. What a program was started with is
// read from the start block at the first use.
// Rules: the table has one lock (taken inside). An open file found here stays good while its descriptor is open; a program
// that closes a descriptor in one thread while another uses it gets EBADF or the new file, as everywhere.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

enum { DESCRIPTORS_MAX = 256 };

enum open_file_flag {
    OPEN_READ = 1 << 0,
    OPEN_WRITE = 1 << 1,
    OPEN_TERMINAL = 1 << 2,
    OPEN_NONBLOCKING = 1 << 3,
    OPEN_DIRECTORY = 1 << 4,
    OPEN_APPEND = 1 << 5,
};

struct open_file;

// What kinds of open files do. Each returns as its POSIX namesake: -1 and errno at an error.
struct open_file_kind {
    ssize_t (*read)(struct open_file *file, void *buffer, size_t size);
    ssize_t (*write)(struct open_file *file, const void *data, size_t size);
    off_t (*seek)(struct open_file *file, off_t offset, int from);
    int (*stat)(struct open_file *file, struct stat *result);
    int (*close)(struct open_file *file);
};

struct open_file {
    const struct open_file_kind *kind; // null: a free slot
    uint32_t references;
    uint32_t flags;
    int32_t number;  // a pipe's
    uint32_t handle; // the file server's
};

extern const struct open_file_kind open_file_pipe;
extern const struct open_file_kind open_file_served;

// Null and EBADF where it is not open.
struct open_file *descriptor_file(int descriptor);

// The same without an error: null where it is not open.
struct open_file *descriptor_peek(int descriptor);

// One above the highest descriptor that was ever open.
int descriptor_end(void);

// The lowest free descriptor from `lowest` on for a new open file like `file`; -1 and EMFILE. `close_on_spawn`: children
// do not get it.
int descriptor_open(const struct open_file *file, int lowest, bool close_on_spawn);

// Another descriptor for the same open file: the lowest free one from `lowest` on; -1 and EMFILE or EBADF.
int descriptor_duplicate(int descriptor, int lowest, bool close_on_spawn);

// Makes `wanted` refer to the open file of `descriptor`, closing what it was; -1 and EBADF.
int descriptor_duplicate_to(int descriptor, int wanted);

int descriptor_close(int descriptor);

bool descriptor_closes_on_spawn(int descriptor);
void descriptor_set_close_on_spawn(int descriptor, bool closes);
