// Mapping files and memory (POSIX), over the memory daemon (<parley/mapping.h>, which says what a mapping shows).
//
// Where Parley says no: PROT_EXEC (ENOTSUP: only sealed memory is executed), a shared writable mapping of a file opened with
// O_APPEND (ENOTSUP), anything but files of the file server (ENODEV). Anonymous mappings are the program's own: there is no fork
// that would share them.
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "kernel/abi/memory.h" // MAP_FIXED

#define PROT_NONE 0
#define PROT_READ 1
#define PROT_WRITE 2
#define PROT_EXEC 4

#define MAP_FIXED MAP_FIXED // what lies there is unmapped first
#define MAP_SHARED 0x100
#define MAP_PRIVATE 0x200
#define MAP_ANONYMOUS 0x400
#define MAP_ANON MAP_ANONYMOUS
#define MAP_FAILED ((void *)-1)

#define MS_ASYNC 1
#define MS_SYNC 2
#define MS_INVALIDATE 4

#ifdef __cplusplus
extern "C" {
#endif

// EINVAL (sizes, offsets, flags), EBADF, ENODEV, EACCES (not opened so), ENOTSUP, EOVERFLOW, ENOMEM
void *mmap(void *address, size_t size, int protection, int flags, int descriptor, off_t offset);
int munmap(void *address, size_t size);                   // EINVAL; shared writable pages are in the file then
int msync(void *address, size_t size, int flags);         // EINVAL, ENOMEM (not mapped by mmap)
int mprotect(void *address, size_t size, int protection); // EINVAL, ENOMEM (not mapped), EACCES, ENOTSUP

#ifdef __cplusplus
}
#endif
