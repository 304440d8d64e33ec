// The shell's expansion: variables, quotes, fields, substitution, and what cannot be expanded.
#include "apps/sh/expand.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct variables variables;
static struct expander expander;
static struct text joined;

static char *substitute(void *context, const char *command) {
    struct text text = {0};
    if (!strcmp(command, "fail"))
        return NULL;
    text_add_string(&text, "ran ");
    text_add_string(&text, command);
    return text_take(&text);
}

static void prepare(void) {
    static char *arguments[] = {(char *)"name", (char *)"one", (char *)"two  three", (char *)"", NULL};
    expander = (struct expander){.variables = &variables,
                                 .arguments = arguments,
                                 .argument_count = 4,
                                 .status = 7,
                                 .process = 42,
                                 .substitute = substitute};
    variables_set(&variables, "x", "value");
    variables_set(&variables, "spaced", "  a  b ");
    variables_set(&variables, "empty", "");
    variables_set(&variables, "star", "*");
    variables_set(&variables, "HOME", "/home/me");
}

static void release(void) {
    variables_release(&variables);
    text_release(&joined);
    text_release(&expander.problem);
}

TestSuite(sh_expand, .init = prepare, .fini = release);

// The fields of a word, each in angle brackets.
static const char *fields_of(const char *typed) {
    struct word word = {.text = (char *)typed};
    struct strings fields = {0};
    text_clear(&joined);
    text_add(&joined, "", 0);
    bool done = expand_words(&expander, &word, &fields);
    for (size_t i = 0; i < fields.count; i++) {
        text_add_character(&joined, '<');
        text_add_string(&joined, fields.list[i]);
        text_add_character(&joined, '>');
    }
    strings_release(&fields);
    return done ? joined.bytes : expander.problem.bytes;
}

struct expansion_case {
    const char *typed, *fields;
};

static void check(const struct expansion_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++)
        cr_assert_str_eq(fields_of(cases[i].typed), cases[i].fields, "%s became %s", cases[i].typed, joined.bytes);
}

#define CHECK(...)                                                                                                     \
    do {                                                                                                               \
        static const struct expansion_case cases[] = {__VA_ARGS__};                                                    \
        check(cases, sizeof(cases) / sizeof(cases[0]));                                                                \
    } while (0)

Test(sh_expand, quotes_are_removed_and_keep_what_they_hold) {
    CHECK({"abc", "<abc>"}, {"'a  b'", "<a  b>"}, {"\"a  b\"", "<a  b>"}, {"a\\ b", "<a b>"}, {"a'b'\"c\"d", "<abcd>"},
          {"''", "<>"}, {"\"\"", "<>"}, {"'$x'", "<$x>"}, {"\\$x", "<$x>"}, {"\"\\$x \\n \\\"\"", "<$x \\n \">"},
          {"\"it's\"", "<it's>"}, {"'\"'", "<\">"}, {"a\\\nb", "<ab>"});
}

Test(sh_expand, variables_are_replaced) {
    CHECK({"$x", "<value>"}, {"${x}y", "<valuey>"}, {"$xy", ""}, {"a$x.b", "<avalue.b>"}, {"$", "<$>"}, {"a$", "<a$>"},
          {"\"$\"", "<$>"}, {"$?", "<7>"}, {"$$", "<42>"}, {"$#", "<3>"}, {"$0", "<name>"}, {"$1", "<one>"}, {"$9", ""},
          {"${1}0", "<one0>"}, {"$!", ""});
}

Test(sh_expand, only_unquoted_values_are_split) {
    CHECK({"$spaced", "<a><b>"}, {"\"$spaced\"", "<  a  b >"}, {"x$spaced", "<x><a><b>"}, {"$spaced'y'", "<a><b><y>"},
          {"$empty", ""}, {"\"$empty\"", "<>"}, {"'a b'$x", "<a bvalue>"});
}

Test(sh_expand, fields_are_split_at_ifs) {
    variables_set(&variables, "IFS", ":");
    variables_set(&variables, "list", "a b:c");
    CHECK({"$list", "<a b><c>"}, {"$spaced", "<  a  b >"});
}

Test(sh_expand, arguments_stay_apart_only_as_quoted_at) {
    CHECK({"\"$@\"", "<one><two  three><>"}, {"$@", "<one><two><three>"}, {"$*", "<one><two><three>"},
          {"\"$*\"", "<one two  three >"}, {"a\"$@\"b", "<aone><two  three><b>"});
    expander.argument_count = 1;
    CHECK({"\"$@\"", ""}, {"$*", ""}, {"\"$*\"", "<>"});
}

Test(sh_expand, defaults_and_alternatives_apply_where_a_variable_is_unset_or_empty) {
    CHECK({"${none-d}", "<d>"}, {"${empty-d}", ""}, {"${empty:-d e}", "<d><e>"}, {"\"${empty:-d e}\"", "<d e>"},
          {"${x:-d}", "<value>"}, {"${x+alt}", "<alt>"}, {"${none+alt}", ""}, {"${empty:+alt}", ""},
          {"${none:-$x}", "<value>"}, {"${#x}", "<5>"}, {"${#none}", "<0>"}, {"${#}", "<3>"});
}

Test(sh_expand, a_default_can_be_assigned) {
    CHECK({"${new:=set $x}", "<set><value>"}, {"\"$new\"", "<set value>"});
    cr_assert_str_eq(variables_get(&variables, "new"), "set value");
}

Test(sh_expand, what_cannot_be_expanded_is_told_by_name) {
    CHECK({"${none:?is missing}", "none: is missing"}, {"${none?}", "none: not set"}, {"${}", "${}: bad substitution"},
          {"${x y}", "${x y}: bad substitution"}, {"${x:}", "${x:}: bad substitution"}, {"${1:=a}", "<one>"},
          {"${9:=a}", "9: cannot be set so"}, {"$(fail)", "fail: cannot be run"});
}

Test(sh_expand, commands_are_substituted) {
    CHECK({"$(a b)", "<ran><a><b>"}, {"\"$(a b)\"", "<ran a b>"}, {"`a`", "<ran><a>"},
          {"\"`a \\`b\\``\"", "<ran a `b`>"}, {"x$(y)z", "<xran><yz>"}, {"'$(a)'", "<$(a)>"});
}

Test(sh_expand, a_tilde_at_the_start_is_home) {
    CHECK({"~", "</home/me>"}, {"~/a", "</home/me/a>"}, {"a~", "<a~>"}, {"'~'", "<~>"}, {"~you", "<~you>"});
}

Test(sh_expand, wildcards_that_match_nothing_and_quoted_ones_stay) {
    CHECK({"no-such-file-*", "<no-such-file-*>"}, {"'*'", "<*>"}, {"\"*\"", "<*>"}, {"\\*", "<*>"},
          {"\"$star\"", "<*>"}, {"no[such]x", "<no[such]x>"}, {"a'\\'b", "<a\\b>"});
}

Test(sh_expand, names_of_files_are_matched_in_order) {
    CHECK({"tests/unit/apps/sh_[ep]*.c", "<tests/unit/apps/sh_edit.c><tests/unit/apps/sh_expand.c>"
                                         "<tests/unit/apps/sh_parser.c>"},
          {"tests/uni?/app*/\"sh_par\"ser.*", "<tests/unit/apps/sh_parser.c>"}, {"/*/no-such-*", "</*/no-such-*>"});
}

Test(sh_expand, a_string_is_neither_split_nor_matched) {
    char *string = expand_string(&expander, "$spaced*'q'");
    cr_assert_str_eq(string, "  a  b *q");
    free(string);
    string = expand_string(&expander, "\"$@\"");
    cr_assert_str_eq(string, "one two  three ");
    free(string);
    cr_assert_null(expand_string(&expander, "${bad bad}"));
}

Test(sh_expand, quotes_that_do_not_close_inside_braces_are_plain) {
    CHECK({"\"${none:-it's}\"", "<it's>"});
}

Test(sh_expand, braces_with_a_comma_or_a_range_make_a_word_of_each_part) {
    CHECK({"a{b,c}d", "<abd><acd>"}, {"{a,b}{1,2}", "<a1><a2><b1><b2>"}, {"{a,b{c,d}}", "<a><bc><bd>"},
          {"{1..3}", "<1><2><3>"}, {"{3..1}", "<3><2><1>"}, {"{08..10}", "<08><09><10>"}, {"{-1..1}", "<-1><0><1>"},
          {"{1..7..3}", "<1><4><7>"}, {"{a..c}", "<a><b><c>"}, {"{$x,'b c'}", "<value><b c>"}, {"x{,y}", "<x><xy>"},
          {"{a,b", "<{a,b>"}, {"{a}", "<{a}>"}, {"{}", "<{}>"}, {"'{a,b}'", "<{a,b}>"}, {"\\{a,b}", "<{a,b}>"},
          {"\"{a,b}\"", "<{a,b}>"}, {"{1..x}", "<{1..x}>"}, {"{a..C}", "<{a..C}>"}, {"{1..3", "<{1..3>"},
          {"${none:-{a,b}}", "<{a,b}>"});
}

Test(sh_expand, braces_that_would_make_too_many_words_mean_themselves) {
    CHECK({"{1..100001}", "<{1..100001}>"}, {"{1..999999999999999}", "<{1..999999999999999}>"},
          {"{1..9999999999999999}", "<{1..9999999999999999}>"}, {"{0..999}{0..999}", "<{0..999}{0..999}>"},
          {"{1..9..999999999999999}", "<1>"});
}

Test(sh_expand, a_part_of_a_value_has_a_start_and_a_count_of_characters) {
    variables_set(&variables, "accents", "h\xc3\xa9llo");
    CHECK({"${x:1}", "<alue>"}, {"${x:1:2}", "<al>"}, {"${x: -2}", "<ue>"}, {"${x:(-2):1}", "<u>"},
          {"${x:1:-1}", "<alu>"}, {"${x:5}", ""}, {"${x:6}", ""}, {"\"${x:9}\"", "<>"}, {"${x:0:99}", "<value>"},
          {"${none:1}", ""}, {"${accents:1:1}", "<\xc3\xa9>"}, {"${accents:2}", "<llo>"}, {"${x:1+1}", "<lue>"},
          {"${x:-9}", "<value>"});
    cr_expect_str_eq(fields_of("${x:3:-3}"), "3:-3: ends before its start");
    cr_expect_str_eq(fields_of("${x:1/0}"), "1/0: division by 0");
}

Test(sh_expand, what_is_not_set_fails_where_that_is_wanted) {
    expander.unset_fails = true;
    CHECK({"${none-d}", "<d>"}, {"${none:-}", ""}, {"${none+d}", ""}, {"$empty", ""}, {"$x$#$1", "<value3one>"});
    cr_expect_str_eq(fields_of("$none"), "none: not set");
    cr_expect_str_eq(fields_of("\"a${none}\""), "none: not set");
    cr_expect_str_eq(fields_of("${#none}"), "none: not set");
    cr_expect_str_eq(fields_of("${none%x}"), "none: not set");
    cr_expect_str_eq(fields_of("$9"), "9: not set");
    expander.argument_count = 1;
    CHECK({"\"$@\"", ""}, {"$*", ""});
}
