// The date and time of a real-time clock (MC146818), as seconds since 1970.
//
// Rules: pure. Registers may hold anything: what is no date is refused.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum calendar_format {
    CALENDAR_24_HOURS = 1 << 1, // as in the clock's register B; without it the hour's highest bit means afternoon
    CALENDAR_BINARY = 1 << 2,   // without it each register is two decimal digits
};

struct calendar_registers {
    uint8_t second;
    uint8_t minute;
    uint8_t hour;
    uint8_t day;     // from 1
    uint8_t month;   // from 1
    uint8_t year;    // of the century
    uint8_t century; // 0: the clock has none; then years from 70 on are of the 20th
    uint8_t format;  // enum calendar_format bits; others are ignored
};

// False: the registers hold no date.
bool calendar_seconds_of(const struct calendar_registers *registers, uint64_t *seconds);
