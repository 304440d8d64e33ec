// Pairs of link ends for tests.
#include "tests/unit/links.h"

#include <criterion/criterion.h>

uint64_t links_make(struct process *process, uint32_t flags, uint64_t *other) {
    struct link_create plan = {.flags = flags};
    struct result made = AS(process, link_create, USER(&plan));
    cr_assert_eq(made.status, STATUS_OK);
    *other = (uint64_t)(int64_t)plan.other;
    return made.value;
}

uint64_t links_move(struct process *from, uint64_t number, struct process *to) {
    struct object *object;
    int32_t moved;
    cr_assert_eq(number_find(&from->numbers, (int32_t)number, OBJECT_LINK, RIGHT_SEND, &object), STATUS_OK);
    cr_assert_eq(number_insert(&to->numbers, object, LINK_RIGHTS, &moved), STATUS_OK);
    number_close(&from->numbers, (int32_t)number);
    object_release(object);
    return (uint64_t)moved;
}

struct pair links_pair(void) {
    struct pair pair = {.a = host_process("a"), .b = host_process("b")};
    uint64_t other;
    pair.at_a = links_make(pair.a, 0, &other);
    pair.at_b = links_move(pair.a, other, pair.b);
    return pair;
}

struct link_bytes links_bytes(uint64_t first) {
    return (struct link_bytes){{first, first + 1, first + 2, first + 3}};
}
