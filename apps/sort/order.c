// The order of lines, and a merge sort of them that leaves runs which are in order alone.
#include "apps/sort/order.h"

#include <string.h>

enum { INSERTION_MAX = 6 };

// What key_rank gives for plain bytes, by one load: the bytes behind the line are shifted out.
static uint64_t rank_line(struct span line) {
    uint64_t bytes;
    if (!line.length)
        return 0;
    memcpy(&bytes, line.text, sizeof(bytes));
    unsigned behind = line.length < sizeof(bytes) ? 8 * (unsigned)(sizeof(bytes) - line.length) : 0;
    return __builtin_bswap64(bytes) >> behind << behind;
}

void record_set(struct record *record, const struct order *order, struct span line) {
    const struct key *key = &order->keys[0];
    bool whole = key->start_field == 1 && key->start_character == 1 && !key->end_field && !key->rules.skip_blanks;
    struct span part = whole ? line : key_find(key, line, order->separator);
    bool plain = whole && !key->rules.numeric && !key->rules.fold && !key->rules.reverse;
    record->rank = plain ? rank_line(line) : key_rank(&key->rules, part);
    record->text = line.text;
    record->length = (uint32_t)line.length;
    record->key_start = (uint32_t)(part.text - line.text);
    record->key_length = (uint32_t)part.length;
}

static struct span line_of(const struct record *record) {
    return (struct span){record->text, record->length};
}

static struct span first_key_of(const struct record *record) {
    return (struct span){record->text + record->key_start, record->key_length};
}

static int compare_equal_ranks(const struct order *order, const struct record *left, const struct record *right) {
    int result = key_compare(&order->keys[0].rules, first_key_of(left), first_key_of(right));
    for (size_t i = 1; !result && i < order->key_count; i++) {
        const struct key *key = &order->keys[i];
        result = key_compare(&key->rules, key_find(key, line_of(left), order->separator),
                             key_find(key, line_of(right), order->separator));
    }
    if (result || !order->by_whole_line)
        return result;
    struct key_rules rules = {.reverse = order->reverse};
    return key_compare(&rules, line_of(left), line_of(right));
}

int record_compare(const struct order *order, const struct record *left, const struct record *right) {
    if (left->rank != right->rank)
        return left->rank < right->rank ? -1 : 1;
    return compare_equal_ranks(order, left, right);
}

static bool is_after(const struct order *order, const struct record *left, const struct record *right) {
    if (left->rank != right->rank)
        return left->rank > right->rank;
    return compare_equal_ranks(order, left, right) > 0;
}

static void insertion_sort(const struct order *order, struct record *records, size_t count) {
    for (size_t i = 1; i < count; i++) {
        if (!is_after(order, &records[i - 1], &records[i]))
            continue;
        struct record moved = records[i];
        size_t place = i;
        do
            records[place] = records[place - 1];
        while (--place && is_after(order, &records[place - 1], &moved));
        records[place] = moved;
    }
}

// Merges the `middle` records in scratch, which came from the start, with those behind the middle.
static void merge(const struct order *order, struct record *records, size_t middle, size_t count,
                  const struct record *scratch) {
    const struct record *left = scratch, *left_end = scratch + middle;
    const struct record *right = records + middle, *right_end = records + count;
    struct record *to = records;
    while (left < left_end && right < right_end)
        *to++ = is_after(order, left, right) ? *right++ : *left++;
    if (left < left_end)
        memcpy(to, left, (size_t)(left_end - left) * sizeof(*left));
}

void record_sort(const struct order *order, struct record *records, size_t count, struct record *scratch) {
    if (count <= INSERTION_MAX) {
        insertion_sort(order, records, count);
        return;
    }
    size_t middle = count / 2;
    record_sort(order, records, middle, scratch);
    record_sort(order, records + middle, count - middle, scratch);
    if (!is_after(order, &records[middle - 1], &records[middle]))
        return;
    memcpy(scratch, records, middle * sizeof(*records));
    merge(order, records, middle, count, scratch);
}
