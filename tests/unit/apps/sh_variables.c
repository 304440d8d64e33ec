// The shell's variables, and the texts that all its parts are made of.
#include "apps/sh/variables.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static bool has(const struct strings *list, const char *entry) {
    for (size_t i = 0; i < list->count; i++)
        if (!strcmp(list->list[i], entry))
            return true;
    return false;
}

Test(sh_variables, only_exported_ones_are_in_the_environment) {
    struct variables variables = {0};
    struct strings environment = {0};
    variables_set(&variables, "own", "1");
    variables_set(&variables, "told", "2");
    variables_export(&variables, "told");
    variables_export(&variables, "never_set");
    variables_environment(&variables, &environment);
    cr_assert_eq(environment.count, 1);
    cr_assert(has(&environment, "told=2"));
    strings_release(&environment);
    variables_release(&variables);
}

Test(sh_variables, a_subshell_knows_all_and_exports_the_same) {
    struct variables variables = {0}, below = {0};
    struct strings environment = {0}, again = {0};
    variables_set(&variables, "own", "a=b");
    variables_set(&variables, "told", "2");
    variables_export(&variables, "told");
    variables_for_subshell(&variables, &environment);
    variables_import(&below, strings_list(&environment));
    cr_assert_str_eq(variables_get(&below, "own"), "a=b");
    variables_environment(&below, &again);
    cr_assert_eq(again.count, 1);
    cr_assert(has(&again, "told=2"));
    strings_release(&environment);
    strings_release(&again);
    variables_release(&variables);
    variables_release(&below);
}

Test(sh_variables, what_is_read_only_is_so_in_a_subshell_too_until_it_is_restored) {
    struct variables variables = {0}, below = {0};
    struct strings environment = {0};
    variables_set(&variables, "set", "1");
    variables_fix(&variables, "set");
    variables_fix(&variables, "unset");
    cr_assert_not(variables_set(&variables, "set", "2"));
    cr_assert_not(variables_unset(&variables, "set"));
    variables_for_subshell(&variables, &environment);
    variables_import(&below, strings_list(&environment));
    cr_assert_str_eq(variables_get(&below, "set"), "1");
    cr_assert_not(variables_set(&below, "set", "2"));
    cr_assert_not(variables_set(&below, "unset", "2"));
    cr_assert_null(variables_get(&below, "unset"));
    variables_restore(&below, "set", "0");
    cr_assert(variables_set(&below, "set", "2"));
    variables_restore(&below, "unset", NULL);
    cr_assert(variables_set(&below, "unset", "2"));
    strings_release(&environment);
    variables_release(&variables);
    variables_release(&below);
}

Test(sh_variables, a_value_may_be_set_from_itself_and_unset) {
    struct variables variables = {0};
    variables_set(&variables, "a", "hello");
    variables_set(&variables, "a", variables_get(&variables, "a") + 1);
    cr_assert_str_eq(variables_get(&variables, "a"), "ello");
    variables_unset(&variables, "a");
    variables_unset(&variables, "a");
    cr_assert_null(variables_get(&variables, "a"));
    variables_release(&variables);
}

Test(sh_variables, names_are_letters_digits_and_underscores) {
    cr_assert(variables_is_name("_a1Z"));
    cr_assert_not(variables_is_name("1a"));
    cr_assert_not(variables_is_name(""));
    cr_assert_not(variables_is_name("a-b"));
}

Test(sh_variables, an_environment_of_nonsense_is_passed_over) {
    struct variables variables = {0};
    char *environment[] = {(char *)"=x", (char *)"novalue", (char *)"1=2", (char *)"good=", NULL};
    variables_import(&variables, environment);
    cr_assert_eq(variables.count, 1);
    cr_assert_str_eq(variables_get(&variables, "good"), "");
    variables_release(&variables);
}

Test(sh_variables, a_text_grows_and_is_cut_anywhere) {
    struct text text = {0};
    text_add_string(&text, "ad");
    text_insert(&text, 1, "bc", 2);
    text_add_number(&text, 1234567890123);
    cr_assert_str_eq(text.bytes, "abcd1234567890123");
    text_remove(&text, 1, 2);
    text_remove(&text, 0, 0);
    cr_assert_str_eq(text.bytes, "ad1234567890123");
    text_release(&text);
    text_add(&text, "", 0);
    cr_assert_str_eq(text.bytes, "");
    text_release(&text);
}
