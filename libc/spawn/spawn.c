// program_spawn: the image, the start block and the numbers are put together, and the kernel starts the process.
#include <parley/spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libc/files/client.h"
#include "libc/posix/working_directory.h"
#include "libc/spawn/block.h"
#include "libc/spawn/descriptors.h"
#include "libc/spawn/numbers.h"
#include "libc/spawn/reserve.h"
#include "libc/start/grants.h"

extern char **environ;

// What a spawn needs while it is prepared; too large for a stack.
struct preparation {
    struct process_spawn spawn;
    struct spawn_descriptors descriptors;
    struct start_grant grants[GRANTS_MAX];
    uint32_t grant_count;
    struct block_contents contents;
    uint64_t limits[ACCOUNT_ITEM_COUNT]; // where a reserve is kept
};

static bool add_grant(struct preparation *all, const char *name, int32_t number, uint32_t process) {
    if (all->grant_count == GRANTS_MAX || strlen(name) >= NAME_SIZE)
        return false;
    struct start_grant *grant = &all->grants[all->grant_count++];
    *grant = (struct start_grant){.number = number, .process = process};
    strcpy(grant->name, name);
    return true;
}

static bool is_granted(const struct preparation *all, const char *name) {
    for (uint32_t i = 0; i < all->grant_count; i++)
        if (strcmp(all->grants[i].name, name) == 0)
            return true;
    return false;
}

// The request's grants come first: they hide a service of the same name.
static enum status collect_grants(const struct spawn_request *request, struct preparation *all) {
    for (uint32_t i = 0; i < request->grant_count; i++) {
        const struct spawn_grant *grant = &request->grants[i];
        int32_t number = NUMBER_NONE;
        if (grant->number != NUMBER_NONE) {
            number = spawn_number_add(&all->spawn, grant->number, grant->rights);
            if (number == NUMBER_NONE)
                return STATUS_LIMIT_REACHED;
        }
        if (!add_grant(all, grant->name, number, grant->process))
            return STATUS_LIMIT_REACHED;
    }
    const struct start_grant *known;
    uint32_t count = grants_list(&known);
    for (uint32_t i = 0; i < count; i++)
        if (known[i].process != 0 && !is_granted(all, known[i].name) &&
            !add_grant(all, known[i].name, NUMBER_NONE, known[i].process))
            return STATUS_LIMIT_REACHED;
    return STATUS_OK;
}

static void set_name(const struct spawn_request *request, struct process_spawn *spawn) {
    const char *program = request->path ? request->path : request->arguments[0] ? request->arguments[0] : "program";
    if (strrchr(program, '/'))
        program = strrchr(program, '/') + 1;
    strlcpy(spawn->program, program, sizeof spawn->program);
    strlcpy(spawn->name, request->name ? request->name : program, sizeof spawn->name);
}

static enum status open_image(const struct spawn_request *request, struct process_spawn *spawn) {
    char path[FILES_PATH_MAX];
    uint64_t size;
    spawn->image = request->image;
    if (!request->path)
        return STATUS_OK;
    if (!path_resolve(request->path, path))
        return STATUS_NOT_FOUND;
    return files_image(path, &spawn->image, &size);
}

static enum status start_with_block(struct preparation *all, bool debugged, struct spawned *spawned) {
    uint32_t size = start_block_size(&all->contents);
    if (size == 0)
        return STATUS_TOO_LARGE;
    struct start_block *block = malloc(size);
    if (!block)
        return STATUS_NO_MEMORY;
    start_block_write(&all->contents, size, block);
    all->spawn.start_block = (uint64_t)block;
    all->spawn.start_block_size = size;
    enum status status = debugged ? debug_spawn(&all->spawn, &spawned->process, &spawned->number)
                                  : process_spawn(&all->spawn, &spawned->process, &spawned->number);
    free(block);
    return status;
}

static enum status collect(const struct spawn_request *request, struct preparation *all) {
    enum status status = spawn_descriptors_collect(request, &all->spawn, &all->descriptors);
    if (status >= 0)
        status = collect_grants(request, all);
    if (status >= 0 && all->descriptors.handle_count)
        status = files_share(all->descriptors.handles, all->descriptors.handle_count, &all->contents.files_ticket);
    return status;
}

static enum status set_limits(const struct spawn_request *request, struct preparation *all) {
    all->spawn.limits = (uint64_t)request->limits;
    if (request->limits || !reserve_is_kept())
        return STATUS_OK;
    all->spawn.limits = (uint64_t)all->limits;
    return reserve_limits(all->limits);
}

static void fill(const struct spawn_request *request, struct preparation *all) {
    struct process_spawn *spawn = &all->spawn;
    spawn->machine = request->machine;
    spawn->user = request->user;
    spawn->priority = request->priority;
    set_name(request, spawn);
    all->contents.arguments = request->arguments;
    all->contents.environment = request->environment ? request->environment : environ;
    all->contents.working_directory = request->working_directory ? request->working_directory : working_directory();
    all->contents.descriptors = all->descriptors.list;
    all->contents.descriptor_count = all->descriptors.count;
    all->contents.grants = all->grants;
    all->contents.grant_count = all->grant_count;
}

enum status program_spawn(const struct spawn_request *request, struct spawned *spawned) {
    struct preparation *all = malloc(sizeof *all);
    if (!all)
        return STATUS_NO_MEMORY;
    memset(&all->spawn, 0, sizeof all->spawn);
    all->grant_count = 0;
    all->contents.files_ticket = 0;
    enum status status = open_image(request, &all->spawn);
    if (status >= 0) {
        status = set_limits(request, all);
        status = status >= 0 ? collect(request, all) : status;
        if (status >= 0) {
            fill(request, all);
            status = start_with_block(all, request->debugged, spawned);
        }
        if (request->path)
            number_close(all->spawn.image);
    }
    free(all);
    return status;
}
