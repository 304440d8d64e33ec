// Measured: page faults on a mapped file, served by the memory daemon out of the file service: at places far from each other, a page
// each, and one after the other, where the daemon reads on and brings several pages at a time.
#include "apps/bench/bench.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGES = 4096, STRIDE = 37 };

static const char path[] = "/tmp/bench-mapping";
static volatile uint8_t *pages;
static uint32_t next_page;

static void fail_unless(int holds, const char *what) {
    if (holds)
        return;
    perror(what);
    exit(1);
}

static void prepare(void) {
    static const char block[16 * 4096] = {1};
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    fail_unless(file >= 0, "bench: making a file");
    for (uint32_t i = 0; i < PAGES / 16; i++)
        fail_unless(write(file, block, sizeof(block)) == sizeof(block), "bench: writing a file");
    void *mapped = mmap(NULL, PAGES * 4096, PROT_READ, MAP_PRIVATE, file, 0);
    fail_unless(mapped != MAP_FAILED, "bench: mapping a file");
    close(file);
    pages = mapped;
    next_page = 0;
}

static void touch_far_apart(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i++)
        (void)pages[(uint64_t)(next_page++ * STRIDE % PAGES) * 4096];
}

static void touch_in_order(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i++)
        (void)pages[(uint64_t)(next_page++ % PAGES) * 4096];
}

static void finish(void) {
    munmap((void *)pages, PAGES * 4096);
    unlink(path);
}

const struct benchmark bench_mapping[] = {
    {"page_fault_file", 700, prepare, touch_far_apart, finish},
    {"page_fault_file_in_order", 700, prepare, touch_in_order, finish},
    {0},
};
