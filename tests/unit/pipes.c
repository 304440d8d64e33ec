// What the tests of pipes share.
#include "tests/unit/pipes.h"

#include <criterion/criterion.h>

struct result pipe_scene_create(struct process *process, struct pipe_create *wish) {
    return AS(process, pipe_create, USER(wish));
}

EVENT pipe_scene_event(struct process *process) {
    struct host_event got;
    do
        got = host_event_get(process);
    while (got.status == STATUS_OK && got.event.Type != EVENT_PIPE);
    return got.event;
}

struct pipe_scene pipe_scene_make(uint32_t capacity, uint32_t flags) {
    struct pipe_scene scene = {.writer = host_process("writer"), .reader = host_process("reader")};
    struct pipe_create wish = {.process = scene.reader->id, .mode = PIPE_SEND, .flags = flags, .capacity = capacity};
    struct result result = pipe_scene_create(scene.writer, &wish);
    cr_assert_eq(result.status, STATUS_OK, "status %ld", (long)result.status);
    scene.write_number = (int32_t)result.value;
    scene.read_number = (int32_t)pipe_scene_event(scene.reader).Data1;
    return scene;
}

struct result pipe_scene_write(const struct pipe_scene *scene, const void *data, size_t size) {
    return AS(scene->writer, pipe_write, (uint64_t)scene->write_number, USER(data), size, DEADLINE_NOW);
}

struct result pipe_scene_read(const struct pipe_scene *scene, void *buffer, size_t size) {
    return AS(scene->reader, pipe_read, (uint64_t)scene->read_number, USER(buffer), size, DEADLINE_NOW);
}

void pipe_scene_fill(const struct pipe_scene *scene) {
    static const char bytes[PAGE_SIZE];
    while (pipe_scene_write(scene, bytes, sizeof(bytes)).status == STATUS_OK)
        continue;
}
