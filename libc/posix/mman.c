// mmap, munmap, msync and mprotect: POSIX's checks, and the way to the memory daemon and the kernel.
#include <errno.h>
#include <parley/calls.h>
#include <parley/mapping.h>
#include <parley/status.h>
#include <parley/sync.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "libc/posix/descriptor.h"
#include "libc/posix/posix.h"
#include "libc/posix/regions.h"

enum { PROTECTIONS = PROT_READ | PROT_WRITE | PROT_EXEC, SHARING = MAP_SHARED | MAP_PRIVATE };

_Static_assert(PROT_READ == PROTECTION_READ && PROT_WRITE == PROTECTION_WRITE, "protections are passed on as they are");

static struct mutex lock;
static struct regions regions; // [lock]
static bool writes_at_exit;    // [lock]

// What a call wants, looked over.
struct wish {
    uint64_t address; // 0: anywhere
    uint64_t size;    // whole pages
    uint32_t protection;
    uint32_t flags;
    uint64_t offset;
};

// *end of the page-aligned range; false: it is none.
static bool range_check(uint64_t base, size_t size, uint64_t *end) {
    uint64_t last;
    if (base % PAGE_SIZE || size == 0 || __builtin_add_overflow(base, size, &last) || last > UINT64_MAX - PAGE_SIZE)
        return false;
    *end = (last + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
    return true;
}

// 0 or an errno.
static int wish_check(const struct wish *wish, size_t size, off_t offset) {
    uint32_t sharing = wish->flags & SHARING;
    uint64_t end;
    if ((sharing != MAP_SHARED && sharing != MAP_PRIVATE) ||
        (wish->flags & ~(uint32_t)(SHARING | MAP_FIXED | MAP_ANONYMOUS)) || (wish->protection & ~(uint32_t)PROTECTIONS))
        return EINVAL;
    if (size == 0 || offset < 0 || offset % PAGE_SIZE || (wish->flags & MAP_FIXED && wish->address % PAGE_SIZE))
        return EINVAL;
    if (wish->protection & PROT_EXEC)
        return ENOTSUP;
    if (size > UINT64_MAX - PAGE_SIZE)
        return ENOMEM;
    return __builtin_add_overflow((uint64_t)offset, wish->size, &end) ? EOVERFLOW : 0;
}

// What a mapping of this file must not be; 0 or an errno.
static int file_check(const struct wish *wish, const struct open_file *file) {
    bool writes = wish->flags & MAP_SHARED && wish->protection & PROT_WRITE;
    if (file->kind != &open_file_served || file->flags & OPEN_DIRECTORY)
        return ENODEV;
    if (!(file->flags & OPEN_READ) || (writes && !(file->flags & OPEN_WRITE)))
        return EACCES;
    return writes && file->flags & OPEN_APPEND ? ENOTSUP : 0;
}

// The statuses of mapping, where POSIX calls them otherwise than posix_result does.
static int mapping_fail(enum status status) {
    switch (status) {
    case STATUS_UNSUPPORTED:
    case STATUS_PEER_DIED:
        return posix_fail(ENODEV);
    case STATUS_LIMIT_REACHED:
    case STATUS_NOT_FOUND:
    case STATUS_TOO_LARGE:
        return posix_fail(ENOMEM);
    default:
        return posix_result(status);
    }
}

// Everything in the range that belongs to files goes there. [lock]
static enum status write_back(uint64_t base, uint64_t end) {
    enum status result = STATUS_OK;
    const struct region *region = regions_from(&regions, base);
    for (; region && region->base < end; region = region->next) {
        uint64_t from = region->base > base ? region->base : base;
        uint64_t to = region->end < end ? region->end : end;
        if (!region->written)
            continue;
        uint64_t start = region->offset + (from - region->base);
        enum status status = mapping_write_back(region->key, start, start + (to - from));
        result = status < 0 ? status : result;
    }
    return result;
}

static void write_back_all(void) {
    mutex_lock(&lock);
    write_back(0, UINT64_MAX);
    mutex_unlock(&lock);
}

// ---- mapping ----

static enum status place_make(const struct wish *wish) {
    if (!(wish->flags & MAP_FIXED))
        return STATUS_OK;
    write_back(wish->address, wish->address + wish->size);
    if (!regions_remove(&regions, wish->address, wish->address + wish->size))
        return STATUS_NO_MEMORY;
    return memory_unmap(wish->address, wish->size);
}

static enum status region_note(const struct wish *wish, uint64_t base, uint64_t key, bool written) {
    struct region region = {
        .base = base, .end = base + wish->size, .key = key, .offset = wish->offset, .written = written};
    if (!regions_add(&regions, &region)) {
        memory_unmap(base, wish->size);
        return STATUS_NO_MEMORY;
    }
    if (written && !writes_at_exit)
        writes_at_exit = atexit(write_back_all) == 0;
    return STATUS_OK;
}

static enum status map_anonymous(const struct wish *wish, uint64_t *base) {
    enum status status = memory_map(wish->address, wish->size, wish->protection, wish->flags & MAP_FIXED, base);
    return status < 0 ? status : region_note(wish, *base, 0, false);
}

static enum status map_file(const struct wish *wish, const struct open_file *file, uint64_t *base) {
    bool written = wish->flags & MAP_SHARED && file->flags & OPEN_WRITE && !(file->flags & OPEN_APPEND);
    uint32_t flags = (wish->flags & MAP_FIXED) | (wish->flags & MAP_PRIVATE ? MAP_COPY : 0);
    int32_t memory;
    uint64_t key;
    enum status status =
        mapping_open(file->handle, written ? MAPPING_SHARED_WRITE : 0, wish->offset + wish->size, &memory, &key);
    if (status < 0)
        return status;
    status = shared_map(memory, wish->offset, wish->size, wish->protection, wish->address, flags, base);
    number_close(memory);
    return status < 0 ? status : region_note(wish, *base, key, written);
}

void *mmap(void *address, size_t size, int protection, int flags, int descriptor, off_t offset) {
    struct wish wish = {.address = flags & MAP_FIXED ? (uint64_t)address : 0,
                        .size = (size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1),
                        .protection = (uint32_t)protection,
                        .flags = (uint32_t)flags,
                        .offset = (uint64_t)offset};
    const struct open_file *file = NULL;
    uint64_t base = 0;
    int error = wish_check(&wish, size, offset);
    if (!error && !(flags & MAP_ANONYMOUS)) {
        file = descriptor_file(descriptor);
        error = file ? file_check(&wish, file) : EBADF;
    }
    if (error)
        return errno = error, MAP_FAILED;
    mutex_lock(&lock);
    enum status status = place_make(&wish);
    if (status >= 0)
        status = file ? map_file(&wish, file, &base) : map_anonymous(&wish, &base);
    mutex_unlock(&lock);
    if (status < 0)
        return mapping_fail(status), MAP_FAILED;
    return (void *)base;
}

// ---- what is mapped ----

int munmap(void *address, size_t size) {
    uint64_t base = (uint64_t)address, end;
    if (!range_check(base, size, &end))
        return posix_fail(EINVAL);
    mutex_lock(&lock);
    enum status written = write_back(base, end);
    enum status status = regions_remove(&regions, base, end) ? memory_unmap(base, end - base) : STATUS_NO_MEMORY;
    mutex_unlock(&lock);
    if (status < 0)
        return mapping_fail(status);
    return written < 0 ? mapping_fail(written) : 0;
}

int msync(void *address, size_t size, int flags) {
    uint64_t base = (uint64_t)address, end;
    bool sound =
        !(flags & ~(MS_ASYNC | MS_SYNC | MS_INVALIDATE)) && (flags & (MS_ASYNC | MS_SYNC)) != (MS_ASYNC | MS_SYNC);
    if (base % PAGE_SIZE || !sound)
        return posix_fail(EINVAL);
    if (size == 0)
        return 0;
    if (!range_check(base, size, &end))
        return posix_fail(ENOMEM);
    mutex_lock(&lock);
    bool covered = regions_cover(&regions, base, end);
    enum status status = covered ? write_back(base, end) : STATUS_OK;
    mutex_unlock(&lock);
    if (!covered)
        return posix_fail(ENOMEM);
    return status < 0 ? mapping_fail(status) : 0;
}

int mprotect(void *address, size_t size, int protection) {
    if ((uint64_t)address % PAGE_SIZE || protection & ~PROTECTIONS)
        return posix_fail(EINVAL);
    if (protection & PROT_EXEC)
        return posix_fail(ENOTSUP);
    if (size == 0)
        return 0;
    return mapping_fail(memory_protect((uint64_t)address, size, (uint32_t)protection));
}
