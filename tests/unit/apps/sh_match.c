// The shell's patterns.
#include "apps/common/match.h"

#include <criterion/criterion.h>
#include <stddef.h>
#include <string.h>

struct match_case {
    const char *pattern, *name;
    bool matches;
};

Test(sh_match, patterns_match_whole_names) {
    static const struct match_case cases[] = {
        {"", "", true},       {"", "a", false},      {"abc", "abc", true},     {"abc", "abcd", false},
        {"*", "", true},      {"*", "abc", true},    {"a*c", "abbc", true},    {"a*c", "abbd", false},
        {"*.c", "a.c", true}, {"*.c", "a.h", false}, {"*a*b*", "xaybz", true}, {"*a*b*", "xbya", false},
        {"?", "a", true},     {"?", "", false},      {"?", "\xc3\xa9", true},  {"??", "\xc3\xa9", false},
        {"a\\*", "a*", true}, {"a\\*", "ab", false}, {"**", "a", true},        {"a**b", "ab", true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        cr_assert_eq(pattern_matches(cases[i].pattern, cases[i].name), cases[i].matches, "%s %s", cases[i].pattern,
                     cases[i].name);
}

Test(sh_match, brackets_match_one_of_a_set) {
    static const struct match_case cases[] = {
        {"[abc]", "b", true},  {"[abc]", "d", false},  {"[a-c]x", "bx", true}, {"[a-c]", "d", false},
        {"[!a-c]", "d", true}, {"[!a-c]", "b", false}, {"[^a]", "b", true},    {"[]]", "]", true},
        {"[]a]", "a", true},   {"[!]]", "]", false},   {"[a-]", "-", true},    {"[abc", "[abc", true},
        {"[", "[", true},      {"[\\]]", "]", true},   {"[a]", "", false},     {"*[0-9]", "file7", true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        cr_assert_eq(pattern_matches(cases[i].pattern, cases[i].name), cases[i].matches, "%s %s", cases[i].pattern,
                     cases[i].name);
}

Test(sh_match, many_stars_take_no_time) {
    char pattern[64], name[2048];
    for (size_t i = 0; i < sizeof(pattern) - 1; i += 2)
        memcpy(pattern + i, "*a", 2);
    pattern[sizeof(pattern) - 2] = 'b';
    pattern[sizeof(pattern) - 1] = 0;
    memset(name, 'a', sizeof(name) - 1);
    name[sizeof(name) - 1] = 0;
    cr_assert_not(pattern_matches(pattern, name));
}
