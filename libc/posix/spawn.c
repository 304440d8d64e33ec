// posix_spawn: file actions become a plan of the child's descriptors, and program_spawn does the rest.
#include <errno.h>
#include <fcntl.h>
#include <parley/files.h>
#include <parley/spawn.h>
#include <parley/status.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libc/posix/children.h"
#include "libc/posix/spawn_actions.h"

extern char **environ;

// What each descriptor of the child is: a descriptor of the caller's, or none.
struct plan {
    int from[DESCRIPTORS_MAX];
    int end;
    int opened[DESCRIPTORS_MAX]; // by actions, to be closed afterwards
    int opened_count;
};

static void plan_inherit(struct plan *plan) {
    plan->opened_count = 0;
    plan->end = descriptor_end();
    for (int i = 0; i < plan->end; i++)
        plan->from[i] = descriptor_peek(i) && !descriptor_closes_on_spawn(i) ? i : -1;
}

static void plan_set(struct plan *plan, int to, int from) {
    while (plan->end <= to)
        plan->from[plan->end++] = -1;
    plan->from[to] = from;
}

// Sources of dup2 may be closed on spawn: they are looked up in the caller then.
static int plan_get(const struct plan *plan, int descriptor) {
    if (descriptor < plan->end && plan->from[descriptor] >= 0)
        return plan->from[descriptor];
    return descriptor_peek(descriptor) ? descriptor : -1;
}

static int plan_apply(struct plan *plan, const struct spawn_action *action) {
    int from = action->from;
    if (action->path) {
        from = open(action->path, action->flags | O_CLOEXEC, action->mode);
        if (from < 0)
            return errno;
        plan->opened[plan->opened_count++] = from;
    } else if (from != SPAWN_ACTION_CLOSE) {
        from = plan_get(plan, from);
        if (from < 0)
            return EBADF;
    }
    plan_set(plan, action->to, from);
    return 0;
}

static int plan_make(struct plan *plan, const posix_spawn_file_actions_t *actions) {
    plan_inherit(plan);
    for (size_t i = 0; actions && i < (*actions)->count; i++) {
        int error = plan_apply(plan, &(*actions)->list[i]);
        if (error)
            return error;
    }
    return 0;
}

static int spawn_by_plan(const struct plan *plan, struct spawn_request *request, struct spawned *spawned) {
    struct spawn_descriptor *list = calloc((size_t)plan->end + 1, sizeof *list);
    if (!list)
        return ENOMEM;
    for (int i = 0; i < plan->end; i++)
        if (plan->from[i] >= 0)
            list[request->descriptor_count++] = (struct spawn_descriptor){.from = plan->from[i], .to = i};
    request->descriptors = list;
    request->only_listed = true;
    enum status status = program_spawn(request, spawned);
    free(list);
    return status == STATUS_LIMIT_REACHED ? EAGAIN : status_errno(status); // ENOSPC would speak of a disk
}

static int remember(const struct spawned *spawned) {
    if (children_add((struct child){.process = spawned->process, .number = spawned->number}))
        return 0;
    process_kill(spawned->number, EXIT_FAILURE);
    number_close(spawned->number);
    return ENOMEM;
}

int posix_spawn(pid_t *restrict process, const char *restrict path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *restrict attributes, char *const arguments[], char *const environment[]) {
    struct spawn_request request = SPAWN_REQUEST_DEFAULT;
    struct spawned spawned;
    struct plan *plan = malloc(sizeof *plan);
    if (!plan)
        return ENOMEM;
    request.path = path;
    request.arguments = arguments;
    request.environment = environment;
    int error = plan_make(plan, actions);
    if (!error)
        error = spawn_by_plan(plan, &request, &spawned);
    while (plan->opened_count > 0)
        close(plan->opened[--plan->opened_count]);
    free(plan);
    if (!error)
        error = remember(&spawned);
    if (!error && process)
        *process = (pid_t)spawned.process;
    return error;
}

// The part of PATH at `list` with the name behind it; false where it does not fit.
static bool join(char *result, size_t capacity, const char *list, size_t size, const char *name) {
    if (size + strlen(name) + 2 > capacity)
        return false;
    memcpy(result, list, size);
    result[size] = '/';
    strcpy(result + size + 1, name);
    return true;
}

int posix_spawnp(pid_t *restrict process, const char *restrict name, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *restrict attributes, char *const arguments[], char *const environment[]) {
    if (strchr(name, '/'))
        return posix_spawn(process, name, actions, attributes, arguments, environment);
    const char *list = getenv("PATH");
    char path[FILES_PATH_MAX];
    int error = ENOENT;
    if (!list || !*list)
        list = "/bin";
    while (*list && error == ENOENT) {
        size_t size = strcspn(list, ":");
        if (join(path, sizeof path, list, size, name))
            error = posix_spawn(process, path, actions, attributes, arguments, environment);
        list += size;
        list += *list == ':';
    }
    return error;
}
