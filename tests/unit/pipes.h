// What the tests of pipes share: making pipes between two processes, and short calls.
#pragma once

#include "kernel/abi/pipe.h"
#include "tests/unit/host/host.h"

// A pipe between two processes: `writer` made it, in mode SEND unless said otherwise.
struct pipe_scene {
    struct process *writer, *reader;
    int32_t write_number, read_number;
};

// Makes a pipe with both ends in one process, or says why not. Numbers of the two ends by `wish->other` and the result.
struct result pipe_scene_create(struct process *process, struct pipe_create *wish);

// Two new processes with a pipe of this capacity (0: the default) and flags; the reader has taken its event.
struct pipe_scene pipe_scene_make(uint32_t capacity, uint32_t flags);

struct result pipe_scene_write(const struct pipe_scene *scene, const void *data, size_t size);
struct result pipe_scene_read(const struct pipe_scene *scene, void *buffer, size_t size);
void pipe_scene_fill(const struct pipe_scene *scene);

// Takes the events of a process until one of a pipe; `Type` is NOTHING where there is none.
EVENT pipe_scene_event(struct process *process);
