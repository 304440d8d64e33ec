// What a driver gets, and no more: ranges that are never memory of the kernel's (R-B10), rights of their numbers, and
// an interrupt that is masked when its driver ends (R-B12).
#include <parley/io_ports.h>

#include "drivers/serial/registers.h"
#include "tests/guest/authority.h"
#include "tests/guest/guest.h"

enum {
    VECTOR_PROTECTION = 13,
    VECTOR_PAGE_FAULT = 14,
    FREE_PORT = 0x2f8,
    FREE_PORT_COUNT = 8,
    SERIAL_PORT_COUNT = 8,
    SERIAL_LINE = 4,
    FREE_LINE = 3,
    ROUNDS = 50,
};

static const uint64_t mebibyte = 1 << 20;

// The window of old graphics adapters, which every machine has and no driver of ours uses.
static const uint64_t window = 0xa0000, window_size = 0x20000;

static int32_t create(uint32_t kind, uint64_t base, uint64_t size) {
    int32_t machine = authority_machine(RIGHT_RANGE), range = NUMBER_NONE;
    EXPECT_OK(range_create(machine, kind, base, size, &range));
    number_close(machine);
    return range;
}

// ---- R-B10 ----

TEST(no_range_covers_memory_of_the_machine) {
    struct machine_information information;
    int32_t machine = authority_machine(RIGHT_RANGE), range;
    EXPECT_OK(machine_information(&information));
    for (uint64_t base = 0; base + 2 * mebibyte < information.memory_total && base < 2048 * mebibyte; base += mebibyte)
        EXPECT_STATUS(range_create(machine, RANGE_MEMORY, base, PAGE_SIZE, &range), DENIED);
    number_close(machine);
}

TEST(a_range_that_reaches_into_memory_is_refused_whole) {
    static const struct {
        uint64_t base, size;
    } ranges[] = {
        {0xa0000, 0x61000},                   // from the window into the memory above 1 MiB
        {0x9f000 - PAGE_SIZE, 2 * PAGE_SIZE}, // from the memory below into the window
        {0, UINT64_C(1) << 52},               // all there is
        {0xfee00000, PAGE_SIZE},              // the processors' own interrupt controllers
        {0xfec00000, PAGE_SIZE},              // the machine's
        {0xfe000000, 0x1000000},              // both, from below
    };
    int32_t machine = authority_machine(RIGHT_RANGE), range;
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        EXPECT_STATUS(range_create(machine, RANGE_MEMORY, ranges[i].base, ranges[i].size, &range), DENIED);
    EXPECT_STATUS(range_create(machine, RANGE_MEMORY, UINT64_MAX - PAGE_SIZE + 1, 2 * PAGE_SIZE, &range),
                  INVALID_ARGUMENT);
    EXPECT_STATUS(range_create(machine, RANGE_MEMORY, UINT64_C(1) << 52, PAGE_SIZE, &range), INVALID_ARGUMENT);
    EXPECT_STATUS(range_create(machine, RANGE_MEMORY, window + 1, PAGE_SIZE, &range), INVALID_ARGUMENT);
    EXPECT_STATUS(range_create(machine, RANGE_MEMORY, window, PAGE_SIZE / 2, &range), INVALID_ARGUMENT);
    number_close(machine);
}

TEST(ports_that_the_kernel_uses_are_refused) {
    static const uint64_t ports[] = {0x20, 0x21, 0x40, 0x43, 0xa0, 0xa1};
    int32_t machine = authority_machine(RIGHT_RANGE), range;
    for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
        EXPECT_STATUS(range_create(machine, RANGE_PORTS, ports[i], 1, &range), DENIED);
    EXPECT_STATUS(range_create(machine, RANGE_PORTS, 0, 1 << 16, &range), DENIED);
    EXPECT_STATUS(range_create(machine, RANGE_PORTS, 0xffff, 2, &range), INVALID_ARGUMENT);
    number_close(machine);
}

TEST(what_one_has_another_does_not_get) {
    int32_t machine = authority_machine(RIGHT_RANGE | RIGHT_LINE), other;
    int32_t ports = create(RANGE_PORTS, FREE_PORT, FREE_PORT_COUNT), memory = create(RANGE_MEMORY, window, window_size);
    int32_t interrupt;
    EXPECT_OK(interrupt_create(machine, FREE_LINE, &interrupt));
    EXPECT_STATUS(range_create(machine, RANGE_PORTS, FREE_PORT + FREE_PORT_COUNT - 1, 4, &other), BUSY);
    EXPECT_STATUS(range_create(machine, RANGE_MEMORY, window + PAGE_SIZE, PAGE_SIZE, &other), BUSY);
    EXPECT_STATUS(interrupt_create(machine, FREE_LINE, &other), BUSY);
    EXPECT_STATUS(interrupt_create(machine, INTERRUPT_LINE_COUNT, &other), INVALID_ARGUMENT);
    number_close(ports);
    number_close(memory);
    number_close(interrupt);
    number_close(create(RANGE_PORTS, FREE_PORT + FREE_PORT_COUNT - 1, 4));
    number_close(create(RANGE_MEMORY, window + PAGE_SIZE, PAGE_SIZE));
    EXPECT_OK(interrupt_create(machine, FREE_LINE, &interrupt));
    number_close(interrupt);
    number_close(machine);
}

// ---- the rights of their numbers ----

static enum status map_whole(int32_t range) {
    uint64_t base = 0;
    enum status status = range_map(range, 0, window_size, RANGE_UNCACHED, &base);
    if (status == STATUS_OK)
        EXPECT_OK(memory_unmap(base, window_size));
    return status;
}

static void expect_with(int32_t number, uint32_t rights, enum status (*use)(int32_t number), enum status expected) {
    int32_t copy;
    EXPECT_OK(number_copy(number, rights, &copy));
    enum status status = use(copy);
    number_close(copy);
    if (status != expected)
        FAIL("with the rights %#x: expected %s, got %s", rights, status_name(expected), status_name(status));
}

TEST(a_range_is_used_by_who_may_read_and_write_it) {
    int32_t memory = create(RANGE_MEMORY, window, window_size), ports = create(RANGE_PORTS, FREE_PORT, 1);
    expect_with(memory, RIGHT_READ, map_whole, STATUS_NO_RIGHT);
    expect_with(memory, RIGHT_WRITE, map_whole, STATUS_NO_RIGHT);
    expect_with(memory, RIGHT_READ | RIGHT_WRITE, map_whole, STATUS_OK);
    expect_with(ports, RIGHT_READ, range_open, STATUS_NO_RIGHT);
    expect_with(ports, RIGHT_WRITE, range_open, STATUS_NO_RIGHT);
    expect_with(ports, RIGHT_READ | RIGHT_WRITE, range_open, STATUS_OK);
    number_close(memory);
    number_close(ports);
}

TEST(an_interrupt_is_served_by_who_may_manage_it) {
    int32_t machine = authority_machine(RIGHT_LINE), interrupt;
    EXPECT_OK(interrupt_create(machine, FREE_LINE, &interrupt));
    EXPECT_STATUS(interrupt_acknowledge(interrupt), INVALID_ARGUMENT); // nobody drives it yet
    expect_with(interrupt, RIGHTS_ALL & ~(uint32_t)RIGHT_MANAGE, interrupt_bind, STATUS_NO_RIGHT);
    expect_with(interrupt, RIGHTS_ALL & ~(uint32_t)RIGHT_MANAGE, interrupt_acknowledge, STATUS_NO_RIGHT);
    expect_with(interrupt, RIGHT_MANAGE, interrupt_bind, STATUS_OK);
    expect_with(interrupt, RIGHT_MANAGE, interrupt_acknowledge, STATUS_OK);
    number_close(interrupt);
    number_close(machine);
}

static enum status copy_it(int32_t number) {
    int32_t copy;
    enum status status = number_copy(number, RIGHTS_ALL, &copy);
    if (status == STATUS_OK)
        number_close(copy);
    return status;
}

static enum status send_it(int32_t number) {
    struct message_options options = {.number_count = 1, .numbers = {number}, .rights = {RIGHTS_ALL}};
    uint32_t id;
    enum status status = message_send(guest_self(), "x", 1, &options, DEADLINE_NOW, &id);
    if (status == STATUS_OK)
        EXPECT_OK(message_scrap(id));
    return status;
}

TEST(ranges_and_interrupts_travel_by_right_only) {
    int32_t machine = authority_machine(RIGHT_LINE), numbers[2] = {create(RANGE_PORTS, FREE_PORT, 1)};
    EXPECT_OK(interrupt_create(machine, FREE_LINE, &numbers[1]));
    for (int i = 0; i < 2; i++) {
        expect_with(numbers[i], RIGHTS_ALL & ~(uint32_t)RIGHT_COPY, copy_it, STATUS_NO_RIGHT);
        expect_with(numbers[i], RIGHTS_ALL & ~(uint32_t)RIGHT_SEND, send_it, STATUS_NO_RIGHT);
        expect_with(numbers[i], RIGHT_COPY, copy_it, STATUS_OK);
        expect_with(numbers[i], RIGHT_SEND, send_it, STATUS_OK);
        number_close(numbers[i]);
    }
    number_close(machine);
}

// ---- device memory and ports of a program ----

static void expect_fault(struct spawned child, uint32_t vector) {
    struct process_end end = guest_await(child);
    EXPECT_EQUAL(end.reason, END_FAULTED);
    EXPECT_EQUAL(end.vector, vector);
}

static struct spawned start_with(const char *role, int32_t range) {
    guest_grant("range", range, RIGHT_READ | RIGHT_WRITE);
    return guest_start(role, NULL);
}

ROLE(jumps_into_device_memory) {
    uint64_t base;
    ROLE_EXPECT(range_map(guest_granted("range"), 0, PAGE_SIZE, RANGE_UNCACHED, &base) == STATUS_OK);
    ROLE_EXPECT(memory_protect(base, PAGE_SIZE, PROTECTION_READ | PROTECTION_EXECUTE) < 0);
    ((void (*)(void))base)();
    return 0;
}

TEST(device_memory_is_never_executable) {
    int32_t range = create(RANGE_MEMORY, window, window_size);
    expect_fault(start_with("jumps_into_device_memory", range), VECTOR_PAGE_FAULT);
    number_close(range);
}

ROLE(touches_after_the_last_number_closed) {
    int32_t range = guest_granted("range");
    uint64_t base;
    ROLE_EXPECT(range_map(range, 0, PAGE_SIZE, RANGE_UNCACHED, &base) == STATUS_OK);
    *(volatile uint8_t *)base;
    guest_say(guest_parent(), 1);
    guest_hear(guest_parent()); // the parent's number is closed now
    *(volatile uint8_t *)base = 1;
    ROLE_EXPECT(number_close(range) == STATUS_OK);
    *(volatile uint8_t *)base;
    return 0;
}

ROLE(reads_a_port_after_the_last_number_closed) {
    int32_t range = guest_granted("range");
    ROLE_EXPECT(range_open(range) == STATUS_OK);
    io_port_read_8(FREE_PORT);
    guest_say(guest_parent(), 1);
    guest_hear(guest_parent());
    io_port_read_8(FREE_PORT);
    ROLE_EXPECT(number_close(range) == STATUS_OK);
    io_port_read_8(FREE_PORT);
    return 0;
}

static void expect_taken_back(const char *role, int32_t range, uint32_t vector) {
    struct spawned child = start_with(role, range);
    EXPECT_EQUAL(guest_hear(child.process), 1);
    number_close(range);
    guest_say(child.process, 2);
    expect_fault(child, vector);
}

TEST(a_range_is_taken_back_with_its_last_number) {
    expect_taken_back("touches_after_the_last_number_closed", create(RANGE_MEMORY, window, window_size),
                      VECTOR_PAGE_FAULT);
    expect_taken_back("reads_a_port_after_the_last_number_closed", create(RANGE_PORTS, FREE_PORT, FREE_PORT_COUNT),
                      VECTOR_PROTECTION);
}

ROLE(holds_a_range) {
    int32_t machine = guest_granted("machine"), memory, ports;
    uint64_t base;
    ROLE_EXPECT(range_create(machine, RANGE_MEMORY, window, window_size, &memory) == STATUS_OK);
    ROLE_EXPECT(range_create(machine, RANGE_PORTS, FREE_PORT, FREE_PORT_COUNT, &ports) == STATUS_OK);
    ROLE_EXPECT(range_map(memory, 0, window_size, RANGE_WRITE_COMBINING, &base) == STATUS_OK);
    ROLE_EXPECT(range_open(ports) == STATUS_OK);
    guest_say(guest_parent(), 1);
    event_wait(DEADLINE_NEVER);
    return 0;
}

TEST(what_a_driver_had_is_free_when_it_has_ended) {
    int32_t machine = authority_machine(RIGHT_RANGE | RIGHT_SEND), other;
    for (int i = 0; i < ROUNDS; i++) {
        guest_grant("machine", machine, RIGHT_RANGE);
        struct spawned child = guest_start("holds_a_range", NULL);
        EXPECT_EQUAL(guest_hear(child.process), 1);
        EXPECT_STATUS(range_create(machine, RANGE_MEMORY, window, PAGE_SIZE, &other), BUSY);
        EXPECT_STATUS(range_create(machine, RANGE_PORTS, FREE_PORT, 1, &other), BUSY);
        guest_kill(child);
        number_close(create(RANGE_MEMORY, window, PAGE_SIZE));
        number_close(create(RANGE_PORTS, FREE_PORT, 1));
    }
    number_close(machine);
}

// Memory of no device, so much that taking it back is done in many steps.
static const uint64_t far_memory = UINT64_C(1) << 39, far_size = 4 << 20;

ROLE(maps_much_device_memory) {
    uint64_t base;
    ROLE_EXPECT(range_map(guest_granted("range"), 0, far_size, RANGE_UNCACHED, &base) == STATUS_OK);
    for (uint64_t at = 0; at < far_size; at += PAGE_SIZE)
        *(volatile uint8_t *)(base + at);
    ROLE_EXPECT(number_close(guest_granted("range")) == STATUS_OK);
    guest_say(guest_parent(), 1);
    event_wait(DEADLINE_NEVER);
    return 0;
}

static int32_t range;

static void *closes_the_range(void *unused) {
    number_close(range);
    return unused;
}

// Its end and the range's take the same mapping back: either, or both at once.
TEST(much_device_memory_is_free_when_its_driver_and_its_range_have_ended_in_any_order) {
    for (int i = 0; i < 3 * ROUNDS; i++) {
        struct thread *thread;
        range = create(RANGE_MEMORY, far_memory, far_size);
        struct spawned child = start_with("maps_much_device_memory", range);
        EXPECT_EQUAL(guest_hear(child.process), 1);
        if (i % 3 == 0)
            guest_kill(child);
        EXPECT_OK(thread_start(closes_the_range, NULL, NULL, &thread));
        if (i % 3 == 1)
            EXPECT_OK(thread_join(thread, NULL));
        if (i % 3 != 0)
            guest_kill(child);
        if (i % 3 != 1)
            EXPECT_OK(thread_join(thread, NULL));
        number_close(create(RANGE_MEMORY, far_memory, far_size));
    }
}

// ---- R-B12: a line and the end of its driver ----

// Makes the port say anew that it could send: an edge on its line.
static void raise_line(void) {
    io_port_read_8(SERIAL_IIR);
    io_port_write_8(SERIAL_IER, 0);
    io_port_write_8(SERIAL_IER, IER_TRANSMITTER_EMPTY);
}

// What the object says of itself after `key: `.
static bool says(int32_t number, const char *line) {
    struct number_information information;
    char text[1024];
    size_t length;
    EXPECT_OK(number_information(number, &information));
    EXPECT_OK(object_describe(information.id, text, sizeof(text) - 1, &length));
    text[length] = 0;
    return strstr(text, line) != NULL;
}

// Serves the device and acknowledges until nothing is left of what came while the line was masked.
static enum status acknowledge_all(int32_t interrupt) {
    EVENT event;
    enum status status;
    io_port_write_8(SERIAL_IER, 0);
    io_port_read_8(SERIAL_IIR);
    do {
        status = interrupt_acknowledge(interrupt);
        event_wait(guest_shortly());
    } while (status == STATUS_OK && event_get(&event, NULL) == STATUS_OK);
    return status;
}

ROLE(drives_the_serial_port) {
    int32_t interrupt = guest_granted("interrupt");
    ROLE_EXPECT(range_open(guest_granted("range")) == STATUS_OK);
    ROLE_EXPECT(interrupt_bind(interrupt) == STATUS_OK);
    io_port_write_8(SERIAL_MCR, MCR_DTR | MCR_RTS | MCR_OUT2);
    raise_line();
    EVENT event = guest_next_event(EVENT_INTERRUPT, NULL);
    ROLE_EXPECT(event.Data1 == (uint32_t)interrupt && event.Data2 == 1 && event.Data3 == SERIAL_LINE);
    raise_line(); // masked: nobody hears of it before the acknowledgement
    thread_sleep(guest_shortly());
    ROLE_EXPECT(event_get(&event, NULL) == STATUS_NOTHING);
    if (strcmp(arguments[0], "acknowledges") == 0)
        ROLE_EXPECT(acknowledge_all(interrupt) == STATUS_OK);
    guest_say(guest_parent(), 1);
    event_wait(DEADLINE_NEVER);
    return 0;
}

static void expect_masked_at_the_end(int32_t range, int32_t interrupt, const char *how, bool masked_before) {
    guest_grant("range", range, RIGHT_READ | RIGHT_WRITE);
    guest_grant("interrupt", interrupt, RIGHT_MANAGE);
    struct spawned child = guest_start("drives_the_serial_port", how, NULL);
    if (guest_hear(child.process) != 1)
        guest_expect_success(child);
    EXPECT(says(interrupt, masked_before ? "masked: yes" : "masked: no"));
    guest_kill(child);
    EXPECT(says(interrupt, "masked: yes"));
    EXPECT(says(interrupt, "driver: 0\n"));
}

// The device that the dead driver left behind goes on raising its line.
static void expect_unheard(int32_t interrupt) {
    EVENT event;
    char count[32];
    struct number_information information;
    char text[1024] = {0};
    size_t length;
    EXPECT_OK(number_information(interrupt, &information));
    EXPECT_OK(object_describe(information.id, text, sizeof(text) - 1, &length));
    snprintf(count, sizeof(count), "%.30s", strstr(text, "count:"));
    *strchr(count, '\n') = 0;
    for (int i = 0; i < ROUNDS; i++)
        raise_line();
    thread_sleep(guest_shortly());
    EXPECT(says(interrupt, count));
    EXPECT_STATUS(event_get(&event, NULL), NOTHING);
    EXPECT_STATUS(interrupt_acknowledge(interrupt), INVALID_ARGUMENT);
}

// The next driver of the line hears of its device again.
static void expect_heard(int32_t interrupt) {
    EXPECT_OK(interrupt_bind(interrupt));
    raise_line();
    EXPECT_EQUAL(guest_next_event(EVENT_INTERRUPT, NULL).Data1, interrupt);
    EXPECT_OK(acknowledge_all(interrupt));
}

static bool serial_port_is_free(int32_t machine, int32_t *range, int32_t *interrupt) {
    enum status status = range_create(machine, RANGE_PORTS, SERIAL_BASE, SERIAL_PORT_COUNT, range);
    if (status == STATUS_BUSY) // a console on the serial line shows this very test
        return false;
    EXPECT_OK(status);
    EXPECT_OK(interrupt_create(machine, SERIAL_LINE, interrupt));
    return true;
}

TEST(a_line_is_masked_when_its_driver_ends) {
    int32_t machine = authority_machine(RIGHT_RANGE | RIGHT_LINE), range, interrupt;
    if (!serial_port_is_free(machine, &range, &interrupt)) {
        printf("# the serial port has a driver: its interrupt is not tried\n");
        return;
    }
    expect_masked_at_the_end(range, interrupt, "acknowledges", false);
    expect_masked_at_the_end(range, interrupt, "leaves it", true);
    EXPECT_OK(range_open(range));
    expect_unheard(interrupt);
    expect_heard(interrupt);
    number_close(interrupt);
    number_close(range);
    number_close(machine);
}
