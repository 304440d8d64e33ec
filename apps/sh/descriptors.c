// Which descriptor of the shell becomes which of a command's.
#include "apps/sh/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apps/common/output.h"
#include "apps/sh/shell.h"

void descriptors_start(struct descriptors *descriptors, unsigned passed) {
    for (int i = 0; i < DESCRIPTOR_COUNT; i++) {
        descriptors->source[i] = i < 3 || passed >> i & 1 ? i : DESCRIPTOR_CLOSED;
        descriptors->owned[i] = false;
    }
}

// A source stays open as long as another target uses it, which then owns it.
static void drop(struct descriptors *descriptors, int target) {
    int source = descriptors->source[target];
    if (!descriptors->owned[target])
        return;
    descriptors->owned[target] = false;
    for (int i = 0; i < DESCRIPTOR_COUNT; i++) {
        if (i != target && descriptors->source[i] == source) {
            descriptors->owned[i] = true;
            return;
        }
    }
    close(source);
}

void descriptors_set(struct descriptors *descriptors, int target, int source, bool owned) {
    drop(descriptors, target);
    descriptors->source[target] = source;
    descriptors->owned[target] = owned;
}

void descriptors_release(struct descriptors *descriptors) {
    for (int i = 0; i < DESCRIPTOR_COUNT; i++)
        descriptors_set(descriptors, i, DESCRIPTOR_CLOSED, false);
}

int descriptor_own(int descriptor) {
    if (descriptor < 0)
        return -1;
    int own = fcntl(descriptor, F_DUPFD_CLOEXEC, DESCRIPTOR_OWN), error = errno;
    close(descriptor);
    errno = error;
    return own;
}

bool descriptor_pipe(int ends[2]) {
    if (pipe(ends))
        return false;
    ends[0] = descriptor_own(ends[0]);
    ends[1] = descriptor_own(ends[1]);
    if (ends[0] >= 0 && ends[1] >= 0)
        return true;
    int error = errno;
    for (int i = 0; i < 2; i++)
        if (ends[i] >= 0)
            close(ends[i]);
    errno = error;
    return false;
}

static int flags_of(enum redirection_kind kind) {
    static const int flags[] = {
        [REDIRECT_READ] = O_RDONLY,
        [REDIRECT_WRITE] = O_WRONLY | O_CREAT | O_TRUNC,
        [REDIRECT_APPEND] = O_WRONLY | O_CREAT | O_APPEND,
        [REDIRECT_READ_WRITE] = O_RDWR | O_CREAT,
    };
    return flags[kind] | O_CLOEXEC;
}

static bool duplicate(struct descriptors *descriptors, int target, const char *word) {
    if (!strcmp(word, "-")) {
        descriptors_set(descriptors, target, DESCRIPTOR_CLOSED, false);
        return true;
    }
    bool digit = word[0] >= '0' && word[0] <= '9' && !word[1];
    int from = digit ? word[0] - '0' : 0;
    if (!digit || descriptors->source[from] == DESCRIPTOR_CLOSED) {
        shell_complain(2, word, digit ? strerror(EBADF) : "a digit or - is wanted behind &");
        return false;
    }
    if (from != target)
        descriptors_set(descriptors, target, descriptors->source[from], false);
    return true;
}

static bool open_target(struct descriptors *descriptors, const struct redirection *redirection, const char *path) {
    int descriptor = descriptor_own(open(path, flags_of(redirection->kind), 0666));
    if (descriptor < 0) {
        shell_complain_errno(2, path);
        return false;
    }
    descriptors_set(descriptors, redirection->descriptor, descriptor, true);
    return true;
}

// A file that nobody else finds: a pipe would hold only so much before its reader is there.
static bool open_here(struct descriptors *descriptors, int target, const char *text) {
    static unsigned count;
    struct text path = {0};
    text_add_string(&path, "/tmp/.sh-");
    text_add_number(&path, (unsigned long)getpid());
    text_add_character(&path, '-');
    text_add_number(&path, ++count);
    int writer = open(path.bytes, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int error = writer < 0 ? errno : write_fully(writer, text, strlen(text));
    int reader = error ? -1 : descriptor_own(open(path.bytes, O_RDONLY | O_CLOEXEC));
    error = error || reader >= 0 ? error : errno;
    if (writer >= 0) {
        close(writer);
        unlink(path.bytes);
    }
    if (error) {
        shell_complain(2, "here-document", strerror(error));
        if (reader >= 0)
            close(reader);
    } else {
        descriptors_set(descriptors, target, reader, true);
    }
    text_release(&path);
    return !error;
}

static char *with_line_end(char *string) {
    struct text text = {0};
    if (!string)
        return NULL;
    text_add_string(&text, string);
    text_add_character(&text, '\n');
    free(string);
    return text_take(&text);
}

static char *expand_target(struct shell *shell, const struct redirection *redirection) {
    if (redirection->kind == REDIRECT_HERE_STRING)
        return with_line_end(expand_string(shell_expander(shell), redirection->target));
    if (redirection->kind != REDIRECT_HERE)
        return expand_string(shell_expander(shell), redirection->target);
    return redirection->quoted ? string_copy(redirection->target)
                               : expand_here(shell_expander(shell), redirection->target);
}

static bool redirect(struct descriptors *descriptors, struct shell *shell, const struct redirection *redirection) {
    char *target = expand_target(shell, redirection);
    if (!target) {
        shell_complain(2, NULL, shell->expander.problem.bytes);
        return false;
    }
    bool done;
    if (redirection->kind == REDIRECT_DUPLICATE)
        done = duplicate(descriptors, redirection->descriptor, target);
    else if (redirection->kind == REDIRECT_HERE || redirection->kind == REDIRECT_HERE_STRING)
        done = open_here(descriptors, redirection->descriptor, target);
    else
        done = open_target(descriptors, redirection, target);
    free(target);
    return done;
}

bool descriptors_redirect(struct descriptors *descriptors, struct shell *shell,
                          const struct redirection *redirections) {
    for (; redirections; redirections = redirections->next)
        if (!redirect(descriptors, shell, redirections))
            return false;
    return true;
}

// A source among the targets that becomes something else itself.
static bool is_overwritten(const struct descriptors *descriptors, int target) {
    int source = descriptors->source[target];
    return source != target && source >= 0 && source < DESCRIPTOR_COUNT && descriptors->source[source] != source;
}

static bool move_up(struct descriptors *descriptors, int target) {
    int moved = fcntl(descriptors->source[target], F_DUPFD_CLOEXEC, DESCRIPTOR_OWN);
    if (moved >= 0)
        descriptors_set(descriptors, target, moved, true);
    return moved >= 0;
}

static bool move_sources_up(struct descriptors *descriptors) {
    for (int target = 0; target < DESCRIPTOR_COUNT; target++)
        if (is_overwritten(descriptors, target) && !move_up(descriptors, target))
            return false;
    return true;
}

// Notes what `target` is, and makes it what the map says.
static bool enter_one(const struct descriptors *descriptors, int target, struct descriptors_before *before) {
    int source = descriptors->source[target];
    before->saved[target] = fcntl(target, F_DUPFD_CLOEXEC, DESCRIPTOR_OWN);
    if (before->saved[target] < 0 && errno != EBADF)
        return false;
    before->changed[target] = true;
    if (source != DESCRIPTOR_CLOSED)
        return dup2(source, target) >= 0;
    close(target);
    return true;
}

bool descriptors_enter(struct descriptors *descriptors, struct shell *shell, struct descriptors_before *before) {
    *before = (struct descriptors_before){.passed = shell->passed};
    bool done = move_sources_up(descriptors);
    for (int target = 0; target < DESCRIPTOR_COUNT && done; target++) {
        bool passed = target < 3 || shell->passed >> target & 1;
        if (descriptors->source[target] == (passed ? target : DESCRIPTOR_CLOSED))
            continue;
        done = enter_one(descriptors, target, before);
        shell->passed |= target < 3 ? 0 : 1u << target;
    }
    if (!done) {
        int error = errno;
        descriptors_leave(shell, before);
        errno = error;
    }
    return done;
}

void descriptors_leave(struct shell *shell, struct descriptors_before *before) {
    for (int target = 0; target < DESCRIPTOR_COUNT; target++) {
        if (!before->changed[target])
            continue;
        if (before->saved[target] >= 0) {
            dup2(before->saved[target], target);
            close(before->saved[target]);
        } else {
            close(target);
        }
    }
    shell->passed = before->passed;
}

void descriptors_keep(struct descriptors_before *before) {
    for (int target = 0; target < DESCRIPTOR_COUNT; target++)
        if (before->changed[target] && before->saved[target] >= 0)
            close(before->saved[target]);
}

static int add_action(const struct descriptors *descriptors, int target, posix_spawn_file_actions_t *actions) {
    int source = descriptors->source[target];
    if (source == target)
        return 0;
    if (source != DESCRIPTOR_CLOSED)
        return posix_spawn_file_actions_adddup2(actions, source, target);
    return target < 3 ? posix_spawn_file_actions_addclose(actions, target) : 0;
}

bool descriptors_add_actions(struct descriptors *descriptors, posix_spawn_file_actions_t *actions) {
    if (!move_sources_up(descriptors))
        return false;
    errno = 0;
    for (int target = 0; target < DESCRIPTOR_COUNT && !errno; target++)
        errno = add_action(descriptors, target, actions);
    return !errno;
}
