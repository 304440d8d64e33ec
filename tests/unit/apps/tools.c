// The pure parts of the tools: numbers, decimals, counts, patterns of grep, keys of sort.
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apps/common/count.h"
#include "apps/common/decimal.h"
#include "apps/common/number.h"
#include "apps/grep/pattern.h"
#include "apps/sort/order.h"

Test(tools, numbers_are_formatted_at_every_length) {
    static const uint64_t values[] = {0, 9, 10, 99, 100, 101, 12345, UINT64_MAX};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        char text[NUMBER_TEXT_SIZE], wanted[32];
        text[sizeof(text) - 1] = 0;
        snprintf(wanted, sizeof(wanted), "%lu", values[i]);
        cr_assert_str_eq(number_format(text + sizeof(text) - 1, values[i]), wanted);
    }
}

Test(tools, numbers_are_parsed_whole_or_not_at_all) {
    uint64_t value;
    cr_assert(number_parse("18446744073709551615", &value) && value == UINT64_MAX);
    cr_assert_not(number_parse("18446744073709551616", &value));
    cr_assert_not(number_parse("", &value) || number_parse("1x", &value) || number_parse("-1", &value));
    cr_assert(number_parse_size("4K", &value) && value == 4096);
    cr_assert_not(number_parse_size("4KB", &value) || number_parse_size("99999999999G", &value));
}

Test(tools, decimals_keep_every_place) {
    struct decimal decimal;
    char text[DECIMAL_TEXT_SIZE];
    text[sizeof(text) - 1] = 0;
    cr_assert(decimal_parse("-1.50", &decimal) && decimal.value == -150 && decimal.decimals == 2);
    cr_assert_str_eq(decimal_format(text + sizeof(text) - 1, decimal.value, 2), "-1.50");
    cr_assert_str_eq(decimal_format(text + sizeof(text) - 1, 5, 3), "0.005");
    cr_assert(decimal_parse(".5", &decimal) && decimal.value == 5);
    cr_assert_not(decimal_parse(".", &decimal) || decimal_parse("1.2.3", &decimal) || decimal_parse("", &decimal));
    cr_assert_not(decimal_parse("99999999999999999999", &decimal) || decimal_parse("1e3", &decimal));
}

Test(tools, decimals_are_rescaled_in_the_direction_asked_for) {
    struct decimal decimal = {-15, 1};
    cr_assert(decimal_rescale(&decimal, 0, false) && decimal.value == -2);
    decimal = (struct decimal){15, 1};
    cr_assert(decimal_rescale(&decimal, 0, true) && decimal.value == 2);
    decimal = (struct decimal){INT64_MAX, 0};
    cr_assert_not(decimal_rescale(&decimal, 1, true));
}

Test(tools, counts_do_not_depend_on_how_the_text_is_cut) {
    static const char text[] = " one two\tthree\nfour\n\n  five-and-a-half six   seven eight nine ten\r\nend";
    for (size_t cut = 0; cut < sizeof(text); cut++) {
        struct count count = {0};
        count_lines(&count, text, cut);
        count_words(&count, text, cut);
        count_lines(&count, text + cut, sizeof(text) - 1 - (cut < sizeof(text) - 1 ? cut : sizeof(text) - 1));
        count_words(&count, text + cut, sizeof(text) - 1 - (cut < sizeof(text) - 1 ? cut : sizeof(text) - 1));
        cr_assert_eq(count.lines, 4);
        cr_assert_eq(count.words, 11);
    }
}

static const char *translated(const char *text, bool *extended) {
    static char *last;
    free(last);
    last = pattern_translate(text, strlen(text), extended);
    return last;
}

Test(tools, patterns_as_people_write_them_become_those_of_the_library) {
    bool extended = false;
    cr_assert_str_eq(translated("a\\|b", &extended), "a|b");
    cr_assert(extended);
    extended = false;
    cr_assert_str_eq(translated("a+\\(b\\)\\{2\\}\\+", &extended), "a\\+(b){2}+");
    extended = false;
    cr_assert_str_eq(translated("\\(a\\)\\1", &extended), "\\(a\\)\\1");
    cr_assert_not(extended);
    cr_assert_str_eq(translated("\\w\\s[\\w]", &extended), "[[:alnum:]_][[:space:]][\\w]");
    extended = false;
    cr_assert_str_eq(translated("*a\\|*b^c$d", &extended), "\\*a|\\*b\\^c\\$d");
}

static bool matches(const char *text, struct pattern_options options, const char *line) {
    struct pattern pattern;
    struct match match;
    cr_assert_null(pattern_compile(&pattern, text, strlen(text), &options));
    bool found = pattern_find(&pattern, (char *)line, strlen(line), 0, &match);
    free(pattern.literal.text);
    if (!pattern.is_literal)
        regfree(&pattern.regex);
    return found;
}

Test(tools, the_text_that_a_pattern_needs_is_never_more_than_each_match_holds) {
    static const struct {
        const char *expression, *needed;
        bool extended;
    } rows[] = {
        {"abc", "abc", false},          {"abc*", "ab", false},          {"a*", "", false},
        {"a.bcd*e", "bc", false},       {"^ab[cde]fgh$", "fgh", false}, {"[[:alpha:]]xy", "xy", false},
        {"ab\\{0,2\\}cd", "cd", false}, {"ab\\{0,2\\}", "a", false},    {"a+b?c{2}", "a+b?c{2}", false},
        {"a\\.b", "a", false},          {"\\(abc\\)*d", "", false},     {"[]a]bc", "bc", false},
        {"abc+d?", "ab", true},         {"abc{0,1}de", "ab", true},     {"abc|de", "", true},
        {"(abc)?de", "", true},         {"a\\|bc", "bc", true},         {"[(|]ab", "ab", true},
        {"abc{2", "ab", true},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *text = "";
        size_t length = literal_required(rows[i].expression, rows[i].extended, &text);
        cr_expect_eq(length, strlen(rows[i].needed), "%s: %zu characters", rows[i].expression, length);
        cr_expect_eq(strncmp(text, rows[i].needed, strlen(rows[i].needed)), 0, "%s: %s", rows[i].expression, text);
    }
}

Test(tools, case_is_ignored_in_plain_text_and_in_what_a_pattern_needs) {
    struct pattern_options options = {.ignore_case = true}, fixed = {.ignore_case = true, .syntax = PATTERN_FIXED};
    cr_assert(matches("aBc", options, "xxABCyy"));
    cr_assert_not(matches("aBc", options, "xxAB"));
    cr_assert(matches("a.c$", options, "xxAbC"));
    cr_assert(matches("[a", fixed, "x[A"));
    cr_assert_not(matches("[a", fixed, "x{A")); // as bytes, these two differ by the bit that tells cases
    cr_assert(matches("", options, ""));
}

Test(tools, whole_words_and_lines_are_told_from_parts) {
    struct pattern_options words = {.whole_words = true}, lines = {.whole_lines = true};
    cr_assert(matches("foo", words, "a foo b"));
    cr_assert_not(matches("foo", words, "food foo_ 1foo"));
    cr_assert(matches("foo", words, "food foo"));
    cr_assert(matches("fo*", lines, "foo"));
    cr_assert_not(matches("fo*", lines, "foot"));
    cr_assert(matches("", lines, ""));
}

Test(tools, a_broken_pattern_is_told) {
    struct pattern pattern;
    struct pattern_options extended = {.syntax = PATTERN_EXTENDED};
    cr_assert_not_null(pattern_compile(&pattern, "(a", 2, &extended));
    cr_assert_not_null(pattern_compile(&pattern, "[a", 2, &extended));
}

static struct span span_of(const char *text) {
    return (struct span){text, strlen(text)};
}

Test(tools, ranks_never_contradict_the_order) {
    static const char *const parts[] = {"",
                                        "0",
                                        "-0",
                                        "1",
                                        "-1",
                                        "10",
                                        "9",
                                        "1.5",
                                        "-1.5",
                                        "a",
                                        "A",
                                        "aa",
                                        "abcdefgh",
                                        "abcdefghi",
                                        "99999999999999999999",
                                        "-99999999999999999999",
                                        " 7",
                                        "007",
                                        ".5"};
    for (unsigned variant = 0; variant < 8; variant++) {
        struct key_rules rules = {.numeric = variant & 1, .reverse = variant & 2, .fold = variant & 4};
        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
            for (size_t j = 0; j < sizeof(parts) / sizeof(parts[0]); j++) {
                uint64_t left = key_rank(&rules, span_of(parts[i])), right = key_rank(&rules, span_of(parts[j]));
                int order = key_compare(&rules, span_of(parts[i]), span_of(parts[j]));
                cr_assert(left == right || (left < right) == (order < 0), "%s %s", parts[i], parts[j]);
            }
    }
}

Test(tools, keys_are_parsed_and_found) {
    struct key key;
    cr_assert(key_parse(&key, "2,2"));
    struct span found = key_find(&key, span_of("a bb c"), SEPARATOR_BLANKS);
    cr_assert(found.length == 3 && !memcmp(found.text, " bb", 3));
    cr_assert(key_parse(&key, "2.2,3.1nr"));
    found = key_find(&key, span_of("a:bcd:ef"), ':');
    cr_assert(found.length == 4 && !memcmp(found.text, "cd:e", 4));
    cr_assert(key.rules.numeric && key.rules.reverse);
    cr_assert(key_parse(&key, "9"));
    cr_assert_eq(key_find(&key, span_of("a b"), SEPARATOR_BLANKS).length, 0);
    cr_assert_not(key_parse(&key, "0") || key_parse(&key, "") || key_parse(&key, "1x") || key_parse(&key, "1,"));
}

Test(tools, sorting_is_stable_and_complete) {
    enum { COUNT = 1000 };
    static struct record records[COUNT], scratch[COUNT / 2];
    static char texts[COUNT][8];
    struct key key = {.start_field = 1, .start_character = 1, .end_field = 1, .end_character = 1};
    struct order order = {.keys = &key, .key_count = 1, .separator = SEPARATOR_BLANKS};
    for (int i = 0; i < COUNT; i++) {
        snprintf(texts[i], sizeof(texts[i]), "%c%04d", 'a' + rand() % 3, i);
        record_set(&records[i], &order, span_of(texts[i]));
    }
    record_sort(&order, records, COUNT, scratch);
    for (int i = 1; i < COUNT; i++)
        cr_assert_lt(memcmp(records[i - 1].text, records[i].text, 5), 0);
}

Test(tools, an_extended_expression_with_a_back_reference_is_told) {
    cr_expect_not_null(pattern_lacks("(a)\\1", true));
    cr_expect_not_null(pattern_lacks("[^1]\\\\x\\9", true));
    cr_expect_null(pattern_lacks("\\(a\\)\\1", false));
    cr_expect_null(pattern_lacks("a\\\\1[\\1]\\.", true));
    cr_expect_null(pattern_lacks("", true));
}
