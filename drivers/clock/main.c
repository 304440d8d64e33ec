// The clock's driver: learns by the real-time clock's own interrupt when a second begins, and tells the time of day.
//
// The kernel reads the same clock once at boot, to the second; here the tick itself is seen. After the first one the
// interrupt is switched off again, and the processor's counter goes on.
// Granted: `registers` (ports 0x70 and 0x71), `interrupt` (line 8).
#include "drivers/clock/calendar.h"
#include "drivers/request.h"

#include <parley/calls.h>
#include <parley/clock.h>
#include <parley/directory.h>
#include <parley/io_ports.h>
#include <parley/log.h>
#include <parley/start.h>
#include <parley/status.h>
#include <parley/wall_clock.h>
#include <stdlib.h>
#include <string.h>

enum {
    PORT_INDEX = 0x70,
    PORT_DATA = 0x71,
    REGISTER_SECOND = 0x00,
    REGISTER_MINUTE = 0x02,
    REGISTER_HOUR = 0x04,
    REGISTER_DAY = 0x07,
    REGISTER_MONTH = 0x08,
    REGISTER_YEAR = 0x09,
    REGISTER_A = 0x0a,
    REGISTER_B = 0x0b,
    REGISTER_C = 0x0c,
    REGISTER_CENTURY = 0x32,
    A_UPDATING = 1 << 7,
    B_UPDATE_INTERRUPT = 1 << 4,
    B_INTERRUPTS = 7 << 4,
    C_UPDATED = 1 << 4,
    READS_AT_MOST = 8,
};

static int32_t interrupt;
static uint64_t epoch; // nanoseconds since 1970 at the monotonic clock's zero; 0: not known yet

static uint8_t read_register(uint8_t index) {
    io_port_write_8(PORT_INDEX, index);
    return io_port_read_8(PORT_DATA);
}

static void write_register(uint8_t index, uint8_t value) {
    io_port_write_8(PORT_INDEX, index);
    io_port_write_8(PORT_DATA, value);
}

static struct calendar_registers read_once(void) {
    return (struct calendar_registers){
        .second = read_register(REGISTER_SECOND),
        .minute = read_register(REGISTER_MINUTE),
        .hour = read_register(REGISTER_HOUR),
        .day = read_register(REGISTER_DAY),
        .month = read_register(REGISTER_MONTH),
        .year = read_register(REGISTER_YEAR),
        .century = read_register(REGISTER_CENTURY),
        .format = read_register(REGISTER_B),
    };
}

// The clock may change while it is read: twice the same is the truth.
static bool read_seconds(uint64_t *seconds) {
    struct calendar_registers before = read_once();
    for (int i = 0; i < READS_AT_MOST; i++) {
        struct calendar_registers now = read_once();
        if (memcmp(&before, &now, sizeof(now)) == 0 && !(read_register(REGISTER_A) & A_UPDATING)) {
            return calendar_seconds_of(&now, seconds);
        }
        before = now;
    }
    return false;
}

static void set_interrupts(uint8_t bits) {
    write_register(REGISTER_B, (read_register(REGISTER_B) & ~B_INTERRUPTS) | bits);
}

// A second has just begun. Reading register C takes the interrupt back.
static void take_tick(void) {
    uint64_t now = clock_now(), seconds = 0;
    if (read_register(REGISTER_C) & C_UPDATED && read_seconds(&seconds)) {
        epoch = seconds * NANOSECONDS_PER_SECOND - now;
        set_interrupts(0);
    }
    interrupt_acknowledge(interrupt);
}

static void answer(uint32_t id) {
    struct wall_clock_request request;
    struct wall_clock_reply reply = {.status = STATUS_INVALID_ARGUMENT};
    uint32_t sender = 0;
    if (!request_take(id, &request, sizeof(request), &sender)) {
        return;
    }
    if (request.operation == WALL_CLOCK_READ && request.reserved == 0) {
        reply.status = epoch ? STATUS_OK : STATUS_WOULD_WAIT;
        reply.epoch = epoch;
    }
    request_answer(id, sender, &reply, sizeof(reply));
}

static enum status prepare(void) {
    interrupt = start_grant_number("interrupt");
    enum status status = range_open(start_grant_number("registers"));
    status = status == STATUS_OK ? interrupt_bind(interrupt) : status;
    if (status == STATUS_OK) {
        set_interrupts(B_UPDATE_INTERRUPT);
        read_register(REGISTER_C);
    }
    return status;
}

int main(void) {
    EVENT event;
    enum status status = prepare();
    if (status != STATUS_OK) {
        log_line("clock: %s", status_text(status));
        return EXIT_FAILURE;
    }
    directory_join();
    for (;;) {
        event_wait(DEADLINE_NEVER);
        while (event_get(&event, NULL) == STATUS_OK) {
            if (directory_take(&event)) {
                continue;
            }
            if (event.Type == EVENT_INTERRUPT) {
                take_tick();
            } else if (event.Type == EVENT_MESSAGE) {
                answer(event.Data1);
            }
        }
    }
}
