// $((...)): what expressions are, and what is told of those that are wrong.
#include "apps/sh/arithmetic.h"

#include <criterion/criterion.h>
#include <string.h>

static struct variables variables;

static void release(void) {
    variables_release(&variables);
}

TestSuite(sh_arithmetic, .fini = release);

static int64_t value_of(const char *text) {
    int64_t value = -1;
    const char *problem;
    cr_assert(arithmetic_evaluate(&variables, text, &value, &problem), "%s: %s", text, problem);
    return value;
}

static const char *problem_of(const char *text) {
    int64_t value;
    const char *problem;
    cr_assert_not(arithmetic_evaluate(&variables, text, &value, &problem), "%s", text);
    return problem;
}

Test(sh_arithmetic, operators_bind_as_in_c) {
    static const struct {
        const char *text;
        int64_t value;
    } rows[] = {
        {"1 + 2 * 3", 7},
        {"(1 + 2) * 3", 9},
        {"10 - 4 - 3", 3},
        {"-7 / 2", -3},
        {"-7 % 3", -1},
        {"1 << 2 + 1", 8},
        {"1 | 2 ^ 3 & 6", 1},
        {"1 < 2 == 1", 1},
        {"5 & 3 == 3", 1},
        {"!0 + !5", 1},
        {"~0", -1},
        {"- - 3", 3},
        {"1 ? 2 : 3 ? 4 : 5", 2},
        {"0 ? 2 : 0 ? 4 : 5", 5},
        {"2 > 1 && 1 >= 1", 1},
        {"", 0},
        {" 0x1F ", 31},
        {"010", 8},
        {"1 != 1 || 0", 0},
        {"7>>1<=3", 1},
        {"2 ** 3 ** 2", 512},
        {"-2 ** 2", 4},
        {"2 * 3 ** 2", 18},
        {"3 ** 0", 1},
        {"1, 2, 3", 3},
        {"5--3", 8},
        {"1++2", 3},
        {"0 && 2 ** -1", 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        cr_expect_eq(value_of(rows[i].text), rows[i].value, "%s", rows[i].text);
}

Test(sh_arithmetic, a_step_before_a_name_counts_and_one_behind_it_does_not_yet) {
    cr_expect_eq(value_of("i = 5, i++ + ++i"), 12);
    cr_expect_eq(value_of("i-- - --i"), 2);
    cr_expect_eq(value_of("i"), 5);
    cr_expect_eq(value_of("0 && i++"), 0);
    cr_expect_eq(value_of("1 || --i, i"), 5);
    cr_expect_eq(value_of("a = 1, b = a + 1"), 2);
    cr_expect_str_eq(problem_of("2 ** -1"), "a power below 0");
    problem_of("5++");
    problem_of("i++++");
}

Test(sh_arithmetic, what_is_too_large_wraps_around) {
    cr_expect_eq(value_of("9223372036854775807 + 1"), INT64_MIN);
    cr_expect_eq(value_of("(-9223372036854775807 - 1) / -1"), INT64_MIN);
    cr_expect_eq(value_of("(-9223372036854775807 - 1) % -1"), 0);
    cr_expect_eq(value_of("1 << 64"), 1);
}

Test(sh_arithmetic, variables_are_read_and_set) {
    variables_set(&variables, "x", "5");
    cr_expect_eq(value_of("x * x + none"), 25);
    cr_expect_eq(value_of("y = x += 2"), 7);
    cr_expect_str_eq(variables_get(&variables, "x"), "7");
    cr_expect_str_eq(variables_get(&variables, "y"), "7");
    cr_expect_eq(value_of("x <<= 1"), 14);
}

Test(sh_arithmetic, what_is_left_out_sets_and_divides_nothing) {
    variables_set(&variables, "x", "1");
    cr_expect_eq(value_of("0 && (x = 9)"), 0);
    cr_expect_eq(value_of("1 || (x = 9)"), 1);
    cr_expect_eq(value_of("1 ? 2 : (x = 9)"), 2);
    cr_expect_eq(value_of("0 && 1 / 0"), 0);
    cr_expect_str_eq(variables_get(&variables, "x"), "1");
}

Test(sh_arithmetic, what_is_wrong_is_told) {
    cr_expect_str_eq(problem_of("1 / 0"), "division by 0");
    cr_expect_str_eq(problem_of("5 % 0"), "division by 0");
    cr_expect_str_eq(problem_of("1 +"), "a number is wanted");
    cr_expect_str_eq(problem_of("(1"), "a ) is wanted");
    cr_expect_str_eq(problem_of("1 2"), "an operator is wanted");
    cr_expect_str_eq(problem_of("1 ? 2"), "a : is wanted");
    cr_expect_str_eq(problem_of("3x"), "not a number");
    char deep[500];
    memset(deep, '(', sizeof(deep) - 1);
    deep[sizeof(deep) - 1] = 0;
    cr_expect_str_eq(problem_of(deep), "too much inside each other");
}
