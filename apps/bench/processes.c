// Measured: threads and processes from their making to their end.
#include "apps/bench/bench.h"
#include "libc/files/client.h"

#include <parley/event.h>
#include <parley/memory.h>
#include <parley/process.h>
#include <parley/thread.h>
#include <stdlib.h>

static void *nothing(void *unused) {
    return unused;
}

static void thread_run(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i++) {
        struct thread *thread;
        bench_check(thread_start(nothing, 0, 0, &thread), "starting a thread");
        bench_check(thread_join(thread, 0), "joining a thread");
    }
}

static int32_t image;

static void spawn_prepare(void) {
    uint64_t size;
    bench_check(files_image("/bin/true", &image, &size), "the image of /bin/true");
}

static void spawn_run(uint32_t rounds) {
    struct process_spawn spawn = {
        .image = image,
        .user = SPAWN_SAME_USER,
        .priority = SPAWN_SAME_PRIORITY,
        .name = "true",
    };
    for (uint32_t i = 0; i < rounds; i++) {
        int32_t child;
        EVENT event;
        bench_check(process_spawn(&spawn, 0, &child), "starting a process");
        bench_check(process_wait(child, DEADLINE_NEVER, 0), "waiting for a process");
        number_close(child);
        event_get(&event, 0);
    }
}

static void spawn_finish(void) {
    number_close(image);
}

const struct benchmark bench_processes[] = {
    {"thread_create_join", 500, 0, thread_run, 0},
    {"process_spawn_wait", 100, spawn_prepare, spawn_run, spawn_finish},
    {0},
};
