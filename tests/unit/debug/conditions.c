// Unit tests of conditions that the target evaluates: GDB's agent expressions, and the lists of them that its points have.
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/debug/mock.h"

static const struct debug_thread thread = {1, 11};

static void attach(void) {
    mock_start();
    mock_send("qSupported:multiprocess+;swbreak+;hwbreak+");
    mock_clear();
}

TestSuite(agent, .init = attach);
TestSuite(conditions, .init = attach);

// ---- expressions ----

#define CODE(...) ((const uint8_t[]){__VA_ARGS__}), sizeof((const uint8_t[]){__VA_ARGS__})

static enum status run(const uint8_t *code, size_t size, uint64_t *value) {
    enum status status = agent_check(code, size);
    return status == STATUS_OK ? agent_run(code, size, &mock_target, &thread, value) : status;
}

// What one operation makes of two values.
static enum status two(uint64_t a, uint64_t b, uint8_t operation, uint64_t *value) {
    uint8_t code[20] = {[0] = 0x25, [9] = 0x25, [18] = operation, [19] = 0x27};
    for (int i = 0; i < 8; i++) {
        code[1 + i] = (uint8_t)(a >> (56 - 8 * i));
        code[10 + i] = (uint8_t)(b >> (56 - 8 * i));
    }
    return run(code, sizeof(code), value);
}

#define NEGATIVE(n) ((uint64_t) - (n))

Test(agent, calculates_signed_and_unsigned) {
    static const struct {
        uint64_t a, b;
        uint8_t operation;
        uint64_t value;
    } cases[] = {
        {2, 3, 0x02, 5},
        {2, 3, 0x03, NEGATIVE(1)},
        {NEGATIVE(2), 3, 0x04, NEGATIVE(6)},
        {NEGATIVE(7), 2, 0x05, NEGATIVE(3)},
        {7, NEGATIVE(2), 0x05, NEGATIVE(3)},
        {UINT64_C(1) << 63, NEGATIVE(1), 0x05, UINT64_C(1) << 63},
        {NEGATIVE(7), 2, 0x06, UINT64_MAX / 2 - 3},
        {NEGATIVE(7), 2, 0x07, NEGATIVE(1)},
        {7, NEGATIVE(2), 0x07, 1},
        {NEGATIVE(7), 4, 0x08, 1},
        {1, 63, 0x09, UINT64_C(1) << 63},
        {1, 64, 0x09, 0},
        {NEGATIVE(8), 1, 0x0a, NEGATIVE(4)},
        {NEGATIVE(8), 64, 0x0a, UINT64_MAX},
        {8, 200, 0x0a, 0},
        {NEGATIVE(1), 60, 0x0b, 15},
        {1, 64, 0x0b, 0},
        {12, 10, 0x0f, 8},
        {12, 10, 0x10, 14},
        {12, 10, 0x11, 6},
        {4, 4, 0x13, 1},
        {4, 5, 0x13, 0},
        {NEGATIVE(1), 1, 0x14, 1},
        {NEGATIVE(1), 1, 0x15, 0},
        {1, 2, 0x15, 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint64_t value = 0;
        cr_assert_eq(two(cases[i].a, cases[i].b, cases[i].operation, &value), STATUS_OK, "case %zu", i);
        cr_assert_eq(value, cases[i].value, "case %zu: %llx", i, (unsigned long long)value);
    }
}

Test(agent, a_division_by_zero_is_an_error) {
    uint64_t value;
    for (uint8_t operation = 0x05; operation <= 0x08; operation++)
        cr_assert_eq(two(1, 0, operation, &value), STATUS_INVALID_ARGUMENT);
}

Test(agent, has_constants_of_all_sizes_and_extends_them) {
    uint64_t value;
    cr_assert_eq(run(CODE(0x22, 0xff, 0x27), &value), STATUS_OK);
    cr_assert_eq(value, 255);
    cr_assert_eq(run(CODE(0x22, 0xff, 0x16, 8, 0x27), &value), STATUS_OK);
    cr_assert_eq(value, UINT64_MAX);
    cr_assert_eq(run(CODE(0x23, 0x12, 0x34, 0x2a, 8, 0x27), &value), STATUS_OK);
    cr_assert_eq(value, 0x34);
    cr_assert_eq(run(CODE(0x24, 0x80, 0, 0, 1, 0x16, 32, 0x27), &value), STATUS_OK);
    cr_assert_eq(value, UINT64_C(0xffffffff80000001));
    cr_assert_eq(run(CODE(0x22, 7, 0x16, 64, 0x2a, 64, 0x0e, 0x12, 0x27), &value), STATUS_OK);
    cr_assert_eq(value, UINT64_MAX);
    cr_assert_eq(run(CODE(0x22, 7, 0x2a, 0, 0x27), &value), STATUS_OK);
    cr_assert_eq(value, 0);
}

Test(agent, moves_what_lies_on_the_stack) {
    uint64_t value;
    cr_assert_eq(run(CODE(0x22, 5, 0x28, 0x04, 0x27), &value), STATUS_OK); // dup
    cr_assert_eq(value, 25);
    cr_assert_eq(run(CODE(0x22, 5, 0x22, 6, 0x29, 0x27), &value), STATUS_OK); // pop
    cr_assert_eq(value, 5);
    cr_assert_eq(run(CODE(0x22, 5, 0x22, 6, 0x2b, 0x03, 0x27), &value), STATUS_OK); // swap: 6 - 5
    cr_assert_eq(value, 1);
    cr_assert_eq(run(CODE(0x22, 5, 0x22, 6, 0x22, 7, 0x32, 2, 0x27), &value), STATUS_OK); // pick
    cr_assert_eq(value, 5);
    static const uint8_t rotated[] = {7, 5, 6}; // of 5 6 7, from below
    for (uint8_t i = 0; i < 3; i++) {
        cr_assert_eq(run(CODE(0x22, 5, 0x22, 6, 0x22, 7, 0x33, 0x32, (uint8_t)(2 - i), 0x27), &value), STATUS_OK);
        cr_assert_eq(value, rotated[i]);
    }
}

Test(agent, reads_registers_and_memory_of_its_thread) {
    static const uint8_t bytes[] = {0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11};
    static const uint64_t seen[] = {0x88, 0x7788, 0x55667788, UINT64_C(0x1122334455667788)};
    uint64_t value;
    memcpy(mock.memory + 0x100, bytes, sizeof(bytes));
    for (uint8_t i = 0; i < 4; i++) {
        cr_assert_eq(run(CODE(0x23, 0x11, 0x00, (uint8_t)(0x17 + i), 0x27), &value), STATUS_OK);
        cr_assert_eq(value, seen[i]);
    }
    cr_assert_eq(run(CODE(0x26, 0, 0, 0x27), &value), STATUS_OK);
    cr_assert_eq(value, thread.thread); // the mock's rax
    cr_assert_eq(run(CODE(0x23, 0x20, 0x00, 0x17, 0x27), &value), STATUS_BAD_ADDRESS);
    cr_assert_eq(run(CODE(0x23, 0x1f, 0xfd, 0x19, 0x27), &value), STATUS_BAD_ADDRESS);
    cr_assert_eq(run(CODE(0x26, 0, REGISTER_XMM0, 0x27), &value), STATUS_BAD_ADDRESS);
    cr_assert_eq(run(CODE(0x26, 0xff, 0xff, 0x27), &value), STATUS_BAD_ADDRESS);
}

Test(agent, goes_where_it_is_told) {
    uint64_t value;
    for (uint8_t what = 0; what < 2; what++) { // what ? 7 : 9
        cr_assert_eq(run(CODE(0x22, what, 0x20, 0, 10, 0x22, 9, 0x21, 0, 12, 0x22, 7, 0x27), &value), STATUS_OK);
        cr_assert_eq(value, what ? 7 : 9);
    }
}

Test(agent, refuses_what_is_no_expression) {
    uint64_t value;
    cr_assert_eq(run(0, 0, &value), STATUS_INVALID_ARGUMENT);
    cr_assert_eq(run(CODE(0x22, 1), &value), STATUS_INVALID_ARGUMENT);                   // no end
    cr_assert_eq(run(CODE(0x22, 1, 0x25, 1, 2), &value), STATUS_INVALID_ARGUMENT);       // cut off
    cr_assert_eq(run(CODE(0x21, 0, 9, 0x27), &value), STATUS_INVALID_ARGUMENT);          // out of it
    cr_assert_eq(run(CODE(0x22, 1, 0x21, 0, 1, 0x27), &value), STATUS_INVALID_ARGUMENT); // into the midst
    cr_assert_eq(agent_check(mock.memory, AGENT_CODE_MAX + 1), STATUS_INVALID_ARGUMENT); // too long
    static const uint8_t not_for_conditions[] = {0x00, 0x01, 0x0c, 0x0d, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f,
                                                 0x2c, 0x2d, 0x2e, 0x2f, 0x30, 0x31, 0x34, 0x80, 0xff};
    for (size_t i = 0; i < sizeof(not_for_conditions); i++)
        cr_assert_eq(run(CODE(0x22, 1, not_for_conditions[i], 0, 0, 0x27), &value), STATUS_INVALID_ARGUMENT, "%zu", i);
}

Test(agent, always_ends_and_keeps_to_its_stack) {
    uint64_t value;
    cr_assert_eq(run(CODE(0x21, 0, 0), &value), STATUS_LIMIT_REACHED);
    cr_assert_eq(run(CODE(0x22, 1, 0x21, 0, 0), &value), STATUS_INVALID_ARGUMENT); // full
    cr_assert_eq(run(CODE(0x27), &value), STATUS_INVALID_ARGUMENT);                // nothing to answer with
    cr_assert_eq(run(CODE(0x22, 1, 0x02, 0x27), &value), STATUS_INVALID_ARGUMENT);
    cr_assert_eq(run(CODE(0x29, 0x27), &value), STATUS_INVALID_ARGUMENT);
    cr_assert_eq(run(CODE(0x28, 0x27), &value), STATUS_INVALID_ARGUMENT);
    cr_assert_eq(run(CODE(0x22, 1, 0x32, 1, 0x27), &value), STATUS_INVALID_ARGUMENT);
    uint8_t full[2 * AGENT_STACK + 1];
    for (int i = 0; i < AGENT_STACK; i++)
        full[2 * i] = 0x22, full[2 * i + 1] = 7;
    full[2 * AGENT_STACK] = 0x27;
    cr_assert_eq(run(full, sizeof(full), &value), STATUS_OK);
    cr_assert_eq(value, 7);
}

// ---- lists ----

static const struct break_place place = {BREAK_SOFTWARE, 1, 0x1100};

static bool holds(const struct break_place *at) {
    return server_break_holds(&mock.server, at, &thread);
}

Test(conditions, are_offered_and_decide_whether_a_break_stops) {
    cr_assert(strstr(mock_ask("qSupported:multiprocess+"), ";ConditionalBreakpoints+"));
    cr_assert_str_eq(mock_ask("Z0,1100,1;X3,220027"), "OK");
    cr_assert_not(holds(&place));
    cr_assert_str_eq(mock_ask("Z0,1100,1;X3,220127"), "OK");
    cr_assert(holds(&place));
    cr_assert_str_eq(mock_ask("Z0,1100,1;X3,220027X3,220127"), "OK"); // one of them is enough
    cr_assert(holds(&place));
    cr_assert_str_eq(mock_ask("Z0,1100,1;X3,220027X3,220027"), "OK");
    cr_assert_not(holds(&place));
    cr_assert_str_eq(mock_ask("Z0,1100,1"), "OK"); // none
    cr_assert(holds(&place));
    cr_assert_eq(mock.server.conditions.used, 0);
}

Test(conditions, what_cannot_be_evaluated_stops) {
    cr_assert_str_eq(mock_ask("Z0,1100,1;X5,2300001727"), "OK"); // memory that is not there
    cr_assert(holds(&place));
}

Test(conditions, belong_to_the_kind_the_process_and_the_address) {
    struct break_place hardware = {BREAK_HARDWARE, 1, 0x1100}, other = {BREAK_SOFTWARE, 2, 0x1100},
                       behind = {BREAK_SOFTWARE, 1, 0x1101};
    mock_ask("Z0,1100,1;X3,220027");
    cr_assert(holds(&hardware) && holds(&other) && holds(&behind));
    cr_assert_str_eq(mock_ask("Z1,1100,1;X3,220027"), "OK");
    cr_assert_not(holds(&hardware));
    cr_assert_str_eq(mock_ask("z0,1100,1"), "OK");
    cr_assert(holds(&place));
    cr_assert_not(holds(&hardware));
}

Test(conditions, that_are_none_are_refused_and_the_point_stays_as_it_was) {
    static const char *const bad[] = {"Z0,1100,1;",
                                      "Z0,1100,1;X",
                                      "Z0,1100,1;X3",
                                      "Z0,1100,1;X3,2200",
                                      "Z0,1100,1;X3,220027;",
                                      "Z0,1100,1;X3,2200ff",
                                      "Z0,1100,1;X401,00",
                                      "Z0,1100,1;X0,",
                                      "Z0,1100,1;cmds:0,X3,220027",
                                      "Z0,1100,1;X3,220027Y",
                                      "Z0,1100,1;X3,220027X1,00"};
    mock_ask("Z0,1100,1;X3,220027");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        cr_assert_eq(mock_ask(bad[i])[0], 'E', "%s", bad[i]);
        cr_assert_not(holds(&place), "%s", bad[i]);
    }
    cr_assert_str_eq(mock_ask("Z2,1100,8;X3,220027"), "E01");
    cr_assert_eq(mock.server.conditions.count, 1);
}

Test(conditions, of_a_point_that_cannot_be_set_are_not_kept) {
    cr_assert_str_eq(mock_ask("Z0,0,1;X3,220027"), "E.there is no memory at this address");
    cr_assert_eq(mock.server.conditions.count, 0);
}

Test(conditions, go_with_the_points_and_the_session) {
    mock_ask("Z0,1100,1;X3,220027");
    mock_send("D");
    cr_assert_eq(mock.server.conditions.count, 0);
    mock_ask("Z0,1100,1;X3,220027");
    mock_send("qSupported");
    cr_assert_eq(mock.server.conditions.count, 0);
    mock_ask("Z0,1100,1;X3,220027");
    mock_ask("vKill;1");
    cr_assert_eq(mock.server.conditions.count, 0);
}

// Sets a condition of `size` bytes that is false, at an address.
static const char *set_long(unsigned address, unsigned size) {
    static char packet[2 * AGENT_CODE_MAX + 64];
    int length = snprintf(packet, sizeof(packet), "Z0,%x,1;X%x,2200", address, size);
    for (unsigned i = 2; i < size; i++)
        length += snprintf(packet + length, sizeof(packet) - (size_t)length, i + 1 < size ? "0e" : "27");
    mock_ask("z0,1100,1"); // the mock has room for few points: what counts here is the list
    memset(mock.breaks, 0, sizeof(mock.breaks));
    return mock_ask(packet);
}

Test(conditions, fill_their_room_and_no_more_and_move_up_when_one_goes) {
    enum { SIZE = 511, FITS = CONDITION_BYTES / (SIZE + 2) };
    for (unsigned i = 0; i < FITS; i++)
        cr_assert_str_eq(set_long(0x1200 + i, SIZE), "OK");
    cr_assert_str_eq(set_long(0x1300, SIZE), "E.no more of this kind are free");
    cr_assert_str_eq(mock_ask("z0,1200,1"), "OK");
    for (unsigned i = 1; i < FITS; i++) { // 511 bytes negate 0 an even number of times
        struct break_place at = {BREAK_SOFTWARE, 1, 0x1200 + i};
        cr_assert_not(holds(&at), "%u", i);
    }
    cr_assert_str_eq(set_long(0x1300, SIZE), "OK");
}

Test(conditions, are_so_many_and_no_more) {
    for (unsigned i = 0; i < CONDITIONS_MAX; i++)
        cr_assert_str_eq(set_long(0x1200 + i, 3), "OK");
    cr_assert_str_eq(set_long(0x1300, 3), "E.no more of this kind are free");
}
