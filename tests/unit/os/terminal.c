// The terminal: each sequence does what it says, and no bytes break the grid.
#include "drivers/display/terminal.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 10, ROWS = 4 };

static struct terminal terminal;
static void *memory;

static void setup(void) {
    memory = malloc(terminal_memory_size(COLUMNS, ROWS));
    terminal_create(&terminal, COLUMNS, ROWS, memory);
}

static void teardown(void) {
    free(memory);
}

TestSuite(terminal, .init = setup, .fini = teardown);

static void put(const char *text) {
    terminal_write(&terminal, text, strlen(text));
}

// The row as text, without blanks at its end.
static const char *row(uint32_t index) {
    static char text[COLUMNS + 1];
    size_t size = 0;
    for (uint32_t i = 0; i < COLUMNS; i++) {
        uint32_t character = terminal_row(&terminal, index)[i].character;
        text[i] = character < 0x7f ? (char)character : '#';
        size = text[i] != ' ' ? i + 1 : size;
    }
    text[size] = 0;
    return text;
}

static void expect_rows(const char *first, const char *second, const char *third, const char *fourth) {
    const char *expected[ROWS] = {first, second, third, fourth};
    for (uint32_t i = 0; i < ROWS; i++) {
        cr_assert_str_eq(row(i), expected[i], "row %u is '%s', not '%s'", i, row(i), expected[i]);
    }
}

static void expect_cursor(uint32_t column, uint32_t line) {
    cr_assert_eq(terminal.cursor.column, column);
    cr_assert_eq(terminal.cursor.row, line);
}

Test(terminal, sizes_beyond_the_limits_need_no_memory) {
    cr_assert_eq(terminal_memory_size(0, 1), 0);
    cr_assert_eq(terminal_memory_size(1, 0), 0);
    cr_assert_eq(terminal_memory_size(TERMINAL_COLUMNS_MAX + 1, 1), 0);
    cr_assert_eq(terminal_memory_size(1, TERMINAL_ROWS_MAX + 1), 0);
    cr_assert_gt(terminal_memory_size(TERMINAL_COLUMNS_MAX, TERMINAL_ROWS_MAX), 0);
}

Test(terminal, text_goes_from_left_to_right_and_a_line_feed_starts_a_line) {
    put("one\ntwo");
    expect_rows("one", "two", "", "");
    expect_cursor(3, 1);
}

Test(terminal, the_last_column_is_written_before_the_line_wraps) {
    put("0123456789");
    expect_cursor(9, 0);
    put("x");
    expect_rows("0123456789", "x", "", "");
    expect_cursor(1, 1);
}

Test(terminal, a_line_feed_after_a_full_line_makes_no_empty_one) {
    put("0123456789\nx");
    expect_rows("0123456789", "x", "", "");
}

Test(terminal, without_wrapping_the_last_column_is_overwritten) {
    put("\x1b[?7l0123456789xyz");
    expect_rows("012345678z", "", "", "");
}

Test(terminal, text_below_the_last_row_scrolls) {
    put("a\nb\nc\nd\ne");
    expect_rows("b", "c", "d", "e");
    cr_assert_eq(terminal.scrolled, 1);
}

Test(terminal, backspace_tab_and_return_move_the_cursor) {
    put("abc\b\bX\rY\tZ");
    expect_rows("YXc     Z", "", "", "");
    put("\r\b");
    expect_cursor(0, 0);
}

Test(terminal, cursor_movements_are_bounded_by_the_screen) {
    put("\x1b[99B");
    expect_cursor(0, 3);
    put("\x1b[99C");
    expect_cursor(9, 3);
    put("\x1b[2A\x1b[3D");
    expect_cursor(6, 1);
    put("\x1b[99A\x1b[99D");
    expect_cursor(0, 0);
    put("\x1b[3;5H");
    expect_cursor(4, 2);
    put("\x1b[H");
    expect_cursor(0, 0);
    put("\x1b[9999;9999H");
    expect_cursor(9, 3);
    put("\x1b[4G\x1b[2d");
    expect_cursor(3, 1);
    put("\x1b[E");
    expect_cursor(0, 2);
    put("\x1b[5C\x1b[2F");
    expect_cursor(0, 0);
}

Test(terminal, parts_of_a_line_are_erased) {
    put("0123456789\x1b[5G\x1b[K");
    expect_rows("0123", "", "", "");
    put("\r0123456789\x1b[5G\x1b[1K");
    expect_rows("     56789", "", "", "");
    put("\x1b[2K");
    expect_rows("", "", "", "");
    put("\r0123456789\x1b[5G\x1b[2X");
    expect_rows("0123  6789", "", "", "");
}

Test(terminal, parts_of_the_screen_are_erased) {
    put("aaaa\nbbbb\ncccc\ndddd\x1b[2;3H\x1b[J");
    expect_rows("aaaa", "bb", "", "");
    put("\x1b[3;1Hcccc\x1b[4;1Hdddd\x1b[3;2H\x1b[1J");
    expect_rows("", "", "  cc", "dddd");
    put("\x1b[2J");
    expect_rows("", "", "", "");
    expect_cursor(1, 2);
}

Test(terminal, cells_are_inserted_and_deleted) {
    put("0123456789\x1b[3G\x1b[2@");
    expect_rows("01  234567", "", "", "");
    put("\x1b[4P");
    expect_rows("014567", "", "", "");
    put("\x1b[99P");
    expect_rows("01", "", "", "");
    put("\x1b[4h\rxy\x1b[4lz");
    expect_rows("xyz1", "", "", "");
}

Test(terminal, lines_are_inserted_and_deleted) {
    put("a\nb\nc\nd\x1b[2H\x1b[L");
    expect_rows("a", "", "b", "c");
    put("\x1b[2M");
    expect_rows("a", "c", "", "");
    put("\x1b[99L");
    expect_rows("a", "", "", "");
}

Test(terminal, a_region_scrolls_alone) {
    put("a\nb\nc\nd\x1b[2;3r");
    expect_cursor(0, 0);
    put("\x1b[3;1H\nX");
    expect_rows("a", "c", "X", "d");
    put("\x1b[2;1H\x1bMY");
    expect_rows("a", "Y", "c", "d");
    put("\x1b[S");
    expect_rows("a", "c", "", "d");
    put("\x1b[T");
    expect_rows("a", "", "c", "d");
    cr_assert_eq(terminal.scrolled, 0);
    put("\x1b[r\x1b[4;1H\n");
    expect_rows("", "c", "d", "");
}

Test(terminal, a_region_of_less_than_two_rows_is_refused) {
    put("\x1b[3;3r\x1b[9;2r");
    cr_assert_eq(terminal.top, 0);
    cr_assert_eq(terminal.bottom, ROWS - 1);
}

Test(terminal, below_the_region_a_line_feed_at_the_last_row_stays) {
    put("a\x1b[1;2r\x1b[4;1Hx\ny");
    expect_rows("a", "", "", "y");
}

Test(terminal, the_cursor_is_saved_and_restored_with_its_colours) {
    put("\x1b[31m\x1b[2;3H\x1b[s\x1b[m\x1b[4;4H\x1b[ux");
    cr_assert_eq(terminal_row(&terminal, 1)[2].foreground, 1);
    put("\x1b"
        "7\x1b[H\x1b"
        "8y");
    expect_rows("", "  xy", "", "");
}

static struct cell after(const char *text) {
    put("\x1b[H");
    put(text);
    put("x");
    return terminal_row(&terminal, 0)[0];
}

Test(terminal, colours_and_attributes_are_written_with_the_text) {
    cr_assert_eq(after("\x1b[32;44m").foreground, 2);
    cr_assert_eq(after("").background, 4);
    cr_assert_eq(after("\x1b[92;103m").foreground, 10);
    cr_assert_eq(after("").background, 11);
    cr_assert_eq(after("\x1b[39;49m").foreground, TERMINAL_FOREGROUND);
    cr_assert_eq(after("").background, TERMINAL_BACKGROUND);
    cr_assert_eq(after("\x1b[1;4;7m").flags, CELL_BOLD | CELL_UNDERLINE | CELL_REVERSE);
    cr_assert_eq(after("\x1b[22;24;27m").flags, 0);
    cr_assert_eq(after("\x1b[1;31m\x1b[m").foreground, TERMINAL_FOREGROUND);
}

Test(terminal, colours_of_256_and_of_parts_become_the_nearest_of_16) {
    cr_assert_eq(after("\x1b[38;5;196m").foreground, 9);
    cr_assert_eq(after("\x1b[48;5;21m").background, 12);
    cr_assert_eq(after("\x1b[38;5;232m").foreground, 0);
    cr_assert_eq(after("\x1b[38;5;255m").foreground, 15);
    cr_assert_eq(after("\x1b[38;2;0;150;0m").foreground, 2);
    cr_assert_eq(after("\x1b[38;5;3;1m").flags, CELL_BOLD);
    cr_assert_eq(after("\x1b[0;38m").foreground, TERMINAL_FOREGROUND);
}

Test(terminal, erased_cells_have_the_background_of_now) {
    put("\x1b[44m\x1b[2J");
    cr_assert_eq(terminal_row(&terminal, 3)[9].background, 4);
}

Test(terminal, utf8_becomes_characters) {
    put("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    const struct cell *cells = terminal_row(&terminal, 0);
    cr_assert_eq(cells[0].character, 0xe9);
    cr_assert_eq(cells[1].character, 0x20ac);
    cr_assert_eq(cells[2].character, 0x1f600);
}

Test(terminal, broken_utf8_becomes_the_replacement_and_what_follows_is_kept) {
    put("\xc3x\x80\xc0\xaf\xed\xa0\x80\xff");
    const struct cell *cells = terminal_row(&terminal, 0);
    const uint32_t expected[] = {0xfffd, 'x', 0xfffd, 0xfffd, 0xfffd, 0xfffd};
    for (unsigned i = 0; i < 6; i++) {
        cr_assert_eq(cells[i].character, expected[i], "cell %u is %x", i, cells[i].character);
    }
}

static const char *reply(void) {
    static char text[TERMINAL_REPLY_MAX + 1];
    text[terminal_take_reply(&terminal, text, TERMINAL_REPLY_MAX)] = 0;
    return text;
}

Test(terminal, reports_are_answered) {
    put("\x1b[3;7H\x1b[6n");
    cr_assert_str_eq(reply(), "\x1b[3;7R");
    put("\x1b[5n");
    cr_assert_str_eq(reply(), "\x1b[0n");
    put("\x1b[c");
    cr_assert_str_eq(reply(), "\x1b[?6c");
    cr_assert_str_eq(reply(), "");
}

Test(terminal, answers_that_nobody_takes_are_bounded) {
    for (int i = 0; i < 1000; i++) {
        put("\x1b[6n");
    }
    cr_assert_leq(terminal.reply_size, TERMINAL_REPLY_MAX);
}

Test(terminal, the_cursor_can_be_hidden) {
    put("\x1b[?25l");
    cr_assert_not(terminal.cursor_shown);
    put("\x1b[?25h");
    cr_assert(terminal.cursor_shown);
}

Test(terminal, strings_and_unknown_sequences_show_nothing) {
    put("\x1b]0;title\x07"
        "a\x1b]2;x\x1b\\b\x1bPq\x1b\\c\x1b(Bd\x1b[>0qe\x1b[1 qf\x1b[?1049hg\x1b[1;2;3;4;5;6;7;8;9;1;2;3;4;5;6;7;8mh");
    expect_rows("abcdefgh", "", "", "");
}

Test(terminal, control_characters_work_inside_a_sequence) {
    put("ab\x1b[\r2Cx");
    expect_rows("abx", "", "", "");
    put("\x1b[1\x18y");
    expect_rows("abxy", "", "", "");
}

Test(terminal, a_reset_clears_all) {
    put("\x1b[31m\x1b[2;3rabc\x1b[?25l\x1b"
        "cx");
    expect_rows("x", "", "", "");
    cr_assert_eq(terminal.bottom, ROWS - 1);
    cr_assert_eq(terminal_row(&terminal, 0)[0].foreground, TERMINAL_FOREGROUND);
}

Test(terminal, touched_rows_are_those_that_changed) {
    memset(terminal.touched, 0, ROWS);
    put("\x1b[2;1Hx");
    cr_assert_not(terminal.touched[0]);
    cr_assert(terminal.touched[1]);
    cr_assert_not(terminal.touched[2]);
}

static void check_grid(void) {
    bool seen[ROWS + TERMINAL_HISTORY] = {false};
    cr_assert_lt(terminal.cursor.column, COLUMNS);
    cr_assert_lt(terminal.cursor.row, ROWS);
    cr_assert(terminal.top < terminal.bottom && terminal.bottom < ROWS);
    for (uint32_t i = 0; i < ROWS; i++) {
        cr_assert_lt(terminal.lines[i], ROWS + TERMINAL_HISTORY);
        cr_assert_not(seen[terminal.lines[i]]);
        seen[terminal.lines[i]] = true;
    }
    cr_assert_leq(terminal.view, terminal.history_count);
    for (uint32_t i = 0; i < terminal.history_count; i++) {
        cr_assert_not(seen[terminal.history[i]]);
        seen[terminal.history[i]] = true;
    }
}

static const char *shown(uint32_t index) {
    static char text[COLUMNS + 1];
    for (uint32_t i = 0; i < COLUMNS; i++) {
        text[i] = (char)terminal_view_row(&terminal, index)[i].character;
    }
    return strtok(text, " ");
}

static void put_lines(unsigned first, unsigned last) {
    char text[COLUMNS];
    for (unsigned i = first; i <= last; i++) {
        snprintf(text, sizeof(text), "\n%u", i);
        put(text);
    }
}

Test(terminal, it_looks_back_at_what_went_off_the_top_and_forth_again) {
    put_lines(1, 10);
    put("\x1b[>2T");
    cr_assert_str_eq(shown(0), "5");
    cr_assert_str_eq(shown(3), "8");
    expect_rows("7", "8", "9", "10"); // what programs write to has not moved
    put("\x1b[>1S");
    cr_assert_str_eq(shown(0), "6");
    put("\x1b[>100T");
    cr_assert_str_eq(shown(1), "1"); // the first line was empty
    put("\x1b[>100S");
    cr_assert_eq(terminal.view, 0);
}

Test(terminal, text_that_comes_ends_looking_back) {
    put_lines(1, 10);
    put("\x1b[>2T");
    memset(terminal.touched, 0, ROWS);
    put("x");
    cr_assert_eq(terminal.view, 0);
    for (uint32_t i = 0; i < ROWS; i++) {
        cr_assert(terminal.touched[i]);
    }
}

Test(terminal, the_history_keeps_the_newest_lines_and_no_line_twice) {
    put_lines(1, 3 * TERMINAL_HISTORY);
    check_grid();
    cr_assert_eq(terminal.history_count, TERMINAL_HISTORY);
    put("\x1b[>9999T");
    cr_assert_eq((unsigned)atoi(shown(0)), 2 * TERMINAL_HISTORY - ROWS + 1);
}

Test(terminal, a_region_that_scrolls_leaves_the_history_alone) {
    put("\x1b[2;4r\x1b[4;1H");
    put_lines(1, 10);
    cr_assert_eq(terminal.history_count, 0);
}

// Random bytes rich in what sequences are made of; the sanitizers watch the memory.
Test(terminal, random_bytes_never_break_the_grid) {
    static const char likely[] = "\x1b\x1b[[[0123456789;;?>ABCDEFGHJKLMPSTXadefghlmnrsu@cab\n\r\b\t\xc3\xa9";
    srandom(2);
    for (int round = 0; round < 3000; round++) {
        char text[64];
        for (size_t i = 0; i < sizeof(text); i++) {
            text[i] = random() % 8 ? likely[(unsigned)random() % (sizeof(likely) - 1)] : (char)random();
        }
        terminal_write(&terminal, text, sizeof(text));
        check_grid();
    }
}
