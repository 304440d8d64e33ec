// What a line and its words become: aliases, lines of before, $'...', replaced parts, regular expressions, RANDOM and SECONDS.
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apps/sh/alias.h"
#include "apps/sh/escapes.h"
#include "apps/sh/expression.h"
#include "apps/sh/recall.h"
#include "apps/sh/replace.h"
#include "apps/sh/special.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

// ---- aliases ----

Test(sh_alias, words_where_a_command_begins_are_replaced) {
    static const char *const cases[][2] = {
        {"ll", "ls -l"},
        {"ll /etc; echo ll", "ls -l /etc; echo ll"},
        {"  ll|ll&&ll||ll&ll", "  ls -l|ls -l&&ls -l||ls -l&ls -l"},
        {"if ll; then ll; else ll; fi", "if ls -l; then ls -l; else ls -l; fi"},
        {"while ! ll; do ll; done", "while ! ls -l; do ls -l; done"},
        {"{ ll; }; (ll)", "{ ls -l; }; (ls -l)"},
        {"A=1 ll", "A=1 ls -l"},
        {"< file ll > ll", "< file ls -l > ll"},
        {"'ll'; \\ll; l\"l\"; $(ll); ll2", "'ll'; \\ll; l\"l\"; $(ll); ll2"},
        {"for i in ll; do echo; done", "for i in ll; do echo; done"},
        {"echo a\nll\n", "echo a\nls -l\n"},
        {"# ll\nll # ll", "# ll\nls -l # ll"},
        {"cat <<END\nll\nEND\nll", "cat <<END\nll\nEND\nls -l"},
        {"cat <<-'END'; ll\n\tll\n\tEND\nll", "cat <<-'END'; ls -l\n\tll\n\tEND\nls -l"},
        {"cat <<END\nll", "cat <<END\nll"},
        {"ll 'open", "ls -l 'open"},
        {"", ""},
    };
    struct aliases aliases = {0};
    cr_assert(aliases_set(&aliases, "ll", "ls -l"));
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *line = aliases_expand(&aliases, cases[i][0]);
        cr_expect_str_eq(line, cases[i][1]);
        free(line);
    }
    strings_release(&aliases.list);
}

static void expands_to(const struct aliases *aliases, const char *line, const char *expected) {
    char *expanded = aliases_expand(aliases, line);
    cr_expect_str_eq(expanded, expected);
    free(expanded);
}

Test(sh_alias, one_may_begin_with_another_and_never_with_itself) {
    struct aliases aliases = {0};
    cr_assert(aliases_set(&aliases, "ls", "ls -F"));
    cr_assert(aliases_set(&aliases, "l", "ls -a"));
    cr_assert(aliases_set(&aliases, "a", "b 1"));
    cr_assert(aliases_set(&aliases, "b", "a 2"));
    cr_assert(aliases_set(&aliases, "two", "echo 1; ls"));
    expands_to(&aliases, "l x", "ls -F -a x");
    expands_to(&aliases, "a; b", "a 2 1; b 1 2");
    expands_to(&aliases, "two", "echo 1; ls -F");
    strings_release(&aliases.list);
}

Test(sh_alias, a_blank_at_the_end_makes_the_next_word_one_too) {
    struct aliases aliases = {0};
    cr_assert(aliases_set(&aliases, "again", "xargs "));
    cr_assert(aliases_set(&aliases, "ll", "ls -l"));
    expands_to(&aliases, "again ll ll", "xargs  ls -l ll");
    strings_release(&aliases.list);
}

Test(sh_alias, they_are_found_changed_and_forgotten) {
    struct aliases aliases = {0};
    cr_assert(aliases_set(&aliases, "a", "1"));
    cr_assert(aliases_set(&aliases, "ab", "2=3"));
    cr_assert(aliases_set(&aliases, "a", "4"));
    cr_assert_eq(aliases.list.count, 2);
    cr_assert_str_eq(aliases_find(&aliases, "a"), "4");
    cr_assert_str_eq(aliases_find(&aliases, "ab"), "2=3");
    cr_assert_null(aliases_find(&aliases, "b"));
    cr_assert_not(aliases_set(&aliases, "", "x"));
    cr_assert_not(aliases_set(&aliases, "a b", "x"));
    cr_assert(aliases_remove(&aliases, "a"));
    cr_assert_not(aliases_remove(&aliases, "a"));
    cr_assert_str_eq(aliases_find(&aliases, "ab"), "2=3");
    strings_release(&aliases.list);
}

// ---- lines of before ----

static struct history history;
static struct text recalled;

static void remember(void) {
    history = (struct history){0};
    history_add(&history, "echo one");
    history_add(&history, "ls -l /etc");
    history_add(&history, "cp 'a b' dir; cat x");
}

static void forget(void) {
    strings_release(&history.lines);
    text_release(&recalled);
}

TestSuite(sh_recall, .init = remember, .fini = forget);

static enum recall_result recall(const char *before, const char *line) {
    text_release(&recalled);
    recalled = (struct text){0};
    return recall_expand(&history, before, line, &recalled);
}

Test(sh_recall, lines_and_words_of_before_take_their_place) {
    static const char *const cases[][2] = {
        {"!!", "cp 'a b' dir; cat x"},
        {"sudo !! | wc", "sudo cp 'a b' dir; cat x | wc"},
        {"!1", "echo one"},
        {"!-2", "ls -l /etc"},
        {"!ls x", "ls -l /etc x"},
        {"!ec;!l", "echo one;ls -l /etc"},
        {"cat !$", "cat x"},
        {"rm !^", "rm 'a b'"},
        {"echo !*", "echo 'a b' dir; cat x"},
        {"echo \"!1\"", "echo \"echo one\""},
        {"echo \"!$\" '!!'", "echo \"x\" '!!'"},
        {"^dir^/tmp^", "cp 'a b' /tmp; cat x"},
        {"^; cat x", "cp 'a b' dir"},
        {"^cat^tac", "cp 'a b' dir; tac x"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        cr_expect_eq(recall("", cases[i][0]), RECALL_DONE, "%s", cases[i][0]);
        cr_expect_str_eq(recalled.bytes, cases[i][1]);
    }
}

Test(sh_recall, an_exclamation_mark_may_mean_itself) {
    static const char *const lines[] = {"echo hello!",
                                        "! true",
                                        "[ a != b ]",
                                        "echo '!!' \\!!",
                                        "echo \"hello!\"",
                                        "ls [!a]*",
                                        "echo $!x ${!x}",
                                        "a=!; echo !=",
                                        "if ! ls; then :; fi",
                                        "echo !(a)",
                                        "",
                                        "echo a^b^c",
                                        "(! ls)",
                                        "echo !;",
                                        "echo '!1"};
    for (size_t i = 0; i < COUNT(lines); i++)
        cr_expect_eq(recall("", lines[i]), RECALL_NONE, "%s", lines[i]);
}

Test(sh_recall, what_names_no_line_is_told) {
    static const char *const cases[][2] = {
        {"!4", "!4"}, {"!-4", "!-4"}, {"!0", "!0"}, {"echo !none x", "!none"}, {"^none^x", "^none^x"}, {"^^x", "^^x"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        cr_expect_eq(recall("", cases[i][0]), RECALL_FAILED, "%s", cases[i][0]);
        cr_expect_str_eq(recalled.bytes, cases[i][1]);
    }
    forget();
    history = (struct history){0};
    cr_expect_eq(recall("", "!!"), RECALL_FAILED);
    cr_expect_eq(recall("", "!$"), RECALL_FAILED);
}

Test(sh_recall, a_command_alone_has_no_further_words) {
    history_add(&history, "ls");
    cr_expect_eq(recall("", "echo !$"), RECALL_FAILED);
    cr_expect_eq(recall("", "echo !*"), RECALL_DONE);
    cr_expect_str_eq(recalled.bytes, "echo ");
}

Test(sh_recall, a_quote_may_be_open_since_the_line_above) {
    cr_expect_eq(recall("echo 'a\n", "!!' !1"), RECALL_DONE);
    cr_expect_str_eq(recalled.bytes, "!!' echo one");
}

Test(sh_recall, numbers_count_the_lines_that_have_gone) {
    for (int i = 0; i < HISTORY_MAX; i++) {
        struct text line = {0};
        text_add_string(&line, "line ");
        text_add_number(&line, (unsigned)i);
        history_add(&history, line.bytes);
        text_release(&line);
    }
    cr_expect_eq(recall("", "!3"), RECALL_FAILED);
    cr_expect_eq(recall("", "!4"), RECALL_DONE);
    cr_expect_str_eq(recalled.bytes, "line 0");
    cr_expect_eq(recall("", "!503"), RECALL_DONE);
    cr_expect_str_eq(recalled.bytes, "line 499");
}

// ---- $'...' ----

Test(sh_escapes, backslashes_mean_what_they_do_in_c) {
    static const char *const cases[][2] = {
        {"a\\nb\\tc", "a\nb\tc"},     {"\\x41\\101\\u00e9\\U1F600", "AA\u00e9\U0001F600"},
        {"\\'\\\"\\\\\\?", "'\"\\?"}, {"\\e[0m\\E", "\033[0m\033"},
        {"\\cA\\c[", "\001\033"},     {"\\q\\", "\\q\\"},
        {"\\xg\\u\\U", "\\xg\\u\\U"}, {"a\\0b", "a"},
        {"\\u20ac", "\u20ac"},        {"", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *meant = escapes_replace(cases[i][0], strlen(cases[i][0]));
        cr_expect_str_eq(meant, cases[i][1]);
        free(meant);
    }
}

// ---- replaced parts ----

static void replaces(const char *value, struct replacement replacement, const char *expected) {
    char *replaced = replace_matches(&replacement, value);
    cr_expect_str_eq(replaced, expected);
    free(replaced);
}

Test(sh_replace, matches_give_way_to_the_text) {
    replaces("abcabc", (struct replacement){"b", "x", false, 0}, "axcabc");
    replaces("abcabc", (struct replacement){"b", "x", true, 0}, "axcaxc");
    replaces("abcabc", (struct replacement){"b*", "<&\\&\\\\>", true, 0}, "a<bcabc&\\>");
    replaces("abc", (struct replacement){"a", "x", false, '#'}, "xbc");
    replaces("abc", (struct replacement){"b", "x", false, '#'}, "abc");
    replaces("abc", (struct replacement){"[bc]", "x", false, '%'}, "abx");
    replaces("abc", (struct replacement){"", "x", false, '%'}, "abcx");
    replaces("abc", (struct replacement){"", "x", true, 0}, "abc");
    replaces("", (struct replacement){"*", "x", true, 0}, "x");
    replaces("\u00e9t\u00e9", (struct replacement){"?", "x", true, 0}, "xxx");
}

Test(sh_replace, a_long_value_takes_a_time_that_grows_with_it, .timeout = 20) {
    struct text value = {0};
    for (int i = 0; i < 400000; i++)
        text_add_character(&value, 'a');
    struct replacement none = {"b*c", "", true, 0}, some = {"[a]", "b", true, 0};
    char *same = replace_matches(&none, value.bytes), *changed = replace_matches(&some, value.bytes);
    cr_expect_str_eq(same, value.bytes);
    cr_expect_eq(strspn(changed, "b"), 400000);
    free(same);
    free(changed);
    text_release(&value);
}

Test(sh_replace, letters_become_large_or_small) {
    char *all = replace_case("aB-\u00e9z", true, true), *first = replace_case("ABC", false, false);
    cr_expect_str_eq(all, "AB-\u00e9Z");
    cr_expect_str_eq(first, "aBC");
    free(all);
    free(first);
}

// ---- regular expressions ----

static const char *found_in(const char *expression, const char *text) {
    static char found[100];
    struct expression_match match;
    switch (expression_find(expression, text, &match)) {
    case EXPRESSION_WRONG:
        return "wrong";
    case EXPRESSION_FAILS:
        return "fails";
    default:
        memcpy(found, text + match.start, match.end - match.start);
        found[match.end - match.start] = 0;
        return found;
    }
}

Test(sh_expression, the_first_and_longest_match_is_found) {
    static const char *const cases[][3] = {
        {"b", "abc", "b"},
        {"^b", "abc", "fails"},
        {"c$", "abc", "c"},
        {"^abc$", "abc", "abc"},
        {"a.c", "xabcx", "abc"},
        {"a|ab|abc", "abcd", "abc"},
        {"(a|ab)(c|bcd)", "abcd", "abcd"},
        {"x*", "aaa", ""},
        {"a*b", "aaab", "aaab"},
        {"a+", "baaa", "aaa"},
        {"ab?c", "ac", "ac"},
        {"(ab)+", "ababa", "abab"},
        {"a{2}", "aaa", "aa"},
        {"a{2,}", "aaaa", "aaaa"},
        {"a{1,2}", "aaa", "aa"},
        {"^a{0,2}$", "aaa", "fails"},
        {"a{0}b", "ab", "b"},
        {"a{0,}b", "aab", "aab"},
        {"a{x", "a{x", "a{x"},
        {"(a*)*", "aa", "aa"},
        {"(a|b)*c|(a|ab)*c", "abc", "abc"},
        {"()", "a", ""},
        {"a||b", "b", "b"},
        {"a||b", "xb", ""},
        {"[a-c]+", "xabcd", "abc"},
        {"[^a-c]+", "abcde", "de"},
        {"[]a]+", "x]a]", "]a]"},
        {"[[:digit:]]+\\.[[:digit:]]", "v1.25", "1.2"},
        {"[a-]+", "b-a-", "-a-"},
        {"\\w+\\s\\W", "a_1 -", "a_1 -"},
        {"\\.\\*", "a.*", ".*"},
        {"^.$", "\u00e9", "\u00e9"},
        {"[\u00e9x]", "a\u00e9", "\u00e9"},
        {"^$", "", ""},
        {"a^b", "a^b", "fails"},
        {"((((a))))", "a", "a"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        cr_expect_str_eq(found_in(cases[i][0], cases[i][1]), cases[i][2], "%s", cases[i][0]);
}

Test(sh_expression, what_is_none_is_told) {
    static const char *const wrong[] = {"[", "[a", "(",  "(a",     ")",      "a)",
                                        "*", "+a", "\\", "a{256}", "a{3,2}", "(a{255}){255}"};
    for (size_t i = 0; i < COUNT(wrong); i++)
        cr_expect_str_eq(found_in(wrong[i], "a"), "wrong", "%s", wrong[i]);
}

Test(sh_expression, none_takes_a_time_that_grows_with_its_ways) {
    char text[2001];
    struct expression_match match;
    memset(text, 'a', 2000);
    text[2000] = 0;
    cr_expect_eq(expression_find("^(a|a|aa)*(a*)*(a+)+b$", text, &match), EXPRESSION_FAILS);
}

// ---- RANDOM and SECONDS ----

Test(sh_special, random_is_a_series_that_a_number_begins_anew) {
    char first[8], second[8];
    cr_assert(special_set("RANDOM", "7"));
    snprintf(first, sizeof(first), "%s", special_get("RANDOM"));
    snprintf(second, sizeof(second), "%s", special_get("RANDOM"));
    cr_assert_str_neq(first, second);
    cr_assert(special_set("RANDOM", "7"));
    cr_assert_str_eq(special_get("RANDOM"), first);
    for (int i = 0; i < 1000; i++)
        cr_assert_lt((unsigned)atoi(special_get("RANDOM")), 32768);
}

Test(sh_special, seconds_go_on_from_what_they_are_set_to) {
    special_start();
    cr_assert_lt(atoi(special_get("SECONDS")), 60);
    cr_assert(special_set("SECONDS", "1000"));
    cr_assert_geq(atoi(special_get("SECONDS")), 1000);
    cr_assert_null(special_get("SECOND"));
    cr_assert_not(special_set("PATH", "/bin"));
}
