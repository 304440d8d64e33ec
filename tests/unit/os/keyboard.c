// The scan code decoder: what keys become, and that no bytes confuse it for long.
#include "drivers/keyboard/decoder.h"
#include "drivers/keyboard/lights.h"

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

// ---- layouts ----

static void use(const char *name) {
    decoder = (struct decoder){.layout = layout_find(name)};
    cr_assert_not_null(decoder.layout, "%s", name);
}

// The character that the last of some bytes types.
#define TYPES(bytes, wanted)                                                                                           \
    do {                                                                                                               \
        EVENT typed = {0};                                                                                             \
        FEED(bytes, &typed);                                                                                           \
        cr_assert_eq(typed.Data3, (unsigned)(wanted), "%#x, not %#x", typed.Data3, (unsigned)(wanted));                \
    } while (0)

Test(layouts, the_us_one_types_what_the_table_of_keys_says) {
    const struct layout *us = layout_find("us");
    for (unsigned code = 0; code < 0x54; code++) {
        if (us->keys[code].typed[0]) {
            cr_assert_eq(us->keys[code].typed[0], layout_keys[code].plain, "%#x", code);
            cr_assert_eq(us->keys[code].typed[1], layout_keys[code].shifted, "%#x", code);
            cr_assert_eq(us->keys[code].class, layout_keys[code].class, "%#x", code);
        }
    }
    cr_assert_null(layout_find("none"));
}

Test(layouts, german_has_umlauts_an_altgr_key_and_keys_that_keep_their_names) {
    EVENT event;
    use("de");
    FEED("\x15", &event);
    expect(&event, KEY_DOWN, 'y', 0, 'z');
    TYPES("\x0c\x8c", 0xdf);
    TYPES("\x0c", 0xdf);
    TYPES("\x28", 0xe4);
    TYPES("\x2a\x28", 0xc4);
    FEED("\xaa\xe0\x38\x10", &event);
    expect(&event, KEY_DOWN, 'q', KEY_WITH_ALTGR, '@');
    TYPES("\x12", 0x20ac);
    TYPES("\x08", '{');
    FEED("\xe0\xb8\x38\x10", &event);
    expect(&event, KEY_DOWN + 2, 'q', KEY_WITH_ALT, 'q'); // it was still down
}

Test(layouts, caps_lock_turns_a_layouts_own_letters) {
    use("de");
    TYPES("\x3a\xba\x28", 0xc4);
    TYPES("\x02", '1');
}

Test(layouts, an_accent_waits_for_its_letter) {
    EVENT event;
    use("de");
    FEED("\x0d", &event);
    expect(&event, KEY_DOWN, '=', 0, 0);
    FEED("\x8d", &event);
    expect(&event, KEY_UP, '=', 0, 0);
    TYPES("\x12", 0xe9);             // e
    TYPES("\x92\x0d\x8d\x39", 0xb4); // a space
    TYPES("\xb9\x2d", 'x');          // the accent was used up
    TYPES("\xad\x0d\x8d\x2d", 'x');  // there is no such letter
    TYPES("\xad\x2a\x0d\x8d\xaa\x1e", 0xe0);
    TYPES("\x9e\x29\xa9\x29", '^'); // twice
}

Test(layouts, an_accent_does_not_meet_a_key_with_control) {
    EVENT event;
    use("de");
    FEED("\x0d\x8d\x1d\x12", &event);
    expect(&event, KEY_DOWN, 'e', KEY_WITH_CONTROL, 'e');
}

Test(layouts, french_and_british_and_american) {
    use("fr");
    TYPES("\x10", 'a');
    TYPES("\x02", '&');
    TYPES("\x2a\x02", '1');
    TYPES("\xaa\x82\x1a\x9a\x18", 0xf4);
    TYPES("\x98\xe0\x38\x0b", '@');
    use("uk");
    TYPES("\x2a\x04", 0xa3);
    EVENT event;
    use("us");
    FEED("\xe0\x38\x10", &event);
    expect(&event, KEY_DOWN, 'q', KEY_WITH_ALT, 'q');
}

// Whatever a person has to write in a shell can be written.
Test(layouts, each_types_all_of_ascii) {
    for (uint32_t i = 0; i < layout_count; i++) {
        bool found[LAYOUT_DEAD_LAST + 1] = {0};
        for (unsigned code = 0; code < LAYOUT_TYPING; code++)
            for (unsigned level = 0; level < (layouts[i].has_altgr ? 4 : 2); level++)
                found[layouts[i].keys[code].typed[level]] = true;
        for (unsigned character = '!'; character <= '~'; character++) {
            bool reached = found[character];
            for (const struct layout_composition *entry = layouts[i].compositions; entry->accent; entry++)
                reached |= entry->whole == character && found[entry->accent];
            cr_assert(reached, "%s: %c", layouts[i].name, (char)character);
        }
    }
}

// ---- lights ----

Test(lights, they_follow_the_locks_by_two_acknowledged_bytes) {
    struct lights lights = {0};
    uint8_t byte = 0;
    bool send = false;
    cr_assert_not(lights_want(&lights, lights_of(KEY_WITH_SHIFT), &byte));
    cr_assert(lights_want(&lights, lights_of(KEY_WITH_CAPS_LOCK), &byte));
    cr_assert_eq(byte, 0xed);
    cr_assert_not(lights_take(&lights, 0x1e, &send, &byte)); // a key between
    cr_assert(lights_take(&lights, 0xfa, &send, &byte));
    cr_assert(send);
    cr_assert_eq(byte, 4);
    cr_assert(lights_take(&lights, 0xfa, &send, &byte));
    cr_assert_not(send);
    cr_assert_not(lights_take(&lights, 0xfa, &send, &byte));
}

Test(lights, a_keyboard_that_wants_it_again_is_left_alone_until_the_next_change) {
    struct lights lights = {0};
    uint8_t byte = 0;
    bool send = false;
    lights_want(&lights, 4, &byte);
    cr_assert(lights_take(&lights, 0xfe, &send, &byte));
    cr_assert_not(send);
    cr_assert(lights_want(&lights, 6, &byte));
    lights_take(&lights, 0xfa, &send, &byte);
    cr_assert_eq(byte, 6);
}

// ---- any bytes ----

// After any bytes at all, two releases of everything bring back a decoder that understands a plain key.
Test(keyboard, any_bytes_leave_a_decoder_that_understands_the_next_keys) {
    EVENT event;
    srandom(1);
    for (int round = 0; round < 20000; round++) { // a million bytes
        decoder.layout = &layouts[round % layout_count];
        for (int i = 0; i < 50; i++) {
            memset(&event, 0xee, sizeof(event));
            if (decoder_take(&decoder, (uint8_t)random(), &event)) {
                cr_assert_eq(event.Type, EVENT_KEYBOARD);
                cr_assert(event.Action >= KEY_DOWN && event.Action <= KEY_REPEAT);
                cr_assert_neq(event.Data1, 0);
                cr_assert(event.Data3 < LAYOUT_DEAD || event.Data3 > LAYOUT_DEAD_LAST);
            }
        }
        FEED("\x9e\x9e\x9e", &event);
        cr_assert_eq(FEED("\x1e", &event), 1);
        cr_assert_eq(event.Data1, 'a');
        FEED("\x9e", &event);
    }
}
