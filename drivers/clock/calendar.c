// From the registers of a real-time clock to seconds.
#include "drivers/clock/calendar.h"

enum {
    AFTERNOON = 0x80,
    FIRST_YEAR = 1970,
    SECONDS_PER_DAY = 86400,
    DAYS_PER_400_YEARS = 146097,
    DAYS_TO_1970 = 719468, // from the 1st of March of the year 0
};

// A register as a number; above 99 where it is none.
static uint32_t number_of(uint8_t value, uint8_t format) {
    if (format & CALENDAR_BINARY) {
        return value;
    }
    uint32_t tens = value >> 4, ones = value & 0xf;
    return tens > 9 || ones > 9 ? 100 : tens * 10 + ones;
}

static uint32_t hour_of(uint8_t value, uint8_t format) {
    if (format & CALENDAR_24_HOURS) {
        return number_of(value, format);
    }
    uint32_t hour = number_of(value & ~AFTERNOON, format);
    if (hour < 1 || hour > 12) {
        return 100;
    }
    return hour % 12 + (value & AFTERNOON ? 12 : 0);
}

static bool is_leap(uint32_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static uint32_t days_in(uint32_t month, uint32_t year) {
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

static uint32_t year_of(const struct calendar_registers *registers) {
    uint32_t year = number_of(registers->year, registers->format);
    uint32_t century = number_of(registers->century, registers->format);
    if (year > 99 || century > 99) {
        return 0;
    }
    return registers->century ? century * 100 + year : year + (year < FIRST_YEAR % 100 ? 2000 : 1900);
}

// Years that begin with March have their leap day at the end, so that one formula counts the days before a month.
static uint64_t days_since_1970(uint32_t year, uint32_t month, uint32_t day) {
    uint32_t shifted = (month + 9) % 12;
    uint64_t from_march = year - (month < 3);
    uint64_t era = from_march / 400, year_of_era = from_march % 400;
    uint64_t day_of_year = (153 * shifted + 2) / 5 + day - 1;
    uint64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_400_YEARS + day_of_era - DAYS_TO_1970;
}

bool calendar_seconds_of(const struct calendar_registers *registers, uint64_t *seconds) {
    uint32_t year = year_of(registers), month = number_of(registers->month, registers->format);
    uint32_t day = number_of(registers->day, registers->format), hour = hour_of(registers->hour, registers->format);
    uint32_t minute = number_of(registers->minute, registers->format);
    uint32_t second = number_of(registers->second, registers->format);
    if (year < FIRST_YEAR || month < 1 || month > 12 || day < 1 || day > days_in(month, year) || hour > 23 ||
        minute > 59 || second > 59) {
        return false;
    }
    *seconds = days_since_1970(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
    return true;
}
