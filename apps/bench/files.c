// Measured: reading by the file service through POSIX: 4 KiB at a time, and in large calls (their figures are per byte): by page, where the
// buffer lets it, and copied, where it does not.
#include "apps/bench/bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    BLOCK = 4096,
    LEAST = 80 << 10,
    MORE = 96 << 10,
    MIDDLE = 128 << 10,
    FILE_SIZE = 1 << 20,
    SKEW = 16,
    READS = 32
};

static const char path[] = "/tmp/bench-file";
static _Alignas(4096) char bytes[FILE_SIZE + SKEW];
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
    for (size_t i = 0; i < FILE_SIZE; i++)
        bytes[i] = (char)(i * 7);
    check(write(file, bytes, FILE_SIZE), FILE_SIZE, "bench: writing a file");
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
static void large_run(uint32_t rounds, char *buffer, uint32_t size) {
    for (uint32_t left = rounds; left >= size; left -= size) {
        check(lseek(file, 0, SEEK_SET), 0, "bench: going to the start of a file");
        check(read(file, buffer, size), size, "bench: reading a file");
    }
}

static void whole_run(uint32_t rounds) {
    large_run(rounds, bytes, FILE_SIZE);
}

static void copied_run(uint32_t rounds) {
    large_run(rounds, bytes + SKEW, FILE_SIZE);
}

static void least_run(uint32_t rounds) {
    large_run(rounds, bytes, LEAST);
}

static void least_copied_run(uint32_t rounds) {
    large_run(rounds, bytes + SKEW, LEAST);
}

static void more_run(uint32_t rounds) {
    large_run(rounds, bytes, MORE);
}

static void more_copied_run(uint32_t rounds) {
    large_run(rounds, bytes + SKEW, MORE);
}

static void middle_run(uint32_t rounds) {
    large_run(rounds, bytes, MIDDLE);
}

static void middle_copied_run(uint32_t rounds) {
    large_run(rounds, bytes + SKEW, MIDDLE);
}

static void touched_run(uint32_t rounds) {
    for (uint32_t left = rounds; left >= FILE_SIZE; left -= FILE_SIZE) {
        large_run(FILE_SIZE, bytes, FILE_SIZE);
        for (uint32_t i = 0; i < FILE_SIZE; i += BLOCK)
            (void)*(volatile char *)(bytes + i);
    }
}

static void written_run(uint32_t rounds) {
    for (uint32_t left = rounds; left >= FILE_SIZE; left -= FILE_SIZE) {
        large_run(FILE_SIZE, bytes, FILE_SIZE);
        for (uint32_t i = 0; i < FILE_SIZE; i += BLOCK)
            *(volatile char *)(bytes + i) = 1;
    }
}

static void file_finish(void) {
    check(close(file), 0, "bench: closing a file");
    check(unlink(path), 0, "bench: removing a file");
}

const struct benchmark bench_files[] = {
    {"file_read_4096", 2000, file_prepare, block_run, file_finish},
    {"file_read_1m_per_byte", 4 * FILE_SIZE, file_prepare, whole_run, file_finish},
    {"file_read_1m_copied_per_byte", 4 * FILE_SIZE, file_prepare, copied_run, file_finish},
    {"file_read_1m_touched_per_byte", 4 * FILE_SIZE, file_prepare, touched_run, file_finish},
    {"file_read_1m_written_per_byte", 4 * FILE_SIZE, file_prepare, written_run, file_finish},
    {"file_read_80k_per_byte", READS *LEAST, file_prepare, least_run, file_finish},
    {"file_read_80k_copied_per_byte", READS *LEAST, file_prepare, least_copied_run, file_finish},
    {"file_read_96k_per_byte", READS *MORE, file_prepare, more_run, file_finish},
    {"file_read_96k_copied_per_byte", READS *MORE, file_prepare, more_copied_run, file_finish},
    {"file_read_128k_per_byte", READS *MIDDLE, file_prepare, middle_run, file_finish},
    {"file_read_128k_copied_per_byte", READS *MIDDLE, file_prepare, middle_copied_run, file_finish},
    {0},
};
