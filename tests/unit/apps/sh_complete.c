// The shell's completion of words.
#include "apps/sh/complete.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "apps/sh/builtin.h"

// In place of builtin.c.
const struct builtin builtin_table[] = {{.name = "help"}, {.name = "history"}, {.name = NULL}};

static struct completion completion;

static void release(void) {
    completion_release(&completion);
}

TestSuite(sh_complete, .fini = release);

static void complete_line(const char *line) {
    completion_release(&completion);
    complete(line, strlen(line), "tests/unit/apps", &completion);
}

static const char *common(void) {
    return completion.common.bytes ? completion.common.bytes : "";
}

Test(sh_complete, the_first_word_is_a_command) {
    static const char *const lines[] = {"he",    "  he",           "a | he", "a;he", "a && he", "(he",
                                        "if he", "while a; do he", "{ he",   "! he", "if ! he"};
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        complete_line(lines[i]);
        cr_assert_eq(completion.words.count, 1, "%s", lines[i]);
        cr_assert_str_eq(common(), "help");
        cr_assert_eq(completion.start, strlen(lines[i]) - 2);
    }
    complete_line("echo if he");
    cr_assert_eq(completion.words.count, 0);
    complete_line("sh_com");
    cr_assert_str_eq(common(), "sh_complete.c");
}

Test(sh_complete, what_all_have_in_common_is_found) {
    complete_line("h");
    cr_assert_eq(completion.words.count, 2);
    cr_assert_str_eq(common(), "h");
    complete_line("cat tests/unit/apps/sh_");
    cr_assert_gt(completion.words.count, 3);
    cr_assert_str_eq(common(), "tests/unit/apps/sh_");
    cr_assert_str_eq(completion.words.list[0], "tests/unit/apps/sh_arithmetic.c");
}

Test(sh_complete, other_words_are_files_and_directories_end_with_a_slash) {
    complete_line("cat >tests/un");
    cr_assert_eq(completion.words.count, 1);
    cr_assert_str_eq(common(), "tests/unit/");
    cr_assert_eq(completion.start, 5);
    complete_line("./tests/unit/apps/wai");
    cr_assert_str_eq(common(), "./tests/unit/apps/waits.c");
}

Test(sh_complete, nothing_that_fits_is_no_completion) {
    complete_line("cat no-such-directory/x");
    cr_assert_eq(completion.words.count, 0);
    complete_line("zzz");
    cr_assert_eq(completion.words.count, 0);
}

Test(sh_complete, what_has_a_meaning_is_quoted) {
    char *quoted = complete_quote("a b$c'd.e/f");
    cr_assert_str_eq(quoted, "a\\ b\\$c\\'d.e/f");
    free(quoted);
}
