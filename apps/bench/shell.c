// Measured: the shell and the tools as people use them: `true` started and waited for from a script, and a pipeline of four.
#include "apps/bench/bench.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { TRUE_ROUNDS = 200 };

static const char line[] = "/bin/true\n";
static char script[TRUE_ROUNDS * (sizeof(line) - 1) + 1];

extern char **environ;

static void run_script(const char *text) {
    char *arguments[] = {(char *)"sh", (char *)"-c", (char *)text, 0};
    pid_t process;
    int status;
    int error = posix_spawn(&process, "/bin/sh", 0, 0, arguments, environ);
    if (error == 0 && waitpid(process, &status, 0) == process && status == 0)
        return;
    fprintf(stderr, "bench: sh -c: %s\n", error != 0 ? strerror(error) : "failed");
    exit(1);
}

// The shell's own start is a part of it, once for all rounds.
static void true_run(uint32_t rounds) {
    size_t used = 0;
    for (; rounds > TRUE_ROUNDS; rounds -= TRUE_ROUNDS)
        true_run(TRUE_ROUNDS);
    for (uint32_t i = 0; i < rounds; i++) {
        memcpy(script + used, line, sizeof(line) - 1);
        used += sizeof(line) - 1;
    }
    script[used] = 0;
    run_script(script);
}

static void start_run(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i++)
        run_script(":");
}

static void pipeline_run(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i++)
        run_script("seq 1 100000 | sort | uniq | wc > /dev/null");
}

const struct benchmark bench_shell[] = {
    {"shell_true", TRUE_ROUNDS, 0, true_run, 0},
    {"shell_start", 50, 0, start_run, 0},
    {"shell_pipeline", 1, 0, pipeline_run, 0},
    {0},
};
