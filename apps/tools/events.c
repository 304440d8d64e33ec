// events: shows live what arrives at this process.
#include <parley/clock.h>
#include <parley/event.h>
#include <parley/machine.h>
#include <parley/start.h>
#include <parley/status.h>
#include <stdio.h>

#include "apps/common/number.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/native/console.h"

static const struct tool tool = {
    .name = "events",
    .usage = "usage: events [-k] [-n COUNT] [-t SECONDS] [-i MILLISECONDS]\n"
             "Shows the events that arrive at this process, until Ctrl-C. User-defined ones are let in from everyone.\n"
             "  -k  has the console hand on keys and the mouse as events\n"
             "  -n  ends after so many   -t  ends after that time   -i  has a timer of its own go off so often\n",
    .options = "kn:t:i:",
    .failure = 1,
};

static uint64_t most = UINT64_MAX, deadline = DEADLINE_NEVER;
static bool takes_keys;
static uint32_t mode_before; // of the console

enum { ACTIONS_MAX = 5, TEXT_SIZE = 256 };

static const struct {
    unsigned type;
    const char *name;
    const char *actions[ACTIONS_MAX];
    const char *data[3];
} types[] = {
    {EVENT_KEYBOARD, "keyboard", {"", "down", "up", "repeat"}, {"key", "modifiers", "character"}},
    {EVENT_MOUSE, "mouse", {"", "moved", "button down", "button up", "wheel"}, {"right", "down", "buttons"}},
    {EVENT_MESSAGE, "message", {""}, {"id", "size", "sender"}},
    {EVENT_PIPE, "pipe", {"", "created", "closed"}, {"number", "other side", "mode"}},
    {EVENT_SHARED_MEMORY,
     "shared memory",
     {"", "offered", "accepted", "refused", "withdrawn"},
     {"offer", "other side", "pages"}},
    {EVENT_INTERRUPT, "interrupt", {""}, {"number", "count", "line"}},
    {EVENT_TIMER, "timer", {""}, {"number", "count", ""}},
    {EVENT_PROCESS, "process", {"", "exited", "killed", "faulted"}, {"id", "code", ""}},
    {EVENT_READY, "ready", {""}, {"number", "key", ""}},
    {EVENT_OVERFLOW, "overflow", {""}, {"refused", "", ""}},
};

static size_t type_index(unsigned type) {
    size_t i = 0;
    while (i < sizeof(types) / sizeof(types[0]) && types[i].type != type)
        i++;
    return i;
}

static void show_data(const char *name, unsigned value) {
    if (!*name)
        return;
    output_text(&standard_output, ", ");
    output_text(&standard_output, name);
    output_character(&standard_output, ' ');
    output_signed(&standard_output, (int)value);
}

static void show_action(const char *const *actions, unsigned action) {
    if (!action)
        return;
    output_character(&standard_output, ' ');
    if (action < ACTIONS_MAX && actions && actions[action])
        output_text(&standard_output, actions[action]);
    else
        output_number(&standard_output, action);
}

static void show_sender(const struct event_source *source) {
    output_text(&standard_output, source->process ? ", from process " : ", from the kernel");
    if (source->process)
        output_number(&standard_output, source->process);
    if (source->count > 1) {
        output_text(&standard_output, ", merged ");
        output_number(&standard_output, source->count);
    }
    output_character(&standard_output, '\n');
}

static void show_time(uint64_t time) {
    output_number_padded(&standard_output, time / NANOSECONDS_PER_SECOND, 6, ' ');
    output_character(&standard_output, '.');
    output_number_padded(&standard_output, time / NANOSECONDS_PER_MILLISECOND % 1000, 3, '0');
    output_text(&standard_output, "  ");
}

static void show(const EVENT *event, const struct event_source *source) {
    static const char *const user_data[] = {"data", "data", "data"};
    size_t i = type_index(event->Type);
    bool known = i < sizeof(types) / sizeof(types[0]);
    const char *const *names = known ? types[i].data : user_data;
    show_time(source->time);
    output_text(&standard_output, known ? types[i].name : "user type ");
    if (!known)
        output_number(&standard_output, event->Type);
    show_action(known ? types[i].actions : NULL, event->Action);
    show_data(names[0], event->Data1);
    show_data(names[1], event->Data2);
    show_data(names[2], event->Data3);
    show_sender(source);
    output_flush(&standard_output);
}

static void start_timer(uint64_t milliseconds) {
    int32_t timer;
    uint64_t interval;
    if (__builtin_mul_overflow(milliseconds, NANOSECONDS_PER_MILLISECOND, &interval))
        tool_misused(tool_value(), "too long a time");
    enum status status = timer_create(&timer);
    if (status >= 0)
        status = timer_set(timer, deadline_after(interval), interval);
    if (status < 0)
        tool_fail("timer", status_text(status));
}

static void take_keys(void) {
    enum status status = console_set_mode(CONSOLE_EVENTS, &mode_before);
    if (status != STATUS_OK)
        tool_fail("-k", status == STATUS_UNSUPPORTED ? "this console has no keyboard" : status_text(status));
    takes_keys = true;
}

static void set_option(int option) {
    if (option == 'k') {
        take_keys();
        return;
    }
    uint64_t value = tool_value_number();
    if (option == 'n')
        most = value;
    else if (option == 't')
        deadline = value > UINT64_MAX / NANOSECONDS_PER_SECOND ? DEADLINE_NEVER
                                                               : deadline_after(value * NANOSECONDS_PER_SECOND);
    else
        start_timer(value);
}

static void show_all(void) {
    for (uint64_t shown = 0; shown < most && !standard_output.error;) {
        EVENT event;
        struct event_source source;
        enum status status = event_wait(deadline);
        if (status == STATUS_TIMED_OUT || status == STATUS_WOULD_WAIT)
            return;
        if (status >= 0)
            status = event_get(&event, &source);
        if (status < 0 && status != STATUS_INTERRUPTED)
            tool_fail("events", status_text(status));
        if (status == STATUS_OK) {
            show(&event, &source);
            shown++;
        }
    }
}

int main(int argument_count, char **arguments) {
    uint64_t before;
    tool_start(&tool, argument_count, arguments);
    for (int option; (option = tool_option());)
        set_option(option);
    gate_set(GATE_EVENT, GATE_ALL_USERS, &before);
    output_text(&standard_output, "process ");
    output_number(&standard_output, start_information()->process);
    output_text(&standard_output, " listens\n");
    output_flush(&standard_output);
    show_all();
    if (takes_keys)
        console_set_mode(mode_before, &mode_before);
    return tool_finish(0);
}
