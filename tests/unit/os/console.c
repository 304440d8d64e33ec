// The line discipline, and what keys type.
#include "os/console/discipline.h"
#include "os/console/keys.h"

#include <criterion/criterion.h>
#include <parley/key.h>
#include <stdlib.h>
#include <string.h>

static struct discipline discipline;
static struct discipline_result result;
static char data[8192], echo[65536];
static size_t data_size, echo_size;
static unsigned signals[5];

static void type_bytes(const char *bytes, size_t size) {
    data_size = echo_size = 0;
    memset(signals, 0, sizeof(signals));
    for (size_t i = 0; i < size; i++) {
        discipline_take(&discipline, (uint8_t)bytes[i], &result);
        memcpy(data + data_size, result.data ? result.data : "", result.data_size);
        memcpy(echo + echo_size, result.echo, result.echo_size);
        data_size += result.data_size;
        echo_size += result.echo_size;
        signals[result.signal]++;
    }
    data[data_size] = echo[echo_size] = 0;
}

static void type(const char *text) {
    type_bytes(text, strlen(text));
}

Test(discipline, a_line_is_handed_on_when_it_ends) {
    type("hello");
    cr_assert_str_eq(data, "");
    cr_assert_str_eq(echo, "hello");
    type("\r");
    cr_assert_str_eq(data, "hello\n");
    cr_assert_str_eq(echo, "\n");
}

Test(discipline, control_z_drops_the_line_and_stops_the_program_and_is_a_byte_in_a_raw_terminal) {
    type("abc\x1a");
    cr_assert_eq(signals[SIGNAL_SUSPEND], 1);
    cr_assert_str_eq(data, "");
    cr_assert_str_eq(echo, "abc^Z\n");
    type("d\r");
    cr_assert_str_eq(data, "d\n");
    discipline_set_mode(&discipline, CONSOLE_RAW | CONSOLE_INTERRUPTS, &result);
    type("\x1a");
    cr_assert_eq(signals[SIGNAL_SUSPEND], 0);
    cr_assert_str_eq(data, "\x1a");
}

Test(discipline, control_z_does_nothing_where_the_job_may_not_stop_whatever_else_its_mode_is) {
    discipline = (struct discipline){.mode = CONSOLE_NO_STOP};
    type("ab\x1a");
    cr_assert_eq(result.signal, SIGNAL_NONE);
    discipline_set_mode(&discipline, CONSOLE_NO_ECHO, &result);
    discipline_set_mode(&discipline, CONSOLE_COOKED, &result);
    type("\x1a");
    cr_assert_eq(result.signal, SIGNAL_NONE);
    cr_assert_eq(discipline.size, 2);
    type("\x03");
    cr_assert_eq(result.signal, SIGNAL_INTERRUPT);
}

Test(discipline, backspace_erases_a_character_and_stops_at_the_start) {
    type("ab\x7f\x08\x7f"
         "c\n");
    cr_assert_str_eq(data, "c\n");
    cr_assert_str_eq(echo, "ab\b \b\b \bc\n");
}

Test(discipline, backspace_erases_all_bytes_of_a_character) {
    type("x\xc3\xa9\xe2\x82\xac\x7f\x7f\n");
    cr_assert_str_eq(data, "x\n");
}

Test(discipline, a_control_character_is_shown_as_two_and_erased_as_two) {
    type("\x01\x7f\n");
    cr_assert_str_eq(echo, "^A\b \b\b \b\n");
    cr_assert_str_eq(data, "\n");
}

Test(discipline, words_and_lines_are_killed) {
    type("one two  \x17x\n");
    cr_assert_str_eq(data, "one x\n");
    type("one two\x15y\n");
    cr_assert_str_eq(data, "y\n");
}

Test(discipline, ctrl_d_hands_on_a_begun_line_and_else_ends_the_stream) {
    type("abc\x04");
    cr_assert_str_eq(data, "abc");
    cr_assert_eq(signals[SIGNAL_END], 0);
    type("\x04");
    cr_assert_eq(signals[SIGNAL_END], 1);
}

Test(discipline, ctrl_c_drops_the_line_and_is_told) {
    type("abc\x03");
    cr_assert_str_eq(echo, "abc^C\n");
    cr_assert_eq(signals[SIGNAL_INTERRUPT], 1);
    type("x\n");
    cr_assert_str_eq(data, "x\n");
}

Test(discipline, raw_bytes_pass_without_echo) {
    discipline_set_mode(&discipline, CONSOLE_RAW, &result);
    type("a\r\x03\x04\x7f");
    cr_assert_str_eq(data, "a\r\x03\x04\x7f");
    cr_assert_str_eq(echo, "");
    cr_assert_eq(signals[SIGNAL_NONE], 5);
}

Test(discipline, raw_bytes_pass_and_ctrl_c_is_told_where_that_is_wanted) {
    discipline_set_mode(&discipline, CONSOLE_RAW | CONSOLE_INTERRUPTS, &result);
    type("a\r\x03\x04");
    cr_assert_str_eq(data, "a\r\x04");
    cr_assert_str_eq(echo, "^C\n");
    cr_assert_eq(signals[SIGNAL_INTERRUPT], 1);
}

Test(discipline, ctrl_backslash_is_told_in_every_mode) {
    type("\x1c");
    cr_assert_eq(signals[SIGNAL_QUIT], 1);
    discipline_set_mode(&discipline, CONSOLE_RAW, &result);
    type("\x1c");
    cr_assert_eq(signals[SIGNAL_QUIT], 1);
    cr_assert_str_eq(data, "");
}

Test(discipline, a_begun_line_is_handed_on_when_the_mode_becomes_raw) {
    type("abc");
    discipline_set_mode(&discipline, CONSOLE_RAW, &result);
    cr_assert_eq(result.data_size, 3);
    cr_assert_eq(memcmp(result.data, "abc", 3), 0);
}

Test(discipline, without_echo_nothing_is_shown_but_the_line_arrives) {
    discipline_set_mode(&discipline, CONSOLE_NO_ECHO, &result);
    type("secret\x7f\n");
    cr_assert_str_eq(data, "secre\n");
    cr_assert_str_eq(echo, "");
}

Test(discipline, a_line_that_is_too_long_rings_and_keeps_its_start) {
    char text[DISCIPLINE_LINE_MAX + 10];
    memset(text, 'x', sizeof(text));
    type_bytes(text, sizeof(text));
    cr_assert_eq(echo[echo_size - 1], '\a');
    type("\n");
    cr_assert_eq(data_size, DISCIPLINE_LINE_MAX);
    cr_assert_eq(data[data_size - 1], '\n');
}

Test(discipline, killing_the_longest_line_of_control_characters_fits_the_echo) {
    char text[DISCIPLINE_LINE_MAX];
    memset(text, 1, sizeof(text));
    type_bytes(text, sizeof(text));
    type("\x15");
    cr_assert_eq(discipline.size, 0);
    cr_assert_leq(echo_size, DISCIPLINE_ECHO_MAX);
}

Test(discipline, random_bytes_and_modes_break_nothing) {
    srandom(4);
    for (int i = 0; i < 200000; i++) {
        if (random() % 1000 == 0) {
            discipline_set_mode(&discipline, (uint32_t)random() % 64, &result);
        }
        discipline_take(&discipline, (uint8_t)random(), &result);
        cr_assert_leq(discipline.size, DISCIPLINE_LINE_MAX);
        cr_assert_leq(result.data_size, DISCIPLINE_LINE_MAX);
        cr_assert_leq(result.echo_size, DISCIPLINE_ECHO_MAX);
    }
}

static const char *typed(unsigned key, unsigned modifiers, unsigned character) {
    static char bytes[KEYS_BYTES_MAX + 1];
    EVENT event = {EVENT_KEYBOARD, KEY_DOWN, key, modifiers, character};
    bytes[keys_bytes_of(&event, bytes)] = 0;
    return bytes;
}

Test(keys, characters_are_typed_as_utf8) {
    cr_assert_str_eq(typed('a', 0, 'a'), "a");
    cr_assert_str_eq(typed('a', KEY_WITH_SHIFT, 'A'), "A");
    cr_assert_str_eq(typed('e', 0, 0xe9), "\xc3\xa9");
    cr_assert_str_eq(typed('e', 0, 0x20ac), "\xe2\x82\xac");
    cr_assert_str_eq(typed('e', 0, 0x1f600), "\xf0\x9f\x98\x80");
    cr_assert_str_eq(typed('e', 0, 0x110000), "");
}

Test(keys, control_makes_control_characters_and_alt_puts_escape_before) {
    cr_assert_str_eq(typed('c', KEY_WITH_CONTROL, 'c'), "\x03");
    cr_assert_str_eq(typed('\\', KEY_WITH_CONTROL, '\\'), "\x1c");
    cr_assert_str_eq(typed('1', KEY_WITH_CONTROL, '1'), "1");
    cr_assert_str_eq(typed('b', KEY_WITH_ALT, 'b'), "\x1b"
                                                    "b");
    EVENT space = {EVENT_KEYBOARD, KEY_DOWN, ' ', KEY_WITH_CONTROL, ' '};
    char bytes[KEYS_BYTES_MAX] = "x";
    cr_assert_eq(keys_bytes_of(&space, bytes), 1);
    cr_assert_eq(bytes[0], 0);
}

Test(keys, editing_keys_type_what_terminals_type) {
    cr_assert_str_eq(typed(KEY_BACKSPACE, 0, 8), "\x7f");
    cr_assert_str_eq(typed(KEY_ENTER, 0, '\r'), "\r");
    cr_assert_str_eq(typed(KEY_TAB, 0, '\t'), "\t");
    cr_assert_str_eq(typed(KEY_TAB, KEY_WITH_SHIFT, '\t'), "\x1b[Z");
    cr_assert_str_eq(typed(KEY_ESCAPE, 0, 0x1b), "\x1b");
    cr_assert_str_eq(typed(KEY_UP_ARROW, 0, 0), "\x1b[A");
    cr_assert_str_eq(typed(KEY_LEFT_ARROW, KEY_WITH_CONTROL, 0), "\x1b[1;5D");
    cr_assert_str_eq(typed(KEY_HOME, 0, 0), "\x1b[H");
    cr_assert_str_eq(typed(KEY_DELETE, 0, 0x7f), "\x1b[3~");
    cr_assert_str_eq(typed(KEY_PAGE_UP, KEY_WITH_SHIFT, 0), "\x1b[5;2~");
    cr_assert_str_eq(typed(KEY_F1, 0, 0), "\x1bOP");
    cr_assert_str_eq(typed(KEY_F12, 0, 0), "\x1b[24~");
}

Test(keys, the_number_block_types_as_the_main_block) {
    cr_assert_str_eq(typed(KEY_PAD + KEY_UP_ARROW, 0, 0), "\x1b[A");
    cr_assert_str_eq(typed(KEY_PAD + KEY_UP_ARROW, KEY_WITH_NUM_LOCK, '8'), "8");
    cr_assert_str_eq(typed(KEY_PAD + KEY_ENTER, 0, '\r'), "\r");
    cr_assert_str_eq(typed(KEY_PAD + '5', 0, 0), "");
}

Test(keys, keys_that_go_up_and_modifiers_type_nothing) {
    char bytes[KEYS_BYTES_MAX];
    EVENT up = {EVENT_KEYBOARD, KEY_UP, 'a', 0, 'a'};
    EVENT other = {EVENT_MOUSE, KEY_DOWN, 'a', 0, 'a'};
    cr_assert_eq(keys_bytes_of(&up, bytes), 0);
    cr_assert_eq(keys_bytes_of(&other, bytes), 0);
    cr_assert_str_eq(typed(KEY_LEFT_SHIFT, KEY_WITH_SHIFT, 0), "");
}

Test(keys, any_event_types_at_most_the_room_there_is) {
    char bytes[KEYS_BYTES_MAX];
    srandom(5);
    for (int i = 0; i < 200000; i++) {
        EVENT event = {EVENT_KEYBOARD, 1 + random() % 3, (unsigned)random() % 0x400, (unsigned)random() % 64,
                       random() % 3 ? (unsigned)random() % 300 : (unsigned)random()};
        cr_assert_leq(keys_bytes_of(&event, bytes), KEYS_BYTES_MAX);
    }
}
