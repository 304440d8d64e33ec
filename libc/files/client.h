// The file server's operations as functions: one exchange each.
//
// Rules: paths are absolute and normalised (libc/posix/path.h). Statuses are the server's, as <parley/files.h> tells.
#pragma once

#include <parley/files.h>

struct files_opened {
    uint32_t handle;
    struct files_stat stat;
};

enum status files_open(const char *path, uint32_t flags, uint32_t mode, struct files_opened *opened);
enum status files_close(uint32_t handle);
enum status files_read(uint32_t handle, uint64_t offset, void *buffer, size_t size, size_t *read);
// Whole pages of a file, at the handle's own offset, which take the place of the memory at `buffer` without being copied (libc/files/pages.c).
// 0: none, as it is too little, or not so that it could go by page: files_read is to be used.
enum { FILES_PAGES_LEAST = 20 * 4096 }; // below that copying is shorter: docs/COMPARISON.md
size_t files_read_pages(uint32_t handle, void *buffer, size_t size);

enum status files_write(uint32_t handle, uint64_t offset, const void *data, size_t size, size_t *written);
enum status files_seek(uint32_t handle, int64_t offset, enum files_seek_from from, uint64_t *position);
enum status files_stat_path(const char *path, struct files_stat *stat);
enum status files_stat_handle(uint32_t handle, struct files_stat *stat);
enum status files_truncate(uint32_t handle, uint64_t size);
enum status files_list(uint32_t handle, uint64_t *position, void *entries, size_t room, size_t *received);
enum status files_rename(const char *from, const char *to);

// MAKE_DIRECTORY, REMOVE_DIRECTORY, REMOVE, SET_MODE, SET_TIME: operations on a path with one value.
enum status files_on_path(enum files_operation operation, const char *path, uint64_t value);

// The number of sealed shared memory with the file's contents, for process_spawn; the caller closes it.
enum status files_image(const char *path, int32_t *number, uint64_t *size);

// A ticket for handles, and the handles for a ticket (at most FILES_SHARE_MAX of them).
enum status files_share(const uint32_t *handles, uint32_t count, uint64_t *ticket);
enum status files_adopt(uint64_t ticket, uint32_t *handles, uint32_t count);
