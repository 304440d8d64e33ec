// Which descriptor of the shell becomes which of a command's: redirections, and the way to file actions of
// posix_spawn.
//
// Rules: what is opened here lies at DESCRIPTOR_OWN or above and is closed when a program starts, so that
// nothing leaks into children, and pipelines end. Whoever fills a map releases it.
#pragma once

#include <spawn.h>
#include <stdbool.h>

#include "apps/sh/tree.h"

struct shell;

enum { DESCRIPTOR_COUNT = 10, DESCRIPTOR_OWN = 10, DESCRIPTOR_CLOSED = -1 };

struct descriptors {
    int source[DESCRIPTOR_COUNT]; // the shell's descriptor, or DESCRIPTOR_CLOSED
    bool owned[DESCRIPTOR_COUNT]; // it is closed with the map
};

// The standard three as the shell has them, and others by their bits in `passed`.
void descriptors_start(struct descriptors *descriptors, unsigned passed);

// Sets one; `owned` as above.
void descriptors_set(struct descriptors *descriptors, int target, int source, bool owned);

// Applies redirections one after the other. False: it was complained about.
bool descriptors_redirect(struct descriptors *descriptors, struct shell *shell, const struct redirection *redirections);

// What the shell's own descriptors were.
struct descriptors_before {
    int saved[DESCRIPTOR_COUNT]; // DESCRIPTOR_CLOSED: it was closed
    bool changed[DESCRIPTOR_COUNT];
    unsigned passed;
};

// Makes the map true in the shell itself, for commands with others inside. False: errno, and nothing has changed.
bool descriptors_enter(struct descriptors *descriptors, struct shell *shell, struct descriptors_before *before);
void descriptors_leave(struct shell *shell, struct descriptors_before *before);

// In place of descriptors_leave: the map stays true.
void descriptors_keep(struct descriptors_before *before);

// Adds what makes the map true in a child. Sources that are overwritten first are moved up for this. False:
// errno.
bool descriptors_add_actions(struct descriptors *descriptors, posix_spawn_file_actions_t *actions);
void descriptors_release(struct descriptors *descriptors);

// Moves a new descriptor to DESCRIPTOR_OWN or above, closed on spawn. -1: errno, and it is closed.
int descriptor_own(int descriptor);

// Both ends of a new pipe, owned so. False: errno.
bool descriptor_pipe(int ends[2]);
