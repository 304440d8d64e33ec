// More pure parts of the tools: conditions of test, formats of printf, differences of texts.
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apps/common/condition.h"
#include "apps/common/format.h"
#include "apps/common/path.h"
#include "apps/diff/compare.h"

enum { WORDS_MAX = 16 };

static int evaluate(const char *line) {
    char copy[200], *words[WORDS_MAX];
    const char *thing, *reason;
    size_t count = 0;
    snprintf(copy, sizeof(copy), "%s", line);
    for (char *word = strtok(copy, " "); word && count < WORDS_MAX; word = strtok(NULL, " "))
        words[count++] = strcmp(word, "''") != 0 ? word : word + 2;
    return condition_evaluate(words, count, &thing, &reason);
}

Test(conditions, hold_fail_or_are_wrong) {
    static const struct {
        const char *line;
        int status;
    } rows[] = {
        {"", 1},
        {"x", 0},
        {"''", 1},
        {"! x", 1},
        {"! ''", 0},
        {"!", 0},
        {"-n", 0},
        {"-z ''", 0},
        {"-n ''", 1},
        {"a = a", 0},
        {"a != a", 1},
        {"a < b", 0},
        {"b < a", 1},
        {"3 -gt 2", 0},
        {"-3 -lt 2", 0},
        {"2 -eq 02", 0},
        {"2 -ge 3", 1},
        {"( x )", 0},
        {"( ! x )", 1},
        {"x -a ''", 1},
        {"x -o ''", 0},
        {"'' -o x -a ''", 1},
        {"! x -o x", 0},
        {"-f = -f", 0},
        {"! = !", 0},
        {"x -eq 1", 2},
        {"1 -eq", 2},
        {"( x", 2},
        {"a b", 2},
        {"1 -eq 2x", 2},
        {"-e /", 0},
        {"-d /", 0},
        {"-f /", 1},
        {"-e /no/such", 1},
        {"99999999999999999999 -eq 1", 2},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        cr_expect_eq(evaluate(rows[i].line), rows[i].status, "%s", rows[i].line);
}

static unsigned complaints;

static void complain(void *context, const char *thing, const char *reason) {
    (void)context;
    cr_assert(thing && reason);
    complaints++;
}

// What a format makes of two words; through a pipe, as outputs write to descriptors.
static const char *formatted(const char *text, const char *first, const char *second) {
    static char buffer[OUTPUT_SIZE], result[500];
    char *words[] = {(char *)first, (char *)second, NULL};
    struct output output;
    struct format format = {.output = &output, .complain = complain};
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    output_start(&output, ends[1], buffer);
    complaints = 0;
    format_write(&format, text, words);
    output_flush(&output);
    close(ends[1]);
    ssize_t got = read(ends[0], result, sizeof(result) - 1);
    close(ends[0]);
    result[got > 0 ? got : 0] = 0;
    return result;
}

Test(formats, put_words_in) {
    cr_expect_str_eq(formatted("%s-%s\\n", "a", "b"), "a-b\n");
    cr_expect_str_eq(formatted("%s,", "a", "b"), "a,b,");
    cr_expect_str_eq(formatted("[%5d|%-4x]", "42", "255"), "[   42|ff  ]");
    cr_expect_str_eq(formatted("%b|%s", "a\\tb", "a\\tb"), "a\tb|a\\tb");
    cr_expect_str_eq(formatted("%c%c", "xyz", ""), "x");
    cr_expect_str_eq(formatted("%.3f %g", "2.0005", "1e3"), "2.001 1000");
    cr_expect_str_eq(formatted("%%\\101\\x42", NULL, NULL), "%AB");
    cr_expect_str_eq(formatted("%s %s %d", "one", NULL), "one  0");
    cr_expect_eq(complaints, 0u);
}

Test(formats, tell_what_is_no_number_and_go_on) {
    cr_expect_str_eq(formatted("%d;", "1x", "y"), "1;0;");
    cr_expect_eq(complaints, 2u);
    cr_expect_str_eq(formatted("a%q", "x", NULL), "a");
    cr_expect_eq(complaints, 1u);
    cr_expect_str_eq(formatted("x\\cy", "a", "b"), "x");
}

static struct lines lines_of(const char *letters, struct text_line *list) {
    struct lines lines = {.list = list, .count = strlen(letters)};
    for (size_t i = 0; i < lines.count; i++)
        list[i] = (struct text_line){.text = letters + i, .length = 1};
    return lines;
}

// The changes between texts whose lines are letters: "LEFT,COUNT>RIGHT,COUNT ", lines from 0 on.
static const char *changes_of(const char *left, const char *right) {
    static char shown[500];
    struct text_line left_list[64], right_list[64];
    struct lines first = lines_of(left, left_list), second = lines_of(right, right_list);
    struct lines_options options = {0};
    struct changes changes;
    size_t used = 0;
    shown[0] = 0;
    lines_identify(&first, &second, &options);
    compare_lines(&first, &second, &changes);
    for (size_t i = 0; i < changes.count; i++)
        used += (size_t)snprintf(shown + used, sizeof(shown) - used, "%zu,%zu>%zu,%zu ", changes.list[i].left,
                                 changes.list[i].left_count, changes.list[i].right, changes.list[i].right_count);
    free(changes.list);
    return shown;
}

Test(differences, are_runs_of_lines) {
    cr_expect_str_eq(changes_of("abc", "abc"), "");
    cr_expect_str_eq(changes_of("", "ab"), "0,0>0,2 ");
    cr_expect_str_eq(changes_of("ab", ""), "0,2>0,0 ");
    cr_expect_str_eq(changes_of("abc", "axc"), "1,1>1,1 ");
    cr_expect_str_eq(changes_of("abcd", "acd"), "1,1>1,0 ");
    cr_expect_str_eq(changes_of("abcdef", "xbcdey"), "0,1>0,1 5,1>5,1 ");
}

Test(differences, are_as_few_lines_as_can_be) {
    cr_expect_str_eq(changes_of("abcabba", "cbabac")[0] ? "some" : "", "some");
    struct text_line left_list[64], right_list[64];
    struct lines left = lines_of("abcabba", left_list), right = lines_of("cbabac", right_list);
    struct lines_options options = {0};
    struct changes changes;
    size_t lines = 0;
    lines_identify(&left, &right, &options);
    compare_lines(&left, &right, &changes);
    for (size_t i = 0; i < changes.count; i++)
        lines += changes.list[i].left_count + changes.list[i].right_count;
    free(changes.list);
    cr_expect_eq(lines, 5u); // the example of Myers' paper
}

Test(differences, that_could_lie_in_two_places_lie_behind) {
    cr_expect_str_eq(changes_of("abab", "ababab"), "4,0>4,2 ");
    cr_expect_str_eq(changes_of("xaay", "xay"), "2,1>2,0 ");
}

// ---- paths ----

Test(paths, are_cut_before_their_last_part) {
    static const struct {
        const char *path, *before, *last;
    } rows[] = {
        {"a", ".", "a"},      {"/a", "/", "a"},       {"a/b", "a", "b"}, {"/a/b", "/a", "b"},
        {"a//b//", "a", "b"}, {"//a//b", "//a", "b"}, {"a/", ".", "a"},  {"/", "/", "/"},
        {"///", "/", "/"},    {"//a", "/", "a"},      {"", ".", ""},     {"a/b/c", "a/b", "c"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t before_length, last_length;
        const char *before = path_before_last(rows[i].path, &before_length);
        const char *last = path_last(rows[i].path, &last_length);
        cr_assert(before_length == strlen(rows[i].before) && !memcmp(before, rows[i].before, before_length), "%s",
                  rows[i].path);
        cr_assert(last_length == strlen(rows[i].last) && !memcmp(last, rows[i].last, last_length), "%s", rows[i].path);
    }
}
