// The decoder of the mouse's packets, and that no bytes confuse it for long.
#include "drivers/keyboard/mouse.h"

#include <criterion/criterion.h>
#include <parley/mouse.h>
#include <stdlib.h>

static struct mouse mouse;
static EVENT events[MOUSE_EVENTS_MAX];
static uint64_t now;

static void start(void) {
    mouse = (struct mouse){.size = MOUSE_PACKET_WHEEL};
    now = 1000;
}

TestSuite(mouse, .init = start);

// The events that the last of some bytes led to.
static unsigned feed(const char *bytes, size_t size) {
    unsigned count = 0;
    for (size_t i = 0; i < size; i++)
        count = mouse_take(&mouse, (uint8_t)bytes[i], now, events);
    return count;
}

#define FEED(bytes) feed(bytes, sizeof(bytes) - 1)

static void expect(const EVENT *event, unsigned action, int first, int second, unsigned buttons) {
    cr_assert_eq(event->Type, EVENT_MOUSE);
    cr_assert_eq(event->Action, action);
    cr_assert_eq((int)event->Data1, first);
    cr_assert_eq((int)event->Data2, second);
    cr_assert_eq(event->Data3, buttons);
}

Test(mouse, motion_is_to_the_right_and_down) {
    cr_assert_eq(FEED("\x08\x05\x03\x00"), 1);
    expect(&events[0], MOUSE_MOVED, 5, -3, 0);
    cr_assert_eq(FEED("\x38\xfb\xfd\x00"), 1);
    expect(&events[0], MOUSE_MOVED, -5, 3, 0);
}

Test(mouse, a_packet_of_nothing_tells_nothing) {
    cr_assert_eq(FEED("\x08\x00\x00\x00"), 0);
}

Test(mouse, buttons_go_down_and_up_each_by_an_event) {
    cr_assert_eq(FEED("\x0b\x00\x00\x00"), 2);
    expect(&events[0], MOUSE_BUTTON_DOWN, MOUSE_LEFT, 0, MOUSE_LEFT);
    expect(&events[1], MOUSE_BUTTON_DOWN, MOUSE_RIGHT, 0, MOUSE_LEFT | MOUSE_RIGHT);
    cr_assert_eq(FEED("\x0c\x00\x00\x00"), 3);
    expect(&events[0], MOUSE_BUTTON_UP, MOUSE_LEFT, 0, MOUSE_RIGHT);
    expect(&events[1], MOUSE_BUTTON_UP, MOUSE_RIGHT, 0, 0);
    expect(&events[2], MOUSE_BUTTON_DOWN, MOUSE_MIDDLE, 0, MOUSE_MIDDLE);
}

Test(mouse, the_wheel_turns_both_ways_and_one_without_has_shorter_packets) {
    cr_assert_eq(FEED("\x08\x00\x00\x01"), 1);
    expect(&events[0], MOUSE_WHEEL, 0, 1, 0);
    cr_assert_eq(FEED("\x08\x00\x00\xff"), 1);
    expect(&events[0], MOUSE_WHEEL, 0, -1, 0);
    cr_assert_eq(FEED("\x08\x00\x00\xec"), 1); // many notches in one packet
    expect(&events[0], MOUSE_WHEEL, 0, -20, 0);
    mouse = (struct mouse){.size = MOUSE_PACKET, .last = now};
    cr_assert_eq(FEED("\x08\x01\x00"), 1);
    cr_assert_eq(FEED("\x08\x02\x00"), 1);
    expect(&events[0], MOUSE_MOVED, 2, 0, 0);
}

Test(mouse, motion_too_far_to_tell_is_none_but_buttons_count) {
    cr_assert_eq(FEED("\x49\x7f\x00\x00"), 1);
    expect(&events[0], MOUSE_BUTTON_DOWN, MOUSE_LEFT, 0, MOUSE_LEFT);
}

Test(mouse, what_cannot_be_first_is_dropped) {
    cr_assert_eq(FEED("\x00\x37\x08\x05\x00\x00"), 1);
    expect(&events[0], MOUSE_MOVED, 5, 0, 0);
}

Test(mouse, after_a_pause_a_packet_begins_anew) {
    FEED("\x08\x08"); // a packet that was cut off
    now += UINT64_C(200000000);
    cr_assert_eq(FEED("\x08\x05\x00\x00"), 1);
    expect(&events[0], MOUSE_MOVED, 5, 0, 0);
}

Test(mouse, a_million_bytes_of_anything_leave_a_mouse_that_is_understood_after_a_pause) {
    srandom(1);
    for (int round = 0; round < 10000; round++) {
        for (int i = 0; i < 100; i++) {
            unsigned count = mouse_take(&mouse, (uint8_t)random(), now, events);
            cr_assert_leq(count, MOUSE_EVENTS_MAX);
            for (unsigned j = 0; j < count; j++)
                cr_assert(events[j].Action >= MOUSE_MOVED && events[j].Action <= MOUSE_WHEEL);
        }
        now += UINT64_C(200000000);
        FEED("\x08\x00\x00\x00");
        cr_assert_eq(FEED("\x08\x05\x00\x00"), 1);
        expect(&events[0], MOUSE_MOVED, 5, 0, 0);
    }
}
