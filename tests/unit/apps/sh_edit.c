// The shell's line editor: from bytes to keys, what keys do to the line, and what the terminal is told.
#include "apps/sh/display.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct key_decoder decoder;
static struct edit edit;
static struct history history;
static enum edit_result result;

static void type(const char *bytes) {
    for (; *bytes; bytes++) {
        struct key_press press;
        if (key_decode(&decoder, (unsigned char)*bytes, &press))
            result = edit_apply(&edit, &press);
    }
}

static void prepare(void) {
    decoder = (struct key_decoder){0};
    edit_start(&edit, &history);
    result = EDIT_GOES_ON;
}

static void release(void) {
    text_release(&edit.line);
    text_release(&edit.killed);
    text_release(&edit.new_line);
    text_release(&edit.sought);
    strings_release(&history.lines);
}

TestSuite(sh_edit, .init = prepare, .fini = release);

struct edit_case {
    const char *typed, *line;
    size_t cursor;
};

static void check(const struct edit_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        prepare();
        type(cases[i].typed);
        cr_assert_str_eq(edit.line.bytes, cases[i].line, "case %zu: %s", i, edit.line.bytes);
        cr_assert_eq(edit.cursor, cases[i].cursor, "case %zu: %zu", i, edit.cursor);
    }
}

#define CHECK(...)                                                                                                     \
    do {                                                                                                               \
        static const struct edit_case cases[] = {__VA_ARGS__};                                                         \
        check(cases, sizeof(cases) / sizeof(cases[0]));                                                                \
    } while (0)

Test(sh_edit, characters_go_in_at_the_cursor) {
    CHECK({"abc", "abc", 3}, {"ac\x1b[Db", "abc", 2},
          {"bc\x01"
           "a",
           "abc", 1},
          {"b\x1b[Ha\x1b[Fc", "abc", 3});
}

Test(sh_edit, both_forms_of_cursor_keys_are_known) {
    CHECK({"ab\x1bODx", "axb", 2}, {"ab\x1bOHx", "xab", 1}, {"ab\x1b[1~x\x1b[4~y", "xaby", 4},
          {"ab\x1b[7~x\x1b[8~y", "xaby", 4}, {"ab\x02x\x06\x05y", "axby", 4});
}

Test(sh_edit, deleting_takes_whole_characters) {
    CHECK({"a\xc3\xa9\x7f", "a", 1},
          {"\xe2\x82\xac"
           "b\x01\x1b[3~",
           "b", 0},
          {"\xf0\x9f\x98\x80\x08", "", 0}, {"\x7f", "", 0}, {"a\x1b[3~", "a", 1}, {"ab\x01\x04", "b", 0});
}

Test(sh_edit, the_cursor_moves_by_characters) {
    CHECK({"a\xc3\xa9z\x1b[D\x1b[D", "a\xc3\xa9z", 1}, {"\xc3\xa9\x1b[D\x1b[D\x1b[Cx", "\xc3\xa9x", 3});
}

Test(sh_edit, kills_can_be_put_back) {
    CHECK({"one two\x17", "one ", 4}, {"one two  \x17", "one ", 4}, {"one two\x15", "", 0}, {"one two\x01\x0b", "", 0},
          {"one two\x17\x01\x19", "twoone ", 3}, {"one two\x1b[1;5D\x0b", "one ", 4}, {"a\x17\x17", "", 0},
          {"one two\x1b"
           "b\x1b"
           "b\x1b[1;5Cx",
           "onex two", 4},
          {"a b\x1b\x7f", "a ", 2});
}

Test(sh_edit, bytes_that_are_no_utf_8_are_passed_over) {
    CHECK({"a\xff\x80"
           "b",
           "ab", 2},
          {"\xc3(", "(", 1}, {"\xe2\x82\x1b[Da", "a", 1},
          {"\xc0\xaf"
           "c",
           "c", 1});
}

Test(sh_edit, unknown_sequences_do_nothing) {
    CHECK({"a\x1b[5~\x1b[15~\x1b[1;2P\x1bOZb", "ab", 2}, {"a\x1b[99999999999999999999~b", "ab", 2},
          {"\x1b\x1b[Dx", "x", 1}, {"a\x1bqb", "ab", 2}, {"a\tb", "ab", 2});
}

Test(sh_edit, enter_ends_the_line) {
    type("abc\x1b[D\r");
    cr_assert_eq(result, EDIT_DONE);
    cr_assert_eq(edit.cursor, 3);
    prepare();
    type("x\n");
    cr_assert_eq(result, EDIT_DONE);
}

Test(sh_edit, control_c_cancels_and_control_d_ends_an_empty_line_only) {
    type("a\x03");
    cr_assert_eq(result, EDIT_CANCEL);
    prepare();
    type("a\x04");
    cr_assert_eq(result, EDIT_GOES_ON);
    prepare();
    type("\x04");
    cr_assert_eq(result, EDIT_FINISH);
    prepare();
    type("a\x0c");
    cr_assert_eq(result, EDIT_CLEAR);
}

Test(sh_edit, history_is_walked_and_the_new_line_kept) {
    history_add(&history, "first");
    history_add(&history, "second");
    prepare();
    type("new\x1b[A");
    cr_assert_str_eq(edit.line.bytes, "second");
    type("\x1b[A\x1b[A");
    cr_assert_str_eq(edit.line.bytes, "first");
    type("\x1b[B\x1b[B\x1b[B");
    cr_assert_str_eq(edit.line.bytes, "new");
    cr_assert_eq(edit.cursor, 3);
}

#define SEARCH "\x12"

Test(sh_edit, what_is_sought_is_found_in_the_newest_line_and_then_in_older_ones) {
    history_add(&history, "grep one file");
    history_add(&history, "cat file");
    history_add(&history, "ls");
    edit_start(&edit, &history);
    type("ne" SEARCH "fi");
    cr_assert_str_eq(edit.line.bytes, "cat file");
    cr_assert_eq(edit.cursor, 4);
    type(SEARCH);
    cr_assert_str_eq(edit.line.bytes, "grep one file");
    type(SEARCH);
    cr_assert(edit.search_failed);
    cr_assert_str_eq(edit.line.bytes, "grep one file", "the last one found stays");
    type("\r");
    cr_assert_eq(result, EDIT_DONE);
    cr_assert_not(edit.searching);
}

Test(sh_edit, a_search_is_narrowed_widened_and_left) {
    history_add(&history, "first");
    history_add(&history, "find");
    edit_start(&edit, &history);
    type("new" SEARCH "fi");
    cr_assert_str_eq(edit.line.bytes, "find");
    type("r");
    cr_assert_str_eq(edit.line.bytes, "first");
    type("x");
    cr_assert(edit.search_failed);
    type("\x7f\x7f");
    cr_assert_str_eq(edit.line.bytes, "find");
    type("\x7f\x7f");
    cr_assert_str_eq(edit.line.bytes, "new");
    type("\x7f" SEARCH "ir\x05!");
    cr_assert_str_eq(edit.line.bytes, "first!", "Ctrl-E keeps the line and goes to its end");
    cr_assert_not(edit.searching);
}

Test(sh_edit, history_leaves_out_what_need_not_be_found_again) {
    history_add(&history, "a");
    history_add(&history, "a");
    history_add(&history, " hidden");
    history_add(&history, "");
    cr_assert_eq(history.lines.count, 1);
    for (int i = 0; i < HISTORY_MAX + 5; i++) {
        char line[2] = {(char)('b' + i % 2), 0};
        history_add(&history, line);
    }
    cr_assert_eq(history.lines.count, HISTORY_MAX);
    cr_assert_eq(history.first_number, 6);
}

// What a terminal of one row shows after it got the bytes; the cursor's column in `column`.
static const char *row_of(const struct text *bytes, size_t columns, size_t *column) {
    static char row[256];
    size_t length = 0;
    *column = 0;
    memset(row, 0, sizeof(row));
    for (const char *next = bytes->bytes; *next; next++) {
        if (*next == '\r') {
            *column = 0;
        } else if (!strncmp(next, "\033[K", 3)) {
            length = *column;
            next += 2;
        } else if (!strncmp(next, "\033[", 2)) {
            *column += strtoul(next + 2, (char **)&next, 10);
            cr_assert_eq(*next, 'C');
        } else {
            row[(*column)++] = *next;
            length = *column > length ? *column : length;
        }
        cr_assert_lt(*column, columns, "the cursor may not reach the last column's end");
    }
    row[length] = 0;
    return row;
}

static const char *display_of(const char *typed, size_t columns, size_t *column) {
    static struct text output;
    static struct display display;
    text_clear(&output);
    prepare();
    display_start(&display, "$ ", columns, &output);
    for (const char *next = typed; *next; next++) {
        char byte[2] = {*next, 0};
        type(byte);
        display_update(&display, &edit, &output);
    }
    const char *row = row_of(&output, columns, column);
    text_release(&output);
    text_release(&display.shown);
    return row;
}

Test(sh_edit, the_terminal_shows_the_line_and_the_cursor) {
    size_t column;
    cr_assert_str_eq(display_of("abc", 40, &column), "$ abc");
    cr_assert_eq(column, 5);
    cr_assert_str_eq(display_of("abc\x1b[D\x1b[D", 40, &column), "$ abc");
    cr_assert_eq(column, 3);
    cr_assert_str_eq(display_of("abc\x1b[Dx", 40, &column), "$ abxc");
    cr_assert_eq(column, 5);
    cr_assert_str_eq(display_of("abc\x15", 40, &column), "$ ");
    cr_assert_eq(column, 2);
    cr_assert_str_eq(display_of("abc\x7f\x7f", 40, &column), "$ a");
}

Test(sh_edit, a_long_line_moves_sideways_with_the_cursor) {
    size_t column;
    cr_assert_str_eq(display_of("abcdefghijklmnopqrstuvwxyz", 20, &column), "$ jklmnopqrstuvwxyz");
    cr_assert_eq(column, 19);
    cr_assert_str_eq(display_of("abcdefghijklmnopqrstuvwxyz\x01", 20, &column), "$ abcdefghijklmnopq");
    cr_assert_eq(column, 2);
    cr_assert_str_eq(display_of("abcdefghijklmnopqrstuvwxyz\x01\x05", 20, &column), "$ jklmnopqrstuvwxyz");
}

Test(sh_edit, typing_at_the_end_writes_the_character_alone) {
    struct text output = {0};
    struct display display = {0};
    display_start(&display, "$ ", 40, &output);
    type("a");
    display_update(&display, &edit, &output);
    text_clear(&output);
    type("b");
    display_update(&display, &edit, &output);
    cr_assert_str_eq(output.bytes, "b");
    text_release(&output);
    text_release(&display.shown);
}

Test(sh_edit, a_row_that_the_console_wrote_into_is_drawn_again_with_the_cursor_where_it_was) {
    struct text output = {0};
    struct display display = {0};
    size_t column;
    display_start(&display, "$ ", 40, &output);
    type("abc\x1b[D");
    display_update(&display, &edit, &output);
    text_clear(&output);
    type("\x1d");
    cr_assert_eq(result, EDIT_REDRAW);
    text_add_string(&output, "what stood there");
    display_redraw(&display, &edit, &output);
    cr_assert_str_eq(row_of(&output, 40, &column), "$ abc");
    cr_assert_eq(column, 4);
    text_release(&output);
    text_release(&display.shown);
}

Test(sh_edit, a_search_goes_on_when_its_row_is_drawn_again) {
    history_add(&history, "echo one");
    edit_start(&edit, &history);
    type(SEARCH "on\x1d");
    cr_assert(edit.searching);
    cr_assert_str_eq(edit.line.bytes, "echo one");
}
