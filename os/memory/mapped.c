// The list of mapped files: opened by handle, found again by version, written back, and let go when nobody maps them.
#include "os/memory/mapped.h"

#include <parley/calls.h>
#include <parley/link.h>
#include <parley/machine.h>
#include <parley/object.h>
#include <parley/sync.h>
#include <stdlib.h>
#include <string.h>

#include "libc/files/client.h"
#include "os/memory/list.h"

// The smallest object: so that a file that grows, or is mapped beyond its end, seldom needs a new one.
#define MAPPED_SIZE_LEAST (UINT64_C(256) << 20)
#define MAPPED_SIZE_MAX (UINT64_C(16) << 30)

struct mutex mapped_lock;
struct mapped_list mapped_list = TAILQ_HEAD_INITIALIZER(mapped_list);
static uint32_t count; // in the list

enum { SPARE_SHARE = 8 }; // memory is short when less than one part in so many is free

static _Alignas(PAGE_SIZE) uint8_t page_bytes[PAGE_SIZE];

// ---- making ----

static uint64_t size_for(uint64_t end) {
    uint64_t size = MAPPED_SIZE_LEAST;
    while (size < end)
        size *= 2;
    return size;
}

static uint32_t references_of(const struct mapped *mapped) {
    struct object_information about = {0};
    size_t found = 0;
    enum status status = object_list(OBJECT_SHARED_MEMORY, mapped->key - 1, &about, 1, &found);
    return status == STATUS_OK && found == 1 && about.id == mapped->key ? about.references : 0;
}

static enum status memory_make(struct mapped *mapped, uint64_t size) {
    struct link_create plan = {0};
    struct number_information about;
    enum status status = link_create(&plan, &mapped->faults);
    if (status != STATUS_OK)
        return status;
    struct pager_create wish = {.size = size, .patience = MAPPED_PATIENCE, .link = plan.other};
    status = pager_create(&wish, &mapped->memory);
    if (status != STATUS_OK) {
        number_close(plan.other);
        number_close(mapped->faults);
        return status;
    }
    number_information(mapped->memory, &about);
    mapped->key = about.id;
    mapped->pages = size / PAGE_SIZE;
    mapped->references = references_of(mapped);
    return STATUS_OK;
}

static enum status mapped_make(const struct files_stat *file, uint64_t end, struct mapped **mapped) {
    uint64_t last = end > file->size ? end : file->size;
    if (last > MAPPED_SIZE_MAX)
        return STATUS_TOO_LARGE;
    if (count >= MAPPED_MAX)
        return STATUS_LIMIT_REACHED;
    struct mapped *made = calloc(1, sizeof(*made));
    if (!made)
        return STATUS_NO_MEMORY;
    made->file = *file;
    made->ahead = 1;
    enum status status = memory_make(made, size_for(last));
    if (status != STATUS_OK) {
        free(made);
        return status;
    }
    *mapped = made;
    return STATUS_OK;
}

// ---- finding ----

static bool is_idle(const struct mapped *mapped) {
    return references_of(mapped) <= mapped->references;
}

// What is written to through mappings stays the one object of its file while it is in use: its users must see each other.
static bool is_good_for(const struct mapped *mapped, const struct files_stat *file, uint64_t end) {
    if (mapped->file.id != file->id || mapped->pages * PAGE_SIZE < end)
        return false;
    bool is_version = mapped->file.size == file->size && mapped->file.modified == file->modified;
    return is_version || (mapped->is_written && !is_idle(mapped));
}

static struct mapped *find_version(const struct files_stat *file, uint64_t end) {
    struct mapped *mapped;
    TAILQ_FOREACH(mapped, &mapped_list, link)
        if (is_good_for(mapped, file, end))
            return mapped;
    return NULL;
}

static struct mapped *find_key(uint64_t key) {
    struct mapped *mapped;
    TAILQ_FOREACH(mapped, &mapped_list, link)
        if (mapped->key == key)
            return mapped;
    return NULL;
}

static void enter(struct mapped *mapped, bool is_new) {
    mutex_lock(&mapped_lock);
    if (!is_new)
        TAILQ_REMOVE(&mapped_list, mapped, link);
    TAILQ_INSERT_TAIL(&mapped_list, mapped, link);
    mutex_unlock(&mapped_lock);
    count += is_new;
}

// ---- opening ----

// Nothing is read or written: the server says whether it would be allowed.
static enum status handle_check(uint32_t handle, bool write, struct files_stat *file) {
    uint8_t none;
    size_t done;
    enum status status = files_stat_handle(handle, file);
    if (status >= 0)
        status = files_read(handle, 0, &none, 0, &done);
    if (status >= 0 && write)
        status = files_write(handle, 0, &none, 0, &done);
    return status;
}

// The handle becomes the object's where it has a use for it; true: it has.
static bool handle_take(struct mapped *mapped, uint32_t handle, bool write, bool is_new) {
    bool to_write = write && !mapped->is_written;
    if (is_new)
        mapped->handle = handle;
    if (to_write) {
        mapped->write_handle = handle;
        mapped->is_written = true;
    }
    return is_new || to_write;
}

enum status mapped_open(uint32_t handle, bool write, uint64_t end, struct mapped **mapped) {
    struct files_stat file;
    struct mapped *found = NULL;
    enum status status = handle_check(handle, write, &file);
    if (status >= 0)
        found = find_version(&file, end);
    bool is_new = status >= 0 && !found;
    if (is_new)
        status = mapped_make(&file, end, &found);
    if (status < 0 || !found || !handle_take(found, handle, write, is_new))
        files_close(handle);
    if (status >= 0 && found)
        enter(found, is_new);
    *mapped = found;
    return status;
}

// ---- writing back ----

static enum status bytes_write(const struct mapped *mapped, uint64_t at, size_t size) {
    enum status status = STATUS_OK;
    for (size_t done = 0, part; status >= 0 && done < size; done += part) {
        status = files_write(mapped->write_handle, at + done, page_bytes + done, size - done, &part);
        if (status >= 0 && part == 0)
            return STATUS_DEVICE_ERROR;
    }
    return status;
}

// A page that was never touched, or never written to, is in the file as it is. Nothing is written behind the file's end.
static enum status page_write_back(struct mapped *mapped, uint64_t page, uint64_t file_size) {
    uint32_t written = 0;
    uint64_t at = page * PAGE_SIZE;
    enum status status = pager_fetch(mapped->memory, page, page_bytes, &written);
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && !written))
        return STATUS_OK;
    return status == STATUS_OK ? bytes_write(mapped, at, file_size - at < PAGE_SIZE ? file_size - at : PAGE_SIZE)
                               : status;
}

static enum status range_write_back(struct mapped *mapped, uint64_t start, uint64_t end) {
    struct files_stat file;
    enum status result = files_stat_handle(mapped->write_handle, &file);
    if (result < 0)
        return result;
    uint64_t size = file.size < mapped->pages * PAGE_SIZE ? file.size : mapped->pages * PAGE_SIZE;
    end = end < size ? end : size;
    for (uint64_t page = start / PAGE_SIZE; page * PAGE_SIZE < end; page++) {
        enum status status = page_write_back(mapped, page, file.size);
        result = status < 0 ? status : result;
    }
    // What the object holds is this version of the file now, if it was the last one before.
    bool was_current = file.size == mapped->file.size && file.modified == mapped->file.modified;
    if (was_current)
        files_stat_handle(mapped->write_handle, &mapped->file);
    return result;
}

enum status mapped_write_back(uint64_t key, uint64_t start, uint64_t end) {
    struct mapped *mapped = find_key(key);
    if (!mapped)
        return STATUS_NOT_FOUND;
    return mapped->is_written ? range_write_back(mapped, start, end) : STATUS_OK;
}

// ---- letting go ----

// False: a fault of its is being served.
static bool take_out(struct mapped *mapped) {
    mutex_lock(&mapped_lock);
    bool is_free = mapped->uses == 0;
    if (is_free)
        TAILQ_REMOVE(&mapped_list, mapped, link);
    mutex_unlock(&mapped_lock);
    count -= is_free;
    return is_free;
}

static void drop(struct mapped *mapped) {
    if (!take_out(mapped))
        return;
    if (mapped->is_written && mapped->write_handle != mapped->handle)
        files_close(mapped->write_handle);
    files_close(mapped->handle);
    number_close(mapped->memory);
    number_close(mapped->faults);
    free(mapped);
}

// What nobody maps any more goes into its file, and is then like what was only read.
static void retire(struct mapped *mapped) {
    range_write_back(mapped, 0, UINT64_MAX);
    if (mapped->write_handle != mapped->handle)
        files_close(mapped->write_handle);
    mapped->is_written = false;
}

// Of a file that was changed or removed since.
static bool is_outdated(const struct mapped *mapped) {
    struct files_stat file;
    return files_stat_handle(mapped->handle, &file) < 0 || file.links == 0 || file.size != mapped->file.size ||
           file.modified != mapped->file.modified;
}

// Looks into the file of the one that lies idle longest, and of those that were written to.
static bool sweep(uint32_t keep) {
    struct mapped *mapped, *next;
    uint32_t idle = 0;
    bool again = false, is_first = true;
    TAILQ_FOREACH(mapped, &mapped_list, link)
        idle += is_idle(mapped);
    for (mapped = TAILQ_FIRST(&mapped_list); mapped; mapped = next) {
        next = TAILQ_NEXT(mapped, link);
        if (!is_idle(mapped)) {
            again |= mapped->is_written;
            continue;
        }
        bool looks = is_first || mapped->is_written;
        is_first = false;
        if (mapped->is_written)
            retire(mapped);
        if (idle > keep || (looks && is_outdated(mapped))) {
            idle--;
            drop(mapped);
        }
    }
    return again;
}

bool mapped_sweep(void) {
    struct machine_information machine;
    bool is_short =
        machine_information(&machine) == STATUS_OK && machine.memory_free < machine.memory_total / SPARE_SHARE;
    return sweep(is_short ? 0 : MAPPED_IDLE_MAX);
}
