// The table of keys, and the pace.
#include "apps/snake/control.h"

#include <parley/key.h>
#include <stddef.h>

#define MILLISECONDS UINT64_C(1000000)
#define INTERVAL (120 * MILLISECONDS)
#define INTERVAL_HURRIED (40 * MILLISECONDS)
#define MISSED_MOST (4 * INTERVAL)

static const struct {
    uint16_t key;
    uint8_t direction;
} turn_keys[] = {
    {KEY_UP_ARROW, DIRECTION_UP},       {'w', DIRECTION_UP},    {'k', DIRECTION_UP},
    {KEY_DOWN_ARROW, DIRECTION_DOWN},   {'s', DIRECTION_DOWN},  {'j', DIRECTION_DOWN},
    {KEY_LEFT_ARROW, DIRECTION_LEFT},   {'a', DIRECTION_LEFT},  {'h', DIRECTION_LEFT},
    {KEY_RIGHT_ARROW, DIRECTION_RIGHT}, {'d', DIRECTION_RIGHT}, {'l', DIRECTION_RIGHT},
};

static const uint16_t hurry_keys[] = {KEY_SPACE, KEY_LEFT_SHIFT, KEY_RIGHT_SHIFT};

static void hurry(struct control *control, unsigned key, bool down) {
    for (size_t i = 0; i < sizeof(hurry_keys) / sizeof(hurry_keys[0]); i++) {
        uint32_t bit = UINT32_C(1) << i;
        if (hurry_keys[i] == key)
            control->hurry = down ? control->hurry | bit : control->hurry & ~bit;
    }
}

static void turn(struct field *field, unsigned key) {
    for (size_t i = 0; i < sizeof(turn_keys) / sizeof(turn_keys[0]); i++)
        if (turn_keys[i].key == key)
            field_turn(field, turn_keys[i].direction);
}

static void press(struct control *control, struct field *field, unsigned key) {
    if (key == 'q' || key == KEY_ESCAPE)
        control->quit = true;
    else if (key == 'p')
        control->paused = !control->paused;
    else if (key == KEY_ENTER && field->over)
        control->anew = true;
    else if (!control->paused)
        turn(field, key);
}

void control_start(struct control *control, uint64_t now) {
    *control = (struct control){.next = now + INTERVAL, .hurry = control->hurry};
}

void control_take(struct control *control, struct field *field, const EVENT *event) {
    if (event->Type != EVENT_KEYBOARD)
        return;
    hurry(control, event->Data1, event->Action != KEY_UP);
    if (event->Action == KEY_DOWN)
        press(control, field, event->Data1 & ~(unsigned)KEY_PAD);
}

bool control_step_is_due(struct control *control, uint64_t now) {
    if (now < control->next)
        return false;
    uint64_t interval = control->hurry ? INTERVAL_HURRIED : INTERVAL;
    control->next = now - control->next > MISSED_MOST ? now + interval : control->next + interval;
    return !control->paused;
}
