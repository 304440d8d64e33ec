// Collecting the numbers that a child gets.
#include "libc/spawn/numbers.h"

// What is given already under the same rights is given once.
int32_t spawn_number_add(struct process_spawn *spawn, int32_t number, uint32_t rights) {
    for (uint32_t i = 0; i < spawn->number_count; i++)
        if (spawn->numbers[i] == number && spawn->rights[i] == rights)
            return (int32_t)i + 1;
    if (spawn->number_count == SPAWN_NUMBERS_MAX)
        return NUMBER_NONE;
    uint32_t index = spawn->number_count++;
    spawn->numbers[index] = number;
    spawn->rights[index] = rights;
    return (int32_t)index + 1;
}
