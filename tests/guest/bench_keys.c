// Measured: a key press, from the controller's interrupt to the event in the hands of this program, through the keyboard's driver.
//
// This program holds the controller's ports beside the driver that it starts, and has the controller say a byte as if the
// keyboard had sent it; all else is as with a hand at the keys. Where no other keyboard driver runs: `os/run --tests`
// with a command.
#include <parley/io_ports.h>
#include <parley/key.h>

#include "tests/guest/authority.h"
#include "tests/guest/guest.h"

enum {
    PORT_DATA = 0x60,
    PORT_COMMAND = 0x64,
    STATUS_INPUT_FULL = 1 << 1,
    COMMAND_SAY_AS_KEYBOARD = 0xd2,
    KEYBOARD_LINE = 1,
    CODE_A = 0x1e,
    CODE_RELEASE = 0x80,
    ROUNDS = 400, // even: the key is up at the end
    READINGS = 5,
};

static struct spawned driver;

static int32_t range_of(int32_t machine, uint16_t port) {
    int32_t range;
    EXPECT_OK(range_create(machine, RANGE_PORTS, port, 1, &range));
    EXPECT_OK(range_open(range));
    return range;
}

// The real driver, whose console is this process. It goes without a mouse.
static void driver_start(void) {
    int32_t machine = authority_machine(RIGHT_RANGE | RIGHT_LINE | RIGHT_PRIORITY), line;
    EXPECT_OK(interrupt_create(machine, KEYBOARD_LINE, &line));
    struct spawn_grant grants[] = {
        {.name = "data", .number = range_of(machine, PORT_DATA), .rights = RIGHTS_ALL},
        {.name = "command", .number = range_of(machine, PORT_COMMAND), .rights = RIGHTS_ALL},
        {.name = "interrupt", .number = line, .rights = RIGHTS_ALL},
        {.name = "input", .number = authority_machine(RIGHT_INPUT | RIGHT_SEND), .rights = RIGHTS_ALL},
        {.name = "console", .process = guest_self()},
    };
    char *arguments[] = {"keyboard", "none", NULL};
    struct spawn_request request = SPAWN_REQUEST_DEFAULT;
    request.path = "/bin/keyboard";
    request.arguments = arguments;
    request.grants = grants;
    request.grant_count = sizeof(grants) / sizeof(grants[0]);
    request.priority = PRIORITY_DRIVER;
    request.machine = machine;
    EXPECT_OK(program_spawn(&request, &driver));
    guest_await_wait(driver.process, WAIT_LINK);
}

static void say(uint16_t port, uint8_t byte) {
    while (io_port_read_8(PORT_COMMAND) & STATUS_INPUT_FULL)
        ;
    io_port_write_8(port, byte);
}

static uint64_t counter(void) {
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

// The interrupt comes with the last byte. The driver is more urgent than this program: with one CPU the event is there
// when the next instruction runs.
static uint64_t press(uint8_t code, uint32_t action) {
    EVENT event = {0};
    say(PORT_COMMAND, COMMAND_SAY_AS_KEYBOARD);
    uint64_t before = counter();
    io_port_write_8(PORT_DATA, code);
    enum status status = event_get(&event, NULL);
    while (status == STATUS_NOTHING) {
        EXPECT_OK(event_wait(guest_soon()));
        status = event_get(&event, NULL);
    }
    uint64_t ticks = counter() - before;
    EXPECT_OK(status);
    EXPECT_EQUAL(event.Type, EVENT_KEYBOARD);
    EXPECT_EQUAL(event.Action, action);
    EXPECT_EQUAL(event.Data1, 'a');
    return ticks;
}

static double reading(void) {
    uint64_t ticks = 0;
    for (int i = 0; i < ROUNDS / 2; i++)
        ticks += press(CODE_A, KEY_DOWN) + press(CODE_A | CODE_RELEASE, KEY_UP);
    return (double)ticks * 1e9 / (double)start_information()->clock_frequency / ROUNDS;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

int guest_program(int argument_count, char **arguments) {
    double readings[READINGS];
    driver_start();
    reading(); // warm: the driver has also set the lights by then
    for (int i = 0; i < READINGS; i++)
        readings[i] = reading();
    qsort(readings, READINGS, sizeof(readings[0]), compare);
    printf("key_to_event %.3f ns\n", readings[READINGS / 2]);
    process_kill(driver.number, 0);
    return 0;
}
