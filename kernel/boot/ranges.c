// Lists of physical ranges.
#include "kernel/boot/ranges.h"

#include "kernel/abi/types.h"
#include "kernel/base/string.h"

static uint64_t end_of(uint64_t base, uint64_t size) {
    uint64_t end;
    return __builtin_add_overflow(base, size, &end) ? UINT64_MAX : end;
}

static void list_delete(struct boot_range *list, uint32_t *count, uint32_t at) {
    memmove(&list[at], &list[at + 1], (*count - at - 1) * sizeof(list[0]));
    (*count)--;
}

static void list_insert(struct boot_range *list, uint32_t *count, uint32_t at, struct boot_range range) {
    if (*count == BOOT_RANGES_MAX)
        return;
    memmove(&list[at + 1], &list[at], (*count - at) * sizeof(list[0]));
    list[at] = range;
    (*count)++;
}

void range_add(struct boot_range *list, uint32_t *count, uint64_t base, uint64_t size) {
    uint64_t end = end_of(base, size);
    if (base >= end)
        return;
    uint32_t at = 0;
    while (at < *count && end_of(list[at].base, list[at].size) < base)
        at++;
    while (at < *count && list[at].base <= end) {
        uint64_t other_end = end_of(list[at].base, list[at].size);
        base = list[at].base < base ? list[at].base : base;
        end = other_end > end ? other_end : end;
        list_delete(list, count, at);
    }
    list_insert(list, count, at, (struct boot_range){base, end - base});
}

void range_remove(struct boot_range *list, uint32_t *count, uint64_t base, uint64_t size) {
    uint64_t end = end_of(base, size);
    if (base >= end)
        return;
    for (uint32_t i = 0; i < *count;) {
        uint64_t low = list[i].base, high = end_of(low, list[i].size);
        if (high <= base || low >= end) {
            i++;
            continue;
        }
        list_delete(list, count, i);
        if (high > end)
            list_insert(list, count, i, (struct boot_range){end, high - end});
        if (low < base)
            list_insert(list, count, i++, (struct boot_range){low, base - low});
    }
}

bool range_covers(const struct boot_range *list, uint32_t count, uint64_t base, uint64_t size) {
    uint64_t end = end_of(base, size);
    for (uint32_t i = 0; i < count; i++) {
        if (list[i].base <= base && end <= end_of(list[i].base, list[i].size))
            return true;
    }
    return false;
}

void ranges_align(struct boot_range *list, uint32_t *count) {
    for (uint32_t i = 0; i < *count;) {
        uint64_t end = end_of(list[i].base, list[i].size) & ~(uint64_t)(PAGE_SIZE - 1);
        uint64_t base = end_of(list[i].base, PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
        if (base >= end) {
            list_delete(list, count, i);
            continue;
        }
        list[i++] = (struct boot_range){base, end - base};
    }
}

uint64_t ranges_size(const struct boot_range *list, uint32_t count) {
    uint64_t size = 0;
    for (uint32_t i = 0; i < count; i++)
        size += list[i].size;
    return size;
}
