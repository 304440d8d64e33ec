// Listing the descriptors of a child: those asked for, then those inherited at the same place.
#include "libc/spawn/descriptors.h"

#include "libc/spawn/numbers.h"

static uint32_t start_flags(const struct open_file *file) {
    return (file->flags & OPEN_READ ? START_READ : 0) | (file->flags & OPEN_WRITE ? START_WRITE : 0) |
           (file->flags & OPEN_TERMINAL ? START_TERMINAL : 0);
}

static uint32_t find_same(const struct spawn_descriptors *all, const struct open_file *file) {
    uint32_t i = 0;
    while (i < all->count && all->files[i] != file)
        i++;
    return i;
}

static bool add(struct spawn_descriptors *all, struct process_spawn *spawn, const struct open_file *file, int to) {
    uint32_t same = find_same(all, file);
    struct start_descriptor entry = {.descriptor = to, .flags = start_flags(file), .same_as = same};
    if (file->kind == &open_file_pipe) {
        entry.kind = START_PIPE;
        entry.number = spawn_number_add(spawn, file->number, RIGHTS_ALL);
        if (entry.number == NUMBER_NONE)
            return false;
    } else {
        entry.kind = START_FILE;
        if (same < all->count)
            entry.file = all->list[same].file;
        else if (all->handle_count == FILES_SHARE_MAX)
            return false;
        else {
            entry.file = all->handle_count;
            all->handles[all->handle_count++] = file->handle;
        }
    }
    all->files[all->count] = file;
    all->list[all->count++] = entry;
    return true;
}

static bool is_listed(const struct spawn_request *request, int to) {
    for (uint32_t i = 0; i < request->descriptor_count; i++)
        if (request->descriptors[i].to == to)
            return true;
    return false;
}

static enum status add_listed(const struct spawn_request *request, struct process_spawn *spawn,
                              struct spawn_descriptors *all) {
    for (uint32_t i = 0; i < request->descriptor_count; i++) {
        const struct spawn_descriptor *one = &request->descriptors[i];
        if (one->from < 0)
            continue;
        const struct open_file *file = descriptor_file(one->from);
        if (!file || one->to < 0 || one->to >= DESCRIPTORS_MAX)
            return STATUS_BAD_NUMBER;
        if (!add(all, spawn, file, one->to))
            return STATUS_LIMIT_REACHED;
    }
    return STATUS_OK;
}

enum status spawn_descriptors_collect(const struct spawn_request *request, struct process_spawn *spawn,
                                      struct spawn_descriptors *all) {
    all->count = all->handle_count = 0;
    enum status status = add_listed(request, spawn, all);
    if (status < 0 || request->only_listed)
        return status;
    for (int i = 0; i < descriptor_end(); i++) {
        const struct open_file *file = descriptor_peek(i);
        if (!file || descriptor_closes_on_spawn(i) || is_listed(request, i))
            continue;
        if (!add(all, spawn, file, i))
            return STATUS_LIMIT_REACHED;
    }
    return STATUS_OK;
}
