// Pages for tests, and whether they are still there.
#include "tests/guest/guest.h"

uint64_t guest_pages(uint32_t count, uint8_t fill) {
    uint64_t base;
    EXPECT_OK(memory_map(0, (size_t)count * PAGE_SIZE, PROTECTION_WRITE, MAP_GUARD, &base));
    for (uint32_t i = 0; i < count; i++)
        memset((void *)(base + (uint64_t)i * PAGE_SIZE), fill + (int)i, PAGE_SIZE);
    return base;
}

bool guest_is_there(uint64_t address) {
    int32_t number;
    struct pipe_create plan = {.mode = PIPE_POOL};
    EXPECT_OK(pipe_create(&plan, &number));
    enum status status = pipe_write(number, (void *)address, 1, DEADLINE_NOW, NULL);
    number_close(number);
    number_close(plan.other);
    return status == STATUS_OK;
}
