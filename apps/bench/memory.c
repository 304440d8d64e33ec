// Measured: mapping and touching memory.
#include "apps/bench/bench.h"

#include <parley/memory.h>

static uint64_t neighbour;

// A program has other memory near what it maps next. Without, a table comes and goes with each page where chance had the kernel begin a new
// place for small mappings just before.
static void neighbour_map(void) {
    bench_check(memory_map(0, PAGE_SIZE, PROTECTION_READ | PROTECTION_WRITE, 0, &neighbour), "mapping");
    *(volatile uint8_t *)neighbour = 1;
}

static void neighbour_unmap(void) {
    memory_unmap(neighbour, PAGE_SIZE);
}

static void map_run(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i++) {
        uint64_t base;
        memory_map(0, PAGE_SIZE, PROTECTION_READ | PROTECTION_WRITE, 0, &base);
        memory_unmap(base, PAGE_SIZE);
    }
}

static void touch_run(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i++) {
        uint64_t base;
        memory_map(0, PAGE_SIZE, PROTECTION_READ | PROTECTION_WRITE, 0, &base);
        *(volatile uint8_t *)base = 1;
        memory_unmap(base, PAGE_SIZE);
    }
}

enum { FAULT_ROUNDS = 1000, FAULT_AREAS = 8 };

static struct {
    uint64_t base;
    size_t size;
} areas[FAULT_AREAS]; // unmapped when all was measured
static uint32_t area_count;

// The mapping of so many pages at once is not counted but for its share, which is a few instructions a page.
static void fault_run(uint32_t rounds) {
    uint64_t base;
    bench_check(memory_map(0, (size_t)rounds * PAGE_SIZE, PROTECTION_READ | PROTECTION_WRITE, 0, &base), "mapping");
    for (uint32_t i = 0; i < rounds; i++)
        ((volatile uint8_t *)base)[(size_t)i * PAGE_SIZE] = 1;
    areas[area_count].base = base;
    areas[area_count++].size = (size_t)rounds * PAGE_SIZE;
}

static void fault_finish(void) {
    while (area_count-- > 0)
        memory_unmap(areas[area_count].base, areas[area_count].size);
}

const struct benchmark bench_memory[] = {
    {"page_map_unmap", 5000, neighbour_map, map_run, neighbour_unmap},
    {"page_map_touch_unmap", 2000, neighbour_map, touch_run, neighbour_unmap},
    {"page_fault", FAULT_ROUNDS, 0, fault_run, fault_finish},
    {0},
};
