// Measured: reading by the file service through POSIX: 4 KiB at a time, and 1 MiB in one call (its figure is per byte).
#include "apps/bench/bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BLOCK = 4096, FILE_SIZE = 1 << 20 };

static const char path[] = "/tmp/bench-file";
static char bytes[FILE_SIZE];
static int file;

static void check(long result, long expected, const char *what) {
    if (result == expected)
        return;
    perror(what);
    exit(1);
}

static void file_prepare(void) {
    file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    check(file < 0, 0, "bench: making a file");
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(i * 7);
    check(write(file, bytes, sizeof(bytes)), sizeof(bytes), "bench: writing a file");
    check(lseek(file, 0, SEEK_SET), 0, "bench: going to the start of a file");
}

// At its end the file is begun anew: one call in 257 more.
static void block_run(uint32_t rounds) {
    static uint32_t place;
    for (uint32_t i = 0; i < rounds; i++) {
        if (place == FILE_SIZE / BLOCK)
            place = (uint32_t)lseek(file, 0, SEEK_SET);
        check(read(file, bytes, BLOCK), BLOCK, "bench: reading a block");
        place++;
    }
}

// A round is a byte, as the harness divides by rounds.
static void whole_run(uint32_t rounds) {
    for (uint32_t left = rounds; left >= FILE_SIZE; left -= FILE_SIZE) {
        check(lseek(file, 0, SEEK_SET), 0, "bench: going to the start of a file");
        check(read(file, bytes, FILE_SIZE), FILE_SIZE, "bench: reading a file");
    }
}

static void file_finish(void) {
    check(close(file), 0, "bench: closing a file");
    check(unlink(path), 0, "bench: removing a file");
}

const struct benchmark bench_files[] = {
    {"file_read_4096", 2000, file_prepare, block_run, file_finish},
    {"file_read_1m_per_byte", 4 * FILE_SIZE, file_prepare, whole_run, file_finish},
    {0},
};
