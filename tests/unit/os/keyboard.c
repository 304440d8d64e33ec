// The scan code decoder: what keys become, and that no bytes confuse it for long.
#include "drivers/keyboard/decoder.h"

#include <criterion/criterion.h>
#include <parley/key.h>
#include <stdlib.h>
#include <string.h>

static struct decoder decoder;

// Feeds bytes; the last event, and how many there were.
static unsigned feed(const char *bytes, size_t size, EVENT *last) {
    unsigned count = 0;
    for (size_t i = 0; i < size; i++) {
        count += decoder_take(&decoder, (uint8_t)bytes[i], last);
    }
    return count;
}

#define FEED(bytes, last) feed(bytes, sizeof(bytes) - 1, last)

static void expect(const EVENT *event, unsigned action, unsigned key, unsigned modifiers, unsigned character) {
    cr_assert_eq(event->Type, EVENT_KEYBOARD);
    cr_assert_eq(event->Action, action);
    cr_assert_eq(event->Data1, key);
    cr_assert_eq(event->Data2, modifiers);
    cr_assert_eq(event->Data3, character);
}

Test(keyboard, a_key_goes_down_repeats_and_goes_up) {
    EVENT event;
    cr_assert_eq(FEED("\x1e", &event), 1);
    expect(&event, KEY_DOWN, 'a', 0, 'a');
    cr_assert_eq(FEED("\x1e", &event), 1);
    expect(&event, KEY_REPEAT, 'a', 0, 'a');
    cr_assert_eq(FEED("\x9e", &event), 1);
    expect(&event, KEY_UP, 'a', 0, 'a');
}

Test(keyboard, shift_changes_the_character_but_not_the_key) {
    EVENT event;
    FEED("\x2a\x02", &event);
    expect(&event, KEY_DOWN, '1', KEY_WITH_SHIFT, '!');
    FEED("\x82\xaa\x02", &event);
    expect(&event, KEY_DOWN, '1', 0, '1');
}

Test(keyboard, one_shift_of_two_released_leaves_shift) {
    EVENT event;
    FEED("\x2a\x36\xaa\x1e", &event);
    expect(&event, KEY_DOWN, 'a', KEY_WITH_SHIFT, 'A');
}

Test(keyboard, caps_lock_turns_letters_alone_and_shift_turns_them_back) {
    EVENT event;
    FEED("\x3a\xba\x1e", &event);
    expect(&event, KEY_DOWN, 'a', KEY_WITH_CAPS_LOCK, 'A');
    FEED("\x02", &event);
    expect(&event, KEY_DOWN, '1', KEY_WITH_CAPS_LOCK, '1');
    FEED("\x9e\x2a\x1e", &event);
    expect(&event, KEY_DOWN, 'a', KEY_WITH_CAPS_LOCK | KEY_WITH_SHIFT, 'a');
    FEED("\xaa\x3a\xba\x9e\x1e", &event);
    expect(&event, KEY_DOWN, 'a', 0, 'a');
}

Test(keyboard, held_caps_lock_repeats_without_turning_again) {
    EVENT event;
    FEED("\x3a\x3a\x3a\xba\x1e", &event);
    expect(&event, KEY_DOWN, 'a', KEY_WITH_CAPS_LOCK, 'A');
}

Test(keyboard, num_lock_makes_digits_of_the_number_block) {
    EVENT event;
    FEED("\x48", &event);
    expect(&event, KEY_DOWN, KEY_PAD + KEY_UP_ARROW, 0, 0);
    FEED("\xc8\x45\xc5\x48", &event);
    expect(&event, KEY_DOWN, KEY_PAD + KEY_UP_ARROW, KEY_WITH_NUM_LOCK, '8');
}

Test(keyboard, the_extended_prefix_tells_arrows_from_the_number_block) {
    EVENT event;
    cr_assert_eq(FEED("\xe0\x48", &event), 1);
    expect(&event, KEY_DOWN, KEY_UP_ARROW, 0, 0);
    cr_assert_eq(FEED("\xe0\xc8", &event), 1);
    expect(&event, KEY_UP, KEY_UP_ARROW, 0, 0);
}

Test(keyboard, fake_shifts_around_extended_keys_are_no_keys) {
    EVENT event;
    cr_assert_eq(FEED("\xe0\x2a\xe0\x37", &event), 1);
    expect(&event, KEY_DOWN, KEY_PRINT_SCREEN, 0, 0);
}

Test(keyboard, pause_is_one_key_down_and_up) {
    EVENT event;
    cr_assert_eq(FEED("\xe1\x1d\x45", &event), 1);
    expect(&event, KEY_DOWN, KEY_PAUSE, 0, 0);
    cr_assert_eq(FEED("\xe1\x9d\xc5", &event), 1);
    expect(&event, KEY_UP, KEY_PAUSE, 0, 0);
}

Test(keyboard, a_broken_pause_is_dropped_and_the_next_key_understood) {
    EVENT event;
    cr_assert_eq(FEED("\xe1\x1e", &event), 1);
    expect(&event, KEY_DOWN, 'a', 0, 'a');
    cr_assert_eq(FEED("\xe1\x1d\x30", &event), 1);
    expect(&event, KEY_DOWN, 'b', 0, 'b');
}

Test(keyboard, answers_of_the_keyboard_and_releases_of_keys_that_were_up_are_dropped) {
    EVENT event;
    cr_assert_eq(FEED("\xfa\xfe\xee\x00\xff\xaa\x9e", &event), 0);
    FEED("\x1e", &event);
    expect(&event, KEY_DOWN, 'a', 0, 'a');
}

Test(keyboard, a_prefix_twice_is_one_prefix) {
    EVENT event;
    cr_assert_eq(FEED("\xe0\xe0\x4b", &event), 1);
    expect(&event, KEY_DOWN, KEY_LEFT_ARROW, 0, 0);
}

Test(keyboard, release_all_forgets_what_is_held_but_keeps_the_locks) {
    EVENT event;
    FEED("\x3a\x2a\x1d", &event);
    decoder_release_all(&decoder);
    FEED("\x1e", &event);
    expect(&event, KEY_DOWN, 'a', KEY_WITH_CAPS_LOCK, 'A');
}

// After any bytes at all, two releases of everything bring back a decoder that understands a plain key.
Test(keyboard, any_bytes_leave_a_decoder_that_understands_the_next_keys) {
    EVENT event;
    srandom(1);
    for (int round = 0; round < 2000; round++) {
        for (int i = 0; i < 50; i++) {
            memset(&event, 0xee, sizeof(event));
            if (decoder_take(&decoder, (uint8_t)random(), &event)) {
                cr_assert_eq(event.Type, EVENT_KEYBOARD);
                cr_assert(event.Action >= KEY_DOWN && event.Action <= KEY_REPEAT);
                cr_assert_neq(event.Data1, 0);
            }
        }
        FEED("\x9e\x9e\x9e", &event);
        cr_assert_eq(FEED("\x1e", &event), 1);
        cr_assert_eq(event.Data1, 'a');
        FEED("\x9e", &event);
    }
}
