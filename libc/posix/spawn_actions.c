// posix_spawn's file actions: recorded here, carried out by posix_spawn on a plan of the child's descriptors.
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>

#include "libc/posix/spawn_actions.h"

int posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions) {
    *actions = calloc(1, sizeof **actions);
    return *actions ? 0 : ENOMEM;
}

int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *actions) {
    for (size_t i = 0; i < (*actions)->count; i++)
        free((*actions)->list[i].path);
    free((*actions)->list);
    free(*actions);
    *actions = NULL;
    return 0;
}

static int add(posix_spawn_file_actions_t *actions, const struct spawn_action *action) {
    struct __posix_spawn_file_actions *all = *actions;
    if (action->to < 0 || action->to >= DESCRIPTORS_MAX || action->from >= DESCRIPTORS_MAX)
        return EBADF;
    struct spawn_action *larger = reallocarray(all->list, all->count + 1, sizeof *larger);
    if (!larger)
        return ENOMEM;
    all->list = larger;
    all->list[all->count++] = *action;
    return 0;
}

int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *restrict actions, int descriptor,
                                     const char *restrict path, int flags, mode_t mode) {
    struct spawn_action action = {.to = descriptor, .path = strdup(path), .flags = flags, .mode = mode};
    int error = action.path ? add(actions, &action) : ENOMEM;
    if (error)
        free(action.path);
    return error;
}

int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int descriptor, int wanted) {
    if (descriptor < 0)
        return EBADF;
    return add(actions, &(struct spawn_action){.to = wanted, .from = descriptor});
}

int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *actions, int descriptor) {
    return add(actions, &(struct spawn_action){.to = descriptor, .from = SPAWN_ACTION_CLOSE});
}
