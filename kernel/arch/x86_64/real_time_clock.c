// The battery-backed clock of the PC, read once at boot.
#include <stdbool.h>

#include "kernel/arch/x86_64/clock.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/string.h"

enum {
    PORT_INDEX = 0x70,
    PORT_DATA = 0x71,
    INDEX_STATUS_A = 0x0a,
    INDEX_STATUS_B = 0x0b,
    UPDATE_IN_PROGRESS = 0x80,
    IS_BINARY = 1 << 2,
    IS_24_HOURS = 1 << 1,
    AFTERNOON = 0x80,
    READ_TRIES = 1000,
};

// In the order of the indices below.
enum field { SECOND, MINUTE, HOUR, DAY, MONTH, YEAR, FIELD_COUNT };

static uint8_t clock_byte(uint8_t index) {
    io_port_write_8(PORT_INDEX, index);
    return io_port_read_8(PORT_DATA);
}

static void fields_read(uint8_t fields[FIELD_COUNT]) {
    static const uint8_t indices[FIELD_COUNT] = {0x00, 0x02, 0x04, 0x07, 0x08, 0x09};
    for (int i = 0; i < FIELD_COUNT; i++)
        fields[i] = clock_byte(indices[i]);
}

// An update between two bytes would mix two times: two equal readings are one time.
static bool fields_read_stable(uint8_t fields[FIELD_COUNT]) {
    uint8_t again[FIELD_COUNT];
    for (int i = 0; i < READ_TRIES; i++) {
        if (clock_byte(INDEX_STATUS_A) & UPDATE_IN_PROGRESS)
            continue;
        fields_read(fields);
        fields_read(again);
        if (memcmp(fields, again, FIELD_COUNT) == 0)
            return true;
    }
    return false;
}

static void fields_decode(uint8_t fields[FIELD_COUNT], uint8_t format) {
    bool afternoon = (fields[HOUR] & AFTERNOON) != 0 && !(format & IS_24_HOURS);
    fields[HOUR] &= (uint8_t)~AFTERNOON;
    if (!(format & IS_BINARY)) {
        for (int i = 0; i < FIELD_COUNT; i++)
            fields[i] = (uint8_t)((fields[i] >> 4) * 10 + (fields[i] & 0xf));
    }
    if (!(format & IS_24_HOURS))
        fields[HOUR] = (uint8_t)(fields[HOUR] % 12 + (afternoon ? 12 : 0));
}

// Days from 1970-01-01 to a day of the years 2000 to 2099, in which every fourth year is a leap year.
static uint64_t days_since_1970(unsigned year, unsigned month, unsigned day) {
    static const uint16_t days_before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    unsigned years = year - 2000;
    unsigned leap_days = (years + 3) / 4 + (years % 4 == 0 && month > 2 ? 1 : 0);
    return 10957 + years * 365 + leap_days + days_before[month - 1] + day - 1;
}

uint64_t real_time_clock_read(void) {
    uint8_t fields[FIELD_COUNT];
    if (!fields_read_stable(fields))
        return 0;
    fields_decode(fields, clock_byte(INDEX_STATUS_B));
    if (fields[MONTH] < 1 || fields[MONTH] > 12 || fields[DAY] < 1 || fields[DAY] > 31 || fields[YEAR] > 99)
        return 0;
    uint64_t days = days_since_1970(2000u + fields[YEAR], fields[MONTH], fields[DAY]);
    return ((days * 24 + fields[HOUR]) * 60 + fields[MINUTE]) * 60 + fields[SECOND];
}
